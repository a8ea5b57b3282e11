/** Rollback and prune on the embedded engine: what is shown, what stays fed, what is refused, and what a crash leaves. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Catalog } from "../../src/compile/catalog.js";
import { compileProject } from "../../src/compile/compile-project.js";
import { readObjects } from "../../src/engine/introspect.js";
import { openEngine } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { FeatureError } from "../../src/errors.js";
import { type ApplyOptions, applyProject } from "../../src/migrate/apply.js";
import { diffNoted } from "../../src/migrate/diff-noted.js";
import { diffTarget } from "../../src/migrate/plan-diff.js";
import { pruneProject } from "../../src/migrate/prune.js";
import { type RollbackOptions, rollbackProject } from "../../src/migrate/rollback.js";
import { renewNote, writeNote } from "../../src/migrate/target-note.js";
import { openRegistryReader } from "../../src/registry/reader.js";
import { openRegistryWriter } from "../../src/registry/writer.js";
import type { ProjectSpecs } from "../../src/spec/model.js";
import { parseProject } from "../../src/spec/parse-project.js";
import { bury, dyingEngine } from "../support/dying-engine.js";
import { smallProject } from "../support/small-catalog.js";
import { databases, slim } from "./apply/left-behind.js";

let engine: Engine;
let root: string;
const directory = mkdtempSync(join(tmpdir(), "prism-rollback-db-"));
beforeAll(async () => {
  engine = await openEngine({ kind: "embedded", name: "embedded", path: directory });
});
afterAll(async () => {
  await engine.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "prism-rollback-"));
  await empty();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function empty(): Promise<void> {
  for (const database of databases) await engine.execute(`DROP DATABASE IF EXISTS ${database} SYNC`);
  rmSync(join(root, "migrations"), { recursive: true, force: true });
}

const apply = (catalog: Catalog, more: Partial<ApplyOptions> = {}) =>
  applyProject({ engine, project: smallProject(root), catalog, toolVersion: "1.2.3", ...more });
const rollback = (more: Partial<RollbackOptions> = {}) =>
  rollbackProject({ engine, project: smallProject(root), toolVersion: "1.2.3", ...more });
const prune = (more: { dryRun?: boolean; removed?: boolean } = {}) =>
  pruneProject({ engine, project: smallProject(root), toolVersion: "1.2.3", ...more });
const registry = () => openRegistryWriter(engine, "registry");
const failure = async (run: Promise<unknown>): Promise<FeatureError> => {
  const error = await run.then(
    () => new Error("nothing was thrown"),
    (cause: unknown) => cause,
  );
  if (error instanceof FeatureError) return error;
  throw error;
};

/** A bucket of two instruments with 10 trades each, stored and closed on all levels. */
async function close(bucket: number): Promise<void> {
  await engine.execute(
    `INSERT INTO features.unified_buckets (exchange, market_type, symbol, bucket_id, trades, v)
     SELECT 'binance', 'spot', arrayJoin(['A', 'B']), {bucket:UInt64}, 10, {bucket:UInt64} * 256`,
    { params: { bucket } },
  );
  for (const level of [0, 1]) {
    await engine.execute(
      `INSERT INTO features.ubt__close_${level}_hot
       SELECT exchange, market_type, symbol, bucket_id, trades, v FROM features.unified_buckets
       WHERE bucket_id = {bucket:UInt64}`,
      { params: { bucket } },
    );
  }
  await engine.execute(
    `INSERT INTO features.closes (clock, path, exchange, market_type, symbol, bucket_id, v)
     SELECT 'ubt', 'hot', exchange, market_type, symbol, bucket_id, v FROM features.unified_buckets
     WHERE bucket_id = {bucket:UInt64}`,
    { params: { bucket } },
  );
}

const shown = async (alias: string, column: string): Promise<unknown> =>
  (
    await engine.rows<{ text: string }>(
      `SELECT concat(symbol, ' ', toString(bucket_id), ' ', toString(${column})) AS text FROM features.${alias} ORDER BY ALL`,
    )
  ).map(({ text }) => text);
