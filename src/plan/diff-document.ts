/** The plan for machines: `feature.diff/1`, without the fields that every command's document has. */
import type { Catalog } from "../compile/catalog.js";
import type { ChangeClass } from "./change.js";
import {
  type BackfillCost,
  type ChangeContext,
  type ChangeDocument,
  changeDocument,
} from "./change-document.js";
import { type DeployedState, nothingDeployed } from "./deployed.js";
import { type Consumer, downstreamOf } from "./downstream.js";
import type { Drift } from "./drift.js";
import { type Plan, planClass } from "./plan.js";
import type { StepKind } from "./step.js";

export interface StepDocument {
  readonly name: string;
  readonly kind: StepKind;
  readonly object: string;
  readonly sql: string;
  readonly reverse: string | null;
}

/** A migration that `feature apply` would write: its changes and the very statements that it would run. */
export interface MigrationDocument {
  readonly slug: string;
  readonly class: ChangeClass;
  readonly changes: readonly ChangeDocument[];
  readonly steps: readonly StepDocument[];
}

/** A committed migration that the target has not applied. */
export interface PendingDocument {
  readonly name: string;
  readonly class: ChangeClass;
  readonly steps: number;
}

export interface DriftDocument {
  readonly kind: Drift["kind"];
  readonly object: string;
  readonly name: string;
  readonly expected: string | null;
  readonly found: string | null;
}

export interface DiffDocument {
  /** Null: compared with the lock file. */
  readonly target: string | null;
  readonly offline: boolean;
  /** The gravest of all; null when there is nothing to do. */
  readonly class: ChangeClass | null;
  readonly pending: readonly PendingDocument[];
  readonly migrations: readonly MigrationDocument[];
  /** What all backfills read together; null without any, or when it was not estimated. */
  readonly backfill: BackfillCost | null;
  readonly drift: readonly DriftDocument[];
}

export interface DiffInput {
  readonly target: string | undefined;
  readonly desired: Catalog;
  readonly actual: DeployedState;
  readonly plans: readonly Plan[];
  readonly pending: readonly PendingDocument[];
  readonly costs: ReadonlyMap<string, BackfillCost> | undefined;
  readonly drift: readonly Drift[];
  readonly consumers: readonly Consumer[];
  readonly keptVersions: number;
}

export function diffDocument(input: DiffInput): DiffDocument {
  const { desired, actual, plans, pending, costs, drift, keptVersions } = input;
  const context: ChangeContext = {
    downstream: downstreamOf(desired, actual, input.consumers),
    costs,
    keptVersions,
  };
  const migrations = plans.map((plan) => migrationDocument(plan, context));
  const changes = migrations.flatMap((migration) => migration.changes);
  return {
    target: input.target ?? null,
    offline: input.target === undefined,
    class: planClass([...plans, ...pending.map(asPlan)]) ?? null,
    pending,
    migrations,
    backfill: sum(changes.flatMap(({ backfill }) => (backfill === null ? [] : [backfill]))),
    drift: drift.map(({ kind, object, target, expected, found }) => ({
      kind,
      object,
      name: `${target.database}.${target.name}`,
      expected,
      found,
    })),
  };
}

/** What a diff of a target says that is what the specs say. */
export function nothingToDo(target: string): DiffDocument {
  return { target, offline: false, class: null, pending: [], migrations: [], backfill: null, drift: [] };
}

/** What an apply carried out, as `feature diff` would have shown it, but for the cost that it had. */
export function migrationDocuments(
  plans: readonly Plan[],
  desired: Catalog,
  consumers: readonly Consumer[],
  keptVersions: number,
): MigrationDocument[] {
  const downstream = downstreamOf(desired, nothingDeployed, consumers);
  return plans.map((plan) => migrationDocument(plan, { downstream, costs: undefined, keptVersions }));
}

function migrationDocument(plan: Plan, context: ChangeContext): MigrationDocument {
  return {
    slug: plan.slug,
    class: planClass([plan]) ?? "metadata",
    changes: plan.changes.map((change) => changeDocument(change, context)),
    steps: plan.steps.map(({ name, kind, object, sql, reverse }) => ({
      name,
      kind,
      object,
      sql,
      reverse: reverse ?? null,
    })),
  };
}

/** Whether the target or the specs want anything: exit status 2 of `--exit-code`. */
export function hasChanges({ pending, migrations, drift }: DiffDocument): boolean {
  return pending.length + migrations.length + drift.length > 0;
}

function asPlan({ class: gravity }: PendingDocument): {
  readonly changes: readonly { readonly class: ChangeClass }[];
} {
  return { changes: [{ class: gravity }] };
}

function sum(costs: readonly BackfillCost[]): BackfillCost | null {
  if (costs.length === 0) return null;
  const total = (key: keyof BackfillCost): number => costs.reduce((all, cost) => all + cost[key], 0);
  return { buckets: total("buckets"), rows: total("rows"), bytes: total("bytes") };
}
