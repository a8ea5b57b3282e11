/** Several instruments at once: one insert, and no instrument in the way of another. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TradeBatch } from "../../src/clock/trade-batch.js";
import { openScratch } from "../../src/engine/open.js";
import { advance } from "../../src/ingest/buckets/advance.js";
import { type InstrumentRow, instrumentOf } from "../../src/ingest/buckets/clock-context.js";
import { readGroups, readGroupsOfMany } from "../../src/ingest/buckets/read-groups.js";
import { bucketStatus } from "../../src/ingest/buckets/status.js";
import { quoteName } from "../../src/schema/quote.js";
import { crashingEngine } from "../support/crashing-engine.js";
import { expectedFeatures } from "../support/expected-features.js";
import { ingestTardis } from "../support/ingest-files.js";
import { marketDifferences } from "../support/market-differences.js";
import { marketInstruments } from "../support/market-steps.js";
import { rowDifferences } from "../support/oracle/compare.js";
import type { NaiveClock } from "../support/oracle/naive-cutter.js";
import { naiveBookTable, naiveIngest } from "../support/oracle/naive-ingest.js";
import { instrumentKey } from "../support/oracle/rows.js";
import { clockChange, type Deployment, deployStock, emptyTables } from "../support/stock-deployment.js";
import { storedFeatures } from "../support/stored-rows.js";
import { threePartMarket } from "../support/three-part-market.js";

const { rows, files } = threePartMarket(160);
const trades = [rows.first, rows.second];
const books = naiveBookTable(rows.books);
const clock: NaiveClock = {
  mode: "volume",
  size: "3",
  maxMs: 60_000,
  maxTrades: 100_000,
  bookGapMs: 120_000,
};
const failing = marketInstruments[0].symbol;
const [sized, sizeless] = marketInstruments.map(instrumentKey) as [string, string];

/** One list a row of its columns, whatever the batches. */
function plainRows(batches: readonly TradeBatch[]): unknown[] {
  return batches.flatMap(({ length, timestamp, lots, notional, availableAt, count }) =>
    Array.from({ length }, (_, row) => [
      timestamp[row],
      ...[lots, notional].map((words) => [
        ...words.slice((row * words.length) / length, ((row + 1) * words.length) / length),
      ]),
      availableAt[row],
      count?.[row],
    ]),
  );
}

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deployStock(await openScratch(), { clock: clockChange(clock) });
});
afterAll(() => deployment.engine.close());
beforeEach(() => emptyTables(deployment));

/** The deployment with sizes for some instruments only. */
function withSizes(byInstrument: Readonly<Record<string, string>>): Deployment {
  const size = { fromBucketConfig: true, byInstrument, fallback: undefined };
  return {
    ...deployment,
    context: { ...deployment.context, clock: { ...deployment.context.clock, size } },
  };
}

