/** Computes the labels whose horizon is closed and that are not stored yet, or were computed from prices that changed since. */
import { type CompiledObject, chunkMark } from "../../compile/catalog.js";
import { missing } from "../../compile/feature-table.js";
import type { Engine } from "../../engine/port.js";
import { bucketsName } from "../../schema/clock-tables.js";
import type { TableName } from "../../schema/object.js";
import { quoteName } from "../../schema/quote.js";
import type { LabelSpec, Project } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";

const changedBuckets = sqlTemplate(import.meta.url, "changed-buckets");
const firstReader = sqlTemplate(import.meta.url, "first-reader");

/** Buckets of one statement: what it holds in memory is a few hundred bytes for each. */
const chunkBuckets = 100_000n;

const chunkCondition =
  "WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String} " +
  "AND bucket_id BETWEEN {first:UInt64} AND {last:UInt64}";

export interface LabelBuild {
  readonly engine: Engine;
  readonly project: Project;
  readonly label: LabelSpec;
  /** What the label compiles into; its table is the live one. */
  readonly object: CompiledObject;
  /** The stored version of the view that its price is of. */
  readonly prices: TableName;
  /** Computes everything again. The result is the same; it is for doubts, not for use. */
  readonly full?: boolean;
  readonly onProgress?: (progress: {
    readonly label: string;
    readonly done: number;
    readonly total: number;
  }) => void;
}

export interface LabelBuildResult {
  readonly label: string;
  readonly table: string;
  /** Buckets that were looked at: those with a closed horizon among them have a label now. */
  readonly buckets: number;
  readonly instruments: number;
  /** Labels that are stored in all. */
  readonly stored: number;
}

interface Range {
  readonly exchange: string;
  readonly market_type: string;
  readonly symbol: string;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * A row's values and its `v` follow from the stored prices alone, so a repeated or interrupted build does no harm: what it did is done, and
 * the next one goes on.
 */
export async function buildLabels(build: LabelBuild): Promise<LabelBuildResult> {
  const { engine, object, label } = build;
  if (object.backfill === undefined || object.storage === undefined) throw missing(`label ${label.name}`);
  const statement = object.backfill.replace(chunkMark, chunkCondition);
  const ranges = await changedRanges(build, object.storage.table);
  const total = Number(ranges.reduce((sum, { first, last }) => sum + (last - first + 1n), 0n));
  let done = 0;
  for (const { first, last, ...instrument } of ranges) {
    for (let from = first; from <= last; from += chunkBuckets) {
      const to = from + chunkBuckets - 1n < last ? from + chunkBuckets - 1n : last;
      await engine.execute(statement, { params: { ...instrument, first: from, last: to } });
      done += Number(to - from + 1n);
      build.onProgress?.({ label: label.name, done, total });
    }
  }
  const [count] = await engine.rows<{ stored: string }>(
    `SELECT toString(count()) AS stored FROM ${quoteName(object.storage.table)} FINAL`,
  );
  return {
    label: label.name,
    table: object.storage.table.name,
    buckets: total,
    instruments: ranges.length,
    stored: Number(count?.stored ?? 0),
  };
}

/** For each instrument the buckets whose labels read something that no stored label has read, up to the last complete one. */
async function changedRanges(build: LabelBuild, labels: TableName): Promise<Range[]> {
  const { engine, project, label, object, prices, full = false } = build;
  const buckets = quoteName(bucketsName(project, object.clock));
  const rows = await engine.rows<
    Omit<Range, "first" | "last"> & { changed: string; changed_end_ms: string; closed: string }
  >(
    changedBuckets({
      buckets,
      closes: quoteName({ database: project.databases.features, name: "closes" }),
      prices: quoteName(prices),
      labels: quoteName(labels),
    }),
    { params: { clock: object.clock, path: object.path, full } },
  );
  const ranges: Range[] = [];
  for (const { changed, changed_end_ms, closed, ...instrument } of rows) {
    const last = BigInt(closed);
    if (label.horizon.kind === "buckets") {
      const reach = BigInt(label.horizon.length);
      const first = BigInt(changed) > reach ? BigInt(changed) - reach : 1n;
      if (first + reach <= last) ranges.push({ ...instrument, first, last: last - reach });
      continue;
    }
    const from_ms = BigInt(changed_end_ms) - BigInt(label.horizon.length) * 1000n;
    const [row] = await engine.rows<{ first: string }>(firstReader({ buckets }), {
      params: { ...instrument, from_ms },
    });
    ranges.push({ ...instrument, first: BigInt(row?.first ?? changed), last });
  }
  return ranges;
}
