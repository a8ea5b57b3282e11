import type { ModelContract } from "../spec/model-contract.js";
import type { ModelVector } from "./loaded-model.js";
import type { RolloutEvent, RolloutState } from "./rollout.js";

/**
 * A version of a model as the registry has it: all that serving needs beside the file's bytes. It holds its own copy of the
 * contract and of the vector's features and NULL rules, so that it means the same when specs have moved on.
 */
export interface RegisteredModel {
  readonly contract: ModelContract & { readonly sha256: string };
  readonly vector: ModelVector;
  /** Of the vector's version that it is pinned to: names the table whose rows it reads. */
  readonly signature: string;
  readonly fingerprint: string;
  /** UTC, `YYYY-MM-DD hh:mm:ss.sss`. */
  readonly registeredAt: string;
}

/** One row of a model's history, as people read it. */
export interface RolloutRecord extends RolloutEvent {
  readonly by: string;
  readonly at: string;
}

export interface ModelHistory {
  readonly model: string;
  /** In order of their numbers. */
  readonly versions: readonly RegisteredModel[];
  readonly history: readonly RolloutRecord[];
  readonly state: RolloutState;
}
