/**
 * Leakage: a bucket's features are the same when everything is removed that became known after them. Both sides are computed
 * now, so a stored value that is wrong for another reason is no leak (that is parity's to say).
 */
import type { CompiledObject } from "../compile/catalog.js";
import type { TableCut } from "../compile/cut-relations.js";
import { recomputeSelect } from "../compile/recompute.js";
import { instrumentName } from "../spec/model.js";
import { approxOf, sampledParams, whereSampled } from "./binding.js";
import type { Check, CheckResult, SampledBucket, VerifyContext } from "./check.js";
import { clusterLimits, clusters } from "./clusters.js";
import { differencesOf, type Rows, readRows } from "./compare.js";
import { knownBy } from "./known-by.js";
import { newTally, type Tally } from "./tally.js";

export const leakage: Check = {
  name: "leakage",
  summary: "sampled buckets computed without anything that became known later give the same values",
  run: checkLeakage,
};

async function checkLeakage(context: VerifyContext): Promise<CheckResult> {
  const { engine, project, catalog } = context;
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
    const select = recomputeSelect(object, { where: whereSampled });
    const [first] = cluster;
    if (select === undefined || first === undefined) continue;
    const params = sampledParams(first.instrument, cluster);
    const full = await readRows(engine, object, { select, prefix: "" }, params);
    for (const bucket of cluster) {
      await checkBucket(context, cuts, object, bucket, full, tally);
      done += 1;
      context.onProgress(leakage.name, done, total);
    }
  }
  return tally.result();
}

async function checkBucket(
  context: VerifyContext,
  cuts: readonly TableCut[],
  object: CompiledObject,
  bucket: SampledBucket,
  full: Rows,
  tally: Tally,
): Promise<void> {
  const own = full.get(bucket.id) ?? [];
  const select = recomputeSelect(object, { where: whereSampled, cuts });
  if (select === undefined) return;
  const params = {
    ...sampledParams(bucket.instrument, [bucket]),
    // What a delay waits for came after the bucket: no order of buckets is to be kept there.
    bucket_id: object.delay === undefined ? bucket.id : Number.MAX_SAFE_INTEGER,
    // A view may be known later than its bucket (`delay:`); a vector's lag is time for computing, not for looking.
    known_by: Math.max(bucket.availableAt, object.kind === "vector" ? 0 : (own[0]?.availableAt ?? 0)),
  };
  const cut = await readRows(context.engine, object, { select, prefix: "" }, params);
  if (own.length === 0 && cut.size === 0) return;
  tally.checked(1);
  // Two empty sides are equal, and say nothing.
  if (bucket.isPastRetention && !bucket.hasItsTrades) tally.notRecomputable(1);
  const expected: Rows = new Map([[bucket.id, own]]);
  const approx = approxOf(context.specs, object);
  for (const { columns } of differencesOf(object, cut, expected, approx)) {
    tally.fail({
      object: `${object.kind} ${object.name}`,
      instrument: instrumentName(bucket.instrument),
      bucketId: bucket.id,
      message: "it looks into the future: without what became known later it comes out differently",
      ...(columns.length === 0 ? {} : { columns }),
    });
  }
}
