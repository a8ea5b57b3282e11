import type { DecisionSpec } from "../spec/model-contract.js";

/** What a decision is made from. Amounts in bps are 1/10000 of the price; null: not known. */
export interface DecisionInput {
  /** Probability by class; the class's sign is its side. */
  readonly probabilities: readonly { readonly class: number; readonly probability: number }[];
  readonly dataAgeMs: number;
  /** Raw values, in the vector's newest row, of the features that the reward and the spread are taken from. */
  readonly reward: number | null;
  readonly spread: number | null;
}

export type DecisionCheck = "side" | "probability" | "reward" | "spread" | "data_age";

export interface DecisionReason {
  readonly check: DecisionCheck;
  readonly ok: boolean;
  /** What was found; null: not known, which never passes. */
  readonly found: number | null;
  /** What it was compared with. */
  readonly limit: number;
}

export interface Decision {
  readonly act: boolean;
  /** +1 buy, -1 sell, 0: none of the classes with a side is the likelier one. */
  readonly side: -1 | 0 | 1;
  /** Of the chosen side. */
  readonly probability: number;
  /** base × (probability - tau), at most max; 0 when nothing is done. */
  readonly size: number;
  readonly rewardBps: number | null;
  readonly costBps: number;
  /** Every check, passed or not, in the order in which they are listed above. */
  readonly reasons: readonly DecisionReason[];
}

/**
 * The second filter of the seeds' meta-model document, section E: act only if the chosen side's probability is above tau, the
 * expected reward is at least k times the cost, the spread is within its limit and the data are young enough. Pure.
 *
 * The side is that of the likelier of the classes with a sign; a class 0 only takes probability away from them. Models of
 * the meta-label kind, with the classes 0 and 1, so have the side +1: "the signal is right".
 */
export function decide(spec: DecisionSpec, input: DecisionInput): Decision {
  const { side, probability } = chosenSide(input.probabilities);
  const rewardBps =
    spec.reward.kind === "constant" ? spec.reward.bps : times(input.reward, spec.reward.times);
  const costBps = spec.feeBps + spec.slippageBps;
  const reasons: DecisionReason[] = [
    { check: "side", ok: side !== 0, found: side, limit: 0 },
    { check: "probability", ok: probability > spec.tau, found: probability, limit: spec.tau },
    atLeast("reward", rewardBps, spec.k * costBps),
  ];
  if (spec.spread !== undefined) {
    reasons.push(atMost("spread", input.spread, spec.spread.maxBps));
  }
  if (spec.maxDataAgeMs !== undefined) {
    reasons.push(atMost("data_age", input.dataAgeMs, spec.maxDataAgeMs));
  }
  const act = reasons.every(({ ok }) => ok);
  const size = act
    ? Math.min(
        spec.size.base * Math.max(0, probability - spec.tau),
        spec.size.max ?? Number.POSITIVE_INFINITY,
      )
    : 0;
  return { act, side, probability, size, rewardBps, costBps, reasons };
}

/** The likelier of "up" and "down", each the sum over its classes; side 0 when they are equally likely or not numbers. */
function chosenSide(probabilities: DecisionInput["probabilities"]): Pick<Decision, "side" | "probability"> {
  let up = 0;
  let down = 0;
  for (const { class: label, probability } of probabilities) {
    if (label > 0) up += probability;
    else if (label < 0) down += probability;
  }
  if (up > down) return { side: 1, probability: up };
  return down > up ? { side: -1, probability: down } : { side: 0, probability: Math.max(up, down) };
}

function times(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}

function atLeast(check: DecisionCheck, found: number | null, limit: number): DecisionReason {
  return { check, ok: found !== null && found >= limit, found, limit };
}

function atMost(check: DecisionCheck, found: number | null, limit: number): DecisionReason {
  return { check, ok: found !== null && found <= limit, found, limit };
}
