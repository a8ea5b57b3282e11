/** Trades of a table that somebody else fills: its names, its words for the sides, and a word that is neither. */
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
import { parseProject } from "../../src/spec/parse-project.js";

const flow = `view: flow
clock: ubt
from: trades
columns:
  bought: { sql: "sumIf(quantity, side > 0)" }
  sold: { sql: "sumIf(quantity, side < 0)" }
`;
const project = (name: string, sides: string) => `project: ${name}
engine: embedded
targets: { embedded: { engine: embedded, path: db } }
databases: { raw: ${name}_raw, cold: ${name}_cold, features: ${name}_features, registry: ${name}_registry }
instruments: { binance/spot/BTCUSDT: { tick_size: 0.01, lot_size: 0.00001, base: BTC, quote: USDT } }
clocks: { ubt: { mode: count, size: 4 } }
sources:
  trades:
    table: ${name}.trades
    external: true
    columns: { price: px, quantity: qty, timestamp: event_time, side: taker }
    ${sides}
`;

let engine: Engine;
const root = mkdtempSync(join(tmpdir(), "prism-external-"));
beforeAll(async () => {
  engine = await openScratch();
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

/** Deploys the project over a table of its own, whose column of sides has a type of its own. */
async function collector(name: string, type: string, sides: string) {
  await engine.execute(`CREATE DATABASE ${name}`);
  await engine.execute(
    `CREATE TABLE ${name}.trades (exchange String, market_type String, symbol String, event_time DateTime64(6), trade_id UInt64,
     px Decimal(18, 8), qty Decimal(38, 8), taker ${type}) ENGINE = MergeTree ORDER BY (symbol, event_time)`,
  );
  const files = [
    { path: "features.yaml", text: project(name, sides) },
    { path: "features/flow.yaml", text: flow },
  ];
  const specs = parseProject(files, {}, join(root, name));
  const catalog = compileProject(specs);
  await applyProject({ engine, project: specs.project, catalog, toolVersion: "1" });
  const context = clockContext(engine, specs.project, catalog, "ubt", "test");
  let id = 0;
  return async (words: readonly string[]) => {
    const rows = words.map(
      (word) =>
        `('binance', 'spot', 'BTCUSDT', toDateTime64('2024-01-01 00:00:00', 6, 'UTC') + toIntervalSecond(${++id}), ${id}, 100, ${id}, ${word})`,
    );
    await engine.execute(`INSERT INTO ${name}.trades VALUES ${rows.join(", ")}`);
    const { failures } = await advance(context, {});
    return {
      failures: failures.map(({ error }) => error.message),
      rows: await engine.rows(`SELECT bought, sold FROM ${name}_features.flow ORDER BY bucket_id`),
    };
  };
}

it.each([
  ["words in capitals", "loud", "LowCardinality(String)", "", "'BUY'", "'SELL'", "'b'"],
  ["letters", "letters", "Nullable(String)", "sides: { buy: [b], sell: [s] }", "'B'", "'s'", "NULL"],
  ["a maker's flag", "flag", "Int8", "sides: { buy: [0], sell: [1] }", "0", "1", "-1"],
])("%s are read as they are meant, and any other word fails its bucket", async (...given) => {
  const [, name, type, sides, buy, sell, other] = given;
  const add = await collector(name, type, sides);
  const read = [{ bought: 8, sold: 2 }];
  expect(await add([buy, sell, buy, buy, sell])).toEqual({ failures: [], rows: read });
  const said = `a side in ${name}.trades is none of .*: name its words under sources.trades.sides in features.yaml`;
  expect(await add([other, buy, sell, sell])).toEqual({
    failures: [expect.stringMatching(said)],
    rows: read,
  });
});
