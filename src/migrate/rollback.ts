/** `feature rollback`: back to what was live before, while the versions of then are still fed. */
import { createHash } from "node:crypto";
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import {
  planRollback,
  type RollbackChange,
  type RollbackPlan,
  withEarlierVersion,
} from "../plan/rollback.js";
import type { Revision } from "../registry/revision.js";
import { openRegistryWriter } from "../registry/writer.js";
import { bucketsName } from "../schema/clock-tables.js";
import type { Project } from "../spec/model.js";
import { type HoldOptions, holdTarget } from "./hold-target.js";
import { readHolders } from "./holders.js";
import type { OnApplyEvent } from "./progress.js";
import { type RollbackGoal, rollbackTarget } from "./rollback-target.js";
import { errorText, plainContext, type RunContext } from "./run-context.js";
import { finishMigration, runSteps } from "./run-migration.js";
import { takeBack } from "./take-back.js";

export interface RollbackOptions extends RollbackGoal, HoldOptions {
  readonly engine: Engine;
  readonly project: Project;
  readonly toolVersion: string;
  /** Also when models hold a version that goes: they keep reading it, since it stays fed. */
  readonly allowPinned?: boolean;
  /** Finds out what would be done, and does nothing. */
  readonly dryRun?: boolean;
  readonly onEvent?: OnApplyEvent;
}

export interface RollbackResult {
  /** The revision that the rollback became; undefined for a dry run. */
  readonly revision: number | undefined;
  /** What it went back to, in words. */
  readonly to: string;
  readonly changes: readonly RollbackChange[];
  /** The statements, in order. */
  readonly statements: readonly string[];
}

/**
 * Switches aliases back, one statement each, and computes nothing. A rollback is a revision of its own. It either ends, or is taken
 * back; one that was killed is ended by the next `apply` or `rollback`.
 * @throws FeatureError FS_ROLLBACK_…, FS_REGISTRY_LOCKED, FS_MIGRATION_UNFINISHED, FS_MIGRATION_CHECK_FAILED
 */
export async function rollbackProject(options: RollbackOptions): Promise<RollbackResult> {
  const { engine, project } = options;
  const registry = openRegistryWriter(engine, project.databases.registry);
  await registry.required();
  return holdTarget(engine, project.databases.registry, options, async (lock) => {
    const context = plainContext(options, registry, lock);
    if (options.dryRun !== true) await finishRollback(context, project);
    const revisions = await registry.revisions();
    refuseUnfinished(revisions);
    const state = await registry.required();
    const { live, to } = rollbackTarget(options, state, revisions, (version) =>
      withEarlierVersion(state, version),
    );
    const holders = options.allowPinned === true ? [] : await readHolders(registry);
    const plan = planRollback(state, live, holders, bucketsOf(project));
    const statements = plan.steps.filter(({ kind }) => kind !== "check").map(({ sql }) => sql);
    const result = { to, changes: plan.changes, statements };
    if (options.dryRun === true) return { ...result, revision: undefined };
    const revision = await registry.begin({
      kind: "rollback",
      migration: to,
      live,
      planHash: hashOf(plan),
      toolVersion: options.toolVersion,
    });
    await carryOut(context, plan, revision);
    return { ...result, revision: revision.id };
  });
}

/** Ends a rollback whose process died, so that what comes next finds the target in one state. The caller holds the lock. */
export async function finishRollback(context: RunContext, project: Project): Promise<void> {
  const { registry } = context;
  const revisions = await registry.revisions();
  const open = revisions.find(({ kind, state }) => kind === "rollback" && state === "running");
  if (open === undefined) return;
  const state = await registry.required();
  await carryOut(context, planRollback(state, open.live, [], bucketsOf(project)), open);
}

async function carryOut(context: RunContext, plan: RollbackPlan, revision: Revision): Promise<void> {
  const { registry, engine } = context;
  const { steps, records } = plan;
  try {
    await runSteps(context, { name: `rollback ${revision.migration}`, steps, records }, revision);
  } catch (error) {
    // Half of the aliases on one side and half on the other is no state to be left in.
    await takeBack(engine, steps, await registry.journal(revision.id));
    await registry.finish(revision, "abandoned", errorText(error));
    throw error;
  }
  await finishMigration(registry, revision, { records });
}

function bucketsOf(project: Project) {
  return (clock: string) => (project.clocks[clock] === undefined ? undefined : bucketsName(project, clock));
}

function refuseUnfinished(revisions: readonly Revision[]): void {
  const open = revisions.find(
    ({ kind, state }) => kind === "apply" && (state === "running" || state === "failed"),
  );
  if (open === undefined) return;
  throw new FeatureError("FS_MIGRATION_UNFINISHED", `${open.migration} has begun and has not ended`, {
    object: open.migration,
  });
}

function hashOf({ steps }: RollbackPlan): string {
  return createHash("sha256")
    .update(steps.map(({ sql }) => sql).join("\n;\n"))
    .digest("hex");
}
