/** A diff of a server is answered by what was noted as long as the server is the same, and by nothing else. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diffOnline } from "../../../src/cli/diff-online.js";
import { loadProject, readProjectFiles } from "../../../src/cli/project-files.js";
import { compileProject } from "../../../src/compile/compile-project.js";
import { openEngine } from "../../../src/engine/open.js";
import type { Engine } from "../../../src/engine/port.js";
import { applyProject } from "../../../src/migrate/apply.js";
import { diffTarget } from "../../../src/migrate/plan-diff.js";
import { readSeal } from "../../../src/migrate/seal.js";
import { readServerState } from "../../../src/migrate/server-state.js";
import { openRegistryWriter } from "../../../src/registry/writer.js";
import type { TestServer } from "../../support/clickhouse-server.js";
import { quietShell } from "../../support/quiet-shell.js";

const features = `project: noted
engine: prod
targets: { prod: { engine: server, url: "\${NOTED_URL}", username: "\${NOTED_USER}", password: "\${NOTED_PASSWORD}" } }
databases: { raw: noted_raw, cold: noted_cold, features: noted_features, registry: noted_registry }
instruments: { binance/spot/A: { tick_size: 1, lot_size: 1, base: A, quote: Q } }
clocks: { ubt: { mode: volume, size: { fallback: 1 } } }
`;
const view = (sql: string): string =>
  `view: flow\nclock: ubt\nfrom: trades\ncolumns: { volume: { sql: "${sql}" } }\n`;
const databases = {
  raw: "noted_raw",
  cold: "noted_cold",
  features: "noted_features",
  registry: "noted_registry",
};

export function describeNoted({ url, username, password }: TestServer): void {
  describe("a diff of a server that was noted", () => {
    const root = mkdtempSync(join(tmpdir(), "prism-noted-"));
    const env = { NOTED_URL: url, NOTED_USER: username, NOTED_PASSWORD: password };
    const target = { kind: "server", name: "prod", url, username, password, cluster: undefined } as const;
    let engine: Engine;

    const write = (sql: string): void => writeFileSync(join(root, "features/flow.yaml"), view(sql));
    const load = () => loadProject({ project: root, target: undefined }, env);
    const apply = async () => {
      const specs = await load();
      const catalog = compileProject(specs);
      return applyProject({ engine, project: specs.project, catalog, toolVersion: "1.2.3" });
    };
    const diff = () => diffOnline(quietShell({ project: root, env }));
    const drift = async () => (await diff()).drift.map(({ kind, name }) => `${kind} ${name}`);
    const files = ["prod.seal", "prod.target"].map((name) => join(root, `.feature/${name}.json`));
    /** As if the server were found as it is now: whatever has drifted before is not looked at again. */
    const noteAsItIs = async (): Promise<void> => {
      const state = await readServerState(engine, databases);
      for (const file of files)
        writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), state }));
    };

    beforeAll(async () => {
      engine = await openEngine(target);
      mkdirSync(join(root, "features"));
      writeFileSync(join(root, "features.yaml"), features);
      write("sum(quantity)");
      await apply();
    });
    afterAll(async () => {
      await engine.close();
      rmSync(root, { recursive: true, force: true });
    });

    it("is noted, without the password", async () => {
      await engine.execute("CREATE TABLE noted_raw.mine (x UInt8) ENGINE = Memory");
      expect(await diff()).toMatchObject({ migrations: [], drift: [] });
      expect(files.every(existsSync)).toBe(true);
      for (const file of files) expect(readFileSync(file, "utf8")).not.toContain(password);
      const read = await readProjectFiles(root);
      expect(readSeal(read, target)).toMatchObject({ databases });
      expect(readSeal(read, { ...target, url: "http://another.host:8123" })).toBeUndefined();
      expect(readSeal(read, { ...target, username: "another" })).toBeUndefined();
    });

    it("says what looking says, also of a changed view and of rows that came since", async () => {
      await engine.execute(
        `INSERT INTO noted_raw.trades (exchange, market_type, symbol, timestamp, available_at, trade_seq, price, quantity, side)
         SELECT 'binance', 'spot', 'A', number, number, number, 1, 1, 'buy' FROM numbers(40)`,
      );
      await engine.execute(
        `INSERT INTO noted_features.unified_buckets (exchange, market_type, symbol, bucket_id, prev_ts_end, bucket_ts_start, bucket_ts_end, trades, v)
         SELECT 'binance', 'spot', 'A', number + 1, 10 * number, 10 * number, 10 * number + 10, 10, 4 FROM numbers(4)`,
      );
      await engine.execute("OPTIMIZE TABLE noted_registry.versions FINAL");
      await engine.execute("CREATE TABLE noted_features.`lease_binary/spot/A_7` (held UInt8) ENGINE = Null");
      await engine.execute(
        "CREATE TABLE noted_raw.staging_trades_0464b7618a7846b7 (x UInt8) ENGINE = Memory",
      );
      expect(readSeal(await readProjectFiles(root), target)?.state).toBe(
        await readServerState(engine, databases),
      );
      write("sum(quantity) * 2");
      const found = await diff();
      expect(found.backfill).toMatchObject({ buckets: 4, rows: 44 });
      expect(found).toEqual(await diffTarget(engine, "prod", { specs: await load(), consumers: [] }));
      write("sum(quantity)");
    });

    it.each([
      [
        "a column that was added",
        "ALTER TABLE noted_raw.trades ADD COLUMN extra UInt8",
        "changed noted_raw.trades",
      ],
      [
        "a comment that was changed",
        "ALTER TABLE noted_raw.orderbooks MODIFY COMMENT 'mine'",
        "changed noted_raw.orderbooks",
      ],
      [
        "a view that shows something else",
        "CREATE OR REPLACE VIEW noted_features.flow AS SELECT 1 AS mine",
        "changed noted_features.flow",
      ],
      ["a view that was dropped", "DROP VIEW noted_features.flow", "missing noted_features.flow"],
      [
        "a table that was put in the place of another",
        "EXCHANGE TABLES noted_raw.trades AND noted_raw.orderbooks",
        "changed noted_raw.orderbooks",
      ],
      [
        "somebody else's table",
        "CREATE TABLE noted_features.flow__01234567 (x UInt8) ENGINE = Memory",
        "foreign noted_features.flow__01234567",
      ],
    ])("misses nothing: %s", async (_, statement, expected) => {
      await noteAsItIs();
      expect(await drift()).toEqual([]);
      await engine.execute(statement);
      expect(await drift()).toContain(expected);
    });

    it("misses nothing: what is altered within the second of another change", async () => {
      const times = async () =>
        engine.rows("SELECT metadata_modification_time AS at FROM system.tables WHERE name = 'young'");
      const [before, after] = await alteredTwice(0);
      expect(after).not.toBe(before);

      /** States around the second of two changes that have one time. */
      async function alteredTwice(round: number): Promise<(string | undefined)[]> {
        await engine.execute(`CREATE OR REPLACE TABLE noted_raw.young (x UInt8) ENGINE = Memory`);
        const [state, at] = [await readServerState(engine, databases), await times()];
        await engine.execute("ALTER TABLE noted_raw.young ADD COLUMN y UInt8");
        if (round < 50 && JSON.stringify(await times()) !== JSON.stringify(at))
          return alteredTwice(round + 1);
        return [state, await readServerState(engine, databases)];
      }
    });

    it("misses nothing: a pin, and a run of another client", async () => {
      write("sum(quantity) * 2");
      await noteAsItIs();
      expect(JSON.stringify(await diff())).not.toContain("model:m@1");
      const registry = openRegistryWriter(engine, databases.registry);
      const version = (await registry.required()).objects.find(({ kind }) => kind === "view")?.dataHash ?? "";
      await registry.pin({ holder: "model:m@1", object: "view:flow", version });
      expect(JSON.stringify(await diff())).toContain("model:m@1");
      await noteAsItIs();
      await engine.execute(
        "ALTER TABLE noted_registry.revisions UPDATE plan_hash = 'another' WHERE id = 1 SETTINGS mutations_sync = 2",
      );
      await expect(diff()).rejects.toMatchObject({ code: "FS_MIGRATION_EDITED" });
    });

    it("misses nothing: the same address, and databases that were made anew", async () => {
      await noteAsItIs();
      for (const database of Object.values(databases)) {
        await engine.execute(`DROP DATABASE ${database} SYNC`);
        await engine.execute(`CREATE DATABASE ${database} ENGINE = Atomic`);
      }
      expect((await diff()).pending.length).toBeGreaterThan(0);
    });
  });
}
