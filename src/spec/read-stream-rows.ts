/** The keys `where` to `by` of a view's file → StreamRows. */
import type { Location } from "../errors.js";
import { parseDuration } from "./duration.js";
import { pointerTo } from "./json-pointer.js";
import type { StreamName } from "./model.js";
import type { SpecReader } from "./spec-reader.js";
import { keyColumns, shadowedColumns } from "./stream-columns.js";
import {
  gridColumn,
  type Lookup,
  noRows,
  type RowExpression,
  type RowStep,
  type Split,
  type StreamRows,
  splitColumns,
  validColumns,
} from "./stream-rows.js";

type RawStep = Readonly<Record<string, string>>;

interface RawLookup {
  readonly source: string;
  readonly strict?: boolean;
  readonly max_age?: string;
  readonly at?: string;
  readonly of?: "row" | "bucket";
}

export interface RawRows {
  readonly params?: Readonly<Record<string, number>>;
  readonly where?: string;
  readonly valid?: boolean;
  readonly grid?: string;
  readonly delay?: string;
  readonly lookup?: Readonly<Record<string, RawLookup>>;
  readonly split?: { readonly volume: number | string };
  readonly rows?: RawStep | readonly RawStep[];
  readonly by?: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<string, unknown>>;
}

const keys = ["where", "valid", "grid", "lookup", "split", "rows", "by", "delay"] as const;
/** @param stream undefined for a view over views, which has none of these keys */
export function readStreamRows(reader: SpecReader, raw: RawRows, stream: StreamName | undefined): StreamRows {
  if (stream === undefined) {
    for (const key of keys.filter((name) => raw[name] !== undefined)) {
      const message = `\`${key}:\` works on the rows of a stream, but this view reads other views`;
      reader.add(
        "FS_SPEC_VALUE",
        message,
        reader.file.keyAt(`/${key}`),
        "Put it into a view over trades, books or events.",
      );
    }
    return noRows;
  }
  const at = (pointer: string): Location => reader.file.at(pointer);
  if (stream !== "books") {
    for (const key of ["valid", "grid"] as const) {
      if (raw[key] === undefined) continue;
      const message = `\`${key}:\` is about book snapshots, but this view reads ${stream}`;
      reader.add(
        "FS_SPEC_VALUE",
        message,
        reader.file.keyAt(`/${key}`),
        "Write it in a view with `from: books`.",
      );
    }
  } else if (raw.valid === true && raw.grid !== undefined) {
    const message = "`valid:` and `grid:` exclude each other";
    reader.add("FS_SPEC_VALUE", message, reader.file.keyAt("/grid"), "Make two views of it.");
  }
  const rows: StreamRows = {
    where: raw.where === undefined ? undefined : { name: "where", sql: raw.where, at: at("/where") },
    valid: raw.valid ?? false,
    gridMs: readGrid(reader, raw.grid),
    lookups: readLookups(reader, raw, stream),
    split: readSplit(reader, raw, stream),
    steps: readSteps(reader, raw.rows),
    by: Object.entries(raw.by ?? {}).map(([name, sql]) => ({
      name,
      sql,
      at: reader.file.keyAt(pointerTo("/by", name)),
    })),
  };
  checkNames(reader, raw, rows, stream);
  return rows;
}

function readGrid(reader: SpecReader, grid: string | undefined): number | undefined {
  if (grid === undefined) return undefined;
  const ms = parseDuration(grid);
  if (ms !== undefined && ms > 0) return ms;
  reader.add(
    "FS_SPEC_VALUE",
    `\`grid: ${grid}\` has no rows`,
    reader.file.at("/grid"),
    "Write at least 1ms.",
  );
  return undefined;
}

function readLookups(reader: SpecReader, raw: RawRows, stream: StreamName): Lookup[] {
  return Object.entries(raw.lookup ?? {}).map(([name, lookup]) => {
    const pointer = pointerTo("/lookup", name);
    const at = reader.file.keyAt(pointer);
    if (stream !== "trades" || lookup.source !== "books") {
      const message = `a lookup of ${lookup.source} from ${stream} is not supported by this version`;
      reader.add("FS_SPEC_UNSUPPORTED", message, at, "Supported are lookups of books in a view over trades.");
    }
    const maxAge = lookup.max_age;
    const of = lookup.of ?? "row";
    const afterMs =
      lookup.at === undefined ? 0 : (reader.duration(pointerTo(pointer, "at"), lookup.at, 0) ?? 0);
    checkMoment(reader, raw, pointer, { name, of, afterMs, strict: lookup.strict ?? false });
    return {
      name,
      source: "books",
      of,
      afterMs,
      strict: lookup.strict ?? false,
      maxAgeMs: maxAge === undefined ? undefined : reader.duration(pointerTo(pointer, "max_age"), maxAge, 0),
      at,
    };
  });
}

