/** What a view with `as_of:` and `events: true` does with the source's rows before it aggregates them. */
import { ageColumn, asOfColumns, newColumn } from "./as-of.js";
import { pointerTo } from "./json-pointer.js";
import type { AsOf } from "./model.js";
import { type RawRows, readSteps } from "./read-stream-rows.js";
import type { SpecReader } from "./spec-reader.js";
import { hiddenColumns, keyColumns } from "./stream-columns.js";
import { noRows, type RowExpression, type StreamRows } from "./stream-rows.js";

/** What each row has: the source's columns, its age and place. */
export function eventColumns({ source }: AsOf): readonly string[] {
  return [...asOfColumns(source), ageColumn, newColumn, "ord"];
}

export function readEventRows(reader: SpecReader, raw: RawRows, asOf: AsOf): StreamRows {
  const at = (pointer: string): RowExpression["at"] => reader.file.keyAt(pointer);
  const by = Object.entries(raw.by ?? {}).map(([name, sql]) => ({
    name,
    sql,
    at: at(pointerTo("/by", name)),
  }));
  const rows: StreamRows = {
    ...noRows,
    where:
      raw.where === undefined ? undefined : { name: "where", sql: raw.where, at: reader.file.at("/where") },
    steps: readSteps(reader, raw.rows),
    by,
  };
  const taken = new Map<string, string>([
    ...[...keyColumns, ...hiddenColumns].map((name) => [name, "the bucket's own row"] as const),
    ...eventColumns(asOf).map((name) => [name, asOf.source] as const),
  ]);
  const define = (name: string, place: RowExpression["at"], owner: string): void => {
    const other = taken.get(name);
    if (other !== undefined)
      reader.add("FS_SPEC_SHADOWS", `${name} is a name of ${other} already`, place, "Choose another name.");
    taken.set(name, owner);
  };
  for (const step of rows.steps) for (const column of step.columns) define(column.name, column.at, "`rows:`");
  for (const column of by) define(column.name, column.at, "`by:`");
  for (const name of Object.keys(raw.columns)) define(name, at(pointerTo("/columns", name)), "`columns:`");
  return rows;
}
