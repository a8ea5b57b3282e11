/** Cutting an instrument anew: late trades find their buckets, and nothing of the old cut stays. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openScratch } from "../../src/engine/open.js";
import { rebuildInstrument } from "../../src/ingest/buckets/rebuild.js";
import { bucketStatus } from "../../src/ingest/buckets/status.js";
import { quoteName } from "../../src/schema/quote.js";
import type { InstrumentKey } from "../../src/spec/model.js";
import { ingestTardis, storedTableNames } from "../support/ingest-files.js";
import { bucketTotals, marketDifferences } from "../support/market-differences.js";
import { marketInstruments } from "../support/market-steps.js";
import type { NaiveClock } from "../support/oracle/naive-cutter.js";
import { naiveBookTable, naiveIngest } from "../support/oracle/naive-ingest.js";
import { instrumentKey, type TradeRow } from "../support/oracle/rows.js";
import {
  clockChange,
  type Deployment,
  deployStock,
  emptyTables,
  withClock,
} from "../support/stock-deployment.js";
import { storedTables } from "../support/stored-rows.js";
import { captureTrades, type StreamCapture } from "../support/stream-capture.js";
import { tableSnapshot } from "../support/table-snapshot.js";
import { threePartMarket } from "../support/three-part-market.js";

const { rows, files } = threePartMarket(200);
const clock: NaiveClock = {
  mode: "volume",
  size: "3",
  maxMs: 60_000,
  maxTrades: 100_000,
  bookGapMs: 120_000,
};
const [first, second] = marketInstruments;
const keyOf = ({ exchange, symbol, market_type }: typeof first): InstrumentKey => ({
  exchange,
  symbol,
  marketType: market_type as InstrumentKey["marketType"],
});
const only = (trades: readonly TradeRow[], symbol: string) => trades.filter((row) => row.symbol === symbol);

let deployment: Deployment;
let stream: StreamCapture;
let restore: () => Promise<void>;
beforeAll(async () => {
  deployment = await deployStock(await openScratch(), { clock: clockChange(clock) });
  stream = await captureTrades(deployment);
  for (const run of [[...files.first, ...files.books], files.second, files.late]) {
    await ingestTardis(deployment, run);
  }
  restore = await tableSnapshot(deployment, "before_each");
});
afterAll(() => deployment.engine.close());
beforeEach(() => restore());

const rebuild = async (
  instrument: InstrumentKey,
  options: { on?: Deployment; allowDestructive?: boolean } = {},
) => {
  const { on = deployment, allowDestructive = false } = options;
  const [result] = await rebuildInstrument([on.context], instrument, {
    storedTables: storedTableNames(on),
    allowDestructive,
  });
  if (result === undefined) throw new Error("no clock was cut anew");
  return result;
};

/** What the oracle makes of both instruments, each with its own commands. */
function expectedOf(
  commandsOfFirst: readonly (readonly TradeRow[])[],
  commandsOfSecond: readonly (readonly TradeRow[])[],
  clocks: readonly [NaiveClock, NaiveClock],
) {
  return naiveIngest(
    [
      ...commandsOfFirst.map((trades) => only(trades, first.symbol)),
      ...commandsOfSecond.map((trades) => only(trades, second.symbol)),
    ],
    { [instrumentKey(first)]: clocks[0], [instrumentKey(second)]: clocks[1] },
  );
}

const inThree = [rows.first, rows.second, rows.late];
const atOnce = [[...rows.first, ...rows.second, ...rows.late]];
const books = naiveBookTable(rows.books);

describe("cutting an instrument anew", () => {
  it("takes its late trades in, and leaves the other instrument alone", async () => {
    expect(await marketDifferences(deployment, expectedOf(inThree, inThree, [clock, clock]), books)).toEqual(
      [],
    );

    const result = await rebuild(keyOf(first));
    const naive = expectedOf(atOnce, inThree, [clock, clock]);
    expect(await marketDifferences(deployment, naive, books)).toEqual([]);
    expect(await stream.totals()).toEqual(bucketTotals(naive.buckets));
    expect(result).toMatchObject({ cutVersion: 2, failures: [], withoutSize: [] });
    const cutAnew = naive.buckets.filter((bucket) => bucket.symbol === first.symbol);
    expect([result.bucketsCut, result.bucketsClosed]).toEqual([cutAnew.length, cutAnew.length]);

    const status = await bucketStatus(deployment.context);
    expect(
      status.map(({ symbol, cut_version, late, pending }) => [symbol, cut_version, late > 0, pending]),
    ).toEqual([
      [second.symbol, 1, true, 0],
      [first.symbol, 2, false, 0],
    ]);
  });

  it("leaves no bucket behind the new last one, in no table of views", async () => {
    const larger = withClock(deployment, { ...clock, size: "20" });
    const { bucketsBefore, bucketsCut } = await rebuild(keyOf(first), { on: larger });
    expect(bucketsCut).toBeLessThan(bucketsBefore);

    const naive = expectedOf(atOnce, inThree, [{ ...clock, size: "20" }, clock]);
    expect(await marketDifferences(deployment, naive, books)).toEqual([]);
    // Closes fill no labels: these are built when somebody asks for them.
    const ofClock = storedTableNames(deployment).filter((one) => one.clock === deployment.context.clock.name);
    const filled = ofClock.map(({ table }) => table).filter(({ name }) => !name.startsWith("label_"));
    for (const table of [...filled, deployment.context.compiled.buckets]) {
      const [row] = await deployment.engine.rows<{ last: number }>(
        `SELECT toFloat64(max(bucket_id)) AS last FROM ${quoteName(table)} WHERE symbol = {symbol:String}`,
        { params: { symbol: first.symbol } },
      );
      expect(row?.last, table.name).toBe(bucketsCut);
    }
  });

  it("may be done again and again, and what comes afterwards continues the new cut", async () => {
    await emptyTables(deployment);
    await ingestTardis(deployment, [...files.first, ...files.books]);
    for (const instrument of marketInstruments) {
      await rebuild(keyOf(instrument));
      expect((await rebuild(keyOf(instrument))).cutVersion).toBe(3);
    }
    for (const run of [files.second, files.late]) await ingestTardis(deployment, run);
    expect(await marketDifferences(deployment, expectedOf(inThree, inThree, [clock, clock]), books)).toEqual(
      [],
    );
  });

  it("is refused once the instrument's features were fetched, unless it is allowed to destroy", async () => {
    const { engine, project } = deployment;
    const before = await storedTables(deployment);
    await engine.execute(
      `INSERT INTO ${quoteName({ database: project.databases.features, name: "fetches" })} (exchange, market_type, symbol)
       VALUES ({exchange:String}, {market_type:String}, {symbol:String})`,
      { params: { ...first } },
    );
    await expect(rebuild(keyOf(first))).rejects.toMatchObject({
      code: "FS_BUCKETS_FETCHED",
      object: instrumentKey(first),
    });
    expect(await storedTables(deployment)).toEqual(before);
    const [cuts] = await engine.rows(
      `SELECT toFloat64(count()) AS cuts FROM ${quoteName({ database: project.databases.features, name: "bucket_cuts" })}`,
    );
    expect(cuts).toEqual({ cuts: 0 });

    await rebuild(keyOf(second));
    await rebuild(keyOf(first), { allowDestructive: true });
    expect(await marketDifferences(deployment, expectedOf(atOnce, atOnce, [clock, clock]), books)).toEqual(
      [],
    );
  });
});
