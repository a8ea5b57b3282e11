import { join } from "node:path";
import type { Catalog } from "../compile/catalog.js";
import type { Reader } from "../engine/port.js";
import { type DeployedState, nothingDeployed, stateAfter, type VersionRecord } from "../plan/deployed.js";
import { makePlans, type Plan } from "../plan/plan.js";
import { deployedState, openRegistryReader, type RegistryReader } from "../registry/reader.js";
import type { Revision } from "../registry/revision.js";
import type { Project } from "../spec/model.js";
import { readMigrations, type StoredMigration } from "./migration-folder.js";
import { pendingMigrations } from "./pending.js";

/** The desired state, or how to compile it when what is deployed has a say in it. */
export type CatalogSource = Catalog | ((deployed: DeployedState) => Catalog | Promise<Catalog>);

export interface PlannedApply {
  readonly catalog: Catalog;
  readonly revisions: readonly Revision[];
  /** Every record of the registry. */
  readonly records: readonly VersionRecord[];
  /** What the target has. */
  readonly deployed: DeployedState;
  /** What it will have when the committed migrations are applied: what `plans` start from. */
  readonly expected: DeployedState;
  /** All committed migrations. */
  readonly migrations: readonly StoredMigration[];
  /** Committed migrations that the target has not applied. */
  readonly pending: readonly StoredMigration[];
  /** What the specs need beyond the committed migrations. */
  readonly plans: readonly Plan[];
}

export function migrationsFolder(project: Pick<Project, "root">): string {
  return join(project.root, "migrations");
}

/**
 * What `feature apply` would do, without changing anything: `feature diff`, `--dry-run`. Throws FS_MIGRATION_… when the
 * folder or the history does not hold.
 */
export function planApply(
  reader: Reader,
  project: Pick<Project, "root" | "databases">,
  source: CatalogSource,
): Promise<PlannedApply> {
  return planFrom(openRegistryReader(reader, project.databases.registry), project, source);
}

/** The same, from what a registry holds or held. */
export async function planFrom(
  registry: Pick<RegistryReader, "revisions" | "allRecords">,
  project: Pick<Project, "root">,
  source: CatalogSource,
): Promise<PlannedApply> {
  const migrations = readMigrations(migrationsFolder(project));
  const revisions = await registry.revisions();
  const pending = pendingMigrations(migrations, revisions);
  const records = await registry.allRecords();
  const deployed = deployedState(revisions, records) ?? nothingDeployed;
  const expected = pending.reduce((state, migration) => stateAfter(state, migration.records), deployed);
  const catalog = typeof source === "function" ? await source(expected) : source;
  return {
    catalog,
    revisions,
    records,
    deployed,
    expected,
    migrations,
    pending,
    plans: makePlans(catalog, expected),
  };
}
