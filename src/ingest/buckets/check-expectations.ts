/** What views expect, looked at when buckets have been closed: a breach is noted and said, and stops nothing. */
import {
  type Breach,
  breachesOf,
  describeBreach,
  type ExpectationRow,
  expectationQuery,
  instrumentOfBreach,
} from "../../compile/expectations.js";
import { instrumentName } from "../../spec/model.js";
import type { BucketRange, PendingBucket } from "./batches.js";
import type { ClockContext } from "./clock-context.js";
import { rangeFilter } from "./range-filter.js";

/** A rule that does not hold for buckets just closed. */
export interface ViewBreach extends Breach {
  readonly view: string;
}

/** A share is taken over at least so many buckets, those before included. */
const shareBuckets = 100;

/** Breaches in `closed`, which are also stored in `expect_breaches`. */
export async function checkExpectations(
  context: ClockContext,
  closed: readonly PendingBucket[],
): Promise<ViewBreach[]> {
  if (closed.length === 0) return [];
  const ranges = rangesOf(closed);
  const { where, params } = rangeFilter(
    [...ranges.values()].map((range) => ({
      ...range,
      from: Math.max(1, Math.min(range.from, range.to - shareBuckets + 1)),
    })),
  );
  const found: ViewBreach[] = [];
  for (const object of context.objects) {
    const { expect, name } = object;
    if (expect === undefined || object.storage === undefined) continue;
    const query = expectationQuery(object, expect, `WHERE ${where.join(" OR ")}`);
    const rows = await context.engine.rows<ExpectationRow>(query.sql, {
      params: { ...params, ...query.params },
    });
    for (const breach of rows.flatMap((row) => breachesOf(expect, row))) {
      // What only buckets before them break was said when they were closed.
      const isNew = Number(breach.bucketId) >= (ranges.get(instrumentOfBreach(breach))?.from ?? 0);
      if (isNew) found.push({ ...breach, view: name });
    }
  }
  if (found.length > 0) await note(context, found);
  return found;
}

/** A breach as a line to read. */
export function breachLine(breach: ViewBreach): string {
  return `${instrumentOfBreach(breach)}: ${breach.view}.${describeBreach(breach)} (bucket ${breach.bucketId})`;
}

/** From each instrument's first bucket to its last one, by the instrument's name. */
function rangesOf(buckets: readonly PendingBucket[]): Map<string, BucketRange> {
  const ranges = new Map<string, BucketRange>();
  for (const { instrument, id } of buckets) {
    const name = instrumentName(instrument);
    const range = ranges.get(name) ?? { instrument, from: id, to: id };
    ranges.set(name, { instrument, from: Math.min(range.from, id), to: Math.max(range.to, id) });
  }
  return ranges;
}

async function note(context: ClockContext, breaches: readonly ViewBreach[]): Promise<void> {
  const text = (name: string, of: (breach: ViewBreach) => string) => ({
    name,
    type: "String",
    values: breaches.map(of),
  });
  await context.engine.insert(
    { database: context.project.databases.features, name: "expect_breaches" },
    {
      rows: breaches.length,
      columns: [
        text("clock", () => context.clock.name),
        text("view", ({ view }) => view),
        text("column", ({ column }) => column),
        text("rule", ({ rule }) => rule),
        text("exchange", ({ exchange }) => exchange),
        text("market_type", ({ market_type }) => market_type),
        text("symbol", ({ symbol }) => symbol),
        { name: "bucket_id", type: "UInt64", values: breaches.map(({ bucketId }) => BigInt(bucketId)) },
        { name: "expected", type: "Float64", values: breaches.map(({ expected }) => expected) },
        { name: "found", type: "Float64", values: breaches.map(({ found }) => found) },
        { name: "rows", type: "UInt64", values: breaches.map(({ rows }) => BigInt(rows)) },
      ],
    },
  );
}
