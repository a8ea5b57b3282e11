import type { Consumer } from "../plan/downstream.js";
import type { ProjectSpecs } from "../spec/model.js";

/** Who reads views and vectors by the project's files, and is no table of ours. */
export function specConsumers({ models }: Pick<ProjectSpecs, "models">): Consumer[] {
  return models.map(({ name, vector }) => ({ id: `model:${name}`, reads: [`vector:${vector.name}`] }));
}
