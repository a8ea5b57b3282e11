import { MigrationError, Umzug, type UmzugStorage } from "umzug";
import type { StoredMigration } from "./migration-folder.js";
import type { RunContext } from "./run-context.js";
import { finishMigration, type RunOutcome, runMigration } from "./run-migration.js";

/**
 * Runs the migrations that the registry does not know as applied, in order, and stops at the first that fails. umzug
 * decides what is pending and in which order; what is executed is stored in the registry.
 */
export async function runPending(
  context: RunContext,
  migrations: readonly StoredMigration[],
): Promise<Map<string, RunOutcome>> {
  const outcomes = new Map<string, RunOutcome>();
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  const storage: UmzugStorage = {
    executed: async () =>
      (await context.registry.revisions())
        .filter(({ kind, state }) => kind === "apply" && state === "applied")
        .map(({ migration }) => migration),
    logMigration: async ({ name }) => {
      const [outcome, migration] = [outcomes.get(name), byName.get(name)];
      if (outcome !== undefined && migration !== undefined)
        await finishMigration(context.registry, outcome.revision, migration);
    },
    // History only grows: a rollback is a revision of its own.
    unlogMigration: () => Promise.reject(new Error("a migration is never taken out of the history")),
  };
  const umzug = new Umzug({
    migrations: migrations.map((migration) => ({
      name: migration.name,
      up: async () => {
        outcomes.set(migration.name, await runMigration(context, migration));
      },
    })),
    storage,
    logger: undefined,
  });
  try {
    await umzug.up();
  } catch (error) {
    throw error instanceof MigrationError && error.cause !== undefined ? error.cause : error;
  }
  return outcomes;
}
