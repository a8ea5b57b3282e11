/** What somebody dropped, altered or added by hand: found, named, and restored only when asked. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { directoryState } from "../../src/engine/directory-state.js";
import { readObjects } from "../../src/engine/introspect.js";
import { openEngine } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { type ApplyOptions, applyProject } from "../../src/migrate/apply.js";
import { detectDrift } from "../../src/migrate/detect-drift.js";
import { openRegistryReader } from "../../src/registry/reader.js";
import { openRegistryWriter } from "../../src/registry/writer.js";
import { closeSmallBuckets } from "../support/close-small-buckets.js";
import { smallProject } from "../support/small-catalog.js";
import { slim } from "./apply/left-behind.js";

let engine: Engine;
const root = mkdtempSync(join(tmpdir(), "prism-drift-"));
const directory = join(root, "db");
/** Of the directory, as a seal keeps it. */
const state = () => directoryState(directory, "registry");
let table: Readonly<Record<string, string>> = {};
let before: unknown;

const apply = (more: Partial<ApplyOptions> = {}) =>
  applyProject({ engine, project: smallProject(root), catalog: slim(), toolVersion: "1", ...more });
const objects = async () =>
  (await readObjects(engine, ["raw", "cold", "features"])).filter(({ name }) => !name.startsWith("lease"));
const drift = async () => {
  const registry = openRegistryReader(engine, "registry");
  const [state, records, seen] = [
    await registry.required(),
    await registry.allRecords(),
    await registry.seen(),
  ];
  const found = await detectDrift(engine, { state, records, seen, wanted: [] });
  // What was compared before and is looked up now is what a comparison finds.
  expect(await detectDrift(engine, { state, records, seen: new Map(), wanted: [] })).toMatchObject({
    drift: found.drift,
  });
  return found.drift.map(({ kind, target }) => `${kind} ${target.name}`);
};

