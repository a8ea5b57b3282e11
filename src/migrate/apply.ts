/** `feature apply`: from specs to a deployed state, however far an earlier run came. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Catalog } from "../compile/catalog.js";
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { DeployedState } from "../plan/deployed.js";
import type { Drift } from "../plan/drift.js";
import { renderLockFile } from "../plan/lock-file.js";
import { type Plan, planClass, refuseDestructive } from "../plan/plan.js";
import type { Pin } from "../registry/pin.js";
import { openRegistryWriter, type RegistryWriter } from "../registry/writer.js";
import type { Project } from "../spec/model.js";
import { abandonFailed } from "./abandon.js";
import { type ChunkLimits, defaultChunkLimits } from "./backfill.js";
import { detectDrift } from "./detect-drift.js";
import { type HoldOptions, holdTarget } from "./hold-target.js";
import { type Migration, migrationNumber, nameMigration } from "./migration.js";
import { type StoredMigration, writeMigrations } from "./migration-folder.js";
import { type PastRaw, pastRaw, refuseShorterHistory } from "./past-raw.js";
import { type CatalogSource, migrationsFolder, type PlannedApply, planApply } from "./plan-apply.js";
import type { OnApplyEvent } from "./progress.js";
import { repairDrift } from "./repair.js";
import { finishRollback } from "./rollback.js";
import type { RunContext } from "./run-context.js";
import { syncInstruments } from "./sync-instruments.js";
import { runPending } from "./umzug-run.js";

export interface ApplyOptions extends HoldOptions {
  readonly engine: Engine;
  readonly project: Project;
  readonly catalog: CatalogSource;
  readonly toolVersion: string;
  /** Carries out what takes away something that others use. */
  readonly allowDestructive?: boolean;
  /** Applies committed files only, and fails if the specs need others. Writes no file. */
  readonly frozen?: boolean;
  /** Gives up a migration that failed, before anything else: what it has done is taken back, its files are removed. */
  readonly abandonFailed?: boolean;
  /** Restores what was dropped or changed outside this tool, before anything else. */
  readonly repair?: boolean;
  /** Goes on although a check of a migration found something wrong; what it found stays in the journal. */
  readonly acceptFailedChecks?: boolean;
  /** Is shown what would be done, once it is sure that it can be; nothing was changed by then. It throws to stop it. */
  readonly confirm?: (planned: PlannedApply) => Promise<void>;
  /** Tries the catalog out before the first step, on nothing that is deployed. It throws what it finds wrong. */
  readonly smoke?: (catalog: Catalog) => Promise<void>;
  readonly onEvent?: OnApplyEvent;
  readonly chunkLimits?: ChunkLimits;
}

export interface AppliedMigration {
  readonly name: string;
  /** Steps that this run did, and those that were done before it. */
  readonly done: number;
  readonly skipped: number;
}

export interface ApplyResult {
  /** True when no migration was pending and the specs needed none. */
  readonly nothingToDo: boolean;
  /** The migration that was given up, if one was. */
  readonly abandoned: string | undefined;
  /** `database.name` of what had drifted and stands again; buckets that it spoilt are in `dirty`. */
  readonly repaired: readonly string[];
  /** With `repair`: `database.name` of what has a place in our databases and was never deployed; it is as it was. */
  readonly leftAlone: readonly string[];
  readonly migrations: readonly AppliedMigration[];
  /** What this run planned and wrote; committed migrations have no plan. */
  readonly plans: readonly Plan[];
  /** Views that were built and have no row of buckets whose raw rows are no longer stored. */
  readonly pastRaw: readonly PastRaw[];
  /** Rows of the table `instruments` that were brought in step with features.yaml. */
  readonly instruments: number;
  readonly catalog: Catalog;
  /** Whether everything in the database was found to be as the registry says, when all was done. */
  readonly asDeployed: boolean;
}

/**
 * Writes the migrations that the specs need, then runs all that is pending. Doing it again does nothing. Throws
 * FS_REGISTRY_LOCKED, FS_PLAN_DESTRUCTIVE, FS_PLAN_SHORTER_HISTORY, FS_MIGRATION_…; after a failure aliases show the old versions, and the next
 * call goes on at the step that failed.
 */
