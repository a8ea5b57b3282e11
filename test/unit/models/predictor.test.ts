import { describe, expect, it } from "vitest";
import { planInputs } from "../../../src/models/input-plan.js";
import type { ModelAnswer } from "../../../src/models/loaded-model.js";
import { hashRows, type ModelRow, packRow } from "../../../src/models/model-row.js";
import type { Prediction } from "../../../src/models/prediction.js";
import { Predictor } from "../../../src/models/predictor.js";
import { isInCanary } from "../../../src/models/rollout.js";
import type { LoadedVersion, ServedModel } from "../../../src/models/served-model.js";
import type { ModelContract } from "../../../src/spec/model-contract.js";
import { testContract, testVector } from "../../support/model-contracts.js";

const now = 1_000_000;
const instruments = Array.from({ length: 40 }, (_, place) => `binance/spot/C${place}USDT`);
const row = (value: number | null, age = 0) => packRow([value], { bucketId: 7, availableAt: now - age });

/** Says `[1 - p, 0, p]` after `delayMs`; notes how many windows each run had. */
function version(
  p: number,
  change: Partial<ModelContract> = {},
  {
    delayMs = 0,
    fails = false,
    isApart = false,
  }: {
    readonly delayMs?: number;
    readonly fails?: boolean;
    readonly isApart?: boolean;
  } = {},
): LoadedVersion & { readonly runs: number[] } {
  const contract = { ...testContract(1, change), sha256: "0".repeat(64) };
  const vector = testVector(["reject"]);
  const runs: number[] = [];
  const answer = async (windows: readonly (readonly ModelRow[])[]) => {
    runs.push(windows.length);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (fails) throw new Error("out of memory\nat some place");
    const answers = windows.map((): ModelAnswer => ({ probabilities: [1 - p, 0, p], value: undefined }));
    return { answers, assembleUs: 1, runUs: 2 };
  };
  return {
    registered: { contract, vector, signature: "s", fingerprint: "f", registeredAt: "" },
    model: { plan: planInputs(contract, vector), answer, release: async () => undefined, isApart },
    runs,
  };
}

const live = (name: string, of: LoadedVersion): ServedModel => ({ name, live: of, candidate: undefined });

function predictor(
  models: readonly ServedModel[],
  rows: (instrument: string) => ModelRow[] = () => [row(1)],
) {
  const told: Prediction[] = [];
  const made = new Predictor({
    models,
    source: { rows: (_vector, _fingerprint, instrument) => rows(instrument) },
    now: () => now,
    onPrediction: (prediction) => told.push(prediction),
  });
  return { made, told };
}

