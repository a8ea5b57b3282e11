/**
 * Leakage: a bucket's features are the same when everything is removed that became known after them. Both sides are computed
 * now, so a stored value that is wrong for another reason is no leak (that is parity's to say).
 */
import type { CompiledObject } from "../compile/catalog.js";
import type { TableCut } from "../compile/cut-relations.js";
import { recomputeSelect } from "../compile/recompute.js";
import type { Reader } from "../engine/port.js";
import { instrumentName } from "../spec/model.js";
import { approxOf, sampledParams } from "./binding.js";
import type { Check, CheckResult, Row, Rows, SampledBucket, VerifyContext } from "./check.js";
import { clusterLimits, clusters } from "./clusters.js";
import { differencesOf, readRows } from "./compare.js";
import { knownBy, whereOwnMoment } from "./known-by.js";
import { newTally, type Tally } from "./tally.js";

export const leakage: Check = {
  name: "leakage",
  summary: "sampled buckets computed without anything that became known later give the same values",
  run: checkLeakage,
};

/** So many moments go into one statement: each is planned once for all of them, and reads the past again for each. */
const momentsAtOnce = 20;

async function checkLeakage(context: VerifyContext): Promise<CheckResult> {
  const { project, catalog } = context;
  const tally = newTally();
  const cuts = knownBy(project, catalog);
  // Labels look forward: that is what they are for.
  const work = context.clocks.flatMap(({ objects, sample }) =>
    objects
      .filter(({ kind }) => kind === "view" || kind === "vector")
      .flatMap((object) => clusters(sample, clusterLimits).map((cluster) => ({ object, cluster }))),
  );
  const total = work.reduce((sum, { cluster }) => sum + cluster.length, 0);
  let done = 0;
  for (const { object, cluster } of work) {
    const full = await context.recomputed(object, cluster);
    if (full === undefined) continue;
    for (let from = 0; from < cluster.length; from += momentsAtOnce) {
      const buckets = cluster.slice(from, from + momentsAtOnce);
      const cut = await computeThen(context.engine, cuts, object, buckets, full);
      for (const bucket of buckets) checkBucket(context, object, bucket, { full, cut, tally });
      done += buckets.length;
      context.onProgress(leakage.name, done, total);
    }
  }
  return tally.result();
}

/** Rows of buckets of one instrument, each from what was known at its own moment. */
async function computeThen(
  engine: Reader,
  cuts: readonly TableCut[],
  object: CompiledObject,
  buckets: readonly SampledBucket[],
  full: Rows,
): Promise<Rows> {
  const [first] = buckets;
  const select = recomputeSelect(object, { where: whereOwnMoment, cuts });
  if (first === undefined || select === undefined) return new Map();
  return readRows(
    engine,
    object,
    { select, prefix: "" },
    {
      ...sampledParams(first.instrument, buckets),
      // What a delay waits for came after the bucket: no order of buckets is to be kept there.
      last: buckets.map(({ id }) => (object.delay === undefined ? id : Number.MAX_SAFE_INTEGER)),
      // A view may be known later than its bucket (`delay:`); a vector's lag is time for computing, not for looking.
      known_by: buckets.map(({ id, availableAt }) =>
        Math.max(availableAt, object.kind === "vector" ? 0 : (full.get(id)?.[0]?.availableAt ?? 0)),
      ),
    },
  );
}

interface Sides {
  readonly full: Rows;
  readonly cut: Rows;
  readonly tally: Tally;
}

function checkBucket(
  context: VerifyContext,
  object: CompiledObject,
  bucket: SampledBucket,
  { full, cut, tally }: Sides,
): void {
  const own = full.get(bucket.id) ?? [];
  const then = cut.get(bucket.id) ?? [];
  // Without raw rows both sides are empty and equal, which says nothing.
  const isGone = bucket.isPastRetention && !bucket.hasItsTrades;
  if (own.length === 0 && then.length === 0 && !isGone) return;
  tally.checked(1);
  if (isGone) tally.notRecomputable(1);
  const side = (rows: readonly Row[]): Rows => (rows.length === 0 ? new Map() : new Map([[bucket.id, rows]]));
  const approx = approxOf(context.specs, object);
  for (const { columns } of differencesOf(object, side(then), side(own), approx)) {
    tally.fail({
      object: `${object.kind} ${object.name}`,
      instrument: instrumentName(bucket.instrument),
      bucketId: bucket.id,
      message: "it looks into the future: without what became known later it comes out differently",
      ...(columns.length === 0 ? {} : { columns }),
    });
  }
}