const values = (value: number, buckets: readonly number[]): string[] =>
  ["A", "B"].flatMap((symbol) => buckets.map((bucket) => `${symbol} ${bucket} ${value}`));

/** Versions 1 and 2 of flow and all that is built on it, buckets before, between and after. */
async function twoVersions(): Promise<void> {
  await apply(slim());
  await close(1);
  await apply(slim({ volume: "sum(trades) * 2" }));
  await close(2);
}

describe("a rollback", () => {
  it("shows the version before, which was fed all the time; history only grows", async () => {
    await twoVersions();
    expect(await shown("flow", "volume")).toEqual(values(20, [1, 2]));
    const { revision, to, changes } = await rollback();
    expect({ revision, to }).toEqual({ revision: 4, to: "to revision 2" });
    expect(changes.map(({ object }) => object)).toEqual(["view:flow", "view:ratio", "vector:trend"]);
    expect(await shown("flow", "volume")).toEqual(values(10, [1, 2]));
    expect(await shown("ratio", "half")).toEqual(values(5, [1, 2]));
    await close(3);
    expect(await shown("flow", "volume")).toEqual(values(10, [1, 2, 3]));
    const revisions = await registry().revisions();
    expect(revisions.map(({ kind, parent, state }) => ({ kind, parent, state }))).toEqual([
      { kind: "apply", parent: 0, state: "applied" },
      { kind: "apply", parent: 1, state: "applied" },
      { kind: "apply", parent: 2, state: "applied" },
      { kind: "rollback", parent: 3, state: "applied" },
    ]);
    expect(revisions[3]?.live).toEqual(revisions[1]?.live);
    expect(await failure(rollback())).toMatchObject({ code: "FS_ROLLBACK_NOTHING" });
    // The other version is fed too: back to it costs nothing, by a revision of its own or by the specs.
    await rollback({ to: 3 });
    expect(await shown("flow", "volume")).toEqual(values(20, [1, 2, 3]));
    await rollback({ to: 2 });
    const forward = await apply(slim({ volume: "sum(trades) * 2" }));
    expect(forward.plans.flatMap(({ steps }) => steps.map(({ kind }) => kind))).not.toContain("backfill");
    expect(await shown("flow", "volume")).toEqual(values(20, [1, 2, 3]));
    expect(await apply(slim({ volume: "sum(trades) * 2" }))).toMatchObject({ nothingToDo: true });
  });

  it("of one view takes back what is built on it; names and revisions that are not there are refused", async () => {
    await twoVersions();
    await apply(slim({ volume: "sum(trades) * 2", count: true }));
    const dry = await rollback({ view: "flow", dryRun: true });
    expect(dry.revision).toBeUndefined();
    expect(await shown("flow", "volume")).toEqual(values(20, [1, 2]));
    const { to, changes } = await rollback({ view: "flow" });
    expect(to).toMatch(/^view flow to \w{8}$/);
    expect(changes.map(({ object }) => object)).toEqual(["view:flow", "view:ratio", "vector:trend"]);
    expect(await shown("ratio", "half")).toEqual(values(5, [1, 2]));
    expect(await shown("counted", "n")).toEqual(values(1, [1, 2]));
    expect(await failure(rollback({ view: "flow" }))).toMatchObject({ code: "FS_ROLLBACK_NOTHING" });
    expect(await failure(rollback({ view: "flou" }))).toMatchObject({
      code: "FS_ROLLBACK_UNKNOWN",
      hint: "Did you mean flow?",
    });
    expect(await failure(rollback({ to: 77 }))).toMatchObject({ code: "FS_ROLLBACK_UNKNOWN" });
    expect(await failure(rollback({ view: "counted" }))).toMatchObject({ code: "FS_ROLLBACK_NOTHING" });
    // Back to before `counted` was there: its alias goes, it stays fed.
    await rollback({ to: 3 });
    const deployed = await openRegistryReader(engine, "registry").required();
    expect(deployed.objects.find(({ name }) => name === "counted")?.state).toBe("retired");
  });

  it("is refused when a model holds what would go, unless it may keep reading it", async () => {
    await twoVersions();
    const { objects } = await registry().required();
    const vector = objects.find(({ kind, state }) => kind === "vector" && state === "live");
    await registry().pin({ holder: "model:m@1", object: "vector:trend", version: vector?.dataHash ?? "" });
    const refused = await failure(rollback({ view: "flow" }));
    expect(refused).toMatchObject({ code: "FS_ROLLBACK_PINNED", exit: 3 });
    expect(refused.message).toContain("model m@1 holds vector trend");
    expect(await shown("flow", "volume")).toEqual(values(20, [1, 2]));
    await rollback({ view: "flow", allowPinned: true });
    expect(await shown("flow", "volume")).toEqual(values(10, [1, 2]));
  });

  it("that would show a gap is taken back, and says where", async () => {
    await twoVersions();
    const { objects } = await registry().required();
    const retired = objects.find(({ name, state }) => name === "ratio" && state === "retired");
    await engine.execute(`ALTER TABLE features.${retired?.storage?.table.name} DELETE WHERE symbol = 'B'
      SETTINGS mutations_sync = 2`);
    const error = await failure(rollback());
    expect(error).toMatchObject({ code: "FS_MIGRATION_CHECK_FAILED", exit: 6 });
    expect(error.message).toContain('"instrument":"binance/spot/B","closed":"2","stored":"0"');
    expect(await shown("flow", "volume")).toEqual(values(20, [1, 2]));
    expect((await registry().revisions()).at(-1)).toMatchObject({ kind: "rollback", state: "abandoned" });
    expect(await apply(slim({ volume: "sum(trades) * 2" }))).toMatchObject({ nothingToDo: true });
  });

  it("waits for a migration that has not ended", async () => {
    await twoVersions();
    await failure(apply(slim({ volume: "throwIf(max(trades) = 10, 'no')" })));
    expect(await failure(rollback())).toMatchObject({ code: "FS_MIGRATION_UNFINISHED" });
  });
});

