/** The keys `time_windows`, `grid` and `let` of a view's file. */
import type { Location } from "../errors.js";
import { parseDuration } from "./duration.js";
import { pointerTo } from "./json-pointer.js";
import type { SpecReader } from "./spec-reader.js";

/** The raw rows of the last `ms` before the bucket's end, across buckets. */
export interface TimeWindow {
  readonly name: string;
  readonly ms: number;
  readonly at: Location;
}

/** What a view reads beyond its own bucket's stream. */
export interface TimeRows {
  readonly windows: readonly TimeWindow[];
  /** Over books: the step at whose whole multiples (UTC) mids are taken. Undefined over trades. */
  readonly gridMs: number | undefined;
}

/** A named intermediate expression of any type, that columns below may use. It is not stored. */
export interface LetExpression {
  readonly name: string;
  readonly sql: string;
  readonly at: Location;
}

export interface RawTimeRows {
  readonly time_windows?: Readonly<Record<string, string>>;
  readonly grid?: string;
  readonly let?: Readonly<Record<string, string>>;
}

/** Undefined for a view without `time_windows`. */
export function readTimeRows(
  reader: SpecReader,
  raw: RawTimeRows,
  stream: string | undefined,
): TimeRows | undefined {
  if (raw.time_windows === undefined) return undefined;
  const key = reader.file.keyAt("/time_windows");
  if (stream !== "trades" && stream !== "books") {
    const message = "`time_windows:` go over raw rows, but this view reads neither trades nor books";
    const hint = "Write `seconds:` under `windows:` for a window over the buckets of other views.";
    reader.add("FS_SPEC_WINDOW", message, key, hint);
    return undefined;
  }
  const windows = Object.entries(raw.time_windows).map(([name, duration]) => {
    const pointer = pointerTo("/time_windows", name);
    return { name, ms: reader.duration(pointer, duration, 1000) ?? 1000, at: reader.file.keyAt(pointer) };
  });
  return { windows, gridMs: stream === "books" ? readGrid(reader, raw, windows) : undefined };
}

function readGrid(reader: SpecReader, raw: RawTimeRows, windows: readonly TimeWindow[]): number | undefined {
  const gridMs = raw.grid === undefined ? undefined : parseDuration(raw.grid);
  if (gridMs === undefined || gridMs <= 0) {
    const message = "`time_windows:` over books need `grid:`, the step at which mids are taken";
    reader.add("FS_SPEC_WINDOW", message, reader.file.keyAt("/time_windows"), "Write `grid: 1s`.");
    return undefined;
  }
  for (const { name, ms, at } of windows) {
    if (ms % gridMs === 0) continue;
    const message = `the time window ${name} is no whole number of grid steps`;
    reader.add("FS_SPEC_WINDOW", message, at, "Make it a multiple of `grid:`.");
  }
  return gridMs;
}

export function readLets(reader: SpecReader, raw: RawTimeRows): LetExpression[] {
  return Object.entries(raw.let ?? {}).map(([name, sql]) => ({
    name,
    sql,
    at: reader.file.keyAt(pointerTo("/let", name)),
  }));
}
