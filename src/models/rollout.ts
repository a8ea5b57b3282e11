/** Which version of a model answers: the state that a history of rollout events describes. Pure. */
import { createHash } from "node:crypto";
import type { RolloutStage } from "../spec/model-contract.js";

/** The steps of a canary, in per cent of the instruments; the last one is live. */
export const canarySteps = [1, 5, 20, 100] as const;

export type RolloutAction = "register" | "promote" | "rollback";

/** One row of the registry's history of a model, in order. */
export interface RolloutEvent {
  readonly action: RolloutAction;
  /** Whose stage changes. */
  readonly version: number;
  /** The stage that it has from then on; `withdrawn`: it answers no more and is no candidate. */
  readonly stage: RolloutStage | { readonly kind: "withdrawn" };
}

export interface RolloutState {
  readonly live: number | undefined;
  /** Registered and not live yet: it runs beside the live version. */
  readonly candidate:
    | { readonly version: number; readonly stage: Exclude<RolloutStage, { kind: "live" }> }
    | undefined;
  /** Versions that were live before, the latest last: where a rollback goes. */
  readonly previous: readonly number[];
}

export const noRollout: RolloutState = { live: undefined, candidate: undefined, previous: [] };

export function rolloutState(events: readonly RolloutEvent[]): RolloutState {
  return events.reduce(afterEvent, noRollout);
}

function afterEvent(state: RolloutState, { action, version, stage }: RolloutEvent): RolloutState {
  const candidate = state.candidate?.version === version ? undefined : state.candidate;
  switch (stage.kind) {
    case "shadow":
    case "canary":
      return { ...state, candidate: { version, stage } };
    case "live": {
      if (state.live === version) return { ...state, candidate };
      const before = state.previous.filter((other) => other !== version);
      // A rollback leaves the version that it goes away from behind: a second one goes further back.
      const left = action === "rollback" || state.live === undefined ? [] : [state.live];
      return { live: version, candidate, previous: [...before, ...left] };
    }
    case "withdrawn":
      return { ...state, candidate };
  }
}

/** The stage after this one: shadow, then 1, 5 and 20 per cent, then live. */
export function nextStage(stage: RolloutStage): RolloutStage {
  if (stage.kind === "live") return stage;
  const percent = stage.kind === "shadow" ? 0 : stage.percent;
  const next = canarySteps.find((step) => step > percent) ?? 100;
  return next === 100 ? { kind: "live" } : { kind: "canary", percent: next };
}

export type RollbackTarget =
  | { readonly kind: "withdraw"; readonly version: number }
  | { readonly kind: "switch"; readonly from: number; readonly version: number };

/**
 * What a rollback does: a canary is withdrawn, since it answers beside a good version; without one, the version that was live
 * before answers again. A shadow answers nothing, so it is no reason to roll back. Undefined: there is nothing to go back to.
 */
export function rollbackTarget(state: RolloutState): RollbackTarget | undefined {
  if (state.candidate?.stage.kind === "canary") {
    return { kind: "withdraw", version: state.candidate.version };
  }
  const version = state.previous.at(-1);
  if (state.live === undefined || version === undefined) return undefined;
  return { kind: "switch", from: state.live, version };
}

/**
 * Whether a canary answers for an instrument. By a hash of model and instrument, so an instrument does not go back and forth, and
 * those of a smaller step are among those of a larger one.
 */
export function isInCanary(model: string, instrument: string, percent: number): boolean {
  const hash = createHash("sha256").update(`${model} ${instrument}`).digest().readUInt32BE(0);
  return (hash / 2 ** 32) * 100 < percent;
}
