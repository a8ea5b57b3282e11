import { describe, expect, it } from "vitest";
import {
  canarySteps,
  isInCanary,
  nextStage,
  type RolloutEvent,
  rollbackTarget,
  rolloutState,
} from "../../../src/models/rollout.js";

const shadow = { kind: "shadow" } as const;
const live = { kind: "live" } as const;
const canary = (percent: number) => ({ kind: "canary", percent }) as const;
const register = (version: number): RolloutEvent => ({ action: "register", version, stage: shadow });
const promote = (version: number, stage: RolloutEvent["stage"]): RolloutEvent => ({
  action: "promote",
  version,
  stage,
});
const rollback = (version: number, stage: RolloutEvent["stage"]): RolloutEvent => ({
  action: "rollback",
  version,
  stage,
});

describe("a rollout", () => {
  it("goes from shadow by 1, 5 and 20 per cent to live", () => {
    const stages = [nextStage(shadow)];
    while (stages.at(-1)?.kind !== "live") stages.push(nextStage(stages.at(-1) ?? live));
    expect(stages).toEqual([canary(1), canary(5), canary(20), live]);
    expect(nextStage(canary(7))).toEqual(canary(20));
    expect(nextStage(live)).toEqual(live);
    expect(canarySteps.at(-1)).toBe(100);
  });

  it("keeps the live version until a candidate replaces it", () => {
    const events = [register(1), promote(1, live), register(2), promote(2, canary(1))];
    expect(rolloutState(events)).toEqual({
      live: 1,
      candidate: { version: 2, stage: canary(1) },
      previous: [],
    });
    expect(rolloutState([...events, promote(2, live)])).toEqual({
      live: 2,
      candidate: undefined,
      previous: [1],
    });
    expect(rolloutState([...events, register(3)]).candidate).toEqual({ version: 3, stage: shadow });
  });

  it("goes back one version at a time", () => {
    let events = [1, 2, 3].flatMap((version) => [register(version), promote(version, live)]);
    expect(rollbackTarget(rolloutState(events))).toEqual({ kind: "switch", from: 3, version: 2 });
    events = [...events, rollback(2, live)];
    expect(rolloutState(events)).toEqual({ live: 2, candidate: undefined, previous: [1] });
    expect(rollbackTarget(rolloutState(events))).toEqual({ kind: "switch", from: 2, version: 1 });
    expect(rollbackTarget(rolloutState([...events, rollback(1, live)]))).toBeUndefined();
  });

  it("withdraws a canary before it touches the live version; a shadow stays", () => {
    const events = [register(1), promote(1, live), register(2), promote(2, live), register(3)];
    expect(rollbackTarget(rolloutState(events))).toEqual({ kind: "switch", from: 2, version: 1 });
    const tried = [...events, promote(3, canary(5))];
    expect(rollbackTarget(rolloutState(tried))).toEqual({ kind: "withdraw", version: 3 });
    expect(rolloutState([...tried, rollback(3, { kind: "withdrawn" })])).toEqual({
      live: 2,
      candidate: undefined,
      previous: [1],
    });
  });
});

describe("a canary's instruments", () => {
  const instruments = Array.from({ length: 5000 }, (_, place) => `binance/linear/COIN${place}USDT`);
  const chosen = (percent: number) => instruments.filter((name) => isInCanary("trend", name, percent));

  it("are about as many as the step says, and those of a step stay in the next", () => {
    expect(chosen(0)).toEqual([]);
    expect(chosen(100)).toEqual(instruments);
    for (const [smaller, larger] of [
      [1, 5],
      [5, 20],
      [20, 100],
    ] as const) {
      expect(Math.abs(chosen(smaller).length / 50 - smaller)).toBeLessThan(1 + smaller / 5);
      expect(chosen(larger)).toEqual(expect.arrayContaining(chosen(smaller)));
    }
  });

  it("are others for another model", () => {
    const other = instruments.filter((name) => isInCanary("depth", name, 20));
    expect(other).not.toEqual(chosen(20));
  });
});