describe("a rename", () => {
  const specsOf = (name: string, column: string, former?: { view: string; column: string }, more = "") => {
    const columns = `  ${column}: { sql: "sum(quantity)"${former === undefined ? "" : `, renamed_from: ${former.column}`} }\n${more}`;
    return parseProject(
      [
        {
          path: "features.yaml",
          text: `project: renames
engine: embedded
targets: { embedded: { engine: embedded, path: db } }
databases: { raw: raw, cold: cold, features: features, registry: registry }
instruments: { binance/spot/A: { tick_size: 1, lot_size: 1, base: A, quote: Q } }
clocks: { ubt: { mode: volume, size: { fallback: 1 } } }
`,
        },
        {
          path: `features/${name}.yaml`,
          text: `view: ${name}
${former === undefined ? "" : `renamed_from: ${former.view}\n`}clock: ubt
from: trades
columns:
${columns}
`,
        },
      ],
      {},
      root,
    );
  };
  const bring = (specs: ProjectSpecs) =>
    applyProject({
      engine,
      project: specs.project,
      catalog: ({ objects }) => compileProject(specs, objects),
      toolVersion: "1.2.3",
    });
  const kinds = ({ plans }: Pick<Awaited<ReturnType<typeof bring>>, "plans">) =>
    plans.flatMap(({ steps }) => steps.map(({ kind }) => kind));

  const version = async () =>
    (await registry().required()).objects.find(({ kind }) => kind === "view")?.dataHash ?? "";

  /** A diff against what is noted of the target, and the engine's own; what ends the note, and what renews it. */
  async function sayTheSame(renamed: ProjectSpecs): Promise<void> {
    const sealed = { target: "embedded", path: directory, registry: "registry" };
    const changed = specsOf("flow", "volume", undefined, "  other: { sql: sum(quantity) }");
    const noted = (specs: ProjectSpecs) => diffNoted(root, sealed, { specs, consumers: [] });
    const note = () => writeNote(engine, root, sealed, compileProject(changed));
    expect(await noted(changed)).toBeUndefined();
    await engine.execute(
      `INSERT INTO raw.trades (exchange, market_type, symbol, timestamp, available_at, trade_seq, price, quantity, side)
       SELECT 'binance', 'spot', 'A', number, number, number, 1, 1, 'buy' FROM numbers(40)`,
    );
    await engine.execute(
      `INSERT INTO features.unified_buckets (exchange, market_type, symbol, bucket_id, prev_ts_end, bucket_ts_start, bucket_ts_end, trades, v)
       SELECT 'binance', 'spot', 'A', number + 1, 10 * number, 10 * number, 10 * number + 10, 10, 4 FROM numbers(4)`,
    );
    await note();
    const found = await noted(changed);
    expect(found?.backfill).toMatchObject({ buckets: 4, rows: 44 });
    // Parts as small as these keep their columns together.
    expect(found?.backfill?.bytes).toBeGreaterThan(44);
    for (const specs of [changed, renamed])
      expect(await noted(specs)).toEqual(await diffTarget(engine, "embedded", { specs, consumers: [] }));
    const table = found?.migrations[0]?.steps[0]?.name.replace("create_table ", "");
    // Rows of ours: a command that ends brings the note up to date. A diff that fills nothing never asked for them.
    const renew = () => renewNote(engine, root, sealed);
    const asDeployed = specsOf("flow", "volume");
    for (const rows of [
      "INSERT INTO raw.trades (exchange, symbol) VALUES ('late', 'A')",
      "TRUNCATE TABLE raw.trades",
      "TRUNCATE TABLE features.unified_buckets",
    ]) {
      await engine.execute(rows);
      expect(await noted(changed), rows).toBeUndefined();
      expect((await noted(asDeployed))?.migrations, rows).toEqual([]);
      await renew();
      expect(await noted(changed), rows).toEqual(
        await diffTarget(engine, "embedded", { specs: changed, consumers: [] }),
      );
    }
    // A record of ours, too.
    await registry().pin({ holder: "model:m@1", object: "view:flow", version: await version() });
    expect(await noted(asDeployed)).toBeUndefined();
    await renew();
    expect(await noted(renamed)).toEqual(
      await diffTarget(engine, "embedded", { specs: renamed, consumers: [] }),
    );
    await registry().release("model:m@1");
    // What drifted ends it, whatever is renewed afterwards.
    await engine.execute("CREATE VIEW features.flow__0badc0de AS SELECT 1");
    await renew();
    expect(await noted(asDeployed)).toBeUndefined();
    await engine.execute("DROP VIEW features.flow__0badc0de");
    await renew();
    expect(await noted(asDeployed)).toBeUndefined();
    await note();
    await engine.execute(`CREATE TABLE ${table} (mine String) ENGINE = Null`);
    expect(await noted(asDeployed)).toBeUndefined();
    await note();
    // The name that the next apply would give is somebody else's: only the engine can say what it is.
    expect(await noted(changed)).toBeUndefined();
    await engine.execute(`DROP TABLE ${table} SYNC`);
  }

  it("is planned without a change, moves the versions, and is taken back by renaming, without computing", async () => {
    await bring(specsOf("flow", "volume"));
    const renamed = specsOf("flux", "amount", { view: "flow", column: "volume" });
    const before = await readObjects(engine, databases);
    const plan = await diffTarget(engine, "embedded", { specs: renamed, consumers: [] });
    expect(plan.migrations[0]?.changes[0]?.causes.map(({ kind }) => kind)).toEqual([
      "renamed",
      "column_renamed",
    ]);
    expect(await readObjects(engine, databases)).toEqual(before);
    await sayTheSame(renamed);
    expect(kinds(await bring(renamed)).at(-1)).toBe("drop_alias");
    const names = async () =>
      (await engine.rows<{ name: string }>("SHOW TABLES FROM features LIKE 'fl%'")).map(({ name }) => name);
    expect((await names()).filter((name) => !name.includes("__"))).toEqual(["flux"]);
    const refused = await failure(rollback());
    expect(refused).toMatchObject({
      code: "FS_ROLLBACK_NOT_RETAINED",
      message: "view flow is view flux now",
    });
    const back = await bring(specsOf("flow", "volume", { view: "flux", column: "amount" }));
    expect(kinds(back)).toEqual(["check", "switch_alias", "drop_alias"]);
    expect((await names()).filter((name) => !name.includes("__"))).toEqual(["flow"]);
    expect(await bring(specsOf("flow", "volume"))).toMatchObject({ nothingToDo: true });
  });
});

