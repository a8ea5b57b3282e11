/** A file with a header or a schema, as a table of an engine of its own, with `row` from 1 in the file's order. */
import { statSync } from "node:fs";
import { openScratch } from "../engine/open.js";
import type { Engine } from "../engine/port.js";
import { assertFile } from "../engine/staging.js";
import { FeatureError } from "../errors.js";
import type { TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import { suggest } from "../spec/suggest.js";
import { describeFile, type FileColumn } from "./describe-file.js";
import { inputFormats } from "./engine-format.js";
import { engineWords } from "./engine-words.js";
import { formatOf, type OutFormat, outFormats } from "./file-format.js";

export interface DataFile {
  readonly engine: Engine;
  readonly path: string;
  readonly table: TableName;
  readonly columns: readonly FileColumn[];
}

const database = "data";
const names: Readonly<Record<OutFormat, string>> = {
  csv: "CSVWithNames",
  parquet: "Parquet",
  ndjson: "JSONEachRow",
  arrow: "Arrow",
};

/** Opens an engine in memory's place, loads the file, and removes both at the end. The file is read once, by the engine. */
export async function withDataFile<T>(path: string, use: (file: DataFile) => Promise<T>): Promise<T> {
  const format = formatOf({ path }, outFormats);
  assertFile(path);
  if (statSync(path).size === 0) throw dataError(path, "is empty");
  const settings =
    format === "arrow" || format === "csv"
      ? { session_timezone: "UTC", input_format_csv_use_best_effort_in_schema_inference: 1 }
      : inputFormats[format].settings;
  const engine = await openScratch();
  try {
    await engine.execute(`CREATE DATABASE ${quoteIdentifier(database)} ENGINE = Atomic`);
    const source = { path, format: names[format] };
    const shape = { database, name: "shape" };
    const columns = await describeFile(engine, source, shape, settings);
    const table = { database, name: "rows" };
    const list = columns.map(({ name, type }) => `${quoteIdentifier(name)} ${type}`).join(", ");
    await engine.execute(
      `CREATE TABLE ${quoteName(table)} (row_of_file UInt64, ${list}) ENGINE = MergeTree ORDER BY row_of_file`,
    );
    const own = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
    await engine.load(
      `INSERT INTO ${quoteName(table)} (row_of_file, ${own}) SELECT {line}, ${own} FROM {file}`,
      { ...source, structure: list },
      { settings },
    );
    return await use({ engine, path, table, columns });
  } catch (cause) {
    if (!(cause instanceof FeatureError) || cause.code !== "FS_ENGINE_QUERY") throw cause;
    throw dataError(path, `cannot be read as ${format}: ${engineWords(cause)}`, cause);
  } finally {
    await engine.close();
  }
}

/** The column of this name; an error with the nearest one, if there is none. */
export function columnNamed({ path, columns }: DataFile, name: string): FileColumn {
  const found = columns.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = columns.map((one) => one.name);
  const near = suggest(name, known);
  const hint =
    near === undefined ? `Its columns: ${known.slice(0, 30).join(", ")}.` : `Did you mean ${near}?`;
  throw new FeatureError("FS_FETCH_COLUMN", `${path} has no column ${name}.`, { object: name, hint });
}

/** Values of columns in the file's order: numbers as they are, times in ms; NULL is NaN. */
export async function readNumbers(file: DataFile, wanted: readonly string[]): Promise<Float64Array[]> {
  const list = wanted.map(
    (name, place) => `ifNull(${numberText(columnNamed(file, name))}, nan) AS n${place}`,
  );
  const chunks: Float64Array[][] = wanted.map(() => []);
  const text = `SELECT ${list.join(", ")} FROM ${quoteName(file.table)} ORDER BY row_of_file`;
  for await (const block of file.engine.blocks(text)) {
    wanted.forEach((_, place) => {
      const values = block.columns[place]?.values;
      chunks[place]?.push(Float64Array.from(values as ArrayLike<number>));
    });
  }
  return chunks.map(joined);
}

/** The same as text; NULL is the empty text. */
export async function readTexts(file: DataFile, wanted: string): Promise<string[]> {
  const column = quoteIdentifier(columnNamed(file, wanted).name);
  const rows: string[] = [];
  const text = `SELECT ifNull(toString(${column}), '') AS t FROM ${quoteName(file.table)} ORDER BY row_of_file`;
  for await (const block of file.engine.blocks(text)) {
    for (const value of (block.columns[0]?.values ?? []) as readonly string[]) rows.push(value);
  }
  return rows;
}

function numberText({ name, type }: FileColumn): string {
  const column = quoteIdentifier(name);
  const plain = type.replaceAll(/\b(Nullable|LowCardinality)\(|\)+$/g, "");
  if (/^DateTime/.test(plain)) return `toFloat64(toUnixTimestamp64Milli(toDateTime64(${column}, 3, 'UTC')))`;
  if (/^Date/.test(plain)) return `toFloat64(toUnixTimestamp64Milli(toDateTime64(${column}, 3, 'UTC')))`;
  if (!/^(String|FixedString)/.test(plain)) return `toFloat64(${column})`;
  return `coalesce(toFloat64OrNull(${column}), toFloat64(toUnixTimestamp64Milli(parseDateTime64BestEffortOrNull(${column}, 3, 'UTC'))))`;
}

function joined(chunks: readonly Float64Array[]): Float64Array {
  const result = new Float64Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    result.set(chunk, at);
    at += chunk.length;
  }
  return result;
}

function dataError(path: string, what: string, cause?: unknown): FeatureError {
  return new FeatureError("FS_FETCH_DATA", `The file ${path} ${what}.`, { at: { file: path }, cause });
}
