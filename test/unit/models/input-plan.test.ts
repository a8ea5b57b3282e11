import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildInputs, planInputs, refuseWindow } from "../../../src/models/input-plan.js";
import { hashRows, isNull, packRow, rawValue } from "../../../src/models/model-row.js";
import { testContract, testVector } from "../../support/model-contracts.js";

const at = testContract(1).at;
const row = (values: readonly (number | null)[], bucketId = 1) =>
  packRow(values, { bucketId, availableAt: 0 });

describe("rows as models read them", () => {
  it("keep every value and every NULL", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.double()), { maxLength: 40 }), (values) => {
        const packed = row(values);
        for (const [place, value] of values.entries()) {
          expect(isNull(packed, place)).toBe(value === null);
          expect(Object.is(rawValue(packed, place), value)).toBe(true);
        }
      }),
    );
  });

  it("have a hash that tells NULL from 0, 0 from -0, and one row from another", () => {
    const hashes = [[row([0])], [row([-0])], [row([null])], [row([0]), row([0])], [row([0, 0])]].map(
      hashRows,
    );
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hashRows([row([1, null], 7)])).toBe(hashRows([row([1, null], 8)]));
  });
});

describe("tensors", () => {
  const vector = testVector(["reject", "zero", "mean", "keep"]);
  const contract = testContract(4, { normalise: { mean: [1, 2, 3, 4], scale: [2, 4, 8, 16] } });
  const plan = planInputs(contract, vector);

  it("apply NULL rules, then normalise", () => {
    const [input] = buildInputs(plan, [[row([3, 6, 11, 20])], [row([1, null, null, null])]]);
    expect(input).toEqual({
      name: "x",
      dims: [2, 4],
      data: Float32Array.from([1, 1, 1, 1, 0, -0.5, 0, Number.NaN]),
    });
  });

  it("equal the raw values where nothing is normalised", () => {
    const plain = planInputs(testContract(4), vector);
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 4, maxLength: 4 }), (values) => {
        const [input] = buildInputs(plain, [[row(values)]]);
        expect(input?.data).toEqual(Float32Array.from(values));
      }),
    );
  });

  it("refuse a NULL that the vector rejects, and name it", () => {
    expect(refuseWindow(plan, [row([1, null, null, null])])).toBeUndefined();
    expect(refuseWindow(plan, [row([null, 1, 1, 1], 12)])).toBe("null_input: flow.f0 of bucket 12");
    expect(refuseWindow(plan, [])).toBe("no_row");
  });

  it("of sequences hold the last steps, the oldest first, beside flat inputs of the last row", () => {
    const inputs = [
      { name: "seq", shape: [1, 3, 2], features: ["flow.f3", "flow.f0"], at },
      { name: "flat", shape: [1, 1], features: ["flow.f1"], at },
    ];
    const both = planInputs(
      testContract(4, { inputs }),
      testVector(["reject", "reject", "reject", "reject"], 3),
    );
    const rows = [1, 2, 3, 4].map((id) => row([id, 10 * id, 100 * id, 1000 * id], id));
    expect(buildInputs(both, [rows, rows.slice(0, 3)])).toEqual([
      {
        name: "seq",
        dims: [2, 3, 2],
        data: Float32Array.from([2000, 2, 3000, 3, 4000, 4, 1000, 1, 2000, 2, 3000, 3]),
      },
      { name: "flat", dims: [2, 1], data: Float32Array.from([40, 30]) },
    ]);
    expect(refuseWindow(both, rows.slice(2))).toBe("short_history: 2 of 3 rows");
    // f0 is read of three rows, f1 of the last one, f2 of none.
    const holes = (place: number, id: number) =>
      rows.map((one) =>
        one.bucketId === id
          ? row(
              [1, 1, 1, 1].map((v, i) => (i === place ? null : v)),
              id,
            )
          : one,
      );
    expect(refuseWindow(both, holes(0, 2))).toBe("null_input: flow.f0 of bucket 2");
    expect(refuseWindow(both, holes(0, 1))).toBeUndefined();
    expect(refuseWindow(both, holes(1, 3))).toBeUndefined();
    expect(refuseWindow(both, holes(1, 4))).toBe("null_input: flow.f1 of bucket 4");
    expect(refuseWindow(both, holes(2, 4))).toBeUndefined();
  });
});
