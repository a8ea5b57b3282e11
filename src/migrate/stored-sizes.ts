/** How much stands in the tables that backfills read: rows by primary keys, bytes by columns as they are stored. */
import type { CompiledClock } from "../compile/catalog.js";
import type { Reader } from "../engine/port.js";
import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";

const extentSql = sqlTemplate(import.meta.url, "clock-extent");
const bytesSql = sqlTemplate(import.meta.url, "column-bytes");
const rowsInTimeSql = sqlTemplate(import.meta.url, "rows-in-time");

export interface StoredTable {
  /** Rows that lie in the clock's time and instruments, of `total`; for no clock all. */
  readonly rows: number;
  readonly total: number;
  /** Compressed bytes by column. */
  readonly columns: Readonly<Record<string, number>>;
}

/** What a backfill of a clock's views would read, or of views of rows. Plain data: it is noted as JSON, too. */
export interface ClockSizes {
  /** Closed buckets; with none nothing is read of a clock. */
  readonly buckets: number;
  /** By quoted name; a table that is not there, or not yet, is missing. */
  readonly tables: Readonly<Record<string, StoredTable>>;
}

/** What of a clock its sizes are read by. */
export type SizedClock = Pick<CompiledClock, "name" | "buckets">;

/** Sizes of these tables, for no clock all of their rows. Undefined: whoever is asked does not know them all. */
export type ReadSizes = (
  clock: SizedClock | undefined,
  tables: readonly TableName[],
) => Promise<ClockSizes | undefined>;

interface Extent {
  readonly buckets: number;
  readonly first: string;
  readonly last: string;
  readonly instruments: readonly (readonly [string, string, string])[];
}

/** As the engine says now. */
export function readSizes(reader: Reader): ReadSizes {
  return async (clock, tables) => {
    if (clock === undefined) return { buckets: 0, tables: await readStored(reader, tables) };
    const extent = await readExtent(reader, clock.buckets);
    if (extent === undefined) return { buckets: 0, tables: {} };
    return { buckets: extent.buckets, tables: await readStored(reader, tables, extent) };
  };
}

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
  tables: readonly TableName[],
  extent?: Extent,
): Promise<Record<string, StoredTable>> {
  const rows = await reader.rows<TableName & { table: string; bytes: string; rows: string }>(bytesSql(), {
    params: {
      databases: tables.map(({ database }) => database),
      tables: tables.map(({ name }) => name),
    },
  });
  const stored: Record<string, StoredTable> = {};
  for (const table of tables) {
    const own = rows.filter((row) => row.database === table.database && row.table === table.name);
    if (own.length === 0) continue;
    const columns = Object.fromEntries(own.map((row) => [row.name, Number(row.bytes)]));
    const total = Number(own[0]?.rows ?? 0);
    const isRaw = ["timestamp", "exchange", "market_type", "symbol"].every((name) => name in columns);
    const inTime =
      extent !== undefined && isRaw && total > 0 ? await rowsInTime(reader, table, extent) : total;
    stored[quoteName(table)] = { rows: inTime, total, columns };
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
