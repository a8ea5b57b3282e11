import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pointInTimeQuery } from "../../../src/compile/point-in-time.js";
import { engineErrorType } from "../../../src/engine/failure.js";
import type { Engine } from "../../../src/engine/port.js";
import { readSpineContents } from "../../../src/fetch/spine-contents.js";
import { quoteName } from "../../../src/schema/quote.js";
import type { GetSubject } from "../port/subject.js";
import {
  type BucketRow,
  createVector,
  features,
  type InstrumentTuple,
  insertBuckets,
  table,
  utc,
} from "./stored-vector.js";

/** Every way to ask: by either algorithm, looking for the spine's contents or told them, and by numbers of 64 bits where ids fit. */
const ways = [
  { algorithm: "hash", told: false, packed: false },
  { algorithm: "hash", told: true, packed: false },
  { algorithm: "hash", told: true, packed: true },
  { algorithm: "full_sorting_merge", told: true, packed: true },
] as const;
const spineTable = { database: "suite", name: "moments" };
const base = Date.UTC(2024, 7, 30);
const known: readonly InstrumentTuple[] = [
  ["binance", "spot", "BTCUSDT"],
  ["binance", "linear", "BTCUSDT"],
  ["okx", "spot", "BTCUSDT"],
];
const unknown: InstrumentTuple = ["binance", "spot", "NEVERSEEN"];

interface Moment {
  readonly instrument: InstrumentTuple;
  readonly ts: number;
}

interface Case {
  readonly buckets: readonly BucketRow[];
  readonly moments: readonly Moment[];
  readonly maxAgeMs: number;
  /** Inserts that the buckets are spread over. */
  readonly parts: number;
}

/**
 * Times on a coarse grid, so that moments and availability tie with each other and with the age limit; the grid's unit is a millisecond
 * or twenty days, the latter for buckets in several partitions.
 */
const cases: fc.Arbitrary<Case> = fc
  .tuple(fc.constantFrom(1, 20 * 86_400_000), fc.boolean())
  .chain(([unit, large]) => {
    const id = fc.bigInt({ min: 1n, max: 12n });
    const largeId = fc.constantFrom(2n ** 20n, 2n ** 32n, 2n ** 63n + 1n, 2n ** 64n - 2n, 2n ** 64n - 1n);
    const bucket = fc
      .record({
        instrument: fc.constantFrom(...known),
        id: large ? fc.oneof(id, largeId) : id,
        end: fc.nat(20),
        delay: fc.nat(5),
        versions: fc.array(
          fc.tuple(
            fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
            fc.option(fc.constantFrom(0, 1)),
          ),
          { minLength: 1, maxLength: 3 },
        ),
      })
      .map(({ instrument, id, end, delay, versions }) =>
        versions.map(
          (values, place): BucketRow => ({
            instrument,
            id,
            start: base + (end - 1) * unit,
            end: base + end * unit,
            availableAt: base + (end + delay) * unit,
            v: place + 1,
            features: values,
          }),
        ),
      );
    const moment = fc.record({
      instrument: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...known) },
        { weight: 1, arbitrary: fc.constant(unknown) },
      ),
      ts: fc.integer({ min: -3, max: 40 }).map((at) => base + at * unit),
    });
    return fc.record({
      buckets: fc
        .uniqueArray(bucket, {
          maxLength: 25,
          selector: (rows) => `${rows[0]?.instrument} ${rows[0]?.id}`,
        })
        .chain((rows) => fc.shuffledSubarray(rows.flat(), { minLength: rows.flat().length })),
      moments: fc.array(moment, { minLength: 1, maxLength: 40 }),
      maxAgeMs: fc.constantFrom(0, 1, 3, 10, 1000).map((at) => at * unit),
      parts: fc.integer({ min: 1, max: 4 }),
    });
  });

/** What must come, computed moment by moment. */
function oracle({ buckets, moments, maxAgeMs }: Case): unknown[] {
  return moments.map((moment, row) => {
    const newest = new Map<bigint, BucketRow>();
    for (const bucket of buckets) {
      if (bucket.instrument !== moment.instrument) continue;
      const other = newest.get(bucket.id);
      if (other === undefined || bucket.v > other.v) newest.set(bucket.id, bucket);
    }
    let best: BucketRow | undefined;
    for (const bucket of newest.values()) {
      if (bucket.availableAt > moment.ts) continue;
      const later =
        best === undefined ||
        bucket.availableAt > best.availableAt ||
        (bucket.availableAt === best.availableAt && bucket.id > best.id);
      if (later) best = bucket;
    }
    if (best !== undefined && moment.ts - best.availableAt > maxAgeMs) best = undefined;
    return {
      row: String(row + 1),
      exchange: moment.instrument[0],
      market_type: moment.instrument[1],
      symbol: moment.instrument[2],
      ts: utc(moment.ts),
      bucket_id: best === undefined ? null : String(best.id),
      bucket_ts_end: best === undefined ? null : utc(best.end),
      available_at: best === undefined ? null : utc(best.availableAt),
      age_s: best === undefined ? null : (moment.ts - best.availableAt) / 1000,
      order_flow__volume: best?.features[0] ?? null,
      vpin__vpin_20: best?.features[1] ?? null,
    };
  });
}

