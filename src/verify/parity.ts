/** Parity: what is stored equals what its SELECT gives today, bit for bit. */
import { instrumentName } from "../spec/model.js";
import { approxOf, sampledParams, storedSide } from "./binding.js";
import type { Check, CheckResult, VerifyContext } from "./check.js";
import { clusterLimits, clusters } from "./clusters.js";
import { differencesOf, type RowDifference, readRows } from "./compare.js";
import { checkRows, rowViews } from "./row-parity.js";
import { newTally } from "./tally.js";

export const parity: Check = {
  name: "parity",
  summary: "sampled buckets computed again from raw data equal what is stored, bit for bit",
  run: checkParity,
};

async function checkParity(context: VerifyContext): Promise<CheckResult> {
  const tally = newTally();
  const work = context.clocks.flatMap(({ objects, sample }) =>
    clusters(sample, clusterLimits).flatMap((cluster) => objects.map((object) => ({ object, cluster }))),
  );
  // Rows have no clock: they are looked at in the time of every sampled bucket.
  const ofRows = rowViews(context.catalog).flatMap((object) =>
    context.clocks.flatMap(({ sample }) =>
      clusters(sample, clusterLimits).map((cluster) => ({ object, cluster })),
    ),
  );
  const total = work.length + ofRows.length;
  let done = 0;
  for (const { object, cluster } of work) {
    const [{ instrument } = { instrument: undefined }] = cluster;
    const expected = await context.recomputed(object, cluster);
    if (instrument === undefined || expected === undefined) continue;
    const params = sampledParams(instrument, cluster);
    const stored = await readRows(context.engine, object, storedSide(object), params);
    tally.checked(new Set([...expected.keys(), ...stored.keys()]).size);
    const differences = differencesOf(object, expected, stored, approxOf(context.specs, object));
    for (const difference of differences) {
      const bucket = cluster.find(({ id }) => id === difference.bucketId);
      if (bucket?.isPastRetention === true) tally.notRecomputable(1);
      else
        tally.fail({
          object: `${object.kind} ${object.name}`,
          instrument: instrumentName(instrument),
          bucketId: difference.bucketId,
          message: messages[difference.kind],
          ...(difference.columns.length === 0 ? {} : { columns: difference.columns }),
        });
    }
    done += 1;
    context.onProgress(parity.name, done, total);
  }
  for (const { object, cluster } of ofRows) {
    await checkRows(context.engine, object, cluster, tally);
    done += 1;
    context.onProgress(parity.name, done, total);
  }
  return tally.result();
}

const messages: Readonly<Record<RowDifference["kind"], string>> = {
  missing: "the stored row is gone: computing it again gives one",
  extra: "a row is stored that computing it again does not give",
  repeated: "the bucket has more than one row",
  values: "stored values are not those that computing them again gives",
};
