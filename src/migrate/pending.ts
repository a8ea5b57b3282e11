import { FeatureError, Findings } from "../errors.js";
import type { Revision } from "../registry/revision.js";
import { migrationNumber } from "./migration.js";
import type { StoredMigration } from "./migration-folder.js";

/**
 * The migrations that this target has not applied, in order. Throws when the files are not those that it did apply:
 * FS_MIGRATION_MISSING, _EDITED, _ORDER, all that were found together.
 */
export function pendingMigrations(
  migrations: readonly StoredMigration[],
  revisions: readonly Revision[],
): StoredMigration[] {
  const applied = revisions.filter(({ kind, state }) => kind === "apply" && state === "applied");
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  const findings = applied.flatMap(({ migration, planHash }): FeatureError[] => {
    const file = byName.get(migration);
    const object = migration;
    if (file === undefined)
      return [
        new FeatureError("FS_MIGRATION_MISSING", `${migration}.sql was applied and is gone`, { object }),
      ];
    if (file.hash === planHash) return [];
    return [
      new FeatureError("FS_MIGRATION_EDITED", `${migration}.sql is not the file that was applied`, {
        object,
      }),
    ];
  });
  const names = new Set(applied.map((revision) => revision.migration));
  const last = Math.max(0, ...applied.map((revision) => migrationNumber(revision.migration)));
  const pending = migrations.filter((migration) => !names.has(migration.name));
  for (const { name } of pending) {
    if (migrationNumber(name) > last) continue;
    findings.push(
      new FeatureError("FS_MIGRATION_ORDER", `${name}.sql was never applied, a later one was`, {
        object: name,
      }),
    );
  }
  const [first] = findings;
  if (first !== undefined) throw findings.length === 1 ? first : new Findings(findings);
  return pending;
}
