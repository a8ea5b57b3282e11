/** Changes for machines: the part of `feature.diff/1` and `feature.apply/1` that says what differs and what hangs on it. */
import { objectId } from "../compile/catalog.js";
import type { Cause } from "./cause.js";
import { type Change, type ChangeClass, changeObject } from "./change.js";
import { describeDifference } from "./describe-difference.js";
import type { Downstream } from "./downstream.js";
import { type RollbackClass, rollbackClass } from "./rollback-class.js";

/** What a backfill reads: stored buckets, and rows and compressed bytes of the tables that its statement names. */
export interface BackfillCost {
  readonly buckets: number;
  readonly rows: number;
  readonly bytes: number;
}

export interface ChangeDocument {
  readonly object: string;
  readonly kind: Change["kind"];
  readonly class: ChangeClass;
  readonly causes: readonly Cause[];
  /** What differs besides: columns of a stream, retention, settings, comments; in words. */
  readonly details: readonly string[];
  /** The physical table before and after, where there is one. */
  readonly from: string | null;
  readonly to: string | null;
  /** `kind:name` of all that reads it, directly or not: views, vectors, labels, models. */
  readonly downstream: readonly string[];
  /** Null when nothing is filled, or when it was not estimated (`--offline`). */
  readonly backfill: BackfillCost | null;
  readonly rollback: RollbackClass;
}

export interface ChangeContext {
  readonly downstream: Downstream;
  /** By object id; undefined when there is no database to ask. */
  readonly costs: ReadonlyMap<string, BackfillCost> | undefined;
  /** How many versions of an object are kept: `retention.versions`. */
  readonly keptVersions: number;
}

export function changeDocument(change: Change, context: ChangeContext): ChangeDocument {
  const object = changeObject(change);
  return {
    object,
    kind: change.kind,
    class: change.class,
    causes: change.kind === "replace" || change.kind === "alter" ? change.causes : [],
    details: details(change),
    ...tables(change),
    downstream: downstream(change, context.downstream),
    backfill: isFilled(change) ? (context.costs?.get(object) ?? null) : null,
    rollback: rollbackClass(change, context.keptVersions),
  };
}

/** Whether the change computes rows for buckets that are stored already. */
export function isFilled(change: Change): boolean {
  const isNew = change.kind === "create" || (change.kind === "replace" && change.reuse === undefined);
  return isNew && change.object.backfill !== undefined && change.object.fusedIn === undefined;
}

function downstream(change: Change, graph: Downstream): readonly string[] {
  if (change.kind === "create") return graph.of(objectId(change.object));
  if (change.kind !== "replace" && change.kind !== "retire") return [];
  const ids = new Set(graph.of(changeObject(change)));
  if (change.kind === "replace" && change.renamedFrom !== undefined) {
    const former = { kind: change.object.kind, name: change.renamedFrom.name };
    for (const id of graph.of(objectId(former))) ids.add(id);
  }
  return [...ids];
}

function tables(change: Change): { from: string | null; to: string | null } {
  switch (change.kind) {
    case "create":
      return { from: null, to: change.object.storage?.table.name ?? null };
    case "replace":
      return {
        from: change.previous.storage?.table.name ?? null,
        to: change.object.storage?.table.name ?? null,
      };
    case "retire":
      return { from: change.previous.storage?.table.name ?? null, to: null };
    default:
      return { from: null, to: null };
  }
}

function details(change: Change): string[] {
  switch (change.kind) {
    case "alter_table":
      return change.differences.map(describeDifference);
    case "alter":
      return [
        ...change.newTables.map((table) => `table ${table.name} is new`),
        ...change.tables.flatMap((table) => table.differences.map(describeDifference)),
        ...change.triggers.map((item) => {
          if (item.kind === "create") return `trigger ${item.trigger.name} is new`;
          if (item.kind === "drop") return `trigger ${item.previous.name} goes`;
          return `trigger ${item.trigger.name} has another query`;
        }),
        ...(change.alias === undefined || change.alias.commentOnly ? [] : ["alias has another query"]),
      ];
    default:
      return [];
  }
}
