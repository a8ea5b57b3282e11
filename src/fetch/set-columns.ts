import { columnOf, outputOf, type TrainingSet } from "./training-set.js";

/** Names of a set's features and labels, as the file has them, in its order. */
export function valueColumns(set: TrainingSet): string[] {
  return [
    ...set.vectors.flatMap((vector) => vector.features.map((name) => columnOf(set, vector, name))),
    ...set.labels.flatMap((label) => label.outputs.map(({ name }) => outputOf(label, name))),
  ];
}
