import fc from "fast-check";
import type { NativeBlock, NativeColumn } from "../../src/engine/native.js";
import { type NativeType, nativeType } from "../../src/engine/native-type.js";

const bits = (width: number, signed: boolean) =>
  signed
    ? fc.bigInt({ min: -(2n ** BigInt(width - 1)), max: 2n ** BigInt(width - 1) - 1n })
    : fc.bigInt({ min: 0n, max: 2n ** BigInt(width) - 1n });
const small = (width: number, signed: boolean) => bits(width, signed).map(Number);
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom("", "same", "same", "back\\slash'\n\t\0", "x".repeat(300)),
);

/** Values of each type that the codec moves, in the form in which it gives them back one by one. */
const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  Int8: small(8, true),
  Int16: small(16, true),
  Int32: small(32, true),
  Int64: bits(64, true),
  Int128: bits(128, true),
  Int256: bits(256, true),
  UInt8: small(8, false),
  UInt16: small(16, false),
  UInt32: small(32, false),
  UInt64: bits(64, false),
  UInt128: bits(128, false),
  UInt256: bits(256, false),
  Float32: fc.float(),
  Float64: fc.double(),
  Bool: fc.constantFrom(0, 1),
  String: text,
  Date: small(16, false),
  DateTime: small(32, false),
  "DateTime64(3, 'UTC')": fc.bigInt({ min: 0n, max: 4_000_000_000_000n }),
  "Enum8('buy' = 1, 'sell' = -2)": fc.constantFrom(1, -2),
  "Enum16('a' = 1000)": fc.constant(1000),
  "Decimal(9, 2)": fc.integer({ min: -999_999_999, max: 999_999_999 }),
  "Decimal(18, 8)": fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }),
  "Decimal(38, 8)": fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
  "Decimal(76, 20)": fc.bigInt({ min: -(10n ** 76n) + 1n, max: 10n ** 76n - 1n }),
};

interface Kind {
  readonly type: string;
  readonly value: fc.Arbitrary<unknown>;
}

const scalar: fc.Arbitrary<Kind> = fc.constantFrom(
  ...Object.entries(scalars).map(([type, value]) => ({ type, value })),
);
const nullable = scalar.map(({ type, value }) => ({ type: `Nullable(${type})`, value: fc.option(value) }));
const kinds: fc.Arbitrary<Kind> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 2, arbitrary: nullable },
  { weight: 2, arbitrary: fc.oneof(scalar, nullable).map(arrayOf) },
  { weight: 1, arbitrary: scalar.map(arrayOf).map(arrayOf) },
);

function arrayOf({ type, value }: Kind): Kind {
  return { type: `Array(${type})`, value: fc.array(value, { maxLength: 4 }) };
}

/** Blocks of up to 40 rows and 5 columns of any types. */
export const blockArbitrary: fc.Arbitrary<NativeBlock> = fc
  .tuple(fc.nat({ max: 40 }), fc.array(kinds, { minLength: 1, maxLength: 5 }))
  .chain(([rows, chosen]) =>
    fc
      .tuple(...chosen.map((kind) => fc.array(kind.value, { minLength: rows, maxLength: rows })))
      .map((lists) => ({
        rows,
        columns: lists.map((values, place) => ({
          name: `c ${place}`,
          type: chosen[place]?.type ?? "",
          values,
        })),
      })),
  );

/** A column's values one by one: bigints instead of words, lists instead of typed arrays. */
export function plainValues(column: NativeColumn): unknown[] {
  return plain(nativeType(column.type), column.values);
}

function plain(type: NativeType, values: unknown): unknown[] {
  const list = Array.from(values as ArrayLike<unknown>);
  if (type.kind === "array") return list.map((value) => plain(type.of, value));
  if (type.kind !== "fixed" || type.words === 1 || !ArrayBuffer.isView(values)) return list;
  const wide: bigint[] = [];
  for (let at = 0; at < list.length; at += type.words) {
    const words = list.slice(at, at + type.words) as bigint[];
    const value = words.reduceRight((high, word) => (high << 64n) | word, 0n);
    wide.push(type.signed ? BigInt.asIntN(64 * type.words, value) : value);
  }
  return wide;
}
