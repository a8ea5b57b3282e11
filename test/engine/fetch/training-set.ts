import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { beforeAll, describe, expect, it } from "vitest";
import { fetchAtSpine } from "../../../src/fetch/fetch-at-spine.js";
import { fetchEveryBucket } from "../../../src/fetch/fetch-every-bucket.js";
import type { Manifest } from "../../../src/fetch/manifest.js";
import { withQuerySpine } from "../../../src/fetch/query-spine.js";
import type { FetchedLabel, FetchedVector, TrainingSet } from "../../../src/fetch/training-set.js";
import { packageRoot } from "../../support/run-feature.js";
import { failure, type GetSubject } from "../port/subject.js";
import { createVector, features, insertBuckets, set, table, utc } from "./stored-vector.js";

const base = Date.UTC(2024, 7, 8);
const instruments = [
  ["binance", "spot", "BTCUSDT"],
  ["binance", "spot", "ETHUSDT"],
] as const;
const end = (id: number): number => base + id * 10_000;
/** Known 150 ms after its end, and 1150 ms after it. */
const lags = { first: 150, slow: 1150 };
const volume = (place: number, id: number): number | null => (id % 7 === 3 ? null : place * 1000 + id);
const ahead = 2;
const lastId = 40;

const first: FetchedVector = { ...(set.vectors[0] as FetchedVector), maxAgeMs: 25_000 };
const slow: FetchedVector = {
  ...first,
  name: "slow",
  table: { database: "suite", name: "vector_slow__0a1b2c3d" },
  features: ["order_flow__volume"],
  lagMs: lags.slow,
  maxAgeMs: 5_000,
};
const label: FetchedLabel = {
  name: "trend",
  clock: "ubt",
  table: { database: "suite", name: "label_trend__0a1b2c3d" },
  outputs: [
    { name: "raw_return", type: "Nullable(Float64)" },
    { name: "label_end_ts", type: "Nullable(DateTime64(3, 'UTC'))" },
  ],
  fingerprint: "12ab".repeat(16),
};
const training: TrainingSet = { vectors: [first, slow], labels: [label] };
/** [from, to) of one instrument, and of all. */
const outages = [
  { symbol: "ETHUSDT", from: base + 100_000, to: base + 130_000 },
  { symbol: undefined, from: base + 250_000, to: base + 251_000 },
];
const validate = new Ajv({ strict: false }).compile(
  JSON.parse(readFileSync(join(packageRoot, "schemas/manifest.schema.json"), "utf8")),
);

/** The bucket that a vector is known to be of at a moment. */
function known(ts: number, { lagMs, maxAgeMs }: FetchedVector): number | undefined {
  const id = Math.min(Math.floor((ts - lagMs - base) / 10_000), lastId);
  return id >= 1 && ts - (end(id) + lagMs) <= maxAgeMs ? id : undefined;
}

function isOut(symbol: string, from: number, to: number): boolean {
  return outages.some((one) => (one.symbol ?? symbol) === symbol && one.from <= to && one.to > from);
}

