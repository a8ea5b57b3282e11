const statuses = { SIGINT: 130, SIGTERM: 143 } as const;
type SignalName = keyof typeof statuses;

/** How long a close may take after a signal: it waits for statements that run. */
const graceMs = 5_000;

export interface Interrupts {
  readonly signal: AbortSignal;
  onInterrupt(release: () => Promise<void>): () => void;
}

/**
 * On SIGINT and SIGTERM: aborts, releases what was registered (newest first), ends with 130 or 143. When that takes too
 * long the signal does its usual work after all, which shells report as the same number; a second signal does so at once.
 */
export function listenForInterrupts(restore: () => void): Interrupts {
  const controller = new AbortController();
  const releases = new Set<() => Promise<void>>();
  const end = async (name: SignalName) => {
    controller.abort();
    restore();
    // An ordinary exit would wait for the engine's threads, whatever they are doing.
    const timer = setTimeout(() => process.kill(process.pid, name), graceMs);
    for (const release of [...releases].reverse()) await release().catch(() => undefined);
    clearTimeout(timer);
    process.exit(statuses[name]);
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => void end(name));
  return {
    signal: controller.signal,
    onInterrupt: (release) => {
      releases.add(release);
      return () => releases.delete(release);
    },
  };
}
