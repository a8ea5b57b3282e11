/** Random markets, from files to features, against the naive oracle. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { ingestTardis } from "../support/ingest-files.js";
import { type Handling, handlingArbitrary, ingestRuns } from "../support/ingest-runs.js";
import { type Market, marketArbitrary } from "../support/market.js";
import { bucketTotals, marketDifferences } from "../support/market-differences.js";
import { naiveBookTable, naiveIngest } from "../support/oracle/naive-ingest.js";
import { type Deployment, deployStock, emptyTables, withClock } from "../support/stock-deployment.js";
import { captureTrades, type StreamCapture } from "../support/stream-capture.js";

interface Stage {
  readonly deployment: Deployment;
  readonly stream: StreamCapture;
}

let engine: Engine;
/** By book gap, which is compiled into the views; the other limits of a clock are not. */
const stages = new Map<number, Stage>();

beforeAll(async () => {
  engine = await openScratch();
  for (const bookGapMs of [0, 300, 3_000, 120_000]) {
    const deployment = await deployStock(engine, { prefix: `gap_${bookGapMs}_`, clock: { bookGapMs } });
    stages.set(bookGapMs, { deployment, stream: await captureTrades(deployment) });
  }
});
afterAll(() => engine.close());

/** Long ones are slow; they fill VPIN's windows. */
const markets = fc.oneof(
  { weight: 5, arbitrary: marketArbitrary({ maxSteps: 120 }) },
  { weight: 1, arbitrary: marketArbitrary({ maxSteps: 350 }) },
);

async function check({ clocks, commands }: Market, handling: Handling): Promise<void> {
  const [clock] = Object.values(clocks);
  const stage = stages.get(clock?.bookGapMs ?? -1);
  if (clock === undefined || stage === undefined) throw new Error("a clock without a stage");
  const { stream } = stage;
  await emptyTables(stage.deployment);
  const deployment = withClock(stage.deployment, clock);

  const counts = { stored: 0, late: 0, closed: 0 };
  for (const files of ingestRuns(commands, handling)) {
    const { summary, advanced } = await ingestTardis(deployment, files, handling.limits);
    expect(advanced.failures).toEqual([]);
    counts.stored += summary.stored;
    counts.late += summary.late;
    counts.closed += advanced.bucketsClosed;
  }

  const naive = naiveIngest(
    commands.flatMap((command) => (command.kind === "trades" ? [command.rows] : [])),
    clocks,
  );
  const books = naiveBookTable(commands.flatMap((command) => (command.kind === "books" ? command.rows : [])));
  expect(await marketDifferences(deployment, naive, books)).toEqual([]);
  expect(await stream.totals()).toEqual(bucketTotals(naive.buckets));
  expect(counts).toEqual({
    stored: naive.trades.length + books.length,
    late: naive.late.length,
    closed: naive.buckets.length,
  });
}

describe("a random market through ingest", () => {
  it("has the oracle's trades, buckets, features and vectors, and streams that hold what their buckets say", async () => {
    await fc.assert(fc.asyncProperty(markets, handlingArbitrary, check), {
      numRuns: 10,
      // Time enough for a failure to be shrunk; what was found is reported when it is over.
      interruptAfterTimeLimit: 300_000,
    });
  }, 400_000);
});