describe("two instruments", () => {
  it("that close together go into one insert a level", async () => {
    const { engine, written } = crashingEngine(deployment.engine, Number.POSITIVE_INFINITY);
    const watched = { ...deployment, engine, context: { ...deployment.context, engine } };
    await ingestTardis(watched, [...files.first, ...files.second, ...files.books]);
    for (const level of [0, 1, 2]) {
      expect(written.filter((text) => text.includes(`__close_${level}_hot`)).length).toBe(1);
    }
    const naive = naiveIngest([trades.flat()], { [sized]: clock, [sizeless]: clock });
    expect(new Set(naive.buckets.map(({ symbol }) => symbol)).size).toBe(2);
    expect(await marketDifferences(deployment, naive, books)).toEqual([]);
  });

  it("are read by one statement as by one each, from where each of them begins", async () => {
    await ingestTardis(deployment, [...files.first, ...files.second]);
    const { context } = deployment;
    const [from = 0] = rows.second.map(({ timestamp }) => Number(timestamp));
    const wanted = marketInstruments.map((row, place) => ({
      instrument: instrumentOf(row as InstrumentRow),
      from: place === 0 ? 0 : from,
    }));
    const together: TradeBatch[][] = wanted.map(() => []);
    for await (const { index, batch } of readGroupsOfMany(context, wanted)) together[index]?.push(batch);
    for (const [index, { instrument, from }] of wanted.entries()) {
      const alone: TradeBatch[] = [];
      for await (const batch of readGroups(context, instrument, from)) alone.push(batch);
      expect(plainRows(alone).length).toBeGreaterThan(0);
      expect(plainRows(together[index] ?? [])).toEqual(plainRows(alone));
    }
  });

  it("of which one has no size: it is stored and reported, and cut once it has one", async () => {
    const half = withSizes({ [sized]: clock.size });
    await ingestTardis(half, files.books);
    for (const part of [files.first, files.second]) {
      const { summary, advanced } = await ingestTardis(half, part);
      expect(advanced.withoutSize).toEqual([sizeless]);
      expect(summary.late).toBe(0);
    }
    expect(await marketDifferences(half, naiveIngest(trades, { [sized]: clock }), books)).toEqual([]);
    expect((await bucketStatus(half.context)).map(({ symbol }) => symbol)).toEqual([
      marketInstruments[0].symbol,
    ]);

    const { withoutSize } = await advance(withSizes({ [sized]: clock.size, [sizeless]: "2" }).context);
    expect(withoutSize).toEqual([]);
    const naive = naiveIngest(trades, { [sized]: clock, [sizeless]: { ...clock, size: "2" } });
    expect(await marketDifferences(deployment, naive, books)).toEqual([]);
  });

  it("of which one fails to close: the other goes on, and the failing one catches up later", async () => {
    await ingestTardis(deployment, [...files.books, ...files.first]);
    const { advanced } = await trapped(1, () => ingestTardis(deployment, files.second));
    const naive = naiveIngest(trades, { [sized]: clock, [sizeless]: clock });
    const closed = naiveIngest([rows.first], { [sized]: clock }).buckets.length;
    expect(advanced.failures).toMatchObject([
      { instrument: { symbol: failing }, bucket: closed + 1, error: { code: "FS_ENGINE_QUERY" } },
    ]);
    const all = naive.buckets.filter(({ symbol }) => symbol === failing).length;
    expect((await bucketStatus(deployment.context)).map(({ symbol, pending }) => [symbol, pending])).toEqual([
      [marketInstruments[1].symbol, 0],
      [failing, all - closed],
    ]);

    expect((await advance(deployment.context)).failures).toEqual([]);
    expect(await marketDifferences(deployment, naive, books)).toEqual([]);
  });

  it("of which one fails to recompute after books came: its intents stay open, and it closes nothing more", async () => {
    await ingestTardis(deployment, files.first);
    const { advanced } = await trapped(0, async () => {
      await ingestTardis(deployment, files.books);
      return ingestTardis(deployment, files.second);
    });
    expect(advanced.failures).toMatchObject([{ instrument: { symbol: failing } }]);
    const naive = naiveIngest(trades, { [sized]: clock, [sizeless]: clock });
    const expected =
      expectedFeatures(naive.buckets, naive.trades, books, clock.bookGapMs).book_state?.() ?? [];
    const ofOther = (row: object) => !("symbol" in row) || row.symbol !== failing;
    const stored = await storedFeatures(deployment, "book_state");
    expect(rowDifferences(stored.filter(ofOther), expected.filter(ofOther))).toEqual([]);

    const { failures, bucketsRecomputed } = await advance(deployment.context);
    expect(failures).toEqual([]);
    expect(bucketsRecomputed).toBeGreaterThan(0);
    expect(await marketDifferences(deployment, naive, books)).toEqual([]);
  });
});

/** Lets every close of the first instrument fail at a level as long as `work` runs. */
async function trapped<Result>(level: number, work: () => Promise<Result>): Promise<Result> {
  const { engine, project } = deployment;
  const { features: database } = project.databases;
  const trap = quoteName({ database, name: "trap" });
  await engine.execute(
    `CREATE MATERIALIZED VIEW ${trap} TO ${quoteName({ database, name: "ubt__guard" })} AS
     SELECT throwIf(symbol = '${failing}', 'a trap') AS passed
     FROM ${quoteName({ database, name: `ubt__close_${level}_hot` })}`,
  );
  try {
    return await work();
  } finally {
    await engine.execute(`DROP VIEW ${trap}`);
  }
}
