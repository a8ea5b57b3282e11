import { createReadStream, type ReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import type { FeatureError } from "../errors.js";
import { spineError } from "./spine-error.js";

/** What the engine does not tell about a csv file: its header, where a record begins, and whether a quote stays open. */

const comma = 0x2c;
const newline = 0x0a;
const quote = 0x22;
const longestHeader = 1 << 20;

/** The names in the first line. */
export async function csvHeader(path: string): Promise<string[]> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytesOf(path)) {
    const end = chunk.indexOf(newline);
    chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
    size += chunk.length;
    if (end !== -1) break;
    if (size > longestHeader) throw notCsv(path, "its first line does not end", 1);
  }
  const line = Buffer.concat(chunks)
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .replace(/\r$/, "");
  if (line.includes("\0") || line.includes("\ufffd")) throw notCsv(path, "it is not text in UTF-8", 1);
  const fields = [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/g)];
  if (fields.map((field) => field[0]).join("") !== `,${line}`) {
    throw notCsv(path, "a quote in its first line is wrong", 1);
  }
  return fields.map((field) => field[1]?.replaceAll('""', '"') ?? field[2] ?? "");
}

export interface CsvPlaces {
  /** The line where the record begins that was asked for. */
  readonly record: number | undefined;
  /** The line of a quote that is never closed: everything behind it is one field. */
  readonly openQuote: number | undefined;
}

/** Reads the whole file, about as fast as the disk gives it. Records and lines count from 1, the header included. */
export async function csvPlaces(path: string, wanted?: number): Promise<CsvPlaces> {
  let [record, line, quoteLine] = [1, 1, 0];
  let found = wanted === 1 ? 1 : undefined;
  let state: "start" | "plain" | "quoted" | "closing" = "start";
  for await (const chunk of bytesOf(path)) {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === newline) line++;
      if (state === "quoted") {
        if (byte === quote) state = "closing";
      } else if (byte === newline) {
        state = "start";
        if (++record === wanted) found = line;
      } else if (byte === comma) {
        state = "start";
      } else if (byte === quote && state !== "plain") {
        if (state === "start") quoteLine = line;
        state = "quoted";
      } else {
        state = "plain";
      }
    }
  }
  return { record: found, openQuote: state === "quoted" ? quoteLine : undefined };
}

async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  try {
    yield* path.endsWith(".gz") ? unpacked(file) : file;
  } catch (cause) {
    throw notCsv(path, cause instanceof Error ? cause.message : String(cause), undefined, cause);
  }
}

function unpacked(file: ReadStream): AsyncIterable<Buffer> {
  const plain = createGunzip();
  file.on("error", (error) => plain.destroy(error));
  return file.pipe(plain);
}

function notCsv(path: string, why: string, line?: number, cause?: unknown): FeatureError {
  return spineError(path, `cannot be read as csv: ${why}`, {
    cause,
    ...(line === undefined ? {} : { line }),
  });
}