export async function applyProject(options: ApplyOptions): Promise<ApplyResult> {
  const { engine, project } = options;
  const registry = openRegistryWriter(engine, project.databases.registry);
  await registry.bootstrap();
  return holdTarget(engine, project.databases.registry, options, async (lock) => {
    const folder = migrationsFolder(project);
    const context: RunContext = {
      engine,
      registry,
      lock,
      toolVersion: options.toolVersion,
      chunkLimits: options.chunkLimits ?? defaultChunkLimits,
      onEvent: options.onEvent ?? (() => {}),
      acceptFailedChecks: options.acceptFailedChecks === true,
    };
    await finishRollback(context, project);
    const abandoned =
      options.abandonFailed === true ? await abandonFailed(engine, registry, folder) : undefined;
    const planned = await planApply(engine, project, options.catalog);
    refuse(planned, options, await registry.pins());
    const past = await pastRaw(engine, planned);
    if (options.allowDestructive !== true) refuseShorterHistory(past);
    const nothingToDo = planned.pending.length + planned.plans.length === 0;
    if (!nothingToDo) await options.confirm?.(planned);
    const { repaired, leftAlone } = await repairOrRefuse(options, registry, planned.deployed);
    let drift: readonly Drift[] = [];
    if (!nothingToDo) await options.smoke?.(planned.catalog);
    const committed = await runPending(context, planned.migrations);
    // Written only now: on a migration that fails nothing else shall stand.
    const written = await runPending(context, writePlans(project, planned));
    if (!nothingToDo) drift = ofOurs(await lookForDrift(engine, registry, await registry.required()));
    const instruments = await syncInstruments(engine, project);
    if (options.frozen !== true) writeLockFile(project, planned.catalog);
    return {
      nothingToDo,
      abandoned,
      repaired,
      leftAlone,
      migrations: [...committed, ...written].map(([name, { done, skipped }]) => ({ name, done, skipped })),
      plans: planned.plans,
      pastRaw: past,
      instruments,
      catalog: planned.catalog,
      asDeployed: drift.length === 0,
    };
  });
}

/** Throws FS_REGISTRY_DRIFT. While a migration is unfinished, its steps themselves look at what stands in their place. */
async function repairOrRefuse(
  { engine, project, repair }: ApplyOptions,
  registry: RegistryWriter,
  deployed: DeployedState,
): Promise<Pick<ApplyResult, "repaired" | "leftAlone">> {
  const nothing = { repaired: [], leftAlone: [] };
  const revisions = await registry.revisions();
  if (revisions.some(({ kind, state }) => kind === "apply" && (state === "running" || state === "failed")))
    return nothing;
  const found = await lookForDrift(engine, registry, deployed);
  const drift = ofOurs(found);
  if (repair === true) {
    const repaired = drift.length === 0 ? [] : (await repairDrift(engine, project, deployed, drift)).objects;
    const foreign = found.filter(({ kind }) => kind === "foreign");
    return { repaired, leftAlone: foreign.map(({ target }) => `${target.database}.${target.name}`) };
  }
  if (drift.length === 0) return nothing;
  const shown = drift.slice(0, 5).map(({ kind, target }) => `${target.database}.${target.name} is ${kind}`);
  const more = drift.length > shown.length ? ` and ${drift.length - shown.length} more` : "";
  throw new FeatureError("FS_REGISTRY_DRIFT", `${shown.join(", ")}${more}`, {
    object: drift[0]?.object ?? project.databases.features,
  });
}

/** What has drifted. What was compared and is as it should be is kept, so that nobody compares it again. */
async function lookForDrift(
  engine: Engine,
  registry: RegistryWriter,
  state: DeployedState,
): Promise<readonly Drift[]> {
  const [records, seen] = [await registry.allRecords(), await registry.seen()];
  const { drift, equal } = await detectDrift(engine, { state, records, seen, wanted: [] });
  await registry.putSeen(equal);
  return drift;
}

function ofOurs(drift: readonly Drift[]): readonly Drift[] {
  return drift.filter(({ kind }) => kind !== "foreign");
}

function refuse({ pending, plans }: PlannedApply, options: ApplyOptions, pins: readonly Pin[]): void {
  if (options.frozen === true && plans.length > 0) {
    const slugs = plans.map((plan) => plan.slug).join(", ");
    throw new FeatureError(
      "FS_MIGRATION_FROZEN",
      `the specs need what no committed migration does: ${slugs}`,
    );
  }
  if (options.allowDestructive === true) return;
  const committed = pending.find((migration) => migration.class === "destructive");
  if (committed !== undefined) {
    throw new FeatureError("FS_PLAN_DESTRUCTIVE", `${committed.name} takes away what is deployed`, {
      object: committed.name,
    });
  }
  refuseDestructive(plans, pins);
}

function writePlans(project: Project, { migrations, plans }: PlannedApply): StoredMigration[] {
  if (plans.length === 0) return [];
  const last = migrations.at(-1);
  const first = last === undefined ? 1 : migrationNumber(last.name) + 1;
  const names = plans.map((plan, index) => nameMigration(first + index, plan.slug));
  const files = plans.map(
    (plan, index): Migration => ({
      name: names[index] ?? "",
      parent: names[index - 1] ?? last?.name ?? "",
      class: planClass([plan]) ?? "metadata",
      steps: plan.steps,
      records: plan.records,
    }),
  );
  return writeMigrations(migrationsFolder(project), files);
}

/** `registry/deployed.json`, only when it changes. */
function writeLockFile(project: Project, catalog: Catalog): void {
  const path = join(project.root, "registry", "deployed.json");
  const text = renderLockFile(catalog);
  try {
    if (readFileSync(path, "utf8") === text) return;
  } catch {
    // There is none yet.
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}
