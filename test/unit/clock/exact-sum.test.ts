import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactSum } from "../../../src/clock/exact-sum.js";
import { toWords } from "../../support/trade-batches.js";

const wideValues = fc.array(
  fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 255n }), fc.bigInt({ min: 0n, max: 2n ** 40n })),
  {
    minLength: 1,
  },
);

describe("ExactSum", () => {
  it("is the sum of any 256-bit integers, added, merged and restored", () => {
    fc.assert(
      fc.property(
        wideValues,
        wideValues,
        fc.bigInt({ min: 0n, max: 2n ** 256n }),
        (added, merged, restored) => {
          const sum = new ExactSum();
          sum.set(restored);
          addAll(sum, added);
          const other = new ExactSum();
          addAll(other, merged);
          sum.merge(other);
          const expected = [...added, ...merged].reduce((total, value) => total + value, restored);
          expect(sum.toBigInt()).toBe(expected);
          expect(Math.abs(sum.toNumber() / Number(expected) - 1)).toBeLessThan(2 ** -48);
        },
      ),
    );
  });

  it("stays exact over more terms than a limb holds, added or merged", () => {
    const largest = 2n ** 128n - 1n;
    const rows = 2 ** 16;
    const halves = new Uint32Array(rows * 4).fill(2 ** 32 - 1);
    const filled = (terms: number) => {
      const sum = new ExactSum();
      for (let added = 0; added < terms; added += rows) sum.add({ halves, stride: 4, used: 4 }, 0, rows);
      return sum;
    };
    expect(filled(2 ** 22).toBigInt()).toBe(largest * 2n ** 22n);

    const almostFull = 2 ** 20 - rows;
    const merged = new ExactSum();
    const part = filled(almostFull);
    for (let merges = 0; merges < 100; merges++) merged.merge(part);
    expect(merged.toBigInt()).toBe(largest * BigInt(almostFull) * 100n);
  });

  it("is zero again after clear", () => {
    const sum = new ExactSum();
    addAll(sum, [2n ** 200n, 5n]);
    sum.clear();
    expect(sum.toBigInt()).toBe(0n);
    addAll(sum, [3n]);
    expect(sum.toBigInt()).toBe(3n);
  });
});

function addAll(sum: ExactSum, values: readonly bigint[]): void {
  const halves = new Uint32Array(toWords(values, 4).buffer);
  sum.add({ halves, stride: 8, used: 8 }, 0, values.length);
}