export function describeTrainingSet(subject: GetSubject): void {
  describe("a set of vectors and labels", () => {
    const path = (name: string): string => join(subject().folder, name);
    const manifest = (name: string): Manifest => {
      const found = JSON.parse(readFileSync(path(`${name}.manifest.json`), "utf8")) as Manifest;
      expect(validate(found), JSON.stringify(validate.errors)).toBe(true);
      return found;
    };
    const moments = Array.from({ length: 500 }, (_, n) => ({
      place: n % 2,
      ts: base + ((n * 7919) % 450_000),
    }));

    beforeAll(async () => {
      const { engine } = subject();
      await createVector(engine);
      const ids = Array.from({ length: lastId }, (_, n) => n + 1);
      await insertBuckets(
        engine,
        instruments.flatMap((instrument, place) =>
          ids.map((id) => ({
            instrument,
            id: BigInt(id),
            start: end(id - 1),
            end: end(id),
            availableAt: end(id) + lags.first,
            v: 1,
            features: [volume(place, id), null] as const,
          })),
        ),
      );
      await engine.execute(`CREATE OR REPLACE TABLE suite.vector_slow__0a1b2c3d ENGINE = ReplacingMergeTree(v)
        ORDER BY (exchange, market_type, symbol, bucket_id) AS SELECT * EXCEPT (vpin__vpin_20)
        REPLACE (available_at + toIntervalMillisecond(1000) AS available_at, -order_flow__volume AS order_flow__volume)
        FROM suite.${table.name} FINAL`);
      await engine.execute(`CREATE OR REPLACE TABLE suite.label_trend__0a1b2c3d ENGINE = ReplacingMergeTree(v)
        ORDER BY (exchange, market_type, symbol, bucket_id) AS
        SELECT exchange, market_type, symbol, bucket_id, v, CAST(bucket_id / 100 AS Nullable(Float64)) AS raw_return,
          CAST(bucket_ts_end + toIntervalSecond(${10 * ahead}) AS Nullable(DateTime64(3, 'UTC'))) AS label_end_ts
        FROM suite.${table.name} FINAL WHERE bucket_id <= ${lastId - ahead}`);
      writeFileSync(
        path("outages.csv"),
        `from,to,symbol\n${outages.map(({ symbol, from, to }) => `${new Date(from).toISOString()},${to},${symbol ?? ""}`).join("\n")}\n`,
      );
      const lines = moments.map(({ place, ts }) => `${instruments[place]?.join(",")},${ts}`);
      writeFileSync(path("set.csv"), `exchange,market_type,symbol,ts\n${lines.join("\n")}\n`);
    });

    it("equals a naive search at each moment, outages left out", async () => {
      const { engine } = subject();
      const summary = await fetchAtSpine({
        engine,
        set: training,
        database: "suite",
        spine: { path: path("set.csv") },
        out: { path: path("set.out.csv") },
        outages: path("outages.csv"),
      });
      const text = (value: number | null | undefined): string =>
        value === null || value === undefined ? "" : String(value);
      const time = (ms: number | undefined): string => (ms === undefined ? "" : `"${utc(ms)}"`);
      const wanted = moments.flatMap(({ place, ts }) => {
        const symbol = instruments[place]?.[2] ?? "";
        const [one, two] = [known(ts, first), known(ts, slow)];
        const labelled = one !== undefined && one <= lastId - ahead ? one : undefined;
        const labelEnd = labelled === undefined ? undefined : end(labelled + ahead);
        if (isOut(symbol, ts, Math.max(ts, labelEnd ?? ts))) return [];
        const vector = (id: number | undefined, lag: number, values: readonly string[]): string[] =>
          id === undefined
            ? ["", "", "", "", ...values.map(() => "")]
            : [text(id), time(end(id)), time(end(id) + lag), text((ts - end(id) - lag) / 1000), ...values];
        const value = one === undefined ? null : volume(place, one);
        const other = two === undefined ? null : volume(place, two);
        return [
          [
            ...(instruments[place] ?? []).map((key) => `"${key}"`),
            time(ts),
            ...vector(one, lags.first, [text(value), ""]),
            ...vector(two, lags.slow, [text(other === null ? null : -other)]),
            text(labelled === undefined ? null : labelled / 100),
            time(labelEnd),
          ].join(","),
        ];
      });
      const [header = "", ...lines] = readFileSync(path("set.out.csv"), "utf8").trimEnd().split("\n");
      expect(header.replaceAll('"', "").split(",").slice(4)).toEqual([
        ...["bucket_id", "bucket_ts_end", "available_at", "age_s", ...features].map(
          (name) => `trend_v1__${name}`,
        ),
        ...["bucket_id", "bucket_ts_end", "available_at", "age_s", "order_flow__volume"].map(
          (name) => `slow__${name}`,
        ),
        "trend__raw_return",
        "trend__label_end_ts",
      ]);
      expect(lines).toEqual(wanted);
      expect(summary.excluded).toBe(moments.length - wanted.length);
      expect(summary.excluded).toBeGreaterThan(20);
      const made = manifest("set.out.csv");
      expect(made).toMatchObject({
        rows: wanted.length,
        excluded: summary.excluded,
        spine: { kind: "file" },
        vectors: [{ name: "trend_v1" }, { name: "slow", lagMs: 1150 }],
        labels: [{ name: "trend", outputs: ["raw_return", "label_end_ts"] }],
        nullShares: summary.nullShares,
      });
    });

    it("has the same rows and the same spine's hash from a query", async () => {
      const { engine } = subject();
      const request = { engine, set: training, database: "suite" };
      await fetchAtSpine({ ...request, spine: { path: path("set.csv") }, out: { path: path("file.csv") } });
      const list = moments
        .map(({ place, ts }, n) => `(${n}, '${instruments[place]?.[2]}', ${ts})`)
        .join(", ");
      const spineSql = `SELECT 'binance' AS exchange, 'spot' AS market_type, symbol, fromUnixTimestamp64Milli(toInt64(t), 'UTC') AS ts
        FROM values('n UInt32, symbol String, t UInt64', ${list}) ORDER BY n`;
      await withQuerySpine(engine, spineSql, (spine) =>
        fetchAtSpine({ ...request, spine: { path: spine }, spineSql, out: { path: path("query.csv") } }),
      );
      expect(readFileSync(path("query.csv"), "utf8")).toBe(readFileSync(path("file.csv"), "utf8"));
      const [file, query] = [manifest("file.csv"), manifest("query.csv")];
      expect(query.spine).toMatchObject({ kind: "sql", rowsHash: file.spine.rowsHash });
      expect(query.file.sha256).toBe(file.file.sha256);
    });

    it("puts other vectors and labels of the same bucket beside every bucket", async () => {
      const { engine } = subject();
      const out = { path: path("every-set.csv") };
      const summary = await fetchEveryBucket({
        engine,
        set: training,
        database: "suite",
        out,
        outages: path("outages.csv"),
      });
      const wanted = instruments.flatMap(([exchange, market, symbol], place) =>
        Array.from({ length: lastId }, (_, n) => n + 1).flatMap((id) => {
          const labelled = id <= lastId - ahead;
          if (isOut(symbol, end(id - 1), labelled ? end(id + ahead) : end(id))) return [];
          const value = volume(place, id);
          const times = [end(id - 1), end(id), end(id) + lags.slow].map((ms) => `"${utc(ms)}"`);
          const values = [value ?? "", "", value === null ? "" : -value];
          const ends = labelled ? [id / 100, `"${utc(end(id + ahead))}"`] : ["", ""];
          return [
            [`"${exchange}"`, `"${market}"`, `"${symbol}"`, id, ...times, ...values, ...ends].join(","),
          ];
        }),
      );
      expect(readFileSync(out.path, "utf8").trimEnd().split("\n").slice(1)).toEqual(wanted);
      expect(summary).toMatchObject({ rows: wanted.length, excluded: 2 * lastId - wanted.length });
      expect(manifest("every-set.csv").spine.kind).toBe("every_bucket");
    });

    it.each([
      ["from,until\n1,2\n", "has the columns from, until"],
      ["from,to\n2024-01-01,yesterday\n", 'line 2 is "2024-01-01,yesterday"'],
      ["from,to\n2024-01-02,2024-01-01\n", "in line 2, from is not before to"],
    ])("refuses outages that are none: %j", async (text, says) => {
      writeFileSync(path("wrong.csv"), text);
      const out = { path: path("never-set.csv") };
      const request = {
        engine: subject().engine,
        set: training,
        database: "suite",
        out,
        outages: path("wrong.csv"),
      };
      const error = await failure(fetchEveryBucket(request));
      expect(error).toMatchObject({ code: "FS_FETCH_OUTAGES" });
      expect(error.message).toContain(says);
      expect(existsSync(out.path)).toBe(false);
    });

    it("refuses vectors and labels of other clocks", async () => {
      const { engine } = subject();
      const out = { path: path("never-set.csv") };
      const other = { ...training, labels: [{ ...label, clock: "count" }] };
      const error = await failure(fetchEveryBucket({ engine, set: other, database: "suite", out }));
      expect(error.code).toBe("FS_FETCH_CLOCKS");
    });
  });
}
