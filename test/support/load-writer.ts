/** A writer at work: inserts trades one statement after the other, and closes their buckets, until it is told to stop. */
import type { Engine } from "../../src/engine/port.js";
import { advance, advanceSession } from "../../src/ingest/buckets/advance.js";
import { clockContext } from "../../src/ingest/buckets/clock-context.js";
import { quoteName } from "../../src/schema/quote.js";
import type { Project } from "../../src/spec/model.js";
import type { LoadProject } from "./load-project.js";

export interface LoadWriter {
  /** Inserts so far. */
  inserts(): number;
  buckets(): number;
  /** Until at least so many more inserts were made. Throws what the writer died of. */
  after(inserts: number): Promise<void>;
  /** Returns when what was inserted last is closed. Throws what the writer died of. */
  stop(): Promise<void>;
}

export interface LoadRate {
  /** At most so many inserts a second, all symbols together. */
  readonly insertsPerSecond: number;
  /** Buckets are closed this often. */
  readonly closeEveryMs: number;
}

const tradesInInsert = 2;

/** Trades of a symbol, numbered from `first`; 20 ms from one to the next. */
export interface TradeSpan {
  readonly symbol: string;
  readonly first: number;
  readonly count: number;
}

/** One statement. */
export async function insertTrades(engine: Engine, project: Project, trades: TradeSpan): Promise<void> {
  await engine.execute(
    `INSERT INTO ${tradesOf(project)} (exchange, market_type, symbol, timestamp, available_at, trade_seq, trade_id, price, quantity, side)
     SELECT 'binance', 'spot', {symbol:String}, at, at, n, toString(n), 100 + n % 7, 1, if(n % 2 = 0, 'buy', 'sell')
     FROM (SELECT {first:UInt64} + number AS n, toDateTime64('2024-05-01 00:00:00', 3, 'UTC') + toIntervalMillisecond(n * 20) AS at
           FROM numbers({count:UInt64}))`,
    { params: { ...trades } },
  );
}

function tradesOf({ databases }: Project): string {
  return quoteName({ database: databases.raw, name: "trades" });
}

/**
 * Starts with the catalog that it is given, and is told of no other. Every symbol has a collector of its own, as recorders have:
 * its inserts come one after the other, those of different symbols do not wait for each other.
 */
export function startWriter(
  engine: Engine,
  { specs, symbols, catalog }: LoadProject,
  rate: LoadRate,
  insert: (trades: TradeSpan) => Promise<void> = (trades) => insertTrades(engine, specs.project, trades),
): LoadWriter {
  const { project } = specs;
  const context = clockContext(engine, project, catalog, "ubt", "load");
  const session = advanceSession(context);
  let [inserts, buckets] = [0, 0];
  let stopping = false;
  const began = performance.now();
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
  const collect = async (symbol: string, lane: number): Promise<void> => {
    // A second writer goes on where the first one stopped.
    const [last] = await engine.rows<{ next: string }>(
      `SELECT toString(if(count() = 0, 0, max(trade_seq) + 1)) AS next FROM ${tradesOf(project)} WHERE symbol = {symbol:String}`,
      { params: { symbol } },
    );
    let next = Number(last?.next ?? 0);
    for (let own = 0; !stopping; own++) {
      const due = began + ((own * symbols.length + lane) / rate.insertsPerSecond) * 1000;
      await pause(due - performance.now());
      await insert({ symbol, first: next, count: tradesInInsert });
      next += tradesInInsert;
      inserts += 1;
    }
  };
  const closeOnce = async (): Promise<void> => {
    const result = await advance(context, { session });
    buckets += result.bucketsClosed;
    if (result.failures[0] !== undefined) throw result.failures[0].error;
  };
  /** One close at a time; rows flow in meanwhile. */
  const close = async (): Promise<void> => {
    while (!stopping) {
      const at = performance.now();
      await closeOnce();
      await pause(at + rate.closeEveryMs - performance.now());
    }
  };
  const run = async (): Promise<void> => {
    try {
      await Promise.all([...symbols.map(collect), close()]);
    } finally {
      stopping = true;
    }
    await closeOnce();
  };
  const running = run();
  let dead = false;
  running.catch(() => {
    dead = true;
  });
  return {
    inserts: () => inserts,
    buckets: () => buckets,
    after: async (count) => {
      const goal = inserts + count;
      while (inserts < goal && !dead) await new Promise((resolve) => setTimeout(resolve, 10));
      if (dead) await running;
    },
    stop: () => {
      stopping = true;
      return running;
    },
  };
}
