import type { SealedTarget } from "../migrate/seal.js";
import type { Project, Target } from "../spec/model.js";

export type EmbeddedTarget = Extract<Target, { kind: "embedded" }>;

/** What notes and seals of an embedded target are about; its path is absolute. */
export function sealedTarget({ databases }: Project, { name, path }: EmbeddedTarget): SealedTarget {
  return { target: name, path, registry: databases.registry };
}

/** Notes of a server are others (`diff-online.ts`). */
export function sealableTarget(project: Project, target: Target): SealedTarget | undefined {
  return target.kind === "embedded" ? sealedTarget(project, target) : undefined;
}
