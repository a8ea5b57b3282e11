import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DecisionInput, decide } from "../../../src/models/decide.js";
import type { DecisionSpec } from "../../../src/spec/model-contract.js";

const spec: DecisionSpec = {
  tau: 0.6,
  feeBps: 3,
  slippageBps: 1,
  reward: { kind: "feature", feature: "range.atr_bps", times: 0.5 },
  k: 2,
  spread: { feature: "book_state.spread_bps", maxBps: 2 },
  maxDataAgeMs: 5000,
  size: { base: 10, max: undefined },
};
const input = (up: number, down: number, change: Partial<DecisionInput> = {}): DecisionInput => ({
  probabilities: [
    { class: -1, probability: down },
    { class: 0, probability: 1 - up - down },
    { class: 1, probability: up },
  ],
  dataAgeMs: 5000,
  reward: 16,
  spread: 2,
  ...change,
});
const failed = (one: ReturnType<typeof decide>) =>
  one.reasons.filter(({ ok }) => !ok).map(({ check }) => check);

describe("a decision", () => {
  it("is to act when every check passes, also those that are just met", () => {
    expect(decide(spec, input(0.7, 0.1))).toEqual({
      act: true,
      side: 1,
      probability: 0.7,
      size: 10 * (0.7 - 0.6),
      rewardBps: 8,
      costBps: 4,
      reasons: [
        { check: "side", ok: true, found: 1, limit: 0 },
        { check: "probability", ok: true, found: 0.7, limit: 0.6 },
        { check: "reward", ok: true, found: 8, limit: 8 },
        { check: "spread", ok: true, found: 2, limit: 2 },
        { check: "data_age", ok: true, found: 5000, limit: 5000 },
      ],
    });
    expect(decide(spec, input(0.1, 0.8))).toMatchObject({ act: true, side: -1, probability: 0.8 });
  });

  it.each([
    ["a probability that equals tau", input(0.6, 0.1), ["probability"]],
    ["no side", input(0.3, 0.3), ["side", "probability"]],
    ["old data", input(0.7, 0.1, { dataAgeMs: 5001 }), ["data_age"]],
    ["nothing known of the book", input(0.7, 0.1, { reward: null, spread: null }), ["reward", "spread"]],
    ["probabilities that are no numbers", input(Number.NaN, Number.NaN), ["side", "probability"]],
  ])("is not to act on %s, and says why", (_, one, reasons) => {
    const decision = decide(spec, one);
    expect(decision).toMatchObject({ act: false, size: 0 });
    expect(failed(decision)).toEqual(reasons);
  });

  it("follows the seeds' formula on any input", () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    const amount = fc.double({ min: 0, max: 50, noNaN: true });
    fc.assert(
      fc.property(unit, unit, amount, amount, amount, (p, tau, reward, spread, age) => {
        const decision = decide(
          { ...spec, tau, maxDataAgeMs: 25, size: { base: 3, max: 1 } },
          {
            probabilities: [
              { class: 0, probability: 1 - p },
              { class: 1, probability: p },
            ],
            dataAgeMs: age,
            reward,
            spread,
          },
        );
        const allow = p > 0 && p > tau && 0.5 * reward >= 2 * 4 && spread <= 2 && age <= 25;
        expect(decision.act).toBe(allow);
        expect(decision.size).toBe(allow ? Math.min(3 * (p - tau), 1) : 0);
      }),
    );
  });
});
