import { describe, expect, it } from "vitest";
import { LoadedModel, sha256Of } from "../../../src/models/loaded-model.js";
import { packRow } from "../../../src/models/model-row.js";
import { encodeOnnx } from "../../../src/models/onnx/encode-onnx.js";
import { logisticGraph } from "../../../src/models/onnx/logistic-graph.js";
import { Predictor } from "../../../src/models/predictor.js";
import type { ModelContract } from "../../../src/spec/model-contract.js";
import { testContract, testVector } from "../../support/model-contracts.js";
import { slowGraph } from "../../support/slow-graph.js";

const vector = testVector(["zero"]);
const row = packRow([1], { bucketId: 1, availableAt: 0 });
const slowBytes = encodeOnnx(slowGraph(700, 20));
const quickBytes = encodeOnnx(
  logisticGraph(
    "quick",
    {
      weights: [[0], [0], [1]],
      intercepts: [0, 0, 0],
      calibration: { kind: "platt", slopes: [1, 1, 1], offsets: [0, 0, 0] },
    },
    {},
  ),
);

async function served(name: string, bytes: Uint8Array, change: Partial<ModelContract>) {
  const contract = { ...testContract(1, { name, ...change }), sha256: sha256Of(bytes) };
  const model = await LoadedModel.open(contract, vector, bytes, "apart if slow");
  const registered = { contract, vector, signature: "s", fingerprint: "f", registeredAt: "" };
  return { name, model, live: { registered, model }, candidate: undefined };
}

describe("a model that is slow beside its time-out", () => {
  it("runs apart, is broken off while it runs, and leaves this thread free for its fallback", async () => {
    const slow = await served("slow", slowBytes, { timeoutMs: 20, fallback: "quick" });
    const quick = await served("quick", quickBytes, { timeoutMs: 1000 });
    expect([slow.model.isApart, quick.model.isApart]).toEqual([true, false]);
    const predictor = new Predictor({ models: [slow, quick], source: { rows: () => [row] }, now: () => 0 });

    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    const whole = slow.model.answer([[row]]);
    const began = performance.now();
    const [first] = await predictor.predict("slow", ["a"]);
    const broken = performance.now() - began;
    expect(first).toMatchObject({ model: "quick", role: "fallback", fallbackReason: "timeout: 20 ms" });
    const [second] = await predictor.predict("slow", ["a"]);
    expect(second?.fallbackReason).toMatch(/^timeout: a run that began \d+ ms ago still goes on$/);
    // What nobody waited for has ended by then, as has the run before it.
    const { answers, runUs } = await whole;
    expect(answers[0]?.probabilities?.[0]).toBeCloseTo(1 / 3, 6);
    expect(broken * 1000).toBeLessThan(runUs);
    expect(turns).toBeGreaterThan(3);
    clearInterval(ticking);
    await slow.model.release();
    await quick.model.release();
    const [gone] = await predictor.predict("slow", ["a"]);
    expect(gone?.fallbackReason).toMatch(/^error: |^timeout: a run/);
  });

  it("answers the same on either thread, and is refused on either when it is no model", async () => {
    const windows = [[packRow([0.25], { bucketId: 1, availableAt: 0 })], [row]];
    const contract = (timeoutMs: number) => testContract(1, { timeoutMs });
    const here = await LoadedModel.open(contract(1000), vector, quickBytes, "apart if slow");
    // So short a time that whatever runs is slow.
    const apart = await LoadedModel.open(contract(0.001), vector, quickBytes, "apart if slow");
    expect([here.isApart, apart.isApart]).toEqual([false, true]);
    expect((await apart.answer(windows)).answers).toEqual((await here.answer(windows)).answers);
    await Promise.all([here.release(), apart.release()]);
    const nothing = LoadedModel.open(contract(0.001), vector, Buffer.from("no model"), "apart if slow");
    await expect(nothing).rejects.toMatchObject({ code: "FS_MODEL_FILE" });
  });
});
