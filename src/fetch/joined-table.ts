/** The rows of a training set on their way: a table in the spine's order, which each vector and label widens. */
import type { CompiledSelect } from "../compile/kysely/compiled-select.js";
import { type PointInTime, pointInTimeColumns, pointInTimeQuery } from "../compile/point-in-time.js";
import type { SpineContents } from "../compile/spine.js";
import { engineErrorType } from "../engine/failure.js";
import type { Engine } from "../engine/port.js";
import { instrumentColumns, timeType } from "../schema/common-columns.js";
import type { Column, TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import { renderCreate, renderDrop } from "../schema/render.js";
import { sqlTemplate } from "../sql-template.js";
import { joinAlgorithm } from "./join-algorithm.js";
import { readSpineContents } from "./spine-contents.js";
import type { StagedSpine } from "./stage-spine.js";
import {
  columnOf,
  type FetchedLabel,
  type FetchedVector,
  outputOf,
  type TrainingSet,
} from "./training-set.js";

const insertResult = sqlTemplate(import.meta.url, "insert-result");
const joinLabelText = sqlTemplate(import.meta.url, "join-label");
const withoutOutages = sqlTemplate(import.meta.url, "without-outages");

export interface JoinedColumn {
  /** As the table names it: no name of a user can be taken for one of a statement's. */
  readonly stored: string;
  /** As the file names it. */
  readonly name: string;
  readonly type: string;
}

/** `row` from 1 and these columns, sorted by `row`. */
export interface JoinedTable {
  readonly table: TableName;
  readonly columns: readonly JoinedColumn[];
  /** The instruments and times of its rows, of some of them at least. */
  readonly contents: SpineContents | undefined;
}

export async function joinedSpine(engine: Engine, { table, columns }: StagedSpine): Promise<JoinedTable> {
  return { table, columns, contents: await readSpineContents(engine, table) };
}

/** How the table names a vector's columns: `bucket_id` and its like, and features by place. */
export function storedName(set: TrainingSet, vector: FetchedVector, column: string): string {
  const place = set.vectors.indexOf(vector);
  const feature = vector.features.indexOf(column);
  return feature === -1 ? `v${place}_${column}` : `v${place}_f${feature}`;
}

const pointTypes: Readonly<Record<(typeof pointInTimeColumns)[number], string>> = {
  bucket_id: "Nullable(UInt64)",
  bucket_ts_end: `Nullable(${timeType})`,
  available_at: `Nullable(${timeType})`,
  age_s: "Nullable(Float64)",
};

/** Adds what a vector was known to be at each row's `ts`. */
export async function joinVector(
  engine: Engine,
  set: TrainingSet,
  vector: FetchedVector,
  from: JoinedTable,
  into: TableName,
): Promise<JoinedTable> {
  const own = (name: string, type: string): JoinedColumn => ({
    stored: storedName(set, vector, name),
    name: columnOf(set, vector, name),
    type,
  });
  const columns = [
    ...from.columns,
    ...pointInTimeColumns.map((name) => own(name, pointTypes[name])),
    ...vector.features.map((name) => own(name, "Nullable(Float64)")),
  ];
  const { contents } = from;
  const request: PointInTime = {
    spine: { table: from.table, columns: ["row", ...from.columns.map((one) => one.stored)], contents },
    vector,
    maxAgeMs: vector.maxAgeMs,
    algorithm: await joinAlgorithm(engine, vector),
  };
  const joined: JoinedTable = { table: into, columns, contents };
  try {
    return await fill(engine, joined, pointInTimeQuery({ ...request, packed: true }));
  } catch (error) {
    // A bucket id does not fit beside times of this range.
    if (engineErrorType(error) !== "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO") throw error;
    await dropJoined(engine, joined);
    return fill(engine, joined, pointInTimeQuery(request));
  }
}

/** Adds a label of the bucket that `bucket` names; NULL where no bucket is known or its horizon is not closed. */
export async function joinLabel(
  engine: Engine,
  label: FetchedLabel,
  bucket: string,
  from: JoinedTable,
  into: TableName,
  place: number,
): Promise<JoinedTable> {
  const outputs = label.outputs.map(({ name, type }, at) => ({
    stored: `l${place}_${at}`,
    name: outputOf(label, name),
    type,
  }));
  const select = joinLabelText({
    own: ["row", ...from.columns.map(({ stored }) => stored)]
      .map((name) => `s.${quoteIdentifier(name)} AS ${quoteIdentifier(name)}`)
      .join(",\n"),
    found: outputs.map(({ stored }) => `l.${stored} AS ${stored}`).join(",\n"),
    outputs: label.outputs.map(({ name }, at) => `${quoteIdentifier(name)} AS l${place}_${at}`).join(", "),
    rows: quoteName(from.table),
    label: quoteName(label.table),
    bucket: quoteIdentifier(bucket),
    algorithm: await joinAlgorithm(engine, {
      table: label.table,
      features: label.outputs.map(({ name }) => name),
    }),
  });
  const joined = { ...from, table: into, columns: [...from.columns, ...outputs] };
  return fill(engine, joined, { sql: select, params: {} });
}

/** Leaves out the rows whose time, from `ts` to the end of their last label, meets an outage of their instrument. */
export async function leaveOutages(
  engine: Engine,
  from: JoinedTable,
  outages: TableName,
  into: TableName,
): Promise<JoinedTable> {
  const names = ["row", ...from.columns.map(({ stored }) => stored)];
  const select = withoutOutages({
    columns: names.map((name) => `s.${quoteIdentifier(name)} AS ${quoteIdentifier(name)}`).join(",\n"),
    rows: quoteName(from.table),
    outages: quoteName(outages),
    start: "ts",
    end: latest(from.columns),
  });
  return fill(engine, { ...from, table: into }, { sql: select, params: {} });
}

/** The latest of `ts` and the ends of the labels, in a row of the table. */
function latest(columns: readonly JoinedColumn[]): string {
  const ends = columns
    .filter(({ name }) => name.endsWith("__label_end_ts"))
    .map(({ stored }) => quoteIdentifier(stored));
  return ends.reduce((end, name) => `greatest(${end}, ifNull(${name}, ts))`, "ts");
}

async function fill(
  engine: Engine,
  joined: JoinedTable,
  { sql: select, params }: CompiledSelect,
): Promise<JoinedTable> {
  const keys = new Map(instrumentColumns.map((key) => [key.name, key.type]));
  const columns: Column[] = [
    { name: "row", type: "UInt64" },
    ...joined.columns.map(({ stored, type }) => ({ name: stored, type: keys.get(stored) ?? type })),
  ];
  const table = { kind: "table", ...joined.table, columns, engine: "MergeTree", orderBy: ["row"] } as const;
  await engine.execute(renderCreate(table));
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
  await engine.execute(insertResult({ table: quoteName(joined.table), columns: names, select }), { params });
  return joined;
}

export async function dropJoined(engine: Engine, { table }: JoinedTable): Promise<void> {
  await engine.execute(renderDrop({ kind: "table", ...table, columns: [], engine: "Null", orderBy: [] }));
}
