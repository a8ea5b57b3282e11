/** The past as it was known at a moment: every table that a text may read, cut at its `available_at`. */
import type { Catalog } from "../compile/catalog.js";
import type { TableCut } from "../compile/cut-relations.js";
import { foreignAvailableAt, sourceTable } from "../compile/source-relation.js";
import { fitsName } from "../schema/fits-table.js";
import type { Project } from "../spec/model.js";
import { sourceNames } from "../spec/model.js";

const moment = "fromUnixTimestamp64Milli({known_by:Int64}, 'UTC')";
/** Buckets that became known in the same millisecond have an order: a later one of the instrument is not known yet. */
const isLater =
  "available_at = {{moment}} AND exchange = {exchange:String} AND market_type = {market_type:String} " +
  "AND symbol = {symbol:String} AND bucket_id > {bucket_id:UInt64}";

/**
 * Cuts of all raw tables, bucket tables and stored views. Parameters: `known_by` in epoch ms, and the instrument and
 * `bucket_id` of the bucket that is computed.
 */
export function knownBy(project: Project, catalog: Catalog): TableCut[] {
  const raw = sourceNames.map((name) => {
    const source = project.sources[name];
    const availableAt = source.external ? foreignAvailableAt(source) : "available_at";
    return { table: sourceTable(project, name), keep: `${availableAt} <= ${moment}` };
  });
  const keep = `available_at <= ${moment} AND NOT (${isLater.replace("{{moment}}", moment)})`;
  const buckets = catalog.clocks.map((clock) => ({ table: clock.buckets, keep }));
  const stored = catalog.objects.flatMap(({ storage }) =>
    storage === undefined ? [] : [{ table: storage.table, keep }],
  );
  const fits = { table: fitsName(project), keep: `available_at <= ${moment}` };
  return [...raw, ...buckets, ...stored, fits];
}
