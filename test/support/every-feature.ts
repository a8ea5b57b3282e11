/** Vectors of every stock feature: what no model would want, and what a test of all of them does. */
import { hasBins, nullRules, type ProjectSpecs, type VectorSpec } from "../../src/spec/model.js";

/** A vector of each clock that has views with a row a bucket; NULL rules take turns. */
export function everyFeatureVectors({ project, views }: ProjectSpecs): VectorSpec[] {
  return Object.keys(project.clocks).flatMap((clock) => {
    const name = `every_feature_of_${clock}`;
    const at = { file: `features/vectors/${name}.yaml` };
    const features = views
      .filter((view) => view.clock === clock && view.row === undefined && !hasBins(view))
      .flatMap(({ name: view, columns }) =>
        columns.filter(({ feature }) => feature).map((column) => ({ view, column: column.name, at })),
      )
      .map((feature, place) => ({ ...feature, onNull: nullRules[place % nullRules.length] ?? "keep" }));
    if (features.length === 0) return [];
    const description = `Every feature of the clock ${clock}`;
    const limits = { history: 1000, maxAgeMs: 120_000, lagMs: 150 };
    return [{ kind: "vector", name, description, clock, ...limits, features, at }];
  });
}
