import type { LoadedVersion } from "./served-model.js";

/** Breaks off waiting for runs on threads of their own when their contract's time is over. */
export class LateRuns {
  /** When the runs began that took too long and still go on: more would only queue behind them. */
  readonly #began = new Map<LoadedVersion, number>();

  /** Why a version is not asked now; undefined when it can be. */
  refusal(version: LoadedVersion): string | undefined {
    const began = this.#began.get(version);
    if (began === undefined) return undefined;
    return `timeout: a run that began ${Math.round(performance.now() - began)} ms ago still goes on`;
  }

  /** What a run gives, or that it takes longer than its contract allows; it then goes on for itself. `running` must not reject. */
  async inTime<T>(version: LoadedVersion, running: Promise<T>): Promise<T | string> {
    const { timeoutMs } = version.registered.contract;
    const began = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<string>((resolve) => {
      timer = setTimeout(() => {
        this.#began.set(version, began);
        void running.then(() => this.#began.delete(version));
        resolve(timedOut(timeoutMs));
      }, timeoutMs);
    });
    try {
      return await Promise.race([running, tooLong]);
    } finally {
      clearTimeout(timer);
    }
  }
}

export function timedOut(timeoutMs: number): string {
  return `timeout: ${timeoutMs} ms`;
}
