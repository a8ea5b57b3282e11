import { setTimeout as delay } from "node:timers/promises";
import type { Context } from "./context.js";
import { openService, type ServeFlags } from "./open-service.js";
import type { Outcome } from "./outcome.js";
import type { Shell } from "./shell.js";

/** Serves until the process is told to end. */
export async function runServe(
  context: Context,
  shell: Shell,
  flags: ServeFlags,
  pollMs: number,
): Promise<Outcome> {
  const service = await openService(context, shell, flags, Date.now);
  // One process holds an embedded engine: nobody else stores anything there.
  const isShared = context.engine.kind !== "embedded";
  let isFailing = false;
  while (!shell.signal.aborted) {
    await delay(isShared ? Math.max(pollMs, 10) : 3_600_000, undefined, { signal: shell.signal }).catch(
      () => undefined,
    );
    if (shell.signal.aborted || !isShared) continue;
    const failed = await service.poll().then(
      () => false,
      () => true,
    );
    if (failed && !isFailing)
      shell.progress.line("the target does not answer: rows in memory grow old; trying on");
    if (!failed && isFailing) shell.progress.line("the target answers again");
    isFailing = failed;
  }
  await service.close();
  return { result: { url: service.url }, text: () => "" };
}
