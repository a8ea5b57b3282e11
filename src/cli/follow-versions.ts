import { setTimeout as delay } from "node:timers/promises";
import { FeatureError, Findings } from "../errors.js";
import type { OnlinePredictions } from "../models/online-predictions.js";
import type { OnlineStore } from "../online/online-store.js";
import { openRegistryReader } from "../registry/reader.js";
import type { Context } from "./context.js";
import { loadProject } from "./project-files.js";
import { servedVectors } from "./served-vectors.js";
import type { Shell } from "./shell.js";

export interface FollowOptions {
  readonly context: Context;
  readonly shell: Pick<Shell, "options" | "env" | "progress">;
  readonly store: OnlineStore;
  readonly predictions: Pick<OnlinePredictions, "keepRowsOf" | "refresh"> | undefined;
}

/**
 * Looks whether `feature apply` or `feature rollback` of another process made another version of a served vector live, and serves that
 * one from then on; models stay on the version that they are pinned to. The returned function looks once. A version whose features are
 * not those of the specs here is told of and not taken up: the one of before is still fed.
 */
export function versionFollower({ context, shell, store, predictions }: FollowOptions): () => Promise<void> {
  const registry = openRegistryReader(context.engine, context.project.databases.registry);
  let seen: string | undefined;
  let told = "";
  return async () => {
    const version = await registry.recordsVersion();
    if (version === seen) return;
    try {
      // The files too: who made the switch here has changed them before.
      const specs = seen === undefined ? context.specs : await loadProject(shell.options, shell.env);
      for (const { name, fingerprint } of store.vectors) {
        const [next] = await servedVectors({ ...context, specs }, [name]);
        if (next === undefined || next.fingerprint === fingerprint) continue;
        await predictions?.keepRowsOf(name);
        await store.adopt(next);
        await predictions?.refresh();
        shell.progress.line(
          `${name} is served in version ${next.fingerprint.slice(0, 8)} from now on, before in ${fingerprint.slice(0, 8)}`,
        );
      }
    } catch (error) {
      if (!(error instanceof FeatureError || error instanceof Findings)) throw error;
      if (told !== version) {
        shell.progress.line(
          `another version is live on the target, that of before is served on: ${error.message}`,
        );
      }
      told = version;
    }
    seen = version;
  };
}

/** Takes up promotions and rollbacks. When that fails the models of before answer on, which is told once until it works again. */
export function modelFollower(
  predictions: Pick<OnlinePredictions, "refresh">,
  progress: Shell["progress"],
): () => Promise<void> {
  let hasFailed = false;
  return async () => {
    try {
      await predictions.refresh();
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) {
        const reason = error instanceof Error ? error.message : String(error);
        progress.line(`models cannot be brought up to date, those of before answer: ${reason}`);
      }
      hasFailed = true;
    }
  };
}

/** Takes the looks in turn, every `everyMs`, until it is stopped; a target that does not answer is asked again. */
export function keepFollowing(looks: readonly (() => Promise<void>)[], everyMs: number): () => Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const loop = (async () => {
    while (!signal.aborted) {
      for (const look of looks) await look().catch(() => undefined);
      await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  })();
  return async () => {
    controller.abort();
    await loop;
  };
}
