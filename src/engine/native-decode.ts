import { FeatureError } from "../errors.js";
import { ByteQueue } from "./byte-queue.js";
import type { ColumnValues, NativeBlock, NativeColumn } from "./native.js";
import { type FixedArrayValues, type NativeType, nativeType } from "./native-type.js";

/** Decoding that may have to wait: it yields the number of bytes that it needs next. */
type Step<T> = Generator<number, T, void>;

/**
 * Decodes Native blocks from a stream of byte chunks that may be cut anywhere. Values are copied out of the chunks, so typed
 * arrays are aligned and own their memory. Blocks without rows are left out. A chunk must not change until it is used up.
 */
export class NativeDecoder {
  readonly #bytes = new ByteQueue();
  #block: Step<NativeBlock> | undefined;
  #needs = 1;

  /** Takes a chunk and returns the blocks that are complete with it. */
  push(chunk: Uint8Array): NativeBlock[] {
    this.#bytes.push(chunk);
    const blocks: NativeBlock[] = [];
    while (this.#bytes.ready(this.#needs)) {
      this.#block ??= decodeBlock(this.#bytes);
      const step = this.#block.next();
      if (step.done !== true) {
        this.#needs = step.value;
        continue;
      }
      this.#block = undefined;
      this.#needs = 1;
      if (step.value.rows > 0) blocks.push(step.value);
    }
    return blocks;
  }

  /** Says that no more chunks come; a block that is not complete is an error. */
  finish(): void {
    if (this.#bytes.length > 0 || this.#block !== undefined) {
      throw new FeatureError("FS_ENGINE_NATIVE", "The data ends in the middle of a Native block.");
    }
  }
}

function* decodeBlock(bytes: ByteQueue): Step<NativeBlock> {
  const count = yield* decodeVarint(bytes);
  const rows = yield* decodeVarint(bytes);
  const columns: NativeColumn[] = [];
  for (let index = 0; index < count; index++) {
    const name = yield* decodeText(bytes);
    const type = yield* decodeText(bytes);
    columns.push({ name, type, values: rows === 0 ? [] : yield* decodeWhole(bytes, nativeType(type), rows) });
  }
  return { rows, columns };
}

/** A column with what stands before its values: the version of a dictionary's layout, also when it is inside an Array. */
function* decodeWhole(bytes: ByteQueue, type: NativeType, rows: number): Step<ColumnValues> {
  let inner = type;
  while (inner.kind === "array") inner = inner.of;
  if (inner.kind === "dictionary") yield* decodeWord(bytes);
  return yield* decodeColumn(bytes, type, rows);
}

function* decodeColumn(bytes: ByteQueue, type: NativeType, rows: number): Step<ColumnValues> {
  switch (type.kind) {
    case "fixed":
      return yield* decodeFixed(bytes, new type.array(rows * type.words));
    case "string":
      return yield* decodeStrings(bytes, rows);
    case "nullable": {
      const nulls = yield* decodeFixed(bytes, new Uint8Array(rows));
      const list = asList(type.of, yield* decodeColumn(bytes, type.of, rows));
      for (let row = 0; row < rows; row++) if (nulls[row] !== 0) list[row] = null;
      return list;
    }
    case "array": {
      const ends = new BigUint64Array(rows);
      yield* decodeFixed(bytes, ends);
      const values = yield* decodeColumn(bytes, type.of, Number(ends[rows - 1] ?? 0n));
      return slices(values, ends, type.of.kind === "fixed" ? type.of.words : 1);
    }
    case "dictionary":
      return rows === 0 ? [] : yield* decodeDictionary(bytes, type, rows);
  }
}

const indexArrays = [Uint8Array, Uint16Array, Uint32Array, BigUint64Array] as const;

function* decodeDictionary(
  bytes: ByteQueue,
  type: NativeType & { kind: "dictionary" },
  rows: number,
): Step<ColumnValues> {
  const flags = yield* decodeWord(bytes);
  const count = yield* decodeWord(bytes);
  const keys = asList(type.of, yield* decodeColumn(bytes, type.of, count));
  if (type.nullable) keys[0] = null;
  yield* decodeWord(bytes);
  const places = yield* decodeFixed(bytes, new (indexArrays[flags % 256] ?? BigUint64Array)(rows));
  return Array.from(places as ArrayLike<number | bigint>, (place) => keys[Number(place)]);
}

function* decodeWord(bytes: ByteQueue): Step<number> {
  const word = yield* decodeFixed(bytes, new BigUint64Array(1));
  return Number(word[0]);
}

function* decodeFixed<T extends FixedArrayValues>(bytes: ByteQueue, values: T): Step<T> {
  if (!bytes.ready(values.byteLength)) yield values.byteLength;
  bytes.fill(new Uint8Array(values.buffer));
  return values;
}

function* decodeStrings(bytes: ByteQueue, rows: number): Step<string[]> {
  const values = new Array<string>(rows);
  for (let row = 0; row < rows; row++) {
    // Most strings are short; a generator for every length would cost more than the string.
    const short = bytes.ready(1) && bytes.next() < 128;
    const length = short ? bytes.byte() : yield* decodeVarint(bytes);
    if (!bytes.ready(length)) yield length;
    values[row] = bytes.text(length);
  }
  return values;
}

function* decodeText(bytes: ByteQueue): Step<string> {
  const length = yield* decodeVarint(bytes);
  if (!bytes.ready(length)) yield length;
  return bytes.text(length);
}

/** LEB128, below 2^53. */
function* decodeVarint(bytes: ByteQueue): Step<number> {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    if (!bytes.ready(1)) yield 1;
    const byte = bytes.byte();
    value += (byte & 127) * scale;
    if (byte < 128) return value;
    if (scale > 2 ** 49) throw new FeatureError("FS_ENGINE_NATIVE", "The data is not in the Native format.");
  }
}

/** Values of a nullable column one by one; wide integers become bigints, since words have no place for NULL. */
function asList(type: NativeType, values: ColumnValues): unknown[] {
  if (type.kind === "fixed" && type.words > 1)
    return wideIntegers(values as BigUint64Array, type.words, type.signed);
  return Array.from(values as ArrayLike<unknown>);
}

function wideIntegers(words: BigUint64Array, width: number, signed: boolean): bigint[] {
  const values: bigint[] = [];
  for (let at = 0; at < words.length; at += width) {
    let value = 0n;
    for (let word = width - 1; word >= 0; word--) value = (value << 64n) | (words[at + word] ?? 0n);
    values.push(signed ? BigInt.asIntN(64 * width, value) : value);
  }
  return values;
}

function slices(values: ColumnValues, ends: BigUint64Array, words: number): ColumnValues[] {
  let from = 0;
  return Array.from(ends, (end) => {
    const to = Number(end) * words;
    const part = ArrayBuffer.isView(values) ? values.subarray(from, to) : values.slice(from, to);
    from = to;
    return part;
  });
}
