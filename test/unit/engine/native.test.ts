import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NativeBlock } from "../../../src/engine/native.js";
import { NativeDecoder } from "../../../src/engine/native-decode.js";
import { encodeNative } from "../../../src/engine/native-encode.js";
import { blockArbitrary, plainValues } from "../../support/native-arbitrary.js";

const plain = (blocks: readonly NativeBlock[]) =>
  blocks.map((block) => ({
    rows: block.rows,
    columns: block.columns.map((column) => [column.name, column.type, plainValues(column)]),
  }));

function decode(chunks: Iterable<Uint8Array>): NativeBlock[] {
  const decoder = new NativeDecoder();
  const blocks: NativeBlock[] = [];
  for (const chunk of chunks) blocks.push(...decoder.push(chunk));
  decoder.finish();
  return blocks;
}

const block = (
  type: string,
  values: NativeBlock["columns"][number]["values"],
  rows: number,
): NativeBlock => ({
  rows,
  columns: [{ name: "a", type, values }],
});

describe("the Native codec", () => {
  it("gives back what was encoded, wherever the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(blockArbitrary, { maxLength: 3 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (blocks, sizes) => {
          const bytes = Buffer.concat(blocks.flatMap(encodeNative));
          const chunks: Buffer[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          const expected = plain(blocks.filter((one) => one.rows > 0));
          expect(plain(decode(chunks))).toEqual(expected);
          expect(plain(decode([bytes]))).toEqual(expected);
        },
      ),
    );
  });

  it("keeps typed arrays, aligned and in memory of their own", () => {
    const values = new Float64Array([1.5, Number.NaN, -0]);
    const bytes = Buffer.concat(encodeNative(block("Float64", values, 3)));
    const [found] = decode([bytes]);
    bytes.fill(0);
    expect(found?.columns[0]?.values).toEqual(values);
    const nested = block("Array(UInt16)", [[1, 2], [], new Uint16Array([3])], 3);
    expect(decode(encodeNative(nested))[0]?.columns[0]?.values).toEqual([
      new Uint16Array([1, 2]),
      new Uint16Array([]),
      new Uint16Array([3]),
    ]);
  });

  it("takes words, bigints, numbers and booleans", () => {
    const words = block("Decimal(38, 8)", new BigUint64Array([1n, 0n, 2n ** 64n - 1n, 2n ** 64n - 1n]), 2);
    const bigints = block("Decimal(38, 8)", [1n, -1n], 2);
    expect(Buffer.concat(encodeNative(words))).toEqual(Buffer.concat(encodeNative(bigints)));
    const [found] = decode(encodeNative(block("Bool", [true, false], 2)));
    expect(found?.columns[0]?.values).toEqual(new Uint8Array([1, 0]));
  });

  it("refuses columns that do not fit", () => {
    const fails = (one: NativeBlock) =>
      expect(() => encodeNative(one)).toThrow(/^(Column a|The type|Send column a)/);
    fails(block("UInt8", [1, 2], 3));
    fails(block("UInt32", new Float64Array(2), 2));
    fails(block("Decimal(38, 8)", new BigUint64Array(3), 2));
    fails(block("String", [1], 1));
    fails(block("Tuple(UInt8)", [[1]], 1));
    fails(block("LowCardinality(String)", ["a"], 1));
  });

  it("notices a stream that ends inside a block", () => {
    const bytes = Buffer.concat(encodeNative(block("String", ["one", "two"], 2)));
    for (let end = 1; end < bytes.length; end++) {
      expect(() => decode([bytes.subarray(0, end)])).toThrow("ends in the middle");
    }
  });
});
