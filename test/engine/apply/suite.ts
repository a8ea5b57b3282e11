/** `feature apply` on a real engine: the same tests on every engine. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Catalog } from "../../../src/compile/catalog.js";
import { readObjects } from "../../../src/engine/introspect.js";
import type { Engine } from "../../../src/engine/port.js";
import { FeatureError } from "../../../src/errors.js";
import { type ApplyOptions, type ApplyResult, applyProject } from "../../../src/migrate/apply.js";
import { readMigrations } from "../../../src/migrate/migration-folder.js";
import { planApply } from "../../../src/migrate/plan-apply.js";
import { isDone } from "../../../src/migrate/probe.js";
import type { ApplyEvent } from "../../../src/migrate/progress.js";
import { takeLock } from "../../../src/registry/lock.js";
import { openRegistryReader } from "../../../src/registry/reader.js";
import { openRegistryWriter } from "../../../src/registry/writer.js";
import type { Instrument } from "../../../src/spec/model.js";
import { smallCatalog, smallProject } from "../../support/small-catalog.js";
import { databases, readLeftBehind, slim, tiny } from "./left-behind.js";

/** Stops at the first event that `when` picks, as a crash would. */
class Crash extends Error {}
const crashAt =
  (when: (event: ApplyEvent) => boolean): NonNullable<ApplyOptions["onEvent"]> =>
  (event) => {
    if (when(event)) throw new Crash();
  };