async function ask(
  engine: Engine,
  given: Case,
  { algorithm, told, packed }: (typeof ways)[number],
): Promise<unknown[]> {
  const { sql, params } = pointInTimeQuery({
    spine: {
      table: spineTable,
      columns: ["row", "exchange", "market_type", "symbol", "ts"],
      orderBy: "row",
      contents: told ? await readSpineContents(engine, spineTable) : undefined,
    },
    vector: { table, features },
    maxAgeMs: given.maxAgeMs,
    algorithm,
    packed,
  });
  return engine.rows(sql, { params });
}

const overflow = "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO";

/** Asks in every way. By 64 bits the answer may be that an id needs more, where there is one that does: it never is a wrong row. */
async function askAll(engine: Engine, given: Case): Promise<void> {
  const expected = plain(oracle(given));
  const large = given.buckets.some(({ id }) => id >= 2n ** 20n);
  for (const way of ways) {
    const found = await ask(engine, given, way).catch((error: unknown) => {
      if (way.packed && large && engineErrorType(error) === overflow) return overflow;
      throw error;
    });
    if (found !== overflow) expect(plain(found), JSON.stringify(way)).toEqual(expected);
  }
}

async function store(engine: Engine, { buckets, moments, parts }: Case): Promise<void> {
  await createVector(engine);
  const size = Math.max(1, Math.ceil(buckets.length / parts));
  for (let from = 0; from < buckets.length; from += size) {
    await insertBuckets(engine, buckets.slice(from, from + size));
  }
  await engine.execute(`CREATE OR REPLACE TABLE ${quoteName(spineTable)} (
    row UInt64, exchange LowCardinality(String), market_type LowCardinality(String), symbol LowCardinality(String),
    ts DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY row`);
  await engine.insert(spineTable, {
    rows: moments.length,
    columns: [
      { name: "row", type: "UInt64", values: BigUint64Array.from(moments, (_, row) => BigInt(row + 1)) },
      { name: "exchange", type: "String", values: moments.map((moment) => moment.instrument[0]) },
      { name: "market_type", type: "String", values: moments.map((moment) => moment.instrument[1]) },
      { name: "symbol", type: "String", values: moments.map((moment) => moment.instrument[2]) },
      {
        name: "ts",
        type: "DateTime64(3, 'UTC')",
        values: BigInt64Array.from(moments, (moment) => BigInt(moment.ts)),
      },
    ],
  });
}

/** Equal up to the sign of zero, which JSON text does not keep. */
function plain(rows: unknown): unknown {
  return JSON.parse(JSON.stringify(rows));
}

export function describePointInTime(subject: GetSubject): void {
  describe("the point-in-time query", () => {
    it("equals a naive search on random spines, in every way to ask", async () => {
      const { engine } = subject();
      await fc.assert(
        fc.asyncProperty(cases, async (given) => {
          await store(engine, given);
          await askAll(engine, given);
        }),
        { numRuns: 30 },
      );
    });

    it("takes a row that became known at that very moment, or exactly max_age before, and no other", async () => {
      const { engine } = subject();
      const [instrument] = known;
      if (instrument === undefined) throw new Error("no instrument");
      const bucket = (id: bigint, availableAt: number): BucketRow => ({
        instrument,
        id,
        start: availableAt - 100,
        end: availableAt - 50,
        availableAt,
        v: 1,
        features: [Number(id), null],
      });
      const at = (ms: number): Moment => ({ instrument, ts: base + ms });
      const given: Case = {
        buckets: [bucket(1n, base), bucket(3n, base + 1000), bucket(2n, base + 1000)],
        moments: [at(1000), at(999), at(2000), at(2001), at(-1), at(0), at(0)],
        maxAgeMs: 1000,
        parts: 1,
      };
      await store(engine, given);
      const rows = (await ask(engine, given, ways[2])) as {
        bucket_id: string | null;
        age_s: number | null;
      }[];
      expect(rows.map((row) => row.bucket_id)).toEqual(["3", "1", "3", null, null, "1", "1"]);
      expect(rows.map((row) => row.age_s)).toEqual([0, 0.999, 1, null, null, 0, 0]);
      expect(plain(rows)).toEqual(plain(oracle(given)));
      // Alone in its spine, a moment decides on the time range that is read at all.
      for (const moment of given.moments) {
        const alone = { ...given, moments: [moment] };
        await store(engine, alone);
        await askAll(engine, alone);
      }
    });
  });
}
