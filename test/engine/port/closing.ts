import { describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/port.js";
import { failure } from "./subject.js";

/** How an engine ends, and that another can be opened then. */
export function describeClosing(name: string, open: () => Promise<Engine>): void {
  describe(`${name} sessions`, () => {
    it("end in order: what runs is waited for, what comes later is refused, open streams are cut off", async () => {
      const engine = await open();
      await engine.execute("CREATE DATABASE closing ENGINE = Atomic");
      await engine.execute("CREATE TABLE closing.t (a UInt64) ENGINE = MergeTree ORDER BY a");
      const stream = engine.blocks("SELECT number FROM numbers(1000000000)")[Symbol.asyncIterator]();
      await stream.next();
      let ran = false;
      const running = engine
        .execute("INSERT INTO closing.t SELECT number FROM numbers(300) WHERE sleepEachRow(0.001) = 0")
        .then(() => {
          ran = true;
        });
      const reading = engine.rows("SELECT count() AS n FROM numbers(300) WHERE sleepEachRow(0.001) = 0");
      const closing = engine.close();
      expect(await failure(engine.execute("SELECT 1"))).toMatchObject({ code: "FS_ENGINE_CLOSED" });
      expect(await failure(engine.rows("SELECT 1"))).toMatchObject({ code: "FS_ENGINE_CLOSED" });
      await closing;
      expect(ran).toBe(true);
      await running;
      expect(await reading).toEqual([{ n: "300" }]);
      const cut = await failure(
        (async () => {
          while (!(await stream.next()).done);
        })(),
      );
      expect(cut.code).toBe("FS_ENGINE_CLOSED");
      const next = await open();
      expect(await next.rows("SELECT 1 AS x")).toEqual([{ x: 1 }]);
      await next.execute("DROP DATABASE IF EXISTS closing SYNC");
      await next.close();
    });
  });
}