function readSplit(reader: SpecReader, raw: RawRows, stream: StreamName): Split | undefined {
  if (raw.split === undefined) return undefined;
  const at = reader.file.keyAt("/split");
  const other = ["lookup", "time_windows"].find((key) => Object.hasOwn(raw, key));
  if (stream !== "trades" || other !== undefined) {
    const what = stream === "trades" ? `the rows of a view with \`${other}:\`` : `rows of ${stream}`;
    const message = `\`split:\` cuts trades at whole multiples of a volume; it cannot cut ${what}`;
    reader.add("FS_SPEC_VALUE", message, at, "Write it in a view with `from: trades` and without that key.");
  }
  const isSize = raw.split.volume === "size";
  return { volume: isSize ? undefined : reader.decimal("/split/volume"), at };
}

type Moment = Pick<Lookup, "name" | "of" | "afterMs" | "strict">;

/** What lies after a row is known once the delay is over. */
function checkMoment(
  reader: SpecReader,
  raw: RawRows,
  pointer: string,
  { name, of, afterMs, strict }: Moment,
): void {
  const delayMs = raw.delay === undefined ? 0 : (parseDuration(raw.delay) ?? 0);
  if (afterMs > delayMs) {
    const found = raw.delay === undefined ? "has no `delay:`" : `is computed after \`delay: ${raw.delay}\``;
    reader.add(
      "FS_SPEC_VALUE",
      `lookup ${name} reads what stood ${raw.lookup?.[name]?.at} later, but the view ${found}`,
      reader.file.at(pointerTo(pointer, "at")),
      "Write a `delay:` that is at least as long.",
    );
  }
  if (strict && (of === "bucket" || afterMs > 0)) {
    const message = `lookup ${name}: \`strict:\` is about snapshots of the row's own millisecond`;
    reader.add("FS_SPEC_VALUE", message, reader.file.at(pointerTo(pointer, "strict")), "Leave it out.");
  }
}

/** `delay:` of a view over a stream; 0 without. */
export function readDelay(reader: SpecReader, raw: RawRows, stream: StreamName | undefined): number {
  if (raw.delay === undefined) return 0;
  const at = reader.file.keyAt("/delay");
  if (stream !== "trades" || Object.keys(raw.lookup ?? {}).length === 0) {
    const message = "`delay:` waits for what a lookup reads later, but this view looks nothing up";
    const hint = "Write it in a view with `from: trades` and `lookup: { later: { source: books, at: 5s } }`.";
    if (stream !== undefined) reader.add("FS_SPEC_VALUE", message, at, hint);
    return 0;
  }
  return reader.duration("/delay", raw.delay, 1) ?? 0;
}

/** The steps of `rows:`, one if it is no list. */
export function readSteps(reader: SpecReader, raw: RawRows["rows"]): RowStep[] {
  if (raw === undefined) return [];
  const isList = Array.isArray(raw);
  const steps = (isList ? raw : [raw]) as readonly RawStep[];
  return steps.map((step, index) => {
    const pointer = isList ? pointerTo("/rows", index) : "/rows";
    const expressions = Object.entries(step).map(([name, sql]) => ({
      name,
      sql,
      at: reader.file.keyAt(pointerTo(pointer, name)),
    }));
    return {
      where: expressions.find(({ name }) => name === "where"),
      columns: expressions.filter(({ name }) => name !== "where"),
    };
  });
}

/** A name means one thing in the whole view: a column of the stream, of a step, a bin, or a column of the view. */
function checkNames(reader: SpecReader, raw: RawRows, rows: StreamRows, stream: StreamName): void {
  const taken = new Map<string, string>();
  const take = (names: readonly string[], owner: string): void => {
    for (const name of names) taken.set(name, owner);
  };
  take(shadowedColumns(rows.lookups.length > 0 ? "events" : stream), `the stream ${stream}`);
  // A view's own column may be called `mid`; a row's may not, because the snapshot's `mid` stands beside it.
  take([...keyColumns, "mid"], "the stream");
  if (rows.valid) take(validColumns, "`valid:`");
  if (rows.gridMs !== undefined) take([gridColumn], "`grid:`");
  if (rows.split !== undefined) take(splitColumns, "`split:`");
  const define = ({ name, at }: RowExpression | Lookup, owner: string): void => {
    const other = taken.get(name);
    if (other !== undefined) {
      reader.add("FS_SPEC_SHADOWS", `${name} is a name of ${other} already`, at, "Choose another name.");
    }
    taken.set(name, owner);
  };
  for (const lookup of rows.lookups) define(lookup, "`lookup:`");
  for (const column of rows.steps.flatMap(({ columns }) => columns)) define(column, "`rows:`");
  for (const column of rows.by) define(column, "`by:`");
  const own = new Set([...rows.steps.flatMap(({ columns }) => columns), ...rows.by].map(({ name }) => name));
  for (const name of [
    ...own,
    ...(rows.valid ? validColumns : []),
    ...(rows.gridMs === undefined ? [] : [gridColumn]),
    ...(rows.split === undefined ? [] : splitColumns),
  ]) {
    if (!Object.hasOwn(raw.columns, name)) continue;
    const message = `column ${name} bears a name of ${taken.get(name)}`;
    reader.add("FS_SPEC_SHADOWS", message, reader.file.keyAt(pointerTo("/columns", name)));
  }
}
