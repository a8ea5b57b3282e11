/** Promoting and rolling back: one row of history each, and the pins that go with it. */
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { Pin } from "../registry/pin.js";
import { openRegistryWriter } from "../registry/writer.js";
import type { RolloutStage } from "../spec/model-contract.js";
import { putRollout, readModel } from "./model-registry.js";
import type { ModelHistory, RegisteredModel } from "./registered-model.js";
import { nextStage, type RolloutEvent, type RolloutState, rollbackTarget } from "./rollout.js";

export interface RollOutRequest {
  readonly engine: Engine;
  /** The registry's database. */
  readonly database: string;
  readonly model: string;
  readonly by: string;
  /** Versions that were live before and stay ready for a rollback. */
  readonly keep: number;
}

export interface RollOutResult {
  readonly model: string;
  readonly event: RolloutEvent;
  readonly before: RolloutState;
  readonly after: RolloutState;
  /** The vector's version that the changed version reads. */
  readonly fingerprint: string;
  /** Versions that are kept no longer: their vector's versions may be pruned. */
  readonly released: readonly number[];
}

/** The claim of a model's version on its vector's. */
export function pinOf({ contract, vector, fingerprint }: Omit<RegisteredModel, "registeredAt">): Pin {
  return {
    holder: `model:${contract.name}@${contract.version}`,
    object: `vector:${vector.name}`,
    version: fingerprint,
  };
}

/** Moves the candidate one step on, or to the stage that is named; `version` takes another version than the candidate. */
export async function promoteModel(
  request: RollOutRequest,
  { to, version }: { readonly to?: RolloutStage; readonly version?: number } = {},
): Promise<RollOutResult> {
  const history = await readModel(request.engine, request.database, request.model);
  const { candidate, live } = history.state;
  const chosen = version ?? candidate?.version;
  if (chosen === undefined) {
    const state = live === undefined ? "no version" : `version ${live} live`;
    throw new FeatureError("FS_MODEL_ROLLOUT", `${request.model} has ${state} and no candidate.`, {
      object: request.model,
      hint: "Register a new version, or name one with --version.",
    });
  }
  const stage = candidate?.version === chosen ? candidate.stage : ({ kind: "shadow" } as const);
  return change(request, history, { action: "promote", version: chosen, stage: to ?? nextStage(stage) });
}

/** Withdraws a canary; without one, the version that was live before answers again, on its own vector's version. */
export async function rollbackModel(request: RollOutRequest, version?: number): Promise<RollOutResult> {
  const history = await readModel(request.engine, request.database, request.model);
  if (version !== undefined) {
    return change(request, history, { action: "rollback", version, stage: { kind: "live" } });
  }
  const target = rollbackTarget(history.state);
  if (target === undefined) {
    throw new FeatureError(
      "FS_MODEL_ROLLOUT",
      `${request.model} has no canary to withdraw and no version that was live before.`,
      { object: request.model },
    );
  }
  const stage = { kind: target.kind === "withdraw" ? "withdrawn" : "live" } as const;
  return change(request, history, { action: "rollback", version: target.version, stage });
}

async function change(
  { engine, database, model, by, keep }: RollOutRequest,
  before: ModelHistory,
  event: RolloutEvent,
): Promise<RollOutResult> {
  const changed = before.versions.find(({ contract }) => contract.version === event.version);
  if (changed === undefined) {
    const numbers = before.versions.map(({ contract }) => contract.version).join(", ");
    throw new FeatureError(
      "FS_MODEL_ROLLOUT",
      `${model} has no version ${event.version}; it has ${numbers}.`,
      {
        object: model,
      },
    );
  }
  const registry = openRegistryWriter(engine, database);
  // First the claim: if the vector's version is gone there is nothing to switch to.
  await registry.pin(pinOf(changed));
  await putRollout(engine, database, model, event, by);
  const after = await readModel(engine, database, model);
  const kept = new Set([
    after.state.live,
    after.state.candidate?.version,
    ...after.state.previous.slice(-keep),
  ]);
  const pins = await registry.pins();
  const released: number[] = [];
  for (const one of after.versions) {
    const { holder } = pinOf(one);
    if (kept.has(one.contract.version) || !pins.some((pin) => pin.holder === holder)) continue;
    // Registered after this one was: a candidate to come.
    if (one.contract.version > Math.max(after.state.live ?? 0, event.version)) continue;
    await registry.release(holder);
    released.push(one.contract.version);
  }
  const { fingerprint } = changed;
  return { model, event, before: before.state, after: after.state, fingerprint, released };
}
