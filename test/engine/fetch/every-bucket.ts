import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fetchEveryBucket } from "../../../src/fetch/fetch-every-bucket.js";
import { failure, type GetSubject } from "../port/subject.js";
import { createVector, insertBuckets, set } from "./stored-vector.js";

export function describeEveryBucket(subject: GetSubject): void {
  describe("a fetch of every bucket", () => {
    const fetch = (name: string) =>
      fetchEveryBucket({
        engine: subject().engine,
        set,
        database: "suite",
        out: { path: join(subject().folder, name) },
      });

    it("writes each bucket once, newest version, ordered by key", async () => {
      const { engine, folder } = subject();
      await createVector(engine);
      const at = Date.UTC(2024, 7, 31, 23, 59);
      const bucket = (symbol: string, id: number, v: number, volume: number | null) => ({
        instrument: ["binance", "spot", symbol] as const,
        id: BigInt(id),
        start: at + id * 30_000,
        end: at + (id + 1) * 30_000,
        availableAt: at + (id + 1) * 30_000 + 150,
        v,
        features: [volume, null] as const,
      });
      await insertBuckets(engine, [
        bucket("ETHUSDT", 1, 1, 3),
        bucket("BTCUSDT", 10, 1, 1),
        bucket("BTCUSDT", 9, 7, 2.5),
      ]);
      await insertBuckets(engine, [bucket("BTCUSDT", 9, 6, 99), bucket("BTCUSDT", 10, 2, null)]);
      const summary = await fetch("every.csv");
      expect(readFileSync(join(folder, "every.csv"), "utf8").split("\n")).toEqual([
        '"exchange","market_type","symbol","bucket_id","bucket_ts_start","bucket_ts_end","available_at","order_flow__volume","vpin__vpin_20"',
        '"binance","spot","BTCUSDT",9,"2024-09-01 00:03:30.000","2024-09-01 00:04:00.000","2024-09-01 00:04:00.150",2.5,',
        '"binance","spot","BTCUSDT",10,"2024-09-01 00:04:00.000","2024-09-01 00:04:30.000","2024-09-01 00:04:30.150",,',
        '"binance","spot","ETHUSDT",1,"2024-08-31 23:59:30.000","2024-09-01 00:00:00.000","2024-09-01 00:00:00.150",3,',
        "",
      ]);
      expect(summary).toEqual({
        out: { path: join(folder, "every.csv"), format: "csv" },
        manifest: join(folder, "every.csv.manifest.json"),
        rows: 3,
        excluded: 0,
        vector: "trend_v1",
        vectors: [{ vector: "trend_v1", matched: 3, missing: 0, stale: 0, unknownInstruments: [] }],
        matched: 3,
        missing: 0,
        stale: 0,
        nullShares: { order_flow__volume: 1 / 3, vpin__vpin_20: 1 },
        unknownInstruments: [],
        warnings: [],
        seconds: summary.seconds,
      });
      await fetch("every.parquet");
      await engine.execute(
        "CREATE OR REPLACE TABLE suite.back (n UInt64, bucket_id UInt64) ENGINE = MergeTree ORDER BY n",
      );
      await engine.load("INSERT INTO suite.back SELECT {line}, bucket_id FROM {file}", {
        path: join(folder, "every.parquet"),
        format: "Parquet",
        structure: "bucket_id UInt64",
      });
      expect(await engine.rows("SELECT bucket_id FROM suite.back ORDER BY n")).toEqual([
        { bucket_id: "9" },
        { bucket_id: "10" },
        { bucket_id: "1" },
      ]);
    });

    it("is an error without a bucket, and writes no file", async () => {
      await createVector(subject().engine);
      const error = await failure(fetch("none.parquet"));
      expect(error).toMatchObject({ code: "FS_FETCH_EMPTY", object: "trend_v1" });
      expect(existsSync(join(subject().folder, "none.parquet"))).toBe(false);
    });
  });
}
