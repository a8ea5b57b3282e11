/** Views of buckets and of rows are replaced and rolled back while rows flow in and buckets close: the same test on every engine. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/port.js";
import { applyProject } from "../../../src/migrate/apply.js";
import { pruneProject } from "../../../src/migrate/prune.js";
import { rollbackProject } from "../../../src/migrate/rollback.js";
import { closedMore, expectComplete, fedVersions, readAliases } from "../../support/load-checks.js";
import { loadProject } from "../../support/load-project.js";
import type { StartedWriter } from "../../support/start-writer-process.js";

export function describeLoad(
  name: string,
  open: () => Promise<Engine>,
  start: (engine: Engine, root: string) => StartedWriter,
): void {
  describe(`a change under load on ${name}`, () => {
    let engine: Engine;
    let root: string;
    beforeAll(async () => {
      engine = await open();
      root = mkdtempSync(join(tmpdir(), "prism-load-"));
    });
    afterAll(async () => {
      await engine.close();
      rmSync(root, { recursive: true, force: true });
    });

    it("loses, doubles and spoils no bucket at any level and no row, and no read mixes versions", async ({
      annotate,
    }) => {
      const apply = (version: number) => {
        const { specs, compiled: catalog } = loadProject(root, version, { hasRows: true });
        // Small chunks: closes come between them.
        const chunkLimits = { trades: 60, buckets: 20 };
        return applyProject({ engine, project: specs.project, catalog, toolVersion: "1", chunkLimits });
      };
      await apply(1);
      const began = performance.now();
      const writer = start(engine, root);
      await writer.after(40);
      const reader = readAliases(engine, 20, true);
      const replaced = await apply(2);
      expect(replaced.plans.flatMap(({ steps }) => steps).some(({ kind }) => kind === "backfill")).toBe(true);
      await writer.after(20);
      const { specs } = loadProject(root, 2, { hasRows: true });
      const back = await rollbackProject({ engine, project: specs.project, toolVersion: "1" });
      expect(back.changes.map(({ object }) => object)).toEqual(
        expect.arrayContaining(["view:flow", "view:every_trade"]),
      );
      await writer.after(20);
      expect(await apply(2)).toMatchObject({ nothingToDo: false });
      await writer.after(20);
      const rate = (writer.inserts() * 1000) / (performance.now() - began);
      await writer.stop();
      await annotate(`${rate.toFixed(0)} inserts a second; bench/replace-under-load.ts holds 200`);
      expect(await reader.stop()).toBeGreaterThan(10);
      const versions = await fedVersions(engine);
      expect(versions.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
        "both live",
        "both retired",
        "every_trade live",
        "every_trade retired",
        "far live",
        "flow live",
        "flow retired",
        "tally live",
        "trail live",
        "trail retired",
        expect.stringMatching(/^ubt\.trades\.[0-9a-f]{8} live$/),
      ]);
      await expectComplete(engine, versions);
    }, 600_000);

    // Beside an embedded engine nobody else writes, and its own statements come one after the other.
    it.runIf(name === "server")(
      "waits for collectors whose inserts began before the trigger, however they name the table",
      async () => {
        const apply = (version: number) => {
          const { specs, compiled: catalog } = loadProject(root, version, { hasRows: true });
          return applyProject({ engine, project: specs.project, catalog, toolVersion: "1" });
        };
        const columns =
          "exchange, market_type, symbol, timestamp, available_at, trade_seq, trade_id, price, quantity, side";
        const slowly = (place: string, first: number): Promise<void> =>
          engine.execute(
            `INSERT INTO ${place} (${columns})
             SELECT 'binance', 'spot', 'EUSD', at, at, ${first} + number, toString(${first} + number), 100, 1, 'buy'
             FROM (SELECT number, toDateTime64('2024-05-01 00:00:00', 3, 'UTC') AS at FROM numbers(6))
             WHERE sleepEachRow(0.5) = 0`,
            { settings: { max_block_size: 1 } },
          );
        const during = async (first: number, change: () => Promise<unknown>): Promise<void> => {
          const places = ["l_raw.trades", '"l_raw"."trades"'];
          const slow = Promise.all(places.map((place, index) => slowly(place, first + index * 10)));
          const running = () =>
            engine.rows("SELECT 1 FROM system.processes WHERE query LIKE 'INSERT%EUSD%' AND elapsed > 0.2");
          await expect.poll(running, { timeout: 10_000 }).toHaveLength(2);
          await change();
          await slow;
          const versions = (await fedVersions(engine)).filter((version) => version.name === "every_trade");
          await expectComplete(engine, versions);
        };
        for (const version of [2, 3]) await apply(version);
        await during(0, () => apply(4));
        await during(100, async () => {
          const { project } = loadProject(root, 4).specs;
          const { drop } = await pruneProject({ engine, project, toolVersion: "1" });
          expect(drop.map(({ name }) => name)).toContain("every_trade");
        });
      },
    );

    it("by dropping and creating the view instead loses rows, which the test can see and a repair brings back", async () => {
      const { specs, compiled: catalog } = loadProject(root, 2, { hasRows: true });
      const target = { engine, project: specs.project, catalog, toolVersion: "1" };
      await applyProject(target);
      const writer = start(engine, root);
      await writer.after(20);
      const flow = (await fedVersions(engine)).find(({ name, state }) => name === "flow" && state === "live");
      const [trigger] = flow?.triggers ?? [];
      if (flow === undefined || trigger === undefined) throw new Error("flow has no trigger");
      const mv = `l_features.${trigger.name}`;
      await engine.execute(`DROP VIEW ${mv}`);
      await closedMore(engine, writer, 20);
      await engine.execute(
        `CREATE MATERIALIZED VIEW ${mv} TO l_features.${trigger.to.name} AS ${trigger.select}`,
      );
      await writer.after(20);
      await writer.stop();
      const [row] = await engine.rows<{ lost: string }>(
        `SELECT toString(count()) AS lost FROM l_features.unified_buckets FINAL
         WHERE (exchange, market_type, symbol, bucket_id) NOT IN
           (SELECT exchange, market_type, symbol, bucket_id FROM l_features.${flow.storage?.table.name})`,
      );
      expect(Number(row?.lost)).toBeGreaterThan(0);
      await expect(expectComplete(engine, [flow])).rejects.toThrow();

      // A trigger that is really gone is drift: found, named, and restored with all that was lost, beside the writer.
      const again = start(engine, root);
      await engine.execute(`DROP VIEW ${mv}`);
      await closedMore(engine, again, 20);
      await expect(applyProject(target)).rejects.toMatchObject({ code: "FS_REGISTRY_DRIFT", exit: 4 });
      expect((await applyProject({ ...target, repair: true })).repaired).toEqual([mv]);
      await again.after(20);
      await again.stop();
      await expectComplete(engine, await fedVersions(engine));
      expect(await applyProject(target)).toMatchObject({ nothingToDo: true, repaired: [] });
    }, 600_000);
  });
}
