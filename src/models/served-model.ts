import type { RolloutStage } from "../spec/model-contract.js";
import type { LoadedModel } from "./loaded-model.js";
import type { RegisteredModel } from "./registered-model.js";
import { isInCanary } from "./rollout.js";

export interface LoadedVersion {
  readonly registered: RegisteredModel;
  readonly model: Pick<LoadedModel, "plan" | "answer" | "release" | "isApart">;
}

/** A model as it is served: what answers, and what is tried beside it. */
export interface ServedModel {
  readonly name: string;
  readonly live: LoadedVersion | undefined;
  readonly candidate:
    | { readonly version: LoadedVersion; readonly stage: Exclude<RolloutStage, { kind: "live" }> }
    | undefined;
}

export interface ChosenVersion {
  readonly version: LoadedVersion;
  readonly role: "live" | "canary";
}

/** The version that answers for an instrument; undefined when none is live and the canary does not have it. */
export function chooseVersion(
  { name, live, candidate }: ServedModel,
  instrument: string,
): ChosenVersion | undefined {
  if (candidate?.stage.kind === "canary" && isInCanary(name, instrument, candidate.stage.percent)) {
    return { version: candidate.version, role: "canary" };
  }
  return live && { version: live, role: "live" };
}
