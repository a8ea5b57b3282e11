import { describe, expect, it } from "vitest";
import type { CompiledObject } from "../../../src/compile/catalog.js";
import type { Rows } from "../../../src/verify/check.js";
import { differencesOf } from "../../../src/verify/compare.js";

const object = { columns: [{ name: "a" }, { name: "b" }] } as unknown as CompiledObject;
const rows = (...entries: [id: number, ...cells: string[]][]): Rows =>
  new Map(entries.map(([id, ...cells]) => [id, [{ availableAt: 0, cells: ["s", "e", "k", ...cells] }]]));
const exact = new Map<string, number>();

describe("differencesOf", () => {
  it("finds values, rows that are gone and rows too many, in order of bucket", () => {
    const expected = rows([1, "1", "2"], [2, "1", "\\N"], [3, "5", "6"]);
    const found = rows([4, "1", "1"], [2, "1", "0"], [1, "1", "2"]);
    expect(differencesOf(object, expected, found, exact)).toEqual([
      { bucketId: 2, kind: "values", columns: [{ column: "b", expected: null, found: "0" }] },
      { bucketId: 3, kind: "missing", columns: [] },
      { bucketId: 4, kind: "extra", columns: [] },
    ]);
  });

  it("tells the last bit, and -0 from 0, apart", () => {
    const one = rows([1, "0.1", "0"]);
    expect(differencesOf(object, one, rows([1, "0.10000000000000002", "-0"]), exact)).toHaveLength(1);
    expect(differencesOf(object, one, one, exact)).toEqual([]);
  });

  it("lets a column differ by what it declares, but never in being NULL", () => {
    const approx = new Map([["a", 1e-12]]);
    expect(differencesOf(object, rows([1, "100", "1"]), rows([1, "100.00000000001", "1"]), approx)).toEqual(
      [],
    );
    expect(
      differencesOf(object, rows([1, "100", "1"]), rows([1, "100.000000001", "1"]), approx),
    ).toHaveLength(1);
    expect(differencesOf(object, rows([1, "0", "1"]), rows([1, "\\N", "1"]), approx)).toHaveLength(1);
  });

  it("reports a bucket that has two rows", () => {
    const twice: Rows = new Map([
      [1, [...(rows([1, "1", "1"]).get(1) ?? []), { availableAt: 0, cells: [] }]],
    ]);
    expect(differencesOf(object, rows([1, "1", "1"]), twice, exact)).toMatchObject([{ kind: "repeated" }]);
  });
});
