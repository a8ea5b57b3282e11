import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelSession } from "../../../src/models/model-session.js";
import { deepLobTcnGraph, deepLobTcnWeights } from "../../../src/models/onnx/deeplob-tcn-graph.js";
import { encodeOnnx } from "../../../src/models/onnx/encode-onnx.js";
import { type Curve, logisticGraph } from "../../../src/models/onnx/logistic-graph.js";
import { naiveDeepLobTcn, naiveLogistic } from "../../support/naive-networks.js";

const open = (bytes: Uint8Array) => ModelSession.open(bytes, { threads: 1, object: "test.onnx" });

describe("the logistic graph", () => {
  const number = fc.double({ min: -4, max: 4, noNaN: true });
  /** As they are fitted: rising, no steeper than 5, above 0. */
  const curve: fc.Arbitrary<Curve> = fc
    .array(
      fc.tuple(fc.double({ min: 0.01, max: 0.2, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((steps) => {
      let [score, level] = [0, 0.01];
      return steps.map(([wide, steep]) => {
        score += wide;
        level += (wide * steep * 5) / steps.length;
        return [Math.fround(score), Math.fround(level)] as const;
      });
    });
  const model = fc.integer({ min: 1, max: 9 }).chain((features) => {
    const perClass = (length: number) => fc.array(number, { minLength: length, maxLength: length });
    return fc.record({
      weights: fc.array(perClass(features), { minLength: 3, maxLength: 3 }),
      intercepts: perClass(3),
      calibration: fc.oneof(
        fc.record({ kind: fc.constant("platt" as const), slopes: perClass(3), offsets: perClass(3) }),
        fc.record({
          kind: fc.constant("isotonic" as const),
          curves: fc.array(curve, { minLength: 3, maxLength: 3 }),
        }),
      ),
      rows: fc.array(perClass(features), { minLength: 1, maxLength: 5 }),
    });
  });

  it("computes what its definition says, for any batch", async () => {
    await fc.assert(
      fc.asyncProperty(model, async ({ rows, ...weights }) => {
        const session = await open(encodeOnnx(logisticGraph("test", weights, {})));
        const dims = [rows.length, rows[0]?.length ?? 0];
        const [output] = await session.run(
          [{ name: "x", dims, data: Float32Array.from(rows.flat()) }],
          ["p"],
        );
        const single = (list: readonly number[]) => list.map(Math.fround);
        const rounded = {
          weights: weights.weights.map(single),
          intercepts: single(weights.intercepts),
          calibration:
            weights.calibration.kind === "platt"
              ? {
                  kind: "platt" as const,
                  slopes: single(weights.calibration.slopes),
                  offsets: single(weights.calibration.offsets),
                }
              : weights.calibration,
        };
        const wanted = rows.flatMap((row) => naiveLogistic(rounded, single(row)));
        expect(output?.dims).toEqual([rows.length, 3]);
        for (const [place, value] of wanted.entries()) {
          // Scores reach a thousand here, and float32 keeps seven digits of them.
          const far = Math.abs((output?.data[place] ?? Number.NaN) - value);
          expect(far).toBeLessThan(2e-4);
        }
        await session.release();
      }),
      { numRuns: 40 },
    );
  });
});

describe("the DeepLOB-TCN graph", () => {
  const shape = { bookChannels: 4, tradeFeatures: 3, hidden: 6, classes: 3, dilations: [1, 2, 4] };
  let seed = 1;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647 - 0.5;
  };
  const weights = Object.fromEntries(
    deepLobTcnWeights(shape).map(({ name, shape }) => [
      name,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random),
    ]),
  );

  it("computes what its definition says, for any batch and number of steps", async () => {
    const session = await open(encodeOnnx(deepLobTcnGraph("test", shape, weights, {})));
    expect(session.inputs).toEqual([
      { name: "book", type: "float32", shape: ["batch", "time", 4] },
      { name: "trade", type: "float32", shape: ["batch", 3] },
    ]);
    for (const steps of [1, 3, 20]) {
      const books = [0, 1].map(() =>
        Array.from({ length: steps }, () => Array.from({ length: 4 }, () => Math.fround(random()))),
      );
      const trades = [0, 1].map(() => Array.from({ length: 3 }, () => Math.fround(random())));
      const [output] = await session.run(
        [
          { name: "book", dims: [2, steps, 4], data: Float32Array.from(books.flat(2)) },
          { name: "trade", dims: [2, 3], data: Float32Array.from(trades.flat()) },
        ],
        ["p"],
      );
      const wanted = books.flatMap((book, place) =>
        naiveDeepLobTcn(shape, weights, book, trades[place] ?? []),
      );
      for (const [place, value] of wanted.entries()) expect(output?.data[place]).toBeCloseTo(value, 5);
    }
  });

  it("is written to the same bytes every time", () => {
    const bytes = () => encodeOnnx(deepLobTcnGraph("test", shape, weights, { trained_on: "nothing" }));
    expect(Buffer.from(bytes()).equals(Buffer.from(bytes()))).toBe(true);
  });
});

describe("a file that is no model", () => {
  it.each([
    ["nothing", new Uint8Array()],
    ["text", Buffer.from("model: trend")],
    [
      "half of one",
      encodeOnnx(
        logisticGraph(
          "t",
          { weights: [[1]], intercepts: [0], calibration: { kind: "platt", slopes: [1], offsets: [0] } },
          {},
        ),
      ).subarray(0, 150),
    ],
  ])("%s is refused with its code", async (_, bytes) => {
    await expect(open(bytes)).rejects.toMatchObject({ code: "FS_MODEL_FILE", object: "test.onnx" });
  });
});
