import type { ChangeClass } from "../plan/change.js";
import type { VersionRecord } from "../plan/deployed.js";
import type { Step } from "../plan/step.js";

/** One migration, as its files say it. */
export interface Migration {
  /** `NNNN_slug`, the name of its files. */
  readonly name: string;
  /** The migration before it; empty for the first. */
  readonly parent: string;
  readonly class: ChangeClass;
  readonly steps: readonly Step[];
  /** What the registry holds afterwards. */
  readonly records: readonly VersionRecord[];
}

export const migrationName = /^(\d{4,})_([a-z0-9_]+)$/;

/** `0003_add_vpin`. */
export function nameMigration(number: number, slug: string): string {
  return `${String(number).padStart(4, "0")}_${slug}`;
}

export function migrationNumber(name: string): number {
  return Number(migrationName.exec(name)?.[1]);
}
