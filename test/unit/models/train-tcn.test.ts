import { describe, expect, it } from "vitest";
import { packRow } from "../../../src/models/model-row.js";
import { ModelSession } from "../../../src/models/model-session.js";
import {
  deepLobTcnGraph,
  deepLobTcnWeights,
  lastHidden,
} from "../../../src/models/onnx/deeplob-tcn-graph.js";
import { encodeOnnx } from "../../../src/models/onnx/encode-onnx.js";
import { randomWeights } from "../../../src/models/onnx/random-weights.js";
import { predictBaseline } from "../../../src/models/train/fit-baseline.js";
import { headWeights } from "../../../src/models/train/head-weights.js";
import { checkExport } from "../../../src/models/train/train-report.js";
import { trainingWindows } from "../../../src/models/train/training-windows.js";
import type { InstrumentKey } from "../../../src/spec/model.js";

const instrument: InstrumentKey = { exchange: "binance", marketType: "spot", symbol: "BTCUSDT" };
const bucketRow = (bucketId: number) => ({
  ...{ instrument, bucketId, availableAt: bucketId, labelEnd: bucketId + 3, label: 0, rawReturn: 0 },
  features: [bucketId],
});
const stored = (...ids: number[]) =>
  new Map([["binance/spot/BTCUSDT", ids.map((id) => packRow([id], { bucketId: id, availableAt: id }))]]);

describe("windows to train with", () => {
  it("end with the row, and leave out rows with a hole or a beginning behind them", () => {
    const rows = [2, 3, 5, 7, 8].map(bucketRow);
    const windows = trainingWindows(rows, stored(1, 2, 3, 4, 5, 7, 8), 3);
    expect(windows.map(({ window }) => window.map(({ bucketId }) => bucketId))).toEqual([
      [1, 2, 3],
      [3, 4, 5],
    ]);
    expect(windows.map(({ row }) => row.bucketId)).toEqual([3, 5]);
  });

  it("are none of instruments that have no rows", () => {
    expect(trainingWindows([bucketRow(1)], new Map(), 1)).toEqual([]);
  });
});

describe("a fitted last layer", () => {
  const shape = { bookChannels: 2, tradeFeatures: 2, hidden: 4, classes: 3, dilations: [1] };
  const drawn = randomWeights(deepLobTcnWeights(shape), 3);
  const head = {
    weights: {
      weights: [0, 1, 2].map((k) => [0.5, -1, 0.25, 2].map((one) => one * (k - 1))),
      intercepts: [0, 0.3, -0.2],
      calibration: { kind: "platt" as const, slopes: [1, 0.5, 2], offsets: [0, 0.1, -0.4] },
    },
    mean: [0.1, 0.2, 0, 0.3],
    scale: [0.5, 1, 2, 0.25],
    fittedRows: 1,
    calibratedRows: 1,
  };

  it("answers in the graph as the regression does on the last hidden layer", async () => {
    const graph = deepLobTcnGraph("test", shape, { ...drawn, ...headWeights(head) }, {});
    const name = lastHidden(graph).name;
    const bytes = encodeOnnx({ ...graph, outputs: [...graph.outputs, lastHidden(graph)] });
    const session = await ModelSession.open(bytes, { threads: 1, object: "test" });
    const data = (length: number) => Float32Array.from({ length }, (_, at) => Math.sin(at));
    const [hidden, p] = await session.run(
      [
        { name: "book", dims: [1, 6, 2], data: data(12) },
        { name: "trade", dims: [1, 2], data: data(2) },
      ],
      [name, "p"],
    );
    await session.release();
    const features = Array.from(hidden?.data ?? []);
    expect(features).toHaveLength(4);
    expect(Math.max(...features)).toBeGreaterThan(0);
    const wanted = predictBaseline(
      head,
      Array.from({ length: 4 }, () => "zero"),
      { ...bucketRow(1), features },
    );
    for (const [place, one] of wanted.entries()) expect(p?.data[place]).toBeCloseTo(one, 6);
  });

  it("is refused, and not written, where the graph answers other than what was fitted", () => {
    const options = { nullRules: Array.from({ length: 4 }, () => "zero" as const) };
    const rows = [1, 2].map((id) => ({ ...bucketRow(id), features: [0.1 * id, 1, 2, 3] }));
    const right = rows.map((row) => ({ probabilities: predictBaseline(head, options.nullRules, row) }));
    const check = (answers: typeof right) => checkExport(head, options, rows, { model: "head", answers });
    expect(check(right)).toBe(0);
    const near = right.map(({ probabilities: [first = 0, ...rest] }) => ({
      probabilities: [first + 5e-6, ...rest],
    }));
    expect(check(near)).toBeCloseTo(5e-6, 9);
    const swapped = right.map(({ probabilities }) => ({ probabilities: probabilities.toReversed() }));
    expect(() => check(swapped)).toThrow(/answers other than what was fitted/);
    expect(() => check(right.slice(1, 1))).toThrow(/NaN apart/);
  });

  it("can not hold a curve", () => {
    const calibration = { kind: "isotonic" as const, curves: [[], [], []] };
    expect(() => headWeights({ ...head, weights: { ...head.weights, calibration } })).toThrow(/not linear/);
  });
});
