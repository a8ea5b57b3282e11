import { FeatureError } from "../errors.js";
import { type ServedVector, servedVector } from "../online/served-vector.js";
import type { Context } from "./context.js";
import { deployedVector } from "./deployed-vector.js";

/** The vectors to serve, in the versions that are live: those named, or all of the project. */
export async function servedVectors(context: Context, names: readonly string[]): Promise<ServedVector[]> {
  const wanted = names.length > 0 ? names : context.specs.vectors.map(({ name }) => name);
  if (wanted.length === 0) {
    throw new FeatureError("FS_CLI_USAGE", "The project has no vector to serve.", {
      hint: "Write one under features/vectors/.",
    });
  }
  const vectors: ServedVector[] = [];
  for (const name of wanted) {
    const { vector, table, version } = await deployedVector(context, name);
    vectors.push(servedVector(vector, { ...version, table }));
  }
  return vectors;
}
