/** What no vector needs is closed lazily: later, for many buckets at a time, with the same values; and may become hot. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { advance } from "../../src/ingest/buckets/advance.js";
import { clockContext } from "../../src/ingest/buckets/clock-context.js";
import { applyProject } from "../../src/migrate/apply.js";
import { expectComplete, fedVersions } from "../support/load-checks.js";
import { loadProject, loadSymbols, tradesInBucket } from "../support/load-project.js";
import { insertTrades } from "../support/load-writer.js";

let engine: Engine;
const root = mkdtempSync(join(tmpdir(), "prism-paths-"));
beforeAll(async () => {
  engine = await openScratch();
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

it("a lazy view catches up, and is hot without a gap once a vector needs it", async () => {
  const before = loadProject(root, 1, { hasVector: false });
  const { project } = before.specs;
  const apply = ({ specs, compiled: catalog }: typeof before) =>
    applyProject({ engine, project: specs.project, catalog, toolVersion: "1.2.3" });
  await apply(before);
  // A writer that is told of no other catalog.
  const context = clockContext(engine, project, before.catalog, "ubt", "test");
  let traded = 0;
  const close = async (lazily: boolean): Promise<number> => {
    for (const symbol of loadSymbols.slice(0, 2))
      await insertTrades(engine, project, { symbol, first: traded, count: 10 * tradesInBucket });
    traded += 10 * tradesInBucket;
    const { bucketsClosed, failures } = await advance(context, { lazily });
    expect(failures).toEqual([]);
    return bucketsClosed;
  };
  const complete = async (): Promise<Record<string, string>> => {
    const rows = await engine.rows<{ path: string; buckets: string }>(
      "SELECT path, toString(count()) AS buckets FROM l_features.closes FINAL GROUP BY path",
    );
    return Object.fromEntries(rows.map(({ path, buckets }) => [path, buckets]));
  };
  const stored = async (): Promise<unknown> =>
    engine.rows("SELECT toString(count()) AS rows FROM l_features.trail");

  expect(await close(true)).toBe(20);
  expect(await complete()).toEqual({ hot: "20", lazy: "20" });
  expect(await close(false)).toBe(20);
  expect(await complete()).toEqual({ hot: "40", lazy: "20" });
  expect(await stored()).toEqual([{ rows: "20" }]);

  const { plans } = await apply(loadProject(root, 1));
  const steps = plans.flatMap((plan) => plan.steps);
  expect(steps.flatMap(({ kind, behind }) => (kind === "backfill" ? [behind?.path] : []))).toEqual([
    "lazy",
    "lazy",
    undefined,
  ]);
  expect(steps.filter(({ kind }) => kind === "drop_trigger")).toHaveLength(2);
  expect((await apply(loadProject(root, 1))).nothingToDo).toBe(true);
  expect(await stored()).toEqual([{ rows: "40" }]);

  expect(await close(false)).toBe(20);
  await expectComplete(engine, await fedVersions(engine));
  // Without the vector its views stay hot: its retired version still reads them.
  const { plans: without } = await applyProject({
    engine,
    project,
    catalog: loadProject(root, 1, { hasVector: false }).compiled,
    toolVersion: "1.2.3",
    allowDestructive: true,
  });
  expect(without.flatMap((plan) => plan.steps).map(({ kind }) => kind)).toEqual(["drop_alias"]);
  expect(await close(true)).toBe(20);
  await expectComplete(engine, await fedVersions(engine));
});

it("what is not as its view expects is noted and said, and stops nothing", async () => {
  const { specs, catalog } = loadProject(root, 1);
  const plain = clockContext(engine, specs.project, catalog, "ubt", "test");
  const least = { column: "last_price", notNull: true, nullShareMax: undefined, min: 0, max: undefined };
  const largest = { column: "volume", notNull: false, nullShareMax: 0.2, min: undefined, max: 2 };
  const objects = plain.objects.map((object) =>
    object.name === "flow" ? { ...object, expect: [least, largest] } : object,
  );
  const [symbol] = loadSymbols;
  await insertTrades(engine, specs.project, { symbol, first: 1_000, count: 2 * tradesInBucket });
  const { breaches, bucketsClosed, failures } = await advance({ ...plain, objects });
  expect({ bucketsClosed, failures }).toEqual({ bucketsClosed: 2, failures: [] });
  expect(breaches).toMatchObject([
    { view: "flow", column: "volume", rule: "max", expected: 2, found: 3, symbol },
  ]);
  expect(
    await engine.rows("SELECT view, column, rule, expected, found FROM l_features.expect_breaches"),
  ).toEqual([{ view: "flow", column: "volume", rule: "max", expected: 2, found: 3 }]);
});
