/**
 * A command dies after each of its writing statements in turn, then runs again: the tables are those of a run that nothing
 * disturbed.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScratch } from "../../src/engine/open.js";
import { advance } from "../../src/ingest/buckets/advance.js";
import { defaultLimits } from "../../src/ingest/buckets/batches.js";
import { heal } from "../../src/ingest/buckets/heal.js";
import { rebuildInstrument } from "../../src/ingest/buckets/rebuild.js";
import { bucketStatus } from "../../src/ingest/buckets/status.js";
import { quoteName } from "../../src/schema/quote.js";
import type { InstrumentKey } from "../../src/spec/model.js";
import { Crash, crashingEngine } from "../support/crashing-engine.js";
import { ingestTardis, storedTableNames } from "../support/ingest-files.js";
import { type Deployment, deployStock, emptyTables } from "../support/stock-deployment.js";
import { storedTables } from "../support/stored-rows.js";
import { tableSnapshot } from "../support/table-snapshot.js";
import { threePartMarket } from "../support/three-part-market.js";

const { files } = threePartMarket(130);
/** Several inserts a close, each of both instruments. */
const limits = { ...defaultLimits, buckets: 24 };

let deployment: Deployment;
beforeAll(async () => {
  const size = { fromBucketConfig: true, byInstrument: {}, fallback: "3" };
  deployment = await deployStock(await openScratch(), { clock: { size } });
});
afterAll(() => deployment.engine.close());

type Work = (deployment: Deployment) => Promise<unknown>;

const ingestOf =
  (...names: (keyof typeof files)[]): Work =>
  (on) =>
    ingestTardis(
      on,
      names.flatMap((name) => files[name]),
      limits,
    );

/** `feature buckets build`. */
const build: Work = async (on) => {
  await heal(on.context, storedTableNames(on));
  await advance(on.context, { limits });
};

/** The deployment as a process sees it that dies after so many writing statements. */
function dyingAfter(writes: number): { on: Deployment; written: readonly string[] } {
  const { engine, written } = crashingEngine(deployment.engine, writes);
  return { on: { ...deployment, engine, context: { ...deployment.context, engine } }, written };
}

/** True when the work was done before the process died. */
async function survives(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    (error: unknown) => {
      if (error instanceof Crash) return false;
      throw error;
    },
  );
}

/**
 * Dies after 0, 1, 2, … writing statements of `work` until it comes to its end; each time what `before` stored is there
 * first, and `again` afterwards. Returns the statement after which each process died.
 */
async function dieEverywhere(name: string, before: Work, work: Work, again: Work): Promise<string[]> {
  await emptyTables(deployment);
  await before(deployment);
  const restore = await tableSnapshot(deployment, name);
  await work(deployment);
  const undisturbed = await storedTables(deployment);
  const deaths: string[] = [];
  for (let writes = 0; ; writes++) {
    await restore();
    const { on, written } = dyingAfter(writes);
    if (await survives(work(on))) return deaths;
    const last = written.at(-1) ?? "nothing";
    deaths.push(last);
    // Every second time another command comes first, which cuts and closes whatever it finds.
    if (writes % 2 === 1) await build(deployment);
    await again(deployment);
    const found = await storedTables(deployment);
    expect(found, `after dying behind ${writes} writes, the last of them ${last}`).toEqual(undisturbed);
  }
}

