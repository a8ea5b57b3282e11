/** Steps that fill a new version, and those that look at it before readers see it. */
import { type Catalog, type CompiledObject, chunkMark, objectId, type Path } from "../compile/catalog.js";
import { andWhole } from "../compile/whole-buckets.js";
import type { TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName, quoteString } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";
import { type Step, stepName } from "./step.js";

const missingBuckets = sqlTemplate(import.meta.url, "missing-buckets");
const missingRows = sqlTemplate(import.meta.url, "missing-rows");
const recomputedRows = sqlTemplate(import.meta.url, "recomputed-rows");

export interface Filled {
  readonly object: CompiledObject;
  /** Only what this path has not computed yet; undefined: everything. */
  readonly behind: Path | undefined;
}

export function backfillSteps({ object, behind }: Filled, desired: Catalog): Step[] {
  const target = object.storage?.table;
  const buckets = desired.clocks.find((clock) => clock.name === object.clock)?.buckets;
  const { rowOf } = object;
  if (object.backfill === undefined || target === undefined) return [];
  if (buckets === undefined && rowOf === undefined) return [];
  return [
    {
      name: `backfill ${stepName(target)}`,
      kind: "backfill",
      object: objectId(object),
      target,
      buckets,
      ...(rowOf === undefined ? {} : { rows: rowOf }),
      ...(object.whole === undefined ? {} : { whole: object.whole }),
      ...(behind === undefined ? {} : { behind: { clock: object.clock, path: behind } }),
      sql: object.backfill,
      reverse: undefined,
    },
  ];
}

export function checkSteps(object: CompiledObject, desired: Catalog): Step[] {
  const target = object.storage?.table;
  const sql = target === undefined ? undefined : missingSql(object, target, desired);
  if (target === undefined || sql === undefined) return [];
  return [
    {
      name: `check ${stepName(target)}`,
      kind: "check",
      object: objectId(object),
      target,
      buckets: undefined,
      ...(object.rowOf === undefined ? {} : { rows: object.rowOf }),
      sql,
      reverse: undefined,
    },
  ];
}

/** Gives what should have a row and has none; undefined where nothing must have one. */
function missingSql(object: CompiledObject, target: TableName, desired: Catalog): string | undefined {
  const table = quoteName(target);
  if (object.rowOf !== undefined) return missingRows({ source: quoteName(object.rowOf), table });
  const buckets = desired.clocks.find((clock) => clock.name === object.clock)?.buckets;
  if (!object.everyBucket || buckets === undefined) return undefined;
  return missingBuckets({
    buckets: quoteName(buckets),
    closes: quoteName({ database: buckets.database, name: "closes" }),
    clock: quoteString(object.clock),
    path: quoteString(object.path),
    only_whole: andWhole(object.whole),
    table,
  });
}

/**
 * Stored rows against rows that are computed again, bit by bit but for columns with a declared tolerance. In the file it is over
 * all buckets; the runner puts a sample in place of the mark.
 */
export function recomputeSteps(object: CompiledObject, desired: Catalog): Step[] {
  const target = object.storage?.table;
  const buckets = desired.clocks.find((clock) => clock.name === object.clock)?.buckets;
  if (object.backfill === undefined || target === undefined || buckets === undefined) return [];
  const exact = object.columns.filter((column) => column.approx === undefined);
  const columns = [...bucketKey, ...exact.map((column) => quoteIdentifier(column.name))].join(", ");
  return [
    {
      name: `check ${stepName(target)} computed again`,
      kind: "check",
      object: objectId(object),
      target,
      buckets,
      sql: recomputedRows({
        columns,
        table: quoteName(target),
        chunk: chunkMark,
        recomputed: object.backfill.slice(object.backfill.indexOf("\n") + 1),
      }),
      reverse: undefined,
    },
  ];
}

const bucketKey = ["exchange", "market_type", "symbol", "bucket_id"];
