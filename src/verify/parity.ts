/** Parity: what is stored equals what its SELECT gives today, bit for bit. */
import { recomputeSelect } from "../compile/recompute.js";
import { instrumentName } from "../spec/model.js";
import { approxOf, sampledParams, storedSide, whereSampled } from "./binding.js";
import type { Check, CheckResult, VerifyContext } from "./check.js";
import { clusterLimits, clusters } from "./clusters.js";
import { differencesOf, type RowDifference, readRows } from "./compare.js";
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
  let done = 0;
  for (const { object, cluster } of work) {
    const [{ instrument } = { instrument: undefined }] = cluster;
    const select = recomputeSelect(object, { where: whereSampled });
    if (instrument === undefined || select === undefined) continue;
    const params = sampledParams(instrument, cluster);
    const expected = await readRows(context.engine, object, { select, prefix: "" }, params);
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
    context.onProgress(parity.name, done, work.length);
  }
  return tally.result();
}

const messages: Readonly<Record<RowDifference["kind"], string>> = {
  missing: "the stored row is gone: computing it again gives one",
  extra: "a row is stored that computing it again does not give",
  repeated: "the bucket has more than one row",
  values: "stored values are not those that computing them again gives",
};
