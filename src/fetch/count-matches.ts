import { sql } from "kysely";
import { settings } from "../compile/kysely/settings.js";
import { table } from "../compile/kysely/table.js";
import { column } from "../compile/stored-vector.js";
import { kyselyReader } from "../engine/kysely-driver.js";
import type { Engine } from "../engine/port.js";
import type { TableName } from "../schema/object.js";
import type { VectorSummary } from "./fetch-summary.js";
import { storedName } from "./joined-table.js";
import type { FetchedVector, TrainingSet } from "./training-set.js";

interface Keys {
  readonly exchange: string;
  readonly market_type: string;
  readonly symbol: string;
}

interface InstrumentCounts {
  readonly instrument: string;
  readonly known: number;
  readonly rows: string;
  readonly matched: string;
  readonly stale: string;
}

/** How many rows of a joined spine have a value of a vector, and why the others have none. */
export async function countMatches(
  engine: Engine,
  set: TrainingSet,
  vector: FetchedVector,
  result: TableName,
): Promise<VectorSummary> {
  const instruments = await perInstrument(engine, set, vector, result);
  const total = (value: (one: InstrumentCounts) => unknown): number =>
    instruments.reduce((sum, one) => sum + Number(value(one)), 0);
  const [rows, matched, stale] = [
    total((one) => one.rows),
    total((one) => one.matched),
    total((one) => one.stale),
  ];
  return {
    vector: vector.name,
    matched,
    missing: rows - matched - stale,
    stale,
    unknownInstruments: instruments
      .filter((one) => one.known === 0)
      .map((one) => ({ instrument: one.instrument, rows: Number(one.rows) })),
  };
}

/**
 * Beside each instrument stands when the vector's first row of it was known: a row without a bucket is stale from then on, and
 * missing before.
 */
async function perInstrument(
  engine: Engine,
  set: TrainingSet,
  vector: FetchedVector,
  result: TableName,
): Promise<InstrumentCounts[]> {
  const db = kyselyReader(engine);
  const instruments = db
    .selectFrom(table<Keys, "result">(result, "result"))
    .select(["result.exchange", "result.market_type", "result.symbol"])
    .distinct();
  const first = db
    .selectFrom(table<Keys, "vector">(vector.table, "vector"))
    .select(["vector.exchange", "vector.market_type", "vector.symbol"])
    .select(sql`min(${column("vector", "available_at")})`.as("known_from"))
    .where(sql<boolean>`(vector.exchange, vector.market_type, vector.symbol) in ${instruments}`)
    .groupBy(["vector.exchange", "vector.market_type", "vector.symbol"]);
  const noBucket = sql`isNull(${column("result", storedName(set, vector, "bucket_id"))})`;
  return db
    .selectFrom(table<Keys, "result">(result, "result"))
    .leftJoin(first.as("first"), (join) =>
      join
        .onRef("first.exchange", "=", "result.exchange")
        .onRef("first.market_type", "=", "result.market_type")
        .onRef("first.symbol", "=", "result.symbol"),
    )
    .select([
      sql<string>`concat(result.exchange, '/', result.market_type, '/', result.symbol)`.as("instrument"),
      sql<number>`max(isNotNull(first.known_from))`.as("known"),
      sql<string>`count()`.as("rows"),
      sql<string>`countIf(not ${noBucket})`.as("matched"),
      sql<string>`countIf(${noBucket} and ifNull(result.ts >= first.known_from, 0))`.as("stale"),
    ])
    .groupBy(["result.exchange", "result.market_type", "result.symbol"])
    .orderBy("instrument")
    .modifyEnd(settings({ join_use_nulls: 1 }))
    .execute();
}

export function matchWarnings(rows: number, vectors: readonly VectorSummary[]): string[] {
  return vectors.flatMap(({ vector, matched, unknownInstruments }) => {
    const unknownRows = unknownInstruments.reduce((sum, one) => sum + one.rows, 0);
    const named = unknownInstruments.slice(0, 5).map((one) => one.instrument);
    const more =
      unknownInstruments.length > named.length
        ? `, and ${unknownInstruments.length - named.length} more`
        : "";
    return [
      ...(unknownInstruments.length > 0
        ? [
            `The vector ${vector} has no rows of ${named.join(", ")}${more}: ${unknownRows} of ${rows} rows are NULL.`,
          ]
        : []),
      ...(matched === 0
        ? [`No row of the spine has a value of ${vector}: its times or instruments do not meet the vector's.`]
        : []),
    ];
  });
}
