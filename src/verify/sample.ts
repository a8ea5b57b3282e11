/** Which buckets are computed again: spread over the history by a hash of their ids, so that a sample can be asked for twice. */
import type { CompiledClock } from "../compile/catalog.js";
import { countedRows, lotsOf } from "../compile/counted-rows.js";
import type { Reader } from "../engine/port.js";
import { quoteName } from "../schema/quote.js";
import type { Clock, MarketType, Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import type { SampledBucket, VerifyOptions } from "./check.js";
import { rangeParams, whereInRange } from "./range.js";

const template = sqlTemplate(import.meta.url, "sample");

interface Row {
  readonly exchange: string;
  readonly market_type: MarketType;
  readonly symbol: string;
  readonly id: string;
  readonly start_ms: string;
  readonly end_ms: string;
  readonly available_ms: string;
  readonly past: number;
  readonly whole: number;
}

/** Complete buckets of a clock, in order of instrument and id. */
export async function sampleBuckets(
  engine: Reader,
  project: Project,
  clock: Clock,
  compiled: CompiledClock,
  options: VerifyOptions,
): Promise<SampledBucket[]> {
  const { features } = project.databases;
  const countsTrades = clock.mode !== "event";
  const sql = template({
    buckets: quoteName(compiled.buckets),
    in_range: whereInRange,
    closes: quoteName({ database: features, name: "closes" }),
    has_its_trades: countsTrades ? `r.counted = b.trades AND r.lots = ${lotsOf("b.vol")}` : "1",
    raw: countsTrades ? countedRows(project, clock, "sampled") : "",
  });
  const retention = project.sources.trades.external ? undefined : project.retention.rawMs;
  const rows = await engine.rows<Row>(sql, {
    params: {
      seed: options.seed,
      ...rangeParams(options),
      clock: clock.name,
      sample: options.sample ?? Number.MAX_SAFE_INTEGER,
      retention: retention ?? 0,
    },
    settings: { join_use_nulls: 0 },
  });
  return rows.map((row) => ({
    instrument: { exchange: row.exchange, marketType: row.market_type, symbol: row.symbol },
    id: Number(row.id),
    start: Number(row.start_ms),
    end: Number(row.end_ms),
    availableAt: Number(row.available_ms),
    isPastRetention: row.past === 1,
    hasItsTrades: row.whole === 1,
  }));
}
