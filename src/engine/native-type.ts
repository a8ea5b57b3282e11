import { FeatureError } from "../errors.js";

/** How values of a ClickHouse type lie in a Native column. */
export type NativeType =
  /** Fixed width; `words` is 2 for 128-bit and 4 for 256-bit integers, which are 64-bit words, low word first. */
  | {
      readonly kind: "fixed";
      readonly array: FixedArray;
      readonly words: 1 | 2 | 4;
      readonly signed: boolean;
    }
  | { readonly kind: "string" }
  | { readonly kind: "nullable"; readonly of: NativeType }
  | { readonly kind: "array"; readonly of: NativeType }
  /** LowCardinality: keys and, for each row, the place of its key; of a nullable one, key 0 is NULL. Read only. */
  | { readonly kind: "dictionary"; readonly of: NativeType; readonly nullable: boolean };

export type FixedArrayValues =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

export interface FixedArray {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): FixedArrayValues;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): FixedArrayValues;
}

const fixed = (array: FixedArray, words: 1 | 2 | 4 = 1, signed = true): NativeType => ({
  kind: "fixed",
  array,
  words,
  signed,
});

const plain: Readonly<Record<string, NativeType>> = {
  Int8: fixed(Int8Array),
  Int16: fixed(Int16Array),
  Int32: fixed(Int32Array),
  Int64: fixed(BigInt64Array),
  Int128: fixed(BigUint64Array, 2),
  Int256: fixed(BigUint64Array, 4),
  UInt8: fixed(Uint8Array, 1, false),
  UInt16: fixed(Uint16Array, 1, false),
  UInt32: fixed(Uint32Array, 1, false),
  UInt64: fixed(BigUint64Array, 1, false),
  UInt128: fixed(BigUint64Array, 2, false),
  UInt256: fixed(BigUint64Array, 4, false),
  Float32: fixed(Float32Array),
  Float64: fixed(Float64Array),
  Bool: fixed(Uint8Array, 1, false),
  Date: fixed(Uint16Array, 1, false),
  Date32: fixed(Int32Array),
  DateTime: fixed(Uint32Array, 1, false),
  // The type of a bare NULL: one byte a row that means nothing.
  Nothing: fixed(Uint8Array, 1, false),
  String: { kind: "string" },
};

const cache = new Map<string, NativeType>();

/** The layout of a type as ClickHouse writes its name; types that the product does not move are refused. */
export function nativeType(name: string): NativeType {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const type = parse(name);
  cache.set(name, type);
  return type;
}

function parse(name: string): NativeType {
  const simple = plain[name];
  if (simple !== undefined) return simple;
  const [, head, inner] = /^(\w+)\((.*)\)$/s.exec(name) ?? [];
  if (head !== undefined && inner !== undefined) {
    switch (head) {
      case "Nullable":
        return { kind: "nullable", of: nativeType(inner) };
      case "Array":
        return { kind: "array", of: nativeType(inner) };
      case "LowCardinality": {
        const of = nativeType(inner);
        return of.kind === "nullable"
          ? { kind: "dictionary", of: of.of, nullable: true }
          : { kind: "dictionary", of, nullable: false };
      }
      case "DateTime":
        return fixed(Uint32Array, 1, false);
      case "DateTime64":
        return fixed(BigInt64Array);
      case "Enum8":
        return fixed(Int8Array);
      case "Enum16":
        return fixed(Int16Array);
      case "Decimal":
        return decimal(Number.parseInt(inner, 10));
      case "SimpleAggregateFunction":
        return nativeType(inner.slice(inner.indexOf(",") + 1).trim());
    }
  }
  throw new FeatureError("FS_ENGINE_NATIVE", `The type ${name} cannot be moved in Native blocks.`);
}

/** A Decimal is its integer: the value times ten to the power of its scale. */
function decimal(precision: number): NativeType {
  if (precision <= 9) return fixed(Int32Array);
  if (precision <= 18) return fixed(BigInt64Array);
  return fixed(BigUint64Array, precision <= 38 ? 2 : 4);
}
