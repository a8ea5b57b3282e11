/** What the backfills of a plan will read: rows by the tables' primary keys, bytes by their columns as they are stored. */
import type { Catalog, CompiledObject } from "../compile/catalog.js";
import { objectId } from "../compile/catalog.js";
import type { Reader } from "../engine/port.js";
import { type BackfillCost, isFilled } from "../plan/change-document.js";
import type { Plan } from "../plan/plan.js";
import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";
import { readTables } from "./read-tables.js";

const extentSql = sqlTemplate(import.meta.url, "clock-extent");
const bytesSql = sqlTemplate(import.meta.url, "column-bytes");
const rowsInTimeSql = sqlTemplate(import.meta.url, "rows-in-time");

/** A number and its validity: what an unfilled column of a version takes at most, uncompressed. */
const bytesOfFeature = 9;

interface Extent {
  readonly buckets: number;
  readonly first: string;
  readonly last: string;
  readonly instruments: readonly (readonly [string, string, string])[];
}

interface StoredTable {
  /** Rows that lie in the clock's time and instruments, of `total`. */
  readonly rows: number;
  readonly total: number;
  /** Compressed bytes by column. */
  readonly columns: ReadonlyMap<string, number>;
}

/** By object id, for every object that a plan fills. Empty when nothing is filled: then the database is not asked. */
export async function estimateBackfill(
  reader: Reader,
  catalog: Catalog,
  plans: readonly Plan[],
): Promise<Map<string, BackfillCost>> {
  const filled = plans.flatMap((plan) =>
    plan.changes.flatMap((change) =>
      isFilled(change) && (change.kind === "create" || change.kind === "replace") ? [change.object] : [],
    ),
  );
  const costs = new Map<string, BackfillCost>();
  for (const clock of catalog.clocks) {
    const objects = filled.filter((object) => object.clock === clock.name);
    if (objects.length === 0) continue;
    const extent = await readExtent(reader, clock.buckets);
    const tables = extent === undefined ? new Map() : await readStored(reader, objects, extent);
    for (const object of objects)
      costs.set(objectId(object), extent === undefined ? nothing : costOf(object, catalog, extent, tables));
  }
  return costs;
}

const nothing: BackfillCost = { buckets: 0, rows: 0, bytes: 0 };

/** Undefined when no bucket is stored, or when there is no table of buckets yet. */
async function readExtent(reader: Reader, buckets: TableName): Promise<Extent | undefined> {
  const known = await reader.rows(bytesSql(), {
    params: { databases: [buckets.database], tables: [buckets.name] },
  });
  if (known.length === 0) return undefined;
  const rows = await reader.rows<{
    exchange: string;
    market_type: string;
    symbol: string;
    buckets: string;
    first: string;
    last: string;
  }>(extentSql({ buckets: quoteName(buckets) }));
  if (rows.length === 0) return undefined;
  const times = rows.flatMap((row) => [row.first, row.last]).sort();
  return {
    buckets: rows.reduce((sum, row) => sum + Number(row.buckets), 0),
    first: times[0] ?? "",
    last: times.at(-1) ?? "",
    instruments: rows.map((row) => [row.exchange, row.market_type, row.symbol]),
  };
}

async function readStored(
  reader: Reader,
  objects: readonly CompiledObject[],
  extent: Extent,
): Promise<Map<string, StoredTable>> {
  const named = new Map(
    objects.flatMap((object) => readTables(object.backfill ?? "")).map((table) => [quoteName(table), table]),
  );
  const rows = await reader.rows<TableName & { table: string; bytes: string; rows: string }>(bytesSql(), {
    params: {
      databases: [...named.values()].map(({ database }) => database),
      tables: [...named.values()].map(({ name }) => name),
    },
  });
  const stored = new Map<string, StoredTable>();
  for (const [quoted, table] of named) {
    const own = rows.filter((row) => row.database === table.database && row.table === table.name);
    if (own.length === 0) continue;
    const columns = new Map(own.map((row) => [row.name, Number(row.bytes)]));
    const total = Number(own[0]?.rows ?? 0);
    const isRaw = ["timestamp", "exchange", "market_type", "symbol"].every((name) => columns.has(name));
    stored.set(quoted, { rows: isRaw ? await rowsInTime(reader, table, extent) : total, total, columns });
  }
  return stored;
}

async function rowsInTime(reader: Reader, table: TableName, extent: Extent): Promise<number> {
  const estimate = await reader.rows<{ rows: string }>(rowsInTimeSql({ table: quoteName(table) }), {
    params: {
      first: extent.first,
      last: extent.last,
      exchanges: extent.instruments.map(([exchange]) => exchange),
      market_types: extent.instruments.map(([, marketType]) => marketType),
      symbols: extent.instruments.map(([, , symbol]) => symbol),
    },
  });
  return estimate.reduce((sum, row) => sum + Number(row.rows), 0);
}

function costOf(
  object: CompiledObject,
  catalog: Catalog,
  extent: Extent,
  tables: ReadonlyMap<string, StoredTable>,
): BackfillCost {
  const text = object.backfill ?? "";
  const words = new Set(text.match(/\w+/g));
  let [rows, bytes] = [0, 0];
  for (const name of readTables(text)) {
    const table = tables.get(quoteName(name));
    if (table === undefined) {
      // A version that this plan builds, and fills before it is read.
      const columns = catalog.objects.find(
        ({ storage }) => storage?.table.name === name.name && storage.table.database === name.database,
      )?.columns;
      rows += extent.buckets;
      bytes += extent.buckets * bytesOfFeature * (columns?.length ?? 1);
      continue;
    }
    const used = [...table.columns].reduce((sum, [column, size]) => sum + (words.has(column) ? size : 0), 0);
    rows += table.rows;
    bytes += table.total === 0 ? 0 : Math.round((used * Math.min(table.rows, table.total)) / table.total);
  }
  return { buckets: extent.buckets, rows, bytes };
}
