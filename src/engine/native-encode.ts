import { FeatureError } from "../errors.js";
import type { ColumnValues, NativeBlock, NativeColumn } from "./native.js";
import { type FixedArray, type NativeType, nativeType } from "./native-type.js";

/**
 * Encodes one block in the Native format, as a list of byte chunks to be written one after the other. Typed arrays of the
 * column's own width are not copied, so they must not change until the chunks are written.
 * Fixed-width columns take a typed array or a list of numbers or bigints; columns of 128 and 256 bits take words (low word
 * first) or a list of bigints; Bool takes booleans too.
 */
export function encodeNative(block: NativeBlock): Uint8Array[] {
  const chunks = [varint(block.columns.length), varint(block.rows)];
  for (const column of block.columns) {
    chunks.push(text(column.name), text(column.type));
    if (block.rows > 0) encodeColumn(chunks, column, nativeType(column.type), column.values, block.rows);
  }
  return chunks;
}

function encodeColumn(
  chunks: Uint8Array[],
  column: NativeColumn,
  type: NativeType,
  values: ColumnValues,
  rows: number,
): void {
  const words = type.kind === "fixed" && ArrayBuffer.isView(values) ? type.words : 1;
  if (values.length !== rows * words) {
    const found = `${values.length / words} values`;
    throw new FeatureError("FS_ENGINE_NATIVE", `Column ${column.name} has ${found} for ${rows} rows.`);
  }
  switch (type.kind) {
    case "fixed":
      chunks.push(fixedBytes(column, type.array, type.words, values));
      return;
    case "string":
      chunks.push(stringBytes(column, values));
      return;
    case "nullable": {
      const list = Array.from(values as ArrayLike<unknown>);
      chunks.push(Uint8Array.from(list, (value) => (value === null || value === undefined ? 1 : 0)));
      const filler = fillerOf(type.of);
      encodeColumn(
        chunks,
        column,
        type.of,
        list.map((value) => value ?? filler),
        rows,
      );
      return;
    }
    case "dictionary":
      // The engine makes the dictionary itself when the table's column has one.
      throw new FeatureError("FS_ENGINE_NATIVE", `Send column ${column.name} without LowCardinality.`);
    case "array":
      encodeArrays(chunks, column, type.of, values as readonly ColumnValues[], rows);
      return;
  }
}

function encodeArrays(
  chunks: Uint8Array[],
  column: NativeColumn,
  of: NativeType,
  values: readonly ColumnValues[],
  rows: number,
): void {
  const words = of.kind === "fixed" ? of.words : 1;
  const ends = new BigUint64Array(rows);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const value = values[row] ?? [];
    total += value.length / (ArrayBuffer.isView(value) ? words : 1);
    ends[row] = BigInt(total);
  }
  chunks.push(bytesOf(ends));
  if (of.kind !== "fixed") {
    encodeColumn(
      chunks,
      column,
      of,
      values.flatMap((value) => Array.from(value as ArrayLike<unknown>)),
      total,
    );
    return;
  }
  const flat = new of.array(total * words);
  let at = 0;
  for (const value of values) {
    const part = typedValues(column, of.array, words, value);
    flat.set(part as never, at);
    at += part.length;
  }
  chunks.push(bytesOf(flat));
}

function fixedBytes(
  column: NativeColumn,
  array: FixedArray,
  words: number,
  values: ColumnValues,
): Uint8Array {
  return bytesOf(typedValues(column, array, words, values));
}

function typedValues(column: NativeColumn, array: FixedArray, words: number, values: ColumnValues) {
  if (ArrayBuffer.isView(values)) {
    if (values.BYTES_PER_ELEMENT === array.BYTES_PER_ELEMENT) return values;
    const found = values.constructor.name;
    throw new FeatureError(
      "FS_ENGINE_NATIVE",
      `Column ${column.name} of type ${column.type} cannot take a ${found}.`,
    );
  }
  if (words > 1) return wordsOf(values as readonly bigint[], words);
  const typed = new array(values.length);
  const wide = array.BYTES_PER_ELEMENT === 8 && array !== (Float64Array as FixedArray);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number | bigint | boolean;
    typed[index] = (wide ? BigInt(value) : Number(value)) as never;
  }
  return typed;
}

function wordsOf(values: readonly bigint[], words: number): BigUint64Array {
  const typed = new BigUint64Array(values.length * words);
  for (let index = 0; index < values.length; index++) {
    let rest = BigInt.asUintN(64 * words, BigInt(values[index] ?? 0n));
    for (let word = 0; word < words; word++, rest >>= 64n)
      typed[index * words + word] = BigInt.asUintN(64, rest);
  }
  return typed;
}

function stringBytes(column: NativeColumn, values: ColumnValues): Uint8Array {
  let buffer = Buffer.allocUnsafe(Math.max(64, values.length * 12));
  let at = 0;
  for (const value of values as readonly unknown[]) {
    if (typeof value !== "string") {
      throw new FeatureError(
        "FS_ENGINE_NATIVE",
        `Column ${column.name} holds a ${typeof value} where a string belongs.`,
      );
    }
    // A UTF-16 unit is at most three bytes of UTF-8, and the length at most five.
    const worst = value.length * 3 + 5;
    if (at + worst > buffer.length)
      buffer = Buffer.concat([buffer.subarray(0, at)], buffer.length * 2 + worst);
    const length = Buffer.byteLength(value);
    at = putVarint(buffer, at, length);
    at += buffer.write(value, at);
  }
  return buffer.subarray(0, at);
}

function fillerOf(type: NativeType): unknown {
  if (type.kind === "string") return "";
  return type.kind === "fixed" ? 0 : [];
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function text(value: string): Uint8Array {
  return Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)]);
}

function varint(value: number): Uint8Array {
  const bytes = Buffer.alloc(9);
  return bytes.subarray(0, putVarint(bytes, 0, value));
}

/** LEB128; returns the place behind it. */
function putVarint(bytes: Uint8Array, from: number, value: number): number {
  let at = from;
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
  bytes[at++] = rest;
  return at;
}
