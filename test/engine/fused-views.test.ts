/** Views in one table and one trigger have the values that each has alone, whatever names they share. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileProject } from "../../src/compile/compile-project.js";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { advance } from "../../src/ingest/buckets/advance.js";
import { clockContext } from "../../src/ingest/buckets/clock-context.js";
import { applyProject } from "../../src/migrate/apply.js";
import { openRegistryReader } from "../../src/registry/reader.js";
import { parseProject } from "../../src/spec/parse-project.js";
import { expectComplete } from "../support/load-checks.js";
import { longMarket } from "../support/long-market.js";
import { storeBooks, storeTrades } from "../support/raw-rows.js";

const project = `project: fused
engine: embedded
targets: { embedded: { engine: embedded, path: db } }
databases: { raw: l_raw, cold: l_cold, features: l_features, registry: l_registry }
instruments: { binance/spot/BTCUSDT: { tick_size: 0.01, lot_size: 0.00001, base: BTC, quote: USDT } }
clocks: { ubt: { mode: volume, size: { fallback: 8 } } }
`;
/** By stream, each view's text after \`clock:\`. Names are those of other views, of lambdas, of functions and of the stream. */
const views = {
  trades: {
    flow: `let: { base: "sum(quantity)" }
columns:
  volume: { sql: "base" }
  share: { sql: "sumIf(quantity, side > 0) / nullIf(volume, 0)" }
  max: { sql: "max(price) - base" }`,
    tape: `let: { base: "count()" }
columns:
  volume: { sql: "2 * base" }
  share: { sql: "arraySum(volume -> volume * 2, arraySort(groupArray(quantity)))", approx: 1e-9 }
  x: { sql: "argMax((price, quantity), ord).2 + \`volume\`" }`,
    ends: `params: { half: 0.5 }
columns:
  seconds: { sql: "dateDiff('millisecond', bucket_ts_start, bucket_ts_end) * half" }
  x: { sql: "toFloat64(max(timestamp) - min(timestamp)) + arraySum(x -> x, [seconds, 1])" }`,
  },
  books: {
    quotes: `columns:
  mid: { sql: "argMax(mid, ord)" }
  gap: { sql: "avg(ask_px[1] - bid_px[1])" }
  base: { sql: "gap * 2" }`,
    depth: `let: { base: "sum(bid_qty[3])" }
columns:
  mid: { sql: "argMin(mid, ord)" }
  gap: { sql: "base / nullIf(count(), 0)" }`,
  },
};

let engine: Engine;
const root = mkdtempSync(join(tmpdir(), "prism-fused-"));
beforeAll(async () => {
  engine = await openScratch();
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

it("live and filled, over trades and over books", async () => {
  const files = Object.entries(views).flatMap(([stream, own]) =>
    Object.entries(own).map(([name, text]) => ({
      path: `features/${name}.yaml`,
      text: `view: ${name}\nclock: ubt\nfrom: ${stream}\n${text}\n`,
    })),
  );
  const specs = parseProject([{ path: "features.yaml", text: project }, ...files], {}, root);
  const catalog = compileProject(specs);
  expect(
    catalog.objects.flatMap(({ name, fusedIn }) => (fusedIn === undefined ? [] : [name])).sort(),
  ).toEqual(["depth", "ends", "flow", "quotes", "tape"]);
  await applyProject({ engine, project: specs.project, catalog, toolVersion: "1" });
  const market = longMarket(600, 20240808);
  const context = clockContext(engine, specs.project, catalog, "ubt", "test");
  await storeTrades(context, market.trades);
  await storeBooks(context, market.books);
  const { bucketsClosed, failures } = await advance(context, { lazily: true });
  expect({ failures, some: bucketsClosed > 50 }).toEqual({ failures: [], some: true });
  const { objects } = await openRegistryReader(engine, "l_registry").required();
  await expectComplete(
    engine,
    objects.filter(({ storage }) => storage !== null),
  );
});
