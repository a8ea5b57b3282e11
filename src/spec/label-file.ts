/** features/labels/<name>.yaml → LabelSpec; whether its price exists is checked in references.ts. */

import type { LabelOutput, LabelSpec, LabelThreshold } from "./model.js";
import type { SpecReader } from "./spec-reader.js";

interface RawLabel {
  readonly label: string;
  readonly description?: string;
  readonly owner?: string;
  readonly clock: string;
  readonly horizon: { readonly buckets?: number; readonly seconds?: number };
  readonly price: {
    readonly view: string;
    readonly column: string;
    readonly age?: string;
    readonly max_age: string;
  };
  readonly min_duration?: string;
  readonly outputs: readonly LabelOutput[];
  readonly class?: {
    readonly threshold: {
      readonly sigma?: number;
      readonly window?: number;
      readonly min?: number;
      readonly per_second?: number;
      readonly bps?: number;
    };
    readonly min_bps?: number;
  };
}

/** The shortest horizon that is divided by, where the file does not say. */
const defaultMinDurationMs = 1000;

export function readLabelFile(reader: SpecReader): LabelSpec {
  const raw = reader.file.data as RawLabel;
  const { buckets, seconds } = raw.horizon;
  const threshold = readThreshold(reader, raw.class?.threshold);
  checkOutputs(reader, raw.outputs, threshold);
  return {
    kind: "label",
    name: raw.label,
    description: raw.description ?? "",
    owner: raw.owner ?? "",
    clock: raw.clock,
    horizon:
      buckets === undefined
        ? { kind: "seconds", length: seconds ?? 1 }
        : { kind: "buckets", length: buckets },
    price: {
      view: raw.price.view,
      column: raw.price.column,
      age: raw.price.age,
      maxAgeMs: reader.duration("/price/max_age", raw.price.max_age, 0),
    },
    outputs: raw.outputs,
    minDurationMs: reader.duration("/min_duration", raw.min_duration, defaultMinDurationMs),
    threshold,
    minBps: raw.class?.min_bps ?? 0,
    at: reader.file.keyAt("/label"),
  };
}

function readThreshold(
  reader: SpecReader,
  raw: NonNullable<RawLabel["class"]>["threshold"] | undefined,
): LabelThreshold | undefined {
  if (raw?.sigma !== undefined) {
    if (raw.window === undefined) {
      reader.add(
        "FS_SPEC_MISSING_KEY",
        "the threshold has `sigma`, but no `window` of returns to take the deviation of",
        reader.file.keyAt("/class/threshold/sigma"),
        "For example `threshold: { sigma: 0.5, window: 100 }`.",
      );
    }
    const window = raw.window ?? 2;
    const min = raw.min ?? window;
    if (min > window) {
      reader.add(
        "FS_SPEC_WINDOW",
        `the threshold has \`min: ${min}\`, but only ${window} returns, so the class would always be NULL`,
        reader.file.at("/class/threshold/min"),
        `Write at most \`min: ${window}\`.`,
      );
    }
    return { kind: "adaptive", sigma: raw.sigma, window, min };
  }
  for (const key of ["window", "min"] as const) {
    if (raw?.[key] === undefined) continue;
    reader.add(
      "FS_SPEC_VALUE",
      `\`${key}\` belongs to a threshold with \`sigma\``,
      reader.file.keyAt(`/class/threshold/${key}`),
      "Remove it, or write `sigma`.",
    );
  }
  if (raw?.per_second !== undefined) return { kind: "per_second", value: raw.per_second };
  return raw?.bps === undefined ? undefined : { kind: "bps", value: raw.bps };
}

/** What needs a threshold, and what needs one that adapts. */
function checkOutputs(
  reader: SpecReader,
  outputs: readonly LabelOutput[],
  threshold: LabelThreshold | undefined,
): void {
  const missing: Partial<Record<LabelOutput, boolean>> = {
    class: threshold === undefined,
    threshold: threshold === undefined,
    sigma: threshold?.kind !== "adaptive",
  };
  outputs.forEach((output, place) => {
    if (missing[output] !== true) return;
    const wanted = output === "sigma" ? "a threshold with `sigma`" : "`class` with its threshold";
    reader.add(
      "FS_SPEC_MISSING_KEY",
      `the output ${output} needs ${wanted}`,
      reader.file.at(`/outputs/${place}`),
      "For example `class: { threshold: { sigma: 0.5, window: 100 }, min_bps: 2 }`.",
    );
  });
}