describe("a command that dies anywhere and runs again", () => {
  it("ingest of trades, some of them late", async () => {
    const trades = ingestOf("secondAndLate");
    const deaths = await dieEverywhere("before_trades", ingestOf("first", "books"), trades, trades);
    // Buckets stored but their state not; state stored but nothing closed; level 0 computed but not level 1.
    expect(deaths.join("\n")).toMatch(/__gate[\s\S]*bucket_state[\s\S]*__close_0_hot[\s\S]*__close_1_hot/);
  });

  it("ingest of books of closed buckets", async () => {
    const books = ingestOf("books");
    const deaths = await dieEverywhere("before_books", ingestOf("first", "second"), books, books);
    // Intents open but no rows stored; rows stored but nothing recomputed; level 0 recomputed but not level 2.
    expect(deaths.join("\n")).toMatch(/`dirty`[\s\S]*`orderbooks`[\s\S]*__close_0_hot[\s\S]*__close_2_hot/);
  });

  it("cutting an instrument anew", async () => {
    const instrument: InstrumentKey = { exchange: "binance", marketType: "spot", symbol: "BTCUSDT" };
    const rebuild: Work = (on) =>
      rebuildInstrument([on.context], instrument, {
        storedTables: storedTableNames(on),
        allowDestructive: false,
      });
    const again: Work = async (on) => {
      await build(on);
      const [status] = (await bucketStatus(on.context)).filter(({ symbol }) => symbol === instrument.symbol);
      // Dead before it noted what it was about to do: nothing has changed, and it is asked for again.
      if (status?.cut_version === 1) await rebuild(on);
    };
    const before: Work = async (on) => {
      for (const names of [["first", "books"], ["second"], ["late"]] as const) await ingestOf(...names)(on);
    };
    const deaths = await dieEverywhere("before_rebuild", before, rebuild, again);
    expect(deaths.join("\n")).toMatch(
      /bucket_cuts[\s\S]*DELETE[\s\S]*UPDATE late = 0[\s\S]*bucket_state[\s\S]*__gate/,
    );
  });
});

describe("what a dead process left", () => {
  it("may be an instrument that is to be cut anew: an ingest of another one does it", async () => {
    const instrument: InstrumentKey = { exchange: "binance", marketType: "spot", symbol: "BTCUSDT" };
    const rebuild: Work = (on) =>
      rebuildInstrument([on.context], instrument, {
        storedTables: storedTableNames(on),
        allowDestructive: false,
      });
    const ofAnother = files.second.filter(({ name }) => !name.includes(instrument.symbol));
    const begin = async () => {
      await emptyTables(deployment);
      await ingestOf("first")(deployment);
    };
    await begin();
    await rebuild(deployment);
    await ingestTardis(deployment, ofAnother);
    const undisturbed = await storedTables(deployment);

    await begin();
    const peace = dyingAfter(Number.POSITIVE_INFINITY);
    await rebuild(peace.on);
    await begin();
    const reset = peace.written.findIndex((text) => text.includes("bucket_state"));
    expect(await survives(rebuild(dyingAfter(reset + 1).on))).toBe(false);
    await ingestTardis(deployment, ofAnother);
    expect(await storedTables(deployment)).toEqual(undisturbed);
  });

  it("is shown as pending buckets", async () => {
    const work = ingestOf("first", "second");
    await emptyTables(deployment);
    const peace = dyingAfter(Number.POSITIVE_INFINITY);
    await work(peace.on);
    await emptyTables(deployment);
    const stateOfFirst = peace.written.findIndex((text) => text.includes("bucket_state"));
    expect(await survives(work(dyingAfter(stateOfFirst + 1).on))).toBe(false);
    const status = await bucketStatus(deployment.context);
    expect(status.map(({ buckets, pending }) => buckets > 0 && pending === buckets)).toEqual([true, true]);
    await build(deployment);
    const after = await bucketStatus(deployment.context);
    expect(after.map(({ buckets, pending }) => buckets > 0 && pending === 0)).toEqual([true, true]);
  });

  it("may be a lease that was never noted: the next epoch is taken", async () => {
    await emptyTables(deployment);
    await ingestOf("first")(deployment);
    const { features } = deployment.project.databases;
    await deployment.engine.execute(
      `CREATE TABLE ${quoteName({ database: features, name: "lease_binance/spot/BTCUSDT_2" })} (held UInt8) ENGINE = Null`,
    );
    await ingestOf("second")(deployment);
    const epochs = await deployment.engine.rows(
      `SELECT toFloat64(max(epoch)) AS epoch FROM ${quoteName({ database: features, name: "leases" })} GROUP BY symbol ORDER BY symbol`,
    );
    expect(epochs).toEqual([{ epoch: 3 }, { epoch: 2 }]);
    const tables = await deployment.engine.rows(
      "SELECT name FROM system.tables WHERE database = {features:String} AND startsWith(name, 'lease_') ORDER BY name",
      { params: { features } },
    );
    expect(tables).toEqual([
      { name: "lease_binance/linear/ETHUSDT_2" },
      { name: "lease_binance/spot/BTCUSDT_3" },
    ]);
  });
});
