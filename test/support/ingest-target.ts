/** Raw tables and clocks in an engine, for tests that store files and look at the rows. No views: nothing is closed. */
import type { Engine } from "../../src/engine/port.js";
import type { FormatName, FormatOptions } from "../../src/ingest/formats/format.js";
import { ingest } from "../../src/ingest/ingest.js";
import type { IngestRequest } from "../../src/ingest/request.js";
import type { IngestSummary } from "../../src/ingest/summary.js";
import { clockTables } from "../../src/schema/clock-tables.js";
import type { TableName } from "../../src/schema/object.js";
import { quoteName } from "../../src/schema/quote.js";
import { rawTables } from "../../src/schema/raw-tables.js";
import { renderCreate } from "../../src/schema/render.js";
import {
  type Instrument,
  type MarketType,
  type Project,
  type Source,
  type SourceName,
  sourceNames,
} from "../../src/spec/model.js";

function instrument(
  exchange: string,
  marketType: MarketType,
  symbol: string,
  contractSize?: string,
): Instrument {
  return {
    exchange,
    marketType,
    symbol,
    tickSize: "0.01",
    lotSize: "0.00001",
    contractSize,
    base: "BTC",
    quote: "USD",
  };
}

const instruments = [
  instrument("binance", "spot", "BTCUSDT"),
  instrument("binance", "spot", "ETHUSDT"),
  instrument("binance", "linear", "BTCUSDT", "1"),
  instrument("binance", "inverse", "BTCUSD_PERP", "100"),
  instrument("binance", "inverse", "ETHUSD_PERP"),
  instrument("coinbase", "spot", "BTC-USD"),
  instrument("okx", "linear", "BTC-USDT-SWAP", "0.01"),
];

function source(name: SourceName): Source {
  return {
    name,
    table: name,
    external: name === "volatility_indices",
    columns: {},
    sides: undefined,
    availableAt: undefined,
    delayMs: name === "funding_rates" ? 2000 : 0,
    maxAgeMs: undefined,
  };
}

/** A project of one clock; `prefix` stands before the names of its databases. */
export function ingestProject(prefix: string): Project {
  return {
    name: "test",
    root: "/",
    defaultTarget: "embedded",
    targets: {},
    databases: {
      raw: `${prefix}raw`,
      cold: `${prefix}cold`,
      features: `${prefix}features`,
      registry: `${prefix}registry`,
    },
    instruments,
    sources: Object.fromEntries(sourceNames.map((name) => [name, source(name)])) as Record<
      SourceName,
      Source
    >,
    clocks: {
      ubt: {
        name: "ubt",
        mode: "volume",
        targetMs: 30_000,
        maxMs: 60_000,
        maxTrades: 100_000,
        bookGapMs: 1000,
        size: { fromBucketConfig: true, byInstrument: {}, fallback: "5" },
        allowedLatenessMs: 0,
      },
    },
    retention: { rawMs: undefined, featuresMs: undefined, versions: 2 },
  };
}

/** Databases and tables of a project, empty: made where there are none, which takes several times as long as emptying them. */
export async function createTables(engine: Engine, project: Project): Promise<void> {
  const { raw, cold, features } = project.databases;
  const databases = [raw, cold, features];
  const tables = [...rawTables(project), ...clockTables(project)];
  const present = await engine.rows<TableName & { filled: boolean }>(
    `SELECT database, name, ifNull(total_rows > 0, false) AS filled
     FROM system.tables WHERE database IN {databases:Array(String)}`,
    { params: { databases } },
  );
  if (present.length === 0) {
    for (const database of databases) await engine.execute(`CREATE DATABASE ${database} ENGINE = Atomic`);
    for (const table of tables) await engine.execute(renderCreate(table));
  }
  const ours = new Set(tables.map(quoteName));
  for (const { filled, ...name } of present) {
    if (!ours.has(quoteName(name))) await engine.execute(`DROP TABLE ${quoteName(name)}`);
    else if (filled) await engine.execute(`TRUNCATE TABLE ${quoteName(name)}`);
  }
  // A run that was killed has left them stopped.
  await engine.execute(`SYSTEM START MERGES ${raw}.trades`);
}

export interface IngestTarget {
  readonly engine: Engine;
  readonly project: Project;
}

/** One command. Relative paths are below `folder`. */
export function ingestInto(
  { engine, project }: IngestTarget,
  format: FormatName,
  files: readonly string[],
  more: Partial<FormatOptions> &
    Partial<Pick<IngestRequest, "folder" | "maxRejects" | "stdin" | "onProgress">> = {},
): Promise<IngestSummary> {
  const { folder = process.cwd(), maxRejects, stdin, onProgress, ...options } = more;
  return ingest({
    engine,
    project,
    format,
    files,
    folder,
    options: { instrument: undefined, market: undefined, map: undefined, source: undefined, ...options },
    now: Date.now,
    ...(maxRejects === undefined ? {} : { maxRejects }),
    ...(stdin === undefined ? {} : { stdin }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

/** Rows of a raw table in order of its key, without what differs from run to run. */
export function storedRows(
  { engine, project }: IngestTarget,
  table: string,
  columns = "* EXCEPT (created_at, ingested_at, keep)",
): Promise<Record<string, unknown>[]> {
  return engine.rows(`SELECT ${columns} FROM ${project.databases.raw}.${table} FINAL ORDER BY ALL`);
}