export function describeApply(name: string, open: () => Promise<Engine>): void {
  describe(`apply on ${name}`, () => {
    let engine: Engine;
    let root: string;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine.close());
    beforeEach(async () => {
      root = mkdtempSync(join(tmpdir(), "prism-apply-"));
      for (const database of databases) await engine.execute(`DROP DATABASE IF EXISTS ${database} SYNC`);
    });
    afterEach(() => rmSync(root, { recursive: true, force: true }));

    const apply = (catalog: Catalog, more: Partial<ApplyOptions> = {}): Promise<ApplyResult> =>
      applyProject({ engine, project: smallProject(root), catalog, toolVersion: "1.2.3", ...more });
    const failure = async (run: Promise<unknown>): Promise<FeatureError> => {
      const error = await run.then(
        () => new Error("nothing was thrown"),
        (cause: unknown) => cause,
      );
      if (error instanceof FeatureError) return error;
      throw error;
    };
    const crash = async (run: Promise<unknown>): Promise<void> => {
      await expect(run).rejects.toBeInstanceOf(Crash);
    };
    const reader = () => openRegistryReader(engine, "registry");

    /** Closed buckets of two instruments, 10 trades each, as if closed before the views were there. */
    async function buckets(count: number, first = 1): Promise<void> {
      await engine.execute(
        `INSERT INTO features.unified_buckets (exchange, market_type, symbol, bucket_id, trades, v)
         SELECT 'binance', 'spot', arrayJoin(['A', 'B']), number + {first:UInt64}, 10, 4 FROM numbers({count:UInt64})`,
        { params: { count, first } },
      );
      await engine.execute(
        `INSERT INTO features.closes (clock, path, exchange, market_type, symbol, bucket_id, v)
         SELECT 'ubt', 'hot', exchange, market_type, symbol, bucket_id, v FROM features.unified_buckets`,
      );
    }

    const leftBehind = () => readLeftBehind(engine, root);

    it("changes nothing when whoever is shown the plan says no", async () => {
      const seen: string[] = [];
      const confirm: NonNullable<ApplyOptions["confirm"]> = ({ plans }) => {
        seen.push(...plans.map(({ slug }) => slug));
        return Promise.reject(new FeatureError("FS_CLI_DECLINED", "no"));
      };
      expect((await failure(apply(slim(), { confirm }))).code).toBe("FS_CLI_DECLINED");
      expect(seen).toEqual(["raw_schema", "initial"]);
      expect(readdirSync(root)).toEqual([]);
      expect(await readObjects(engine, ["raw", "cold", "features"])).toEqual([]);
    });

    it("builds everything from nothing, and has nothing to do the second time", async () => {
      const events: string[] = [];
      const first = await apply(smallCatalog(), {
        onEvent: (event) => {
          if (event.kind === "migration") events.push(event.migration);
        },
      });
      expect(first.nothingToDo).toBe(false);
      expect(events).toEqual(["0001_raw_schema", "0002_initial"]);
      expect(first.migrations.map(({ skipped }) => skipped)).toEqual([0, 0]);
      const lock = readFileSync(join(root, "registry", "deployed.json"), "utf8");
      const before = await leftBehind();
      const second = await apply(smallCatalog());
      expect(second).toMatchObject({ nothingToDo: true, migrations: [], plans: [] });
      expect(await leftBehind()).toEqual(before);
      expect(readFileSync(join(root, "registry", "deployed.json"), "utf8")).toBe(lock);
      const objects = await readObjects(engine, ["registry"]);
      expect(objects.map((object) => object.name)).toEqual([
        "apply_lock_2",
        "models",
        "pins",
        "revisions",
        "rollouts",
        "seen",
        "steps",
        "versions",
      ]);
      // Every object that was made is known for what the file says.
      for (const { steps } of readMigrations(join(root, "migrations"))) {
        for (const step of steps.filter(({ kind }) => /^create_t|switch/.test(kind)))
          expect(await isDone(engine, step), step.name).toBe(true);
      }
    });

    it("carries values through: trigger, backfill and alias agree", async () => {
      await apply(slim({ noVector: true }));
      await buckets(30);
      await apply(slim());
      await engine.execute(`INSERT INTO features.ubt__close_0_hot SELECT 'binance', 'spot', 'A', 31, 7, 4`);
      await engine.execute(`INSERT INTO features.ubt__close_1_hot SELECT 'binance', 'spot', 'A', 31, 7, 4`);
      const [row] = await engine.rows(
        "SELECT count() AS n, sum(flow__volume) AS volume FROM features.trend WHERE bucket_id > 0",
      );
      // flow and ratio existed before the buckets, which no close announced: only bucket 31 has their values.
      expect(row).toEqual({ n: "61", volume: 7 });
      await apply(slim({ volume: "sum(trades) + 0" }));
      expect(await engine.rows("SELECT count() AS n, sum(half) AS half FROM features.ratio")).toEqual([
        { n: "60", half: 300 },
      ]);
    });

    it("gives the same schema when the files are run by hand", async () => {
      await apply(smallCatalog());
      await buckets(3);
      await apply(smallCatalog({ volume: "max(trades)", count: true, description: "Other words" }));
      const objects = await readObjects(engine, ["raw", "cold", "features"]);
      const statements = readdirSync(join(root, "migrations"))
        .filter((file) => file.endsWith(".sql"))
        .flatMap((file) => readFileSync(join(root, "migrations", file), "utf8").split("\n;\n"))
        .filter((text) => !/^\s*(--[^\n]*\s*)*$/.test(text));
      for (const database of databases) await engine.execute(`DROP DATABASE IF EXISTS ${database} SYNC`);
      for (const statement of statements) await engine.execute(statement);
      expect(await readObjects(engine, ["raw", "cold", "features"])).toEqual(objects);
    });

    it("holds pinned versions until their holder lets go", async () => {
      await apply(slim());
      const { objects } = await reader().required();
      const vector = objects.find(({ kind }) => kind === "vector");
      const pin = { holder: "model:m@1", object: "vector:trend", version: vector?.dataHash ?? "" };
      const registry = openRegistryWriter(engine, "registry");
      await registry.pin(pin);
      await registry.pin({ ...pin, holder: "model:m@2" });
      await registry.pin(pin);
      expect(await reader().pins()).toEqual([pin, { ...pin, holder: "model:m@2" }]);
      await registry.release("model:m@1", { object: "view:flow", version: pin.version });
      expect(await reader().pins()).toHaveLength(2);
      await registry.release("model:m@1");
      expect(await reader().pins()).toEqual([{ ...pin, holder: "model:m@2" }]);
      await registry.pin(pin);
      expect(await reader().pins()).toHaveLength(2);
      const gone = await failure(registry.pin({ ...pin, version: "0".repeat(64) }));
      expect(gone).toMatchObject({ code: "FS_REGISTRY_NO_VERSION", object: "vector:trend" });
      expect(await reader().pins()).toHaveLength(2);
    });

    describe("a run that is cut off", () => {
      const limits = { chunkLimits: { trades: 40, buckets: 3 } };
      const changed = (): Catalog =>
        tiny({ volume: "sum(trades) * 2", count: true, description: "Other words" });
      /** A deployed project with buckets, then a change with every kind of step. */
      const prepare = async (): Promise<void> => {
        await apply(tiny());
        await buckets(8);
      };

      // On the embedded engine apply-walk.test.ts says it of every statement.
      it.runIf(name === "server")(
        "at any place is finished by the next one, which ends where an undisturbed run ends",
        async () => {
          await prepare();
          let places = 0;
          await apply(changed(), { ...limits, onEvent: () => void places++ });
          const undisturbed = await leftBehind();
          expect(places).toBeGreaterThan(60);
          for (let place = 7; place <= places; place += 25) {
            for (const database of databases)
              await engine.execute(`DROP DATABASE IF EXISTS ${database} SYNC`);
            rmSync(join(root, "migrations"), { recursive: true });
            await prepare();
            let seen = 0;
            await crash(apply(changed(), { ...limits, onEvent: crashAt(() => ++seen === place) }));
            const again = await apply(changed(), limits);
            expect(again.migrations, `cut off at ${place}`).toHaveLength(1);
            expect(await leftBehind(), `cut off at ${place}`).toEqual(undisturbed);
          }
        },
        400_000,
      );

      it("several times, also in the first migration, loses nothing", async () => {
        await apply(tiny());
        const undisturbed = await leftBehind();
        for (const database of databases) await engine.execute(`DROP DATABASE IF EXISTS ${database} SYNC`);
        rmSync(join(root, "migrations"), { recursive: true });
        for (const place of [2, 8, 21]) {
          let seen = 0;
          await crash(apply(tiny(), { onEvent: crashAt(() => ++seen === place) }));
        }
        await apply(tiny());
        expect(await leftBehind()).toEqual(undisturbed);
      });

      it("does not compute again the chunks of a backfill that are done", async () => {
        await prepare();
        const chunks: string[] = [];
        const onEvent = (event: ApplyEvent): void => {
          if (event.kind === "chunk" && event.state === "done") chunks.push(event.step.object);
        };
        let seen = 0;
        await crash(
          apply(changed(), {
            ...limits,
            onEvent: (event) => {
              onEvent(event);
              if (event.kind === "chunk" && event.state === "started" && ++seen === 4) throw new Crash();
            },
          }),
        );
        await apply(changed(), { ...limits, onEvent });
        const whole = chunks.filter((object) => object === "view:ratio").length;
        expect(chunks.filter((object) => object === "view:flow")).toHaveLength(whole);
      });
    });

    describe("a step that fails", () => {
      const broken = (): Catalog => slim({ volume: "throwIf(max(bucket_id) > 5, 'too far')" });

      it("leaves the aliases on the old versions, says which step, and goes on there once it can", async () => {
        await apply(slim());
        await buckets(8);
        await engine.execute(
          "INSERT INTO features.ubt__close_0_hot SELECT exchange, market_type, symbol, bucket_id, trades, v FROM features.unified_buckets",
        );
        const shown = await engine.rows("SELECT * FROM features.flow ORDER BY ALL");
        const error = await failure(apply(broken()));
        expect(error.code).toBe("FS_MIGRATION_STEP_FAILED");
        expect(error.exit).toBe(1);
        expect(error.message).toMatch(/^backfill features\.flow__\w{8}: .*too far/);
        expect(await engine.rows("SELECT * FROM features.flow ORDER BY ALL")).toEqual(shown);
        expect((await reader().revisions()).at(-1)).toMatchObject({
          state: "failed",
          migration: "0003_change_flow_and_2_more",
        });
        await engine.execute(
          "ALTER TABLE features.unified_buckets DELETE WHERE bucket_id > 5 SETTINGS mutations_sync = 2",
        );
        await engine.execute(
          "ALTER TABLE features.closes DELETE WHERE bucket_id > 5 SETTINGS mutations_sync = 2",
        );
        const again = await apply(broken());
        expect(again.migrations[0]?.skipped).toBeGreaterThan(0);
        expect((await reader().revisions()).at(-1)).toMatchObject({ state: "applied", id: 3 });
      });

      it("can be given up: what was built goes, the specs are planned anew", async () => {
        await apply(slim());
        await buckets(8);
        const before = await readObjects(engine, ["raw", "cold", "features"]);
        await failure(apply(broken()));
        expect((await failure(apply(slim()))).code).toBe("FS_MIGRATION_STEP_FAILED");
        const result = await apply(slim(), { abandonFailed: true });
        expect(result).toMatchObject({ abandoned: "0003_change_flow_and_2_more", nothingToDo: true });
        expect(await readObjects(engine, ["raw", "cold", "features"])).toEqual(before);
        expect((await reader().revisions()).at(-1)?.state).toBe("abandoned");
        const next = await apply(slim({ volume: "min(trades)" }));
        expect(next.migrations.map(({ name }) => name)).toEqual(["0003_change_flow_and_2_more"]);
      });

      it("is given up as far as it came: what was announced and not done is somebody else's by now", async () => {
        await apply(slim({ noVector: true }));
        const before = await readObjects(engine, ["features"]);
        const started = (kind: string) => (event: ApplyEvent) =>
          event.kind === "step" && event.state === "started" && event.step.kind === kind;
        await crash(apply(slim(), { onEvent: crashAt(started("create_trigger")) }));
        const trigger = slim().objects.find(({ kind }) => kind === "vector")?.triggers[0]?.name;
        await engine.execute(
          `CREATE TABLE features.${trigger} (mine String) ENGINE = MergeTree ORDER BY mine`,
        );
        await apply(slim({ noVector: true }), { abandonFailed: true });
        const after = await readObjects(engine, ["features"]);
        expect(after.filter(({ name }) => name !== trigger)).toEqual(before);
        expect(after.find(({ name }) => name === trigger)).toMatchObject({ orderBy: ["mine"] });
      });

      it("that misses buckets is a failed check, exit 6", async () => {
        await apply(slim());
        await buckets(4);
        const catalog = slim({ volume: "min(trades)" });
        const objects = catalog.objects.map((object) =>
          object.name === "flow"
            ? {
                ...object,
                backfill: `${object.backfill}\nHAVE NOT bucket_id = 3`.replace("HAVE NOT", "HAVING NOT"),
              }
            : object,
        );
        const error = await failure(apply({ ...catalog, objects }));
        expect(error).toMatchObject({ code: "FS_MIGRATION_CHECK_FAILED", exit: 6, object: "view:flow" });
        expect(error.message).toContain('"symbol":"A","missing":"1","first_bucket":"3","last_bucket":"3"');
      });
    });

    describe("something else in our place", () => {
      it("is named and left alone", async () => {
        await apply(slim({ noVector: true }));
        const target = slim().objects.find((object) => object.kind === "vector");
        const table = `features.${target?.storage?.table.name}`;
        await engine.execute(`CREATE TABLE ${table} (mine String) ENGINE = MergeTree ORDER BY mine`);
        const error = await failure(apply(slim()));
        expect(error).toMatchObject({ code: "FS_MIGRATION_CONFLICT", exit: 4, object: "vector:trend" });
        expect(error.message).toContain(
          `${table} exists and is something else: CREATE TABLE ${table} (\`mine\` String)`,
        );
        await apply(slim({ noVector: true }), { abandonFailed: true });
        expect(
          await engine.rows(`SELECT name FROM system.columns WHERE database || '.' || table = '${table}'`),
        ).toEqual([{ name: "mine" }]);
      });

      it("also where an alias is to stand", async () => {
        await apply(slim({ noVector: true }));
        await engine.execute("CREATE VIEW features.trend AS SELECT 1 AS mine");
        const error = await failure(apply(slim()));
        expect(error.code).toBe("FS_MIGRATION_CONFLICT");
        expect(await engine.rows("SELECT * FROM features.trend")).toEqual([{ mine: 1 }]);
      });
    });

    describe("the history", () => {
      it("refuses edited files before it changes anything", async () => {
        await apply(slim());
        const file = join(root, "migrations", "0001_raw_schema.sql");
        writeFileSync(file, readFileSync(file, "utf8").replace("Trades;", "Trades,"));
        const before = await leftBehind();
        expect((await failure(apply(slim({ count: true })))).code).toBe("FS_MIGRATION_EDITED");
        expect(await leftBehind()).toEqual(before);
      });

      it("is replayed from committed files, and frozen refuses to write others", async () => {
        await apply(slim());
        await apply(slim({ count: true }));
        const written = await leftBehind();
        for (const database of databases) await engine.execute(`DROP DATABASE IF EXISTS ${database} SYNC`);
        const error = await failure(apply(slim({ count: true, description: "New words" }), { frozen: true }));
        expect(error.code).toBe("FS_MIGRATION_FROZEN");
        const result = await apply(slim({ count: true }), { frozen: true });
        expect(result.migrations.map(({ name }) => name)).toEqual([
          "0001_raw_schema",
          "0002_initial",
          "0003_add_counted",
        ]);
        expect(await leftBehind()).toEqual(written);
      });

      it("refuses what is destructive until it is allowed", async () => {
        await apply(slim());
        expect(await failure(apply(slim({ noVector: true })))).toMatchObject({
          code: "FS_PLAN_DESTRUCTIVE",
          exit: 3,
        });
        expect(readdirSync(join(root, "migrations"))).toHaveLength(5);
        await apply(slim({ noVector: true }), { allowDestructive: true });
        expect((await reader().deployed())?.objects.find(({ name }) => name === "trend")?.state).toBe(
          "retired",
        );
      });

      it("changes what can be changed in place", async () => {
        await apply(slim());
        await apply(slim({ rawMs: 1_209_600_000, description: "Other words" }));
        const objects = await readObjects(engine, ["raw", "features"]);
        const found = (name: string) => objects.find((object) => object.name === name);
        expect(found("trades")).toMatchObject({ ttl: "toDateTime(ingested_at) + toIntervalSecond(1209600)" });
        expect(found("flow")).toMatchObject({ comment: "Other words" });
        expect((await apply(slim({ rawMs: 1_209_600_000, description: "Other words" }))).nothingToDo).toBe(
          true,
        );
      });

      it("is planned without a change to anything, also where nothing is deployed", async () => {
        expect((await failure(reader().required())).code).toBe("FS_REGISTRY_EMPTY");
        const planned = await planApply(engine, smallProject(root), slim());
        expect(planned.plans.map(({ slug }) => slug)).toEqual(["raw_schema", "initial"]);
        expect(await readObjects(engine, databases)).toEqual([]);
        expect(readdirSync(root)).toEqual([]);
      });

      it("tries a catalog out before the first step", async () => {
        const refuse = async (): Promise<void> => {
          throw new FeatureError("FS_INTERNAL", "this view fails at its first insert");
        };
        expect((await failure(apply(slim(), { smoke: refuse }))).message).toContain("first insert");
        expect(readdirSync(root)).toEqual([]);
        expect(await reader().revisions()).toEqual([]);
      });
    });

    it("keeps the instruments in step with features.yaml", async () => {
      const instrument = (symbol: string, tickSize: string): Instrument => ({
        exchange: "binance",
        marketType: "spot",
        symbol,
        tickSize,
        lotSize: "1e-5",
        contractSize: undefined,
        base: "A",
        quote: "B",
      });
      const run = async (...instruments: Instrument[]): Promise<number> =>
        (await apply(slim(), { project: smallProject(root, instruments) })).instruments;
      expect(await run(instrument("AB", "0.10"), instrument("CD", "1"))).toBe(2);
      expect(await run(instrument("AB", "0.1"), instrument("CD", "1.0"))).toBe(0);
      expect(await run(instrument("AB", "0.01"))).toBe(2);
      expect(
        await engine.rows(
          "SELECT symbol, tick_size, lot_size, declared FROM raw.instruments FINAL ORDER BY symbol",
        ),
      ).toEqual([
        { symbol: "AB", tick_size: "0.01", lot_size: "0.00001", declared: true },
        { symbol: "CD", tick_size: "1", lot_size: "0.00001", declared: false },
      ]);
    });

    describe("the lock", () => {
      const lock = (owner: string, more = {}) =>
        takeLock(engine, "registry", { owner, process: owner, ...more });
      beforeEach(() => engine.execute("CREATE DATABASE registry ENGINE = Atomic"));

      it("lets one run work; the other ends at once and is told who", async () => {
        const held = await lock("ann@one, pid 1");
        const error = await failure(lock("ann@one, pid 1"));
        expect(error).toMatchObject({ code: "FS_REGISTRY_LOCKED", exit: 5 });
        expect(error.message).toMatch(/^the target is held by ann@one, pid 1, since \d{4}-/);
        await held.release();
        await (await lock("ann@one, pid 1")).release();
        expect((await readObjects(engine, ["registry"])).map(({ name }) => name)).toEqual(["apply_lock_2"]);
      });

      it("of a run at work refuses a second apply", async () => {
        let second: FeatureError | undefined;
        await apply(slim(), {
          owner: "ann",
          onEvent: async (event) => {
            if (event.kind !== "step" || event.number !== 3 || second !== undefined) return;
            second = await failure(apply(slim(), { owner: "bob" }));
          },
        });
        expect(second).toMatchObject({ code: "FS_REGISTRY_LOCKED" });
        expect(second?.message).toContain("held by ann");
      });

      it("of a dead holder is taken over", async () => {
        const note = JSON.stringify({
          owner: "dead",
          process: "dead",
          since: "2024-01-01T00:00:00.000Z",
          until: 1,
        });
        await engine.execute(
          `CREATE TABLE registry.apply_lock_1 (nothing UInt8) ENGINE = Null COMMENT '${note}'`,
        );
        const held = await lock("ann", { leaseMs: 60_000 });
        await held.assertHeld();
        expect((await readObjects(engine, ["registry"])).map(({ name }) => name)).toEqual(["apply_lock_2"]);
        await held.release();
      });

      it.runIf(name === "server")(
        "is renewed while its holder lives, and noticed when it was lost",
        async () => {
          const held = await lock("slow", { leaseMs: 3000 });
          await new Promise((resolve) => setTimeout(resolve, 5000));
          expect((await failure(lock("bob"))).code).toBe("FS_REGISTRY_LOCKED");
          // As if it had slept, and bob had found the lease expired.
          await engine.execute("RENAME TABLE registry.apply_lock_1 TO registry.apply_lock_7");
          await engine.execute(`ALTER TABLE registry.apply_lock_7 MODIFY COMMENT '{"until":1}'`);
          const other = await lock("bob");
          expect((await failure(held.assertHeld())).code).toBe("FS_REGISTRY_LOCK_LOST");
          await held.release();
          await other.release();
        },
      );

      it("goes to one of many that ask at once", async () => {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 6 }, (_, index) => lock(`same ${index > 9}`)),
        );
        expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      });
    });
  });
}
