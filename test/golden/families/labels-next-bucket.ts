/** Prices at bucket ends; two labels, one with each kind of threshold. */
import { type LabelSpec, labelOutputs } from "../../../src/spec/model.js";
import {
  computedLabels,
  createLabelTables,
  labelProject,
  type PricedBucket,
  storePrices,
} from "../../support/compute-labels.js";
import type { Adapter } from "../adapter.js";

interface Row {
  readonly seq: number;
  readonly end_ts: number;
  readonly mid: number | null;
}

interface Params {
  readonly h: number;
  readonly thr_per_s: number;
  readonly min_dt_s: number;
  readonly c: number;
  readonly N: number;
  readonly min_obs: number;
  readonly cost_bps: number;
}

/** Cases count from time 0, which the tables' partitions and retention do not like. */
const epoch = Date.UTC(2024, 0, 2);

export const labelsNextBucket: Adapter = async ({ inputs, params }, engine) => {
  const { h, thr_per_s, min_dt_s, c, N, min_obs, cost_bps } = params as Params;
  const rows = inputs as readonly Row[];
  const buckets = rows.map(
    ({ seq, end_ts, mid }): PricedBucket => ({ id: seq, endMs: epoch + end_ts, price: mid }),
  );
  // A label has a row once its horizon is closed. One more bucket closes all of them, and one id before it is missing, so that
  // the last labels stay undefined.
  const last = rows.at(-1);
  const closing =
    last === undefined ? [] : [{ id: last.seq + h + 1, endMs: epoch + last.end_ts + 1, price: null }];
  const label: LabelSpec = {
    kind: "label",
    name: "golden",
    description: "",
    owner: "",
    clock: "ubt",
    horizon: { kind: "buckets", length: h },
    price: { view: "book_state", column: "last_valid_mid", age: undefined, maxAgeMs: 5000 },
    outputs: labelOutputs,
    minDurationMs: 1000 * min_dt_s,
    threshold: { kind: "adaptive", sigma: c, window: N, min: min_obs },
    minBps: cost_bps,
    at: { file: "features/labels/golden.yaml" },
  };
  const compute = async (spec: LabelSpec) => {
    const specs = labelProject(spec, "golden_labels");
    await createLabelTables(engine, specs);
    await storePrices(engine, specs, [...buckets, ...closing]);
    const rows = await computedLabels(engine, specs);
    return new Map(rows.map((row) => [Number(row.id), row]));
  };
  const adaptive = await compute(label);
  const fixed = await compute({
    ...label,
    outputs: labelOutputs.filter((name) => name !== "sigma"),
    threshold: { kind: "per_second", value: thr_per_s },
    minBps: 0,
  });
  const number = (value: unknown): number | null =>
    value === null || value === undefined ? null : Number(value);
  return {
    actual: buckets.map(({ id }) => {
      const row = adaptive.get(id);
      const end = number(row?.label_end_ts);
      return {
        seq: id,
        dt_s: number(row?.duration_s),
        raw_log_ret: number(row?.raw_return),
        ret_per_s: number(row?.return_per_second),
        ret_per_sqrt_s: number(row?.return_per_sqrt_second),
        cls: number(fixed.get(id)?.class),
        sigma_sqrt_s: number(row?.sigma),
        adaptive_thr: number(row?.threshold),
        cls_adaptive: number(row?.class),
        label_end_ts: end === null ? null : end - epoch,
      };
    }),
  };
};
