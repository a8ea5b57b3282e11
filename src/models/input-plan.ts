import type { VectorSpec } from "../spec/model.js";
import type { ModelContract } from "../spec/model-contract.js";
import { isNull, isWhole, type ModelRow } from "./model-row.js";

/** What of a contract decides its tensors. */
export type InputContract = Pick<ModelContract, "inputs" | "normalise">;

interface PlannedInput {
  readonly name: string;
  /** Rows of the window that it takes, from the newest back. */
  readonly steps: number;
  readonly isSequence: boolean;
  /** Places of its features in the vector, and beside each how it is normalised. */
  readonly places: Int32Array;
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** How rows become tensors: worked out once a model, used for every prediction. */
export interface InputPlan {
  readonly inputs: readonly PlannedInput[];
  /** Rows that a window must have. */
  readonly steps: number;
  /** `view.column` of every feature of the vector. */
  readonly features: readonly string[];
  /** What NULL becomes before normalising, by feature: a number, NaN for `keep`; undefined rejects the window. */
  readonly fills: readonly (number | undefined)[];
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** float32, row-major: [batch, features] or [batch, steps, features]. */
export interface InputTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

export function planInputs(contract: InputContract, vector: Pick<VectorSpec, "features">): InputPlan {
  const features = vector.features.map(({ view, column }) => `${view}.${column}`);
  const { normalise } = contract;
  const mean = Float64Array.from(features, (_, place) => normalise?.mean[place] ?? 0);
  const scale = Float64Array.from(features, (_, place) => normalise?.scale[place] ?? 1);
  const fill = { zero: () => 0, mean: (place: number) => mean[place], keep: () => Number.NaN };
  const inputs = contract.inputs.map(({ name, shape, features: wanted }): PlannedInput => {
    const isSequence = shape.length === 3;
    const places = Int32Array.from(
      wanted === "all" ? features.keys() : wanted.map((one) => features.indexOf(one)),
    );
    return {
      name,
      isSequence,
      steps: isSequence ? (shape[1] ?? 1) : 1,
      places,
      mean: Float64Array.from(places, (place) => mean[place] ?? Number.NaN),
      scale: Float64Array.from(places, (place) => scale[place] ?? Number.NaN),
    };
  });
  return {
    inputs,
    steps: Math.max(...inputs.map(({ steps }) => steps)),
    features,
    fills: vector.features.map(({ onNull }, place) =>
      onNull === "reject" ? undefined : fill[onNull](place),
    ),
    mean,
    scale,
  };
}

/** Why a window can not be given to a model; undefined when it can. */
export function refuseWindow(plan: InputPlan, rows: readonly ModelRow[]): string | undefined {
  const last = rows.at(-1);
  if (last === undefined) return "no_row";
  if (rows.length < plan.steps) return `short_history: ${rows.length} of ${plan.steps} rows`;
  for (const { steps, places } of plan.inputs) {
    for (let step = rows.length - steps; step < rows.length; step++) {
      const row = rows[step];
      if (row === undefined || isWhole(row)) continue;
      for (const place of places) {
        if (plan.fills[place] === undefined && isNull(row, place)) {
          return `null_input: ${plan.features[place]} of bucket ${row.bucketId}`;
        }
      }
    }
  }
  return undefined;
}

/**
 * The tensors of some windows, each accepted by `refuseWindow`: this is the only place where NULL rules and normalising are
 * applied, in float64, before rounding to float32. `used` are tensors of as many windows that nobody reads any more: they are written
 * over.
 */
export function buildInputs(
  plan: InputPlan,
  windows: readonly (readonly ModelRow[])[],
  used: readonly InputTensor[] = emptyInputs(plan, windows.length),
): readonly InputTensor[] {
  for (const [place, input] of plan.inputs.entries()) {
    const data = used[place]?.data;
    if (data === undefined) continue;
    let at = 0;
    for (const rows of windows) {
      for (let step = rows.length - input.steps; step < rows.length; step++) {
        const row = rows[step];
        if (row !== undefined) writeRow(input, plan.fills, row, data, at);
        at += input.places.length;
      }
    }
  }
  return used;
}

function emptyInputs({ inputs }: InputPlan, windows: number): InputTensor[] {
  return inputs.map(({ name, steps, isSequence, places: { length: width } }) => ({
    name,
    dims: isSequence ? [windows, steps, width] : [windows, width],
    data: new Float32Array(windows * steps * width),
  }));
}

function writeRow(
  { places, mean, scale }: PlannedInput,
  fills: InputPlan["fills"],
  row: ModelRow,
  data: Float32Array,
  at: number,
): void {
  const { values } = row;
  const hasNull = !isWhole(row);
  for (let column = 0; column < places.length; column++) {
    const place = places[column] ?? 0;
    const raw = hasNull && isNull(row, place) ? (fills[place] ?? Number.NaN) : (values[place] ?? Number.NaN);
    data[at + column] = (raw - (mean[column] ?? 0)) / (scale[column] ?? 1);
  }
}
