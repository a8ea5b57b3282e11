import { plural } from "../count-text.js";
import { describePredictions } from "../describe-predictions.js";
import { renderTable } from "../render-table.js";
import type { DemoResult } from "./run-demo.js";

const keys = new Set([
  "exchange",
  "market_type",
  "symbol",
  "bucket_ts_start",
  "prev_ts_end",
  "v",
  "created_at",
]);

/** Features are read, not parsed: six significant digits are enough. */
const short = (value: unknown) => (typeof value === "number" ? Number(value.toPrecision(6)) : value);

/** What the demo ends with: the last vectors, one column an instrument, and where everything is. */
export function describeDemo({
  seed,
  folder,
  trainingSet,
  vectors,
  predictions,
  seconds,
}: DemoResult): string {
  const names = Object.keys(vectors[0] ?? {}).filter((name) => !keys.has(name));
  const instruments = vectors.map((row) => `${row.exchange}/${row.market_type}/${row.symbol}`);
  const table = renderTable(
    ["last vector", ...instruments],
    names.map((name) => [name, ...vectors.map((row) => short(row[name]))]),
  );
  return (
    `${table}\n` +
    (predictions === null ? "" : `${describePredictions(predictions)}\n`) +
    `All of this was SIMULATED (seed ${seed}), ${plural(vectors.length, "instrument")} in ${seconds.toFixed(1)} s.\n` +
    `  training set  ${trainingSet}\n` +
    `  project       ${folder}/project   (try: feature sql "SELECT * FROM marketprism_features.vpin LIMIT 5")\n` +
    `  remove        rm -r ${folder}\n`
  );
}
