import { statSync } from "node:fs";
import type { Engine, FileSource } from "../engine/port.js";
import { assertFile } from "../engine/staging.js";
import { instrumentKey } from "../schema/common-columns.js";
import type { TableName } from "../schema/object.js";
import { quoteIdentifier } from "../schema/quote.js";
import { csvHeader, csvPlaces } from "./csv-text.js";
import { describeFile } from "./describe-file.js";
import { inputFormats } from "./engine-format.js";
import { engineWords } from "./engine-words.js";
import { type FormattedFile, formatOf, type SpineFormat, spineFormats } from "./file-format.js";
import { spineError } from "./spine-error.js";

export const spineKeys = [...instrumentKey, "ts"] as const;

export interface SpineColumn {
  /** As the file and the result name it. */
  readonly name: string;
  /** As the engine names it when it reads the file: csv is read by place. */
  readonly source: string;
  /** ClickHouse's type of it. */
  readonly type: string;
}

/** A spine file whose columns are known and fit; its rows have not been looked at. */
export interface SpineFile {
  readonly path: string;
  readonly format: SpineFormat;
  readonly source: FileSource;
  /** In the file's order, with the four keys among them. */
  readonly columns: readonly SpineColumn[];
  /** Rows at its beginning that are no data. */
  readonly headerRows: number;
}

/**
 * Looks at a spine's columns. `added` are the names that the result will have behind them. `scratch` names a table that does not
 * exist yet, and may exist afterwards.
 */
export async function openSpine(
  engine: Engine,
  file: FormattedFile<SpineFormat>,
  added: readonly string[],
  scratch: TableName,
): Promise<SpineFile> {
  const { path } = file;
  const format = formatOf(file, spineFormats);
  assertFile(path);
  if (statSync(path).size === 0) throw spineError(path, "is empty");
  const columns =
    format === "csv" ? await csvColumns(path) : await describedColumns(engine, path, format, scratch);
  checkNames(path, columns, added, format === "csv" ? { line: 1 } : {});
  checkTypes(path, columns);
  return {
    path,
    format,
    source: { path, format: inputFormats[format].name, structure: structureOf(columns) },
    columns,
    headerRows: format === "csv" ? 1 : 0,
  };
}

async function csvColumns(path: string): Promise<SpineColumn[]> {
  const names = await csvHeader(path);
  const { openQuote } = await csvPlaces(path);
  if (openQuote !== undefined) {
    throw spineError(path, `has a quote in line ${openQuote} that is never closed`, { line: openQuote });
  }
  return names.map((name, place) => ({ name, source: `c${place}`, type: "String" }));
}

async function describedColumns(
  engine: Engine,
  path: string,
  format: SpineFormat,
  scratch: TableName,
): Promise<SpineColumn[]> {
  const { name, settings } = inputFormats[format];
  try {
    const columns = await describeFile(engine, { path, format: name }, scratch, settings);
    return columns.map((column) => ({ ...column, source: column.name }));
  } catch (cause) {
    throw spineError(path, `cannot be read as ${format}: ${engineWords(cause)}`, { cause });
  }
}

function checkNames(
  path: string,
  columns: readonly SpineColumn[],
  added: readonly string[],
  at: { line?: number },
): void {
  const names = columns.map((column) => column.name);
  const missing = spineKeys.filter((key) => !names.includes(key));
  if (missing.length > 0) {
    const found = names.slice(0, 20).map((name) => (name.length <= 40 ? name : `${name.slice(0, 40)}…`));
    throw spineError(path, `has no column ${missing.join(", ")}; it has ${found.join(", ")}`, at);
  }
  const unnamed = names.indexOf("");
  if (unnamed !== -1) throw spineError(path, `has no name for its column ${unnamed + 1}`, at);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) throw spineError(path, `has two columns named ${twice}`, at);
  const clash = names.filter((name) => added.includes(name));
  if (clash.length > 0) {
    throw spineError(path, `has columns that the result adds itself: ${clash.join(", ")}`, at);
  }
}

function checkTypes(path: string, columns: readonly SpineColumn[]): void {
  for (const { name, type } of columns) {
    const kind = momentKind(type);
    if (name === "ts" && kind === undefined) {
      throw spineError(path, `has ts of type ${type}; expected a time, text, or integer milliseconds`);
    }
    if (name !== "ts" && spineKeys.some((key) => key === name) && kind !== "text") {
      throw spineError(path, `has ${name} of type ${type}; expected text`);
    }
  }
}

/** How a column of this type holds a moment: written out or as an integer (`text`), or as a time; undefined: not at all. */
export function momentKind(type: string): "text" | "integer" | "time" | undefined {
  const plain = type.replaceAll(/\b(Nullable|LowCardinality)\(|\)+$/g, "");
  if (/^(String|FixedString)\b/.test(plain)) return "text";
  if (/^U?Int(8|16|32|64)$/.test(plain)) return "integer";
  return /^DateTime/.test(plain) ? "time" : undefined;
}

function structureOf(columns: readonly SpineColumn[]): string {
  return columns.map(({ source, type }) => `${quoteIdentifier(source)} ${type}`).join(", ");
}
