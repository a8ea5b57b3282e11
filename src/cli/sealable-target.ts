import type { SealedTarget } from "../migrate/seal.js";
import type { Project, Target } from "../spec/model.js";

/** Notes of a server are others (`diff-online.ts`). */
export function sealableTarget({ databases }: Project, target: Target): SealedTarget | undefined {
  if (target.kind !== "embedded") return undefined;
  return { target: target.name, path: target.path, registry: databases.registry };
}
