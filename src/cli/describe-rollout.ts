import type { RollOutResult } from "../models/roll-out.js";
import type { RolloutEvent, RolloutState } from "../models/rollout.js";

export function stageText(stage: RolloutEvent["stage"]): string {
  return stage.kind === "canary" ? `canary ${stage.percent} %` : stage.kind;
}

/** As scripts read a state: null where there is none. */
export function stateDocument({ live, candidate, previous }: RolloutState) {
  return {
    live: live ?? null,
    candidate:
      candidate === undefined ? null : { version: candidate.version, stage: stageText(candidate.stage) },
    previous: [...previous],
  };
}

export function rolloutDocument({ model, event, before, after, fingerprint, released }: RollOutResult) {
  return {
    model,
    version: event.version,
    stage: stageText(event.stage),
    fingerprint,
    before: stateDocument(before),
    after: stateDocument(after),
    released: [...released],
  };
}

export function describeRollout({ model, event, after, fingerprint, released }: RollOutResult): string {
  const answering = after.live === undefined ? "no version answers" : `version ${after.live} answers`;
  const beside =
    after.candidate === undefined
      ? ""
      : `; version ${after.candidate.version} beside it (${stageText(after.candidate.stage)})`;
  const lines = [
    `${model} ${event.version} is now ${stageText(event.stage)}, on version ${fingerprint.slice(0, 8)} of its vector.`,
    `${model}: ${answering}${beside}.`,
    ...(released.length === 0
      ? []
      : [`No longer kept: ${released.map((one) => `version ${one}`).join(", ")}.`]),
  ];
  return `${lines.join("\n")}\n`;
}