beforeAll(async () => {
  engine = await openEngine({ kind: "embedded", name: "drift", path: directory });
  await apply();
  const { objects: deployed } = await openRegistryReader(engine, "registry").required();
  table = Object.fromEntries(deployed.map(({ name, storage }) => [name, storage?.table.name ?? ""]));
  await engine.execute(
    `INSERT INTO raw.trades (exchange, market_type, symbol, timestamp, available_at, trade_seq, price, quantity, side)
     SELECT 'binance', 'spot', arrayJoin(['A', 'B']), 0, 0, 1, 1, 1, 'buy'`,
  );
  await closeSmallBuckets(engine, { buckets: 4, computed: 3, version: 256 });
  before = await objects();
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(async () => {
  expect(await drift()).toEqual([]);
  await engine.execute("TRUNCATE TABLE features.dirty");
});

const dirty = async () =>
  (
    await engine.rows<{ text: string }>(
      "SELECT concat(symbol, ' ', toString(bucket_id)) AS text FROM features.dirty FINAL WHERE state = 'open' ORDER BY text",
    )
  ).map(({ text }) => text);
const all = ["A", "B"].flatMap((symbol) => [1, 2, 3, 4].map((bucket) => `${symbol} ${bucket}`));

it.each([
  ["an alias that was dropped", "missing ratio", () => ["DROP VIEW features.ratio"], []],
  [
    "an alias that shows something else",
    "changed ratio",
    () => ["CREATE OR REPLACE VIEW features.ratio AS SELECT 1 AS mine"],
    [],
  ],
  [
    "a trigger that was dropped",
    "missing flow",
    () => [`DROP VIEW features.${table.flow}__mv`],
    ["A 4", "B 4"],
  ],
  [
    "a trigger that computes something else",
    "changed flow",
    () => [
      `ALTER TABLE features.${table.flow}__mv MODIFY QUERY SELECT exchange, market_type, symbol, bucket_id, v, toFloat64(7) AS volume FROM features.ubt__trades_hot`,
    ],
    [],
  ],
  [
    "the trigger of a stream that was dropped",
    "missing ubt__trades_hot__mv",
    () => ["DROP VIEW features.ubt__trades_hot__mv"],
    ["A 4", "B 4"],
  ],
  [
    "a column that was dropped",
    "changed flow",
    () => [
      `ALTER TABLE features.${table.flow} DROP COLUMN volume SETTINGS mutations_sync = 2, alter_sync = 2`,
    ],
    all,
  ],
  ["a raw table's retention", "changed trades", () => ["ALTER TABLE raw.trades REMOVE TTL"], []],
  ["a comment", "changed flow", () => [`ALTER TABLE features.${table.flow} MODIFY COMMENT 'mine'`], []],
] as const)("%s is named, refused, and restored when asked", async (_, found, how, again) => {
  const sealed = state();
  for (const statement of how()) await engine.execute(statement);
  expect(state()).not.toBe(sealed);
  const altered = await objects();
  const [kind = "", name = ""] = found.split(" ");
  expect((await drift()).map((one) => one.replace(/__[0-9a-f]{8}(__mv)?$/, ""))).toEqual([`${kind} ${name}`]);
  await expect(apply()).rejects.toMatchObject({ code: "FS_REGISTRY_DRIFT", exit: 4 });
  expect(await objects()).toEqual(altered);
  const repaired = await apply({ repair: true });
  expect(repaired.repaired).toHaveLength(1);
  expect(await objects()).toEqual(before);
  // Buckets that closed while a trigger was altered cannot be told from those of the same second.
  if (kind === "missing" || again.length > 0) expect(await dirty()).toEqual(again);
  expect(await apply()).toMatchObject({ nothingToDo: true, repaired: [] });
});

it("a bucket whose close is on its way when a trigger comes back is computed again, too", async () => {
  await engine.execute(
    "ALTER TABLE features.closes DELETE WHERE symbol = 'B' AND bucket_id = 4 SETTINGS mutations_sync = 2",
  );
  await engine.execute(`DROP VIEW features.${table.flow}__mv`);
  await apply({ repair: true });
  expect(await dirty()).toEqual(["A 4", "B 4"]);
  await engine.execute(
    `INSERT INTO features.closes (clock, path, exchange, market_type, symbol, bucket_id, v)
     VALUES ('ubt', 'hot', 'binance', 'spot', 'B', 4, 256)`,
  );
});

it("rows leave the directory as a seal knows it; a record of the registry does not", async () => {
  const sealed = state();
  expect(sealed).toMatch(/^[0-9a-f]{64}$/);
  await engine.execute("INSERT INTO features.unified_buckets (exchange, bucket_id) VALUES ('seal', 1)");
  await engine.execute(
    "ALTER TABLE features.unified_buckets DELETE WHERE exchange = 'seal' SETTINGS mutations_sync = 2",
  );
  // What an ingest leaves that is killed; how it is named is not asked for by anybody else.
  await engine.execute(
    "CREATE TABLE raw.staging_trades_0464b7618a7846b7 (x UInt8) ENGINE = MergeTree ORDER BY x",
  );
  expect(state()).toBe(sealed);
  await engine.execute("DROP TABLE raw.staging_trades_0464b7618a7846b7");
  expect(state()).toBe(sealed);
  const registry = openRegistryWriter(engine, "registry");
  await registry.pin({ holder: "model:m@1", object: "view:flow", version: "none" }).catch(() => undefined);
  expect(state()).not.toBe(sealed);
});

it("a stored table that was dropped comes back empty, and all of its buckets are to be computed again", async () => {
  await engine.execute(`DROP TABLE features.${table.ratio} SYNC`);
  await expect(apply()).rejects.toMatchObject({ code: "FS_REGISTRY_DRIFT" });
  await apply({ repair: true });
  expect(await objects()).toEqual(before);
  expect(await dirty()).toEqual(all);
});

it("what is not ours is shown and left alone; what no statement can put back is said before anything is done", async () => {
  await engine.execute("CREATE TABLE features.flow__00000000 (mine String) ENGINE = MergeTree ORDER BY mine");
  await engine.execute("CREATE TABLE features.notes (mine String) ENGINE = MergeTree ORDER BY mine");
  expect(await drift()).toEqual(["foreign flow__00000000"]);
  expect(await apply({ repair: true })).toMatchObject({
    nothingToDo: true,
    repaired: [],
    leftAlone: ["features.flow__00000000"],
  });
  await engine.execute("DROP TABLE features.flow__00000000");
  await engine.execute("DROP TABLE features.notes");
  await engine.execute(`ALTER TABLE features.${table.flow} ADD COLUMN mine String`);
  await engine.execute("DROP VIEW features.ratio");
  const altered = await objects();
  const error = await apply({ repair: true }).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toMatchObject({ code: "FS_REGISTRY_UNREPAIRABLE", exit: 4 });
  expect(String(error)).toContain("column mine is not ours");
  expect(await objects()).toEqual(altered);
  await engine.execute(`ALTER TABLE features.${table.flow} DROP COLUMN mine`);
  expect((await apply({ repair: true })).repaired).toEqual(["features.ratio"]);
});
