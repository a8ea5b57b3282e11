/** Monotonic: ids without gaps, bounds without overlaps, times that never fall, and everything complete that is said to be. */
import { quoteName } from "../schema/quote.js";
import { instrumentName, type Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import type { Check, CheckResult, VerifiedClock, VerifyContext } from "./check.js";
import { rangeParams, whereInRange } from "./range.js";
import { newTally, type Tally } from "./tally.js";

const bucketOrder = sqlTemplate(import.meta.url, "bucket-order");
const bucketEnds = sqlTemplate(import.meta.url, "bucket-ends");
const objectRows = sqlTemplate(import.meta.url, "object-rows");

export const monotonic: Check = {
  name: "monotonic",
  summary: "bucket ids, bounds and times are in order; every complete bucket has its rows and its trades",
  run: checkMonotonic,
};

interface ProblemRow {
  readonly exchange: string;
  readonly market_type: string;
  readonly symbol: string;
  readonly bucket_id: string;
  readonly problem: string;
}

async function checkMonotonic(context: VerifyContext): Promise<CheckResult> {
  const tally = newTally();
  const total = context.clocks.reduce((sum, { objects }) => sum + 1 + objects.length, 0);
  let done = 0;
  for (const clock of context.clocks) {
    await checkBuckets(context, clock, tally);
    checkTrades(clock, tally);
    done += 1;
    context.onProgress(monotonic.name, done, total);
    for (const object of clock.objects) {
      if (object.storage === undefined) continue;
      const sql = objectRows({
        ...relations(context.project, clock),
        table: quoteName(object.storage.table),
        in_range: whereInRange,
      });
      const params = {
        ...rangeParams(context.options),
        clock: clock.clock.name,
        path: object.path,
        every_bucket: object.everyBucket ? 1 : 0,
      };
      report(tally, `${object.kind} ${object.name}`, await rowsOf(context, sql, params));
      done += 1;
      context.onProgress(monotonic.name, done, total);
    }
  }
  return tally.result();
}

async function checkBuckets(context: VerifyContext, verified: VerifiedClock, tally: Tally): Promise<void> {
  const { clock } = verified;
  const { buckets, closes, state } = tableNames(context.project, verified);
  const shared = {
    ...rangeParams(context.options),
    // With a retention the oldest buckets are gone by intent.
    keeps_all: context.project.retention.featuresMs === undefined ? 1 : 0,
  };
  const order = await rowsOf(context, bucketOrder({ buckets, in_range: whereInRange }), {
    ...shared,
    max_ms: clock.maxMs,
    longest_ms: clock.maxMs,
    book_gap: clock.bookGapMs,
  });
  report(tally, `clock ${clock.name}`, order);
  const ends = await rowsOf(context, bucketEnds({ buckets, closes, state }), {
    ...shared,
    clock: clock.name,
  });
  report(tally, `clock ${clock.name}`, ends);
  const [count] = await context.engine.rows<{ buckets: string }>(
    `SELECT toString(count()) AS buckets FROM ${buckets} FINAL ${whereInRange}`,
    { params: rangeParams(context.options) },
  );
  tally.checked(Number(count?.buckets ?? 0));
}

/** Count and lots of the trades that a bucket's stream would carry, against the bucket's own. */
function checkTrades({ clock, sample }: VerifiedClock, tally: Tally): void {
  for (const bucket of sample) {
    if (bucket.hasItsTrades) continue;
    if (bucket.isPastRetention) tally.notRecomputable(1);
    else
      tally.fail({
        object: `clock ${clock.name}`,
        instrument: instrumentName(bucket.instrument),
        bucketId: bucket.id,
        message: "the raw trades of its interval are not those that it was closed with, by number or volume",
      });
  }
}

function relations(project: Project, clock: VerifiedClock): { buckets: string; closes: string } {
  const { buckets, closes } = tableNames(project, clock);
  return { buckets, closes };
}

function tableNames(
  project: Project,
  { compiled }: VerifiedClock,
): { buckets: string; closes: string; state: string } {
  const { features } = project.databases;
  return {
    buckets: quoteName(compiled.buckets),
    closes: quoteName({ database: features, name: "closes" }),
    state: quoteName({ database: features, name: "bucket_state" }),
  };
}

async function rowsOf(
  { engine }: VerifyContext,
  sql: string,
  params: Record<string, string | number | readonly (string | number)[]>,
): Promise<ProblemRow[]> {
  return engine.rows<ProblemRow>(sql, { params });
}

function report(tally: Tally, object: string, rows: readonly ProblemRow[]): void {
  for (const { exchange, market_type, symbol, bucket_id, problem } of rows) {
    tally.fail({
      object,
      instrument: `${exchange}/${market_type}/${symbol}`,
      bucketId: Number(bucket_id),
      message: problem,
    });
  }
}