describe("predicting", () => {
  it("runs all instruments of a version together, and answers in their order", async () => {
    const only = version(0.75);
    const { made, told } = predictor([live("test", only)]);
    const predictions = await made.predict("test", instruments);
    expect(only.runs).toEqual([instruments.length]);
    expect(predictions.map(({ instrument }) => instrument)).toEqual(instruments);
    expect(new Set(predictions.map(({ requestId }) => requestId)).size).toBe(instruments.length);
    expect(predictions[0]).toMatchObject({
      model: "test",
      version: 1,
      role: "live",
      bucketId: 7,
      inputsHash: hashRows([row(1)]),
      probabilities: [
        { class: -1, probability: 0.25 },
        { class: 0, probability: 0 },
        { class: 1, probability: 0.75 },
      ],
      fallbackReason: null,
      decision: null,
    });
    expect(told).toEqual(predictions);
  });

  it("decides from the raw row and its age, when the contract says how", async () => {
    const decision = {
      tau: 0.5,
      feeBps: 1,
      slippageBps: 0,
      reward: { kind: "feature", feature: "flow.f0", times: 2 },
      k: 2,
      spread: undefined,
      maxDataAgeMs: 10,
      size: { base: 1, max: undefined },
    } as const;
    const { made } = predictor([live("test", version(0.75, { decision }))], (name) => [
      row(1, name === "a" ? 10 : 11),
    ]);
    const [young, old] = await made.predict("test", ["a", "b"]);
    expect(young?.decision).toMatchObject({ act: true, side: 1, size: 0.25, rewardBps: 2 });
    expect(old?.decision).toMatchObject({ act: false, size: 0 });
  });

  it("gives a canary its instruments and the others to the live version", async () => {
    const stage = { kind: "canary", percent: 20 } as const;
    const { made } = predictor([
      { name: "test", live: version(0.5), candidate: { version: version(0.9, { version: 2 }), stage } },
    ]);
    for (const { instrument, role, version: number } of await made.predict("test", instruments)) {
      const inCanary = isInCanary("test", instrument, 20);
      expect([role, number]).toEqual(inCanary ? ["canary", 2] : ["live", 1]);
    }
  });

  it("lets a shadow answer for the audit only, and waits for it only when told to", async () => {
    const shadow = version(0.9, { version: 2 }, { delayMs: 30 });
    const { made, told } = predictor([
      { name: "test", live: version(0.5), candidate: { version: shadow, stage: { kind: "shadow" } } },
    ]);
    const [answered] = await made.predict("test", ["a"]);
    expect(answered).toMatchObject({ role: "live", version: 1 });
    expect(told).toHaveLength(1);
    await made.drain();
    expect(told[1]).toMatchObject({ role: "shadow", version: 2, requestId: answered?.requestId });
  });
});

describe("what a model can not answer", () => {
  const plain = live("plain", version(0.6, { name: "plain" }));
  it.each<readonly [string, LoadedVersion, ModelRow[], string]>([
    [
      "a run that takes too long",
      version(0.5, { fallback: "plain", timeoutMs: 5 }, { delayMs: 200 }),
      [row(1)],
      "timeout: 5 ms",
    ],
    [
      "a run that fails",
      version(0.5, { fallback: "plain" }, { fails: true }),
      [row(1)],
      "error: out of memory",
    ],
    [
      "too short a history",
      version(0.5, {
        fallback: "plain",
        inputs: [{ name: "x", shape: [1, 3, 1], features: "all", at: testContract(1).at }],
      }),
      [row(1)],
      "short_history: 1 of 3 rows",
    ],
  ])("goes to the fallback, with its reason: %s", async (_, broken, rows, reason) => {
    const { made, told } = predictor([live("test", broken), plain], () => rows);
    const [prediction] = await made.predict("test", ["a"]);
    expect(prediction).toMatchObject({
      asked: "test",
      model: "plain",
      role: "fallback",
      fallbackReason: reason,
    });
    expect(told).toEqual([prediction]);
  });

  it.each<readonly [string, ModelRow[], string]>([
    ["a NULL", [row(null)], "null_input: flow.f0 of bucket 7"],
    ["an old row", [row(1, 60_001)], "stale: 60001 ms old, at most 60000"],
    ["no row", [], "no_row"],
  ])("is said by the answer when there is no fallback: %s", async (_, rows, reason) => {
    const { made } = predictor([live("test", version(0.5))], () => rows);
    const [prediction] = await made.predict("test", ["a"]);
    expect(prediction).toMatchObject({
      model: null,
      role: null,
      probabilities: null,
      fallbackReason: reason,
    });
  });

  it("ends, also when two models fall back to each other", async () => {
    const one = version(0.5, { fallback: "two" }, { fails: true });
    const two = version(0.5, { name: "two", fallback: "test" }, { fails: true });
    const { made } = predictor([live("test", one), live("two", two)]);
    expect(await made.predict("test", ["a"])).toMatchObject([
      { model: null, fallbackReason: "error: out of memory" },
    ]);
    expect([one.runs, two.runs]).toEqual([[1], [1]]);
  });

  it("is an error for a model that nobody serves", async () => {
    const { made } = predictor([plain]);
    await expect(made.predict("trend", ["a"])).rejects.toMatchObject({ code: "FS_MODEL_UNKNOWN" });
  });
});
