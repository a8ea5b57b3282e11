import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { instrumentColumns, timeType } from "../schema/common-columns.js";
import type { Column, Table, TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import { renderCreate } from "../schema/render.js";
import { marketTypes } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import { checkSpine } from "./check-spine.js";
import { inputFormats } from "./engine-format.js";
import { engineRow, engineWords } from "./engine-words.js";
import { spineError } from "./spine-error.js";
import { momentKind, type SpineFile, spineKeys } from "./spine-file.js";
import { spinePlace } from "./spine-place.js";

const loadSpine = sqlTemplate(import.meta.url, "load-spine");
const momentOfText = sqlTemplate(import.meta.url, "moment-of-text");

/** `2024-08-08T23:54:15.342Z`, `2024-08-08 23:54:15`, `2024-08-08 23:54:15.342000+00:00`: without an offset it is UTC. */
const timePattern =
  "^(19[0-9]{2}|2[0-2][0-9]{2})-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?" +
  "(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])?$";

/** A spine in a table: `row` from 1 in the file's order, the keys, `ts` in ms, and the other columns under names of their own. */
export interface StagedSpine {
  readonly table: TableName;
  readonly rows: number;
  /** The spine's columns in the file's order: how the table names them, and how the result does. */
  readonly columns: readonly { readonly stored: string; readonly name: string; readonly type: string }[];
}

/** Loads a spine's rows into a new table. Any row that cannot be used is an error that names its line. */
export async function stageSpine(engine: Engine, spine: SpineFile, name: TableName): Promise<StagedSpine> {
  const columns = spine.columns.map((column, place) => ({
    stored: isKey(column.name) ? column.name : `c${place}`,
    name: column.name,
    type: typeInResult(column.name, column.type),
  }));
  await engine.execute(renderCreate(stagingTable(name, columns)));
  try {
    await engine.load(loadText(spine, name), spine.source, {
      params: { skipped: spine.headerRows, market_types: marketTypes, time_pattern: timePattern },
      settings: inputFormats[spine.format].settings,
    });
  } catch (cause) {
    throw await unreadable(spine, cause);
  }
  return { table: name, rows: await checkSpine(engine, spine, name), columns };
}

function isKey(name: string): boolean {
  return spineKeys.some((key) => key === name);
}

function typeOfTs(spine: SpineFile): string {
  return spine.columns.find((column) => column.name === "ts")?.type ?? "";
}

function typeInResult(name: string, type: string): string {
  if (name === "ts") return timeType;
  return isKey(name) ? "String" : type;
}

function stagingTable(name: TableName, columns: StagedSpine["columns"]): Table {
  const others: Column[] = columns
    .filter((column) => !isKey(column.name))
    .map(({ stored, type }) => ({ name: stored, type }));
  return {
    kind: "table",
    ...name,
    columns: [
      { name: "row", type: "UInt64" },
      ...instrumentColumns,
      { name: "ts", type: timeType },
      { name: "problem", type: "LowCardinality(String)" },
      { name: "found", type: "String" },
      ...others,
    ],
    engine: "MergeTree",
    orderBy: ["row"],
  };
}

/**
 * The file's own names occur only where its rows are read, and are renamed there by place, so no name of a user can be taken for
 * one of the statement's.
 */
function loadText(spine: SpineFile, name: TableName): string {
  let prefix = "c";
  while (spine.columns.some((column) => column.source.startsWith(prefix))) prefix += "_";
  const inner = (place: number) => quoteIdentifier(`${prefix}${place}`);
  const key = (wanted: string) => inner(spine.columns.findIndex((column) => column.name === wanted));
  const others = spine.columns.flatMap((column, place) => (isKey(column.name) ? [] : [place]));
  const stored = others.map((place) => `c${place}`);
  const behind = (list: readonly string[]) => list.map((one) => `,\n  ${one}`).join("");
  return loadSpine({
    table: quoteName(name),
    columns: [...stagingColumns, ...stored].join(", "),
    stored: behind(stored),
    kept: behind(others.map((place) => `${inner(place)} AS c${place}`)),
    line: quoteIdentifier(`${prefix}line`),
    exchange: key("exchange"),
    market_type: key("market_type"),
    symbol: key("symbol"),
    ts: key("ts"),
    moment: momentKind(typeOfTs(spine)) === "time" ? `toDateTime64(${key("ts")}, 3, 'UTC')` : momentOfText(),
    renamed: spine.columns
      .map(({ source }, place) => `${quoteIdentifier(source)} AS ${inner(place)}`)
      .join(",\n"),
  });
}

const stagingColumns = ["row", ...spineKeys, "problem", "found"];

/** The engine refused the file's text: which row it was at, and what it said about it. */
async function unreadable(spine: SpineFile, cause: unknown): Promise<unknown> {
  if (!(cause instanceof FeatureError) || cause.code !== "FS_ENGINE_QUERY") return cause;
  const row = engineRow(cause);
  const place = row === undefined ? undefined : await spinePlace(spine, row - spine.headerRows);
  const where = place === undefined ? "" : ` in ${place.words}`;
  const wanted = spine.format === "csv" ? ` (its header has ${spine.columns.length} columns)` : "";
  return spineError(spine.path, `cannot be read as ${spine.format}${where}${wanted}: ${engineWords(cause)}`, {
    cause,
    ...(place?.line === undefined ? {} : { line: place.line }),
  });
}
