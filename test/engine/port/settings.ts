import { describe, expect, it } from "vitest";
import { type GetSubject, makeTable, value } from "./subject.js";

/** Settings belong to one statement. */
export function describeSettings(subject: GetSubject): void {
  const engine = () => subject().engine;

  describe("settings", () => {
    const sql = "SELECT getSetting('max_block_size') AS x";

    it("apply to their statement alone", async () => {
      const before = await value(engine(), sql);
      for (let times = 0; times < 8; times++) {
        expect(await engine().rows(sql, { settings: { max_block_size: 77 } })).toEqual([{ x: 77 }]);
        expect(await value(engine(), sql)).toBe(before);
      }
      await makeTable(engine(), "x UInt64");
      const insert = "INSERT INTO suite.t SELECT getSetting('max_block_size')";
      await engine().execute(insert, { settings: { max_block_size: 78 } });
      await engine().execute(insert);
      expect(await engine().rows("SELECT x FROM suite.t ORDER BY x")).toEqual([
        { x: "78" },
        { x: String(before) },
      ]);
    });

    it("reach every kind of statement", async () => {
      const settings = { max_threads: 1, log_comment: "it's" };
      await engine().execute(
        "CREATE OR REPLACE TABLE suite.t (a UInt8) ENGINE = MergeTree ORDER BY a SETTINGS index_granularity = 1024;",
        { settings },
      );
      await engine().execute("-- a note\nINSERT INTO suite.t SELECT 1 UNION ALL SELECT 2 -- the end", {
        settings,
      });
      await engine().execute("ALTER TABLE suite.t DELETE WHERE 0", { settings: { mutations_sync: 2 } });
      await engine().execute("DELETE FROM suite.t WHERE a = 2", { settings });
      await engine().execute("OPTIMIZE TABLE suite.t FINAL", { settings });
      await engine().execute("CREATE OR REPLACE VIEW suite.v AS SELECT a FROM suite.t", { settings });
      expect(await engine().rows("SELECT a FROM suite.v;\n", { settings })).toEqual([{ a: 1 }]);
      expect(await engine().rows("DESCRIBE suite.v", { settings })).toHaveLength(1);
      const [view] = await engine().rows<{ q: string }>(
        "SELECT as_select AS q FROM system.tables WHERE name = 'v'",
      );
      expect(view?.q).not.toContain("max_threads");
      await engine().execute("DROP VIEW suite.v", { settings });
    });

    it("leave no deduplication token behind", async () => {
      await makeTable(
        engine(),
        "a UInt64",
        "ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100",
      );
      const name = { database: "suite", name: "t" };
      const block = (n: bigint) => ({
        rows: 1,
        columns: [{ name: "a", type: "UInt64", values: new BigUint64Array([n]) }],
      });
      await engine().insert(name, block(1n), { insert_deduplication_token: "token" });
      await engine().insert(name, block(2n), { insert_deduplication_token: "token" });
      await engine().insert(name, block(3n));
      await engine().execute("INSERT INTO suite.t SELECT 4", {
        settings: { insert_deduplication_token: "token" },
      });
      await engine().execute("INSERT INTO suite.t SELECT 5");
      expect(await engine().rows("SELECT a FROM suite.t ORDER BY a")).toEqual([
        { a: "1" },
        { a: "3" },
        { a: "5" },
      ]);
    });

    it("make inserts synchronous and times without a zone UTC", async () => {
      expect(await value(engine(), "SELECT toUInt8(getSetting('async_insert')) AS x")).toBe(0);
      expect(await value(engine(), "SELECT toString(toDateTime(0)) AS x")).toBe("1970-01-01 00:00:00");
    });
  });
}
