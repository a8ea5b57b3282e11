import type { Engine } from "../../engine/port.js";
import type { TableName } from "../../schema/object.js";
import { quoteName } from "../../schema/quote.js";
import { sqlTemplate } from "../../sql-template.js";

const months = sqlTemplate(import.meta.url, "slice-months");
const bins = sqlTemplate(import.meta.url, "slice-bins");
export const inSlice = sqlTemplate(import.meta.url, "in-slice")();

/** A stretch of time, `from` included, `to` not; epoch milliseconds. */
export interface Slice {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

/** Enough for slices to come near their limit, few enough for a list. */
const binsAtOnce = 2048;

/**
 * Cuts staged rows into stretches of time of at most `limit` rows, in order of time; a single millisecond is never cut. With
 * `byMonth` no stretch crosses a month, so that its rows become one part of a table that is partitioned by month: stored at once, or
 * not at all.
 */
export async function cutSlices(
  engine: Engine,
  staging: TableName,
  limit: number,
  byMonth: boolean,
): Promise<Slice[]> {
  const rows = await engine.rows<{ rows: string; first: string; last: string }>(
    months({ staging: quoteName(staging) }),
  );
  const spans = rows.map((row) => ({
    from: Number(row.first),
    to: Number(row.last) + 1,
    rows: Number(row.rows),
  }));
  const slices: Slice[] = [];
  for (const span of spans) slices.push(...(await cutSpan(engine, staging, limit, span)));
  return byMonth ? slices : mergeSlices(slices, limit);
}

async function cutSpan(engine: Engine, staging: TableName, limit: number, span: Slice): Promise<Slice[]> {
  if (span.rows <= limit || span.to - span.from <= 1) return [span];
  const width = Math.ceil((span.to - span.from) / binsAtOnce);
  const rows = await engine.rows<{ bin: string; rows: string }>(
    bins({ staging: quoteName(staging), in_slice: inSlice }),
    {
      params: { from: span.from, to: span.to, width },
    },
  );
  const parts = rows.map((row) => {
    const from = span.from + Number(row.bin) * width;
    return { from, to: Math.min(from + width, span.to), rows: Number(row.rows) };
  });
  const slices: Slice[] = [];
  for (const part of parts)
    slices.push(...(part.rows > limit ? await cutSpan(engine, staging, limit, part) : [part]));
  return mergeSlices(slices, limit);
}

/** Joins neighbours as long as they stay within the limit. */
export function mergeSlices(slices: readonly Slice[], limit: number): Slice[] {
  const result: Slice[] = [];
  for (const slice of slices) {
    const last = result.at(-1);
    if (last !== undefined && last.rows + slice.rows <= limit) {
      result[result.length - 1] = { from: last.from, to: slice.to, rows: last.rows + slice.rows };
    } else result.push(slice);
  }
  return result;
}
