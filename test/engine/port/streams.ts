import { describe, expect, it } from "vitest";
import { type GetSubject, makeTable, value } from "./subject.js";

/** Streaming reads. */
export function describeStreams(subject: GetSubject): void {
  const engine = () => subject().engine;

  describe("streams", () => {
    it("give two million rows in order, while other statements run", async () => {
      await makeTable(engine(), "a UInt64", "ENGINE = MergeTree ORDER BY a");
      await engine().execute("INSERT INTO suite.t SELECT cityHash64(number) FROM numbers(2000000)");
      let rows = 0;
      let last = -1n;
      let blocks = 0;
      for await (const block of engine().blocks("SELECT a FROM suite.t ORDER BY a")) {
        const values = block.columns[0]?.values as BigUint64Array;
        for (const a of values) {
          if (a < last) throw new Error(`${a} follows ${last}`);
          last = a;
        }
        rows += block.rows;
        if (++blocks % 10 === 0) {
          expect(await value(engine(), "SELECT {x:UInt8} AS x", { x: 5 })).toBe(5);
          await engine().execute("INSERT INTO suite.t SELECT 0 WHERE 0");
        }
      }
      expect(rows).toBe(2_000_000);
      expect(blocks).toBeGreaterThan(10);
    });

    it("need no memory for what was read", async () => {
      const before = process.memoryUsage().rss;
      let peak = 0;
      let rows = 0;
      for await (const block of engine().blocks("SELECT number FROM numbers(100000000)")) {
        rows += block.rows;
        peak = Math.max(peak, process.memoryUsage().rss);
      }
      expect(rows).toBe(100_000_000);
      // The result is 800 MB.
      expect(peak - before).toBeLessThan(400e6);
    });

    it("can be left early, many times", async () => {
      for (let times = 0; times < 30; times++) {
        for await (const block of engine().blocks("SELECT number FROM numbers(1000000000)")) {
          expect(block.rows).toBeGreaterThan(0);
          break;
        }
      }
      expect(await value(engine(), "SELECT 1 AS x")).toBe(1);
      const thrown = async () => {
        for await (const block of engine().blocks("SELECT number FROM numbers(1000000000)"))
          throw new Error(`${block.rows}`);
      };
      await expect(thrown()).rejects.toThrow(/^\d+$/);
      expect(await value(engine(), "SELECT 1 AS x")).toBe(1);
    });

    it("may be open side by side", async () => {
      const sum = async (n: number): Promise<bigint> => {
        let total = 0n;
        for await (const block of engine().blocks(`SELECT number FROM numbers(${n})`)) {
          for (const a of (block.columns[0]?.values ?? []) as BigUint64Array) total += a;
        }
        return total;
      };
      const sizes = [400_000, 300_000, 500_000, 1, 0, 250_000, 100_000];
      const sums = await Promise.all(sizes.map(sum));
      expect(sums).toEqual(sizes.map((n) => (BigInt(n) * BigInt(n - 1)) / 2n));
    });

    it("of nothing end at once", async () => {
      for await (const block of engine().blocks("SELECT 1 WHERE 0")) expect(block).toBeUndefined();
      expect(await engine().rows("SELECT 1 WHERE 0")).toEqual([]);
    });
  });
}
