import { describe, expect, it } from "vitest";
import { LoadedModel, sha256Of } from "../../../src/models/loaded-model.js";
import { packRow } from "../../../src/models/model-row.js";
import { encodeOnnx } from "../../../src/models/onnx/encode-onnx.js";
import { logisticGraph } from "../../../src/models/onnx/logistic-graph.js";
import type { ModelContract } from "../../../src/spec/model-contract.js";
import { testContract, testVector } from "../../support/model-contracts.js";
import { naiveLogistic } from "../../support/naive-networks.js";

const weights = {
  weights: [
    [1, -1],
    [0.5, 0],
    [-1, 1],
  ],
  intercepts: [0.25, 0, -0.25],
  calibration: { kind: "platt" as const, slopes: [1, 1, 0.5], offsets: [0, 0.5, 0] },
};
const graph = logisticGraph("test", weights, {});
const bytes = encodeOnnx(graph);
const vector = testVector(["reject", "zero"]);
const row = (values: readonly (number | null)[]) => packRow(values, { bucketId: 1, availableAt: 0 });

describe("a model that fits its contract", () => {
  it("answers windows in their order, one by one or together", async () => {
    const normalise = { mean: [1, 2], scale: [2, 4] };
    const model = await LoadedModel.open(testContract(2, { normalise }), vector, bytes);
    const windows = [[row([1, 2])], [row([3, null])], [row([-1, 10])]];
    const wanted = [
      [0, 0],
      [1, -0.5],
      [-1, 2],
    ].map((x) => naiveLogistic(weights, x));
    const { answers } = await model.answer(windows);
    for (const [place, answer] of answers.entries()) {
      expect(answer.value).toBeUndefined();
      for (const [k, p] of (answer.probabilities ?? []).entries())
        expect(p).toBeCloseTo(wanted[place]?.[k] ?? 0, 6);
    }
    for (const [place, window] of windows.entries()) {
      expect((await model.answer([window])).answers).toEqual([answers[place]]);
    }
    await model.release();
  });

  it("of a file whose batch is fixed answers windows one by one", async () => {
    const one = { ...graph, inputs: [{ name: "x", shape: [1, 2] }], outputs: [{ name: "p", shape: [1, 3] }] };
    const model = await LoadedModel.open(testContract(2), vector, encodeOnnx(one));
    expect(model.batches).toBe(false);
    const { answers } = await model.answer([[row([1, 0])], [row([0, 1])]]);
    expect(answers).toHaveLength(2);
    expect(answers[0]).not.toEqual(answers[1]);
  });
});

describe("a model that does not fit is refused:", () => {
  const three = testVector(["reject", "reject", "reject"]);
  const at = testContract(1).at;
  it.each<readonly [string, Partial<ModelContract>, typeof vector, string]>([
    [
      "another width",
      { inputs: [{ name: "x", shape: [1, 3], features: "all", at }] },
      three,
      "input x has the shape [batch, 2] in the file, [1, 3] in the contract",
    ],
    [
      "a sequence",
      { inputs: [{ name: "x", shape: [1, 1, 2], features: "all", at }] },
      vector,
      "input x has the shape [batch, 2] in the file, [1, 1, 2] in the contract",
    ],
    [
      "another input",
      { inputs: [{ name: "y", shape: [1, 2], features: "all", at }] },
      vector,
      "the file has no input y; it has x; the contract says nothing of the file's input x",
    ],
    [
      "another output",
      { outputs: { probabilities: { name: "q", classes: [0, 1] }, value: undefined } },
      vector,
      "the file has no output q; it has p",
    ],
    [
      "fewer classes",
      { outputs: { probabilities: { name: "p", classes: [0, 1] }, value: undefined } },
      vector,
      "output p has the shape [batch, 3] in the file, for 2 classes",
    ],
    [
      "a value of three numbers",
      { outputs: { probabilities: undefined, value: { name: "p" } } },
      vector,
      "output p comes as [2, 3] for 2 rows, not as [2, 1]",
    ],
  ])("%s", async (_, change, of, message) => {
    const contract = testContract(2, change);
    await expect(LoadedModel.open(contract, of, bytes)).rejects.toMatchObject({
      code: "FS_MODEL_MISMATCH",
      message,
    });
  });

  it("other bytes than the contract names", async () => {
    const contract = testContract(2, { sha256: "0".repeat(64) });
    await expect(LoadedModel.open(contract, vector, bytes)).rejects.toMatchObject({
      code: "FS_MODEL_FILE",
      message: expect.stringContaining(sha256Of(bytes)),
    });
  });
});