describe("prune", () => {
  it("drops what is past its retention, never what is held or read; a rollback says what to do then", async () => {
    await twoVersions();
    const { objects } = await registry().required();
    const first = objects.filter(({ state, kind }) => state === "retired" && kind !== "stream");
    expect((await prune()).statements).toEqual([]);
    await apply(slim({ volume: "sum(trades) * 3" }));
    const vector = first.find(({ kind }) => kind === "vector");
    const pin = { holder: "model:m@1", object: "vector:trend", version: vector?.dataHash ?? "" };
    await registry().pin(pin);
    const dry = await prune({ dryRun: true });
    expect(dry.drop.map(({ name }) => name)).toEqual(["ratio"]);
    expect(dry.kept.map(({ object, because }) => [object.name, because]).sort()).toEqual([
      ["flow", expect.stringMatching(/^vector trend \w{8} reads it$/)],
      ["trend", "model m@1 holds it"],
    ]);
    await registry().release("model:m@1");
    const pruned = await prune();
    expect(pruned.drop.map(({ name }) => name).sort()).toEqual(["flow", "ratio", "trend"]);
    expect(pruned.statements.map((statement) => statement.split(" ")[1])).toEqual([
      "VIEW",
      "VIEW",
      "VIEW",
      "TABLE",
      "TABLE",
      "TABLE",
    ]);
    await close(3);
    expect(await shown("flow", "volume")).toEqual(values(30, [1, 2, 3]));
    expect((await prune()).revision).toBeUndefined();
    const error = await failure(rollback({ to: 2 }));
    expect(error).toMatchObject({ code: "FS_ROLLBACK_NOT_RETAINED" });
    expect(error.hint).toContain("feature apply");
    expect(await failure(registry().pin(pin))).toMatchObject({ code: "FS_REGISTRY_NO_VERSION" });
    // What was dropped comes back as the specs say it again, by building it.
    await apply(slim());
    expect(await shown("flow", "volume")).toEqual(values(10, [1, 2, 3]));
    await rollback();
    expect(await shown("flow", "volume")).toEqual(values(30, [1, 2, 3]));
  });

  it("drops what no spec names any more only when asked, and again what was left half dropped", async () => {
    await apply(slim());
    await apply(slim({ noVector: true }), { allowDestructive: true });
    expect((await prune({ dryRun: true })).statements).toEqual([]);
    const dying = dyingEngine(engine, 8);
    await expect(
      pruneProject({ engine: dying, project: smallProject(root), toolVersion: "1", removed: true }),
    ).rejects.toThrow();
    await bury(engine, "registry");
    await prune({ removed: true });
    const left = await engine.rows("SELECT name FROM system.tables WHERE name LIKE 'trend%'");
    expect(left).toEqual([]);
    expect(await apply(slim({ noVector: true }))).toMatchObject({ nothingToDo: true });
  });
});
