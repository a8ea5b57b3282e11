/** Rows of a vector and what a model answers to them, kept beside the contract: a check runs them again. */
import { FeatureError } from "../errors.js";
import type { LoadedModel, ModelAnswer } from "./loaded-model.js";
import { type ModelRow, packRow, rawValue } from "./model-row.js";

export interface ModelSample {
  readonly model: string;
  readonly version: number;
  /** `view.column`, in the vector's order. */
  readonly features: readonly string[];
  /** Windows of rows of raw values, the oldest row first; null is NULL. */
  readonly windows: readonly (readonly (readonly (number | null)[])[])[];
  readonly answers: readonly {
    readonly probabilities?: readonly number[];
    readonly value?: number;
  }[];
}

/** What answers may differ by: ONNX Runtime's kernels are not the same on every processor. */
const tolerance = 1e-6;

export async function takeSample(
  model: LoadedModel,
  windows: readonly (readonly ModelRow[])[],
): Promise<ModelSample> {
  const { name, version } = model.contract;
  const { features } = model.plan;
  const { answers } = await model.answer(windows);
  return {
    model: name,
    version,
    features,
    windows: windows.map((rows) => rows.map((row) => features.map((_, place) => rawValue(row, place)))),
    answers: answers.map(({ probabilities, value }) => ({
      ...(probabilities && { probabilities }),
      ...(value !== undefined && { value }),
    })),
  };
}

/** The largest distance of any answer from the sample's. @throws FeatureError FS_MODEL_MISMATCH when it is above 1e-6 */
export async function checkSample(model: LoadedModel, sample: ModelSample): Promise<void> {
  const object = model.contract.name;
  const refuse = (message: string): never => {
    throw new FeatureError("FS_MODEL_MISMATCH", message, { object, at: model.contract.at });
  };
  if (sample.features.join() !== model.plan.features.join()) {
    refuse("the sample is of other features than the vector has");
  }
  const windows = sample.windows.map((rows) =>
    rows.map((values, place) => packRow(values, { bucketId: place + 1, availableAt: 0 })),
  );
  const { answers } = await model.answer(windows);
  for (const [place, wanted] of sample.answers.entries()) {
    const far = distance(answers[place], wanted);
    if (!(far <= tolerance)) {
      refuse(`answer ${place + 1} of the sample differs by ${far}; at most ${tolerance} is expected`);
    }
  }
}

/** NaN when the two do not have the same parts. */
function distance(found: ModelAnswer | undefined, wanted: ModelSample["answers"][number]): number {
  const list = (answer: Partial<ModelAnswer> | undefined) => [
    ...(answer?.probabilities ?? []),
    ...(answer?.value === undefined ? [] : [answer.value]),
  ];
  const [a, b] = [list(found), list(wanted)];
  if (a.length !== b.length) return Number.NaN;
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? Number.NaN))), 0);
}

/** Windows to sample a model with that brings none of its own: each feature at its mean, then further and further from it. */
export function plainWindows({ plan }: LoadedModel): ModelRow[][] {
  return [0, 0.5, -1, 2].map((away) =>
    Array.from({ length: plan.steps }, (_, step) =>
      packRow(
        plan.features.map((_, place) => {
          const wave = away * Math.cos(place + step);
          return (plan.mean[place] ?? 0) + wave * (plan.scale[place] ?? 1);
        }),
        { bucketId: step + 1, availableAt: 0 },
      ),
    ),
  );
}
