/** What the backfills of a plan will read. */
import type { Catalog, CompiledObject } from "../compile/catalog.js";
import { objectId } from "../compile/catalog.js";
import { type BackfillCost, isFilled } from "../plan/change-document.js";
import type { Plan } from "../plan/plan.js";
import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import { readTables } from "./read-tables.js";
import type { ClockSizes, ReadSizes } from "./stored-sizes.js";

/** A number and its validity: what an unfilled column of a version takes at most, uncompressed. */
const bytesOfFeature = 9;

/**
 * By object id, for every object that a plan fills. Empty when nothing is filled: then no sizes are asked for. Undefined when they are
 * not known.
 */
export async function estimateBackfill(
  sizesOf: ReadSizes,
  catalog: Catalog,
  plans: readonly Plan[],
): Promise<Map<string, BackfillCost> | undefined> {
  const filled = plans.flatMap((plan) =>
    plan.changes.flatMap((change) =>
      isFilled(change) && (change.kind === "create" || change.kind === "replace") ? [change.object] : [],
    ),
  );
  const costs = new Map<string, BackfillCost>();
  // Views of rows belong to no clock.
  for (const clock of [...catalog.clocks, undefined]) {
    const objects = filled.filter((object) => object.clock === (clock?.name ?? ""));
    if (objects.length === 0) continue;
    const sizes = await sizesOf(clock, tablesRead(objects));
    if (sizes === undefined) return undefined;
    for (const object of objects) costs.set(objectId(object), costOf(object, catalog, sizes));
  }
  return costs;
}

/** The tables that backfills of these objects read, each once. */
export function tablesRead(
  objects: readonly { readonly backfill?: string | null | undefined }[],
): TableName[] {
  const named = objects.flatMap(({ backfill }) => readTables(backfill ?? ""));
  return [...new Map(named.map((table) => [quoteName(table), table])).values()];
}

function costOf(object: CompiledObject, catalog: Catalog, { buckets, tables }: ClockSizes): BackfillCost {
  if (buckets === 0 && object.rowOf === undefined) return { buckets: 0, rows: 0, bytes: 0 };
  const text = object.backfill ?? "";
  const words = new Set(text.match(/\w+/g));
  let [rows, bytes] = [0, 0];
  for (const name of readTables(text)) {
    const table = tables[quoteName(name)];
    if (table === undefined) {
      // A version that this plan builds, and fills before it is read.
      const columns = catalog.objects.find(
        ({ storage }) => storage?.table.name === name.name && storage.table.database === name.database,
      )?.columns;
      rows += buckets;
      bytes += buckets * bytesOfFeature * (columns?.length ?? 1);
      continue;
    }
    const used = Object.entries(table.columns).reduce(
      (sum, [column, size]) => sum + (words.has(column) ? size : 0),
      0,
    );
    rows += table.rows;
    bytes += table.total === 0 ? 0 : Math.round((used * Math.min(table.rows, table.total)) / table.total);
  }
  return { buckets, rows, bytes };
}
