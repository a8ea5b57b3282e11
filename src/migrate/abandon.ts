/** Giving up a migration that failed, so that the specs can be changed and planned anew. */
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { VersionRecord } from "../plan/deployed.js";
import type { Revision } from "../registry/revision.js";
import type { RegistryWriter } from "../registry/writer.js";
import { readMigrations, removeMigration, type StoredMigration } from "./migration-folder.js";
import { pendingMigrations } from "./pending.js";
import { takeBack } from "./take-back.js";

/**
 * Takes back what the failed migration has done, by the reverse of each of its steps, last first, and takes its files out
 * of the folder. Only the last migration can be given up. Gives its name; undefined when none has failed. The caller
 * holds the lock.
 */
export async function abandonFailed(
  engine: Engine,
  registry: RegistryWriter,
  folder: string,
): Promise<string | undefined> {
  const migrations = readMigrations(folder);
  const revisions = await registry.revisions();
  const pending = pendingMigrations(migrations, revisions);
  const failed = pending.flatMap((migration) => {
    const revision = revisions.find(
      ({ planHash, state }) => planHash === migration.hash && (state === "failed" || state === "running"),
    );
    return revision === undefined ? [] : [{ migration, revision }];
  });
  const [found] = failed;
  if (found === undefined) return undefined;
  const { migration, revision } = found;
  if (migration !== migrations.at(-1)) {
    throw new FeatureError(
      "FS_MIGRATION_ORDER",
      `${migration.name} failed, but later migrations stand on it`,
      {
        object: migration.name,
        hint: "Correct the cause and run `feature apply` again: it goes on at the step that failed.",
      },
    );
  }
  await takeBackMigration(engine, registry, migration, revision);
  removeMigration(folder, migration.name);
  await registry.finish(revision, "abandoned", revision.error);
  return migration.name;
}

async function takeBackMigration(
  engine: Engine,
  registry: RegistryWriter,
  migration: StoredMigration,
  revision: Revision,
): Promise<void> {
  await takeBack(engine, migration.steps, await registry.journal(revision.id));
  const dropped = (await registry.allRecords()).flatMap((record): VersionRecord[] => {
    if (record.kind !== "object" || record.object.state !== "building") return [];
    const isOurs = migration.records.some(
      (other) =>
        other.kind === "object" &&
        other.object.kind === record.object.kind &&
        other.object.name === record.object.name &&
        other.object.dataHash === record.object.dataHash,
    );
    return isOurs ? [{ kind: "object", object: { ...record.object, state: "dropped" } }] : [];
  });
  await registry.putRecords(revision.id, dropped);
}
