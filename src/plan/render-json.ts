import { type Change, type ChangeClass, changeObject } from "./change.js";
import type { Plan } from "./plan.js";
import type { StepKind } from "./step.js";

/** The plans for machines: `feature.plan/1`. */
export interface PlanDocument {
  readonly schema: "feature.plan/1";
  readonly migrations: readonly {
    readonly slug: string;
    readonly changes: readonly {
      readonly kind: Change["kind"];
      readonly class: ChangeClass;
      readonly object: string;
      readonly causes: readonly string[];
      /** The physical table before and after, where there is one. */
      readonly from: string | null;
      readonly to: string | null;
    }[];
    readonly steps: readonly {
      readonly name: string;
      readonly kind: StepKind;
      readonly object: string;
      readonly sql: string;
      readonly reverse: string | null;
    }[];
  }[];
}

export function planDocument(plans: readonly Plan[]): PlanDocument {
  return {
    schema: "feature.plan/1",
    migrations: plans.map((plan) => ({
      slug: plan.slug,
      changes: plan.changes.map((change) => ({
        kind: change.kind,
        class: change.class,
        object: changeObject(change),
        causes: change.kind === "replace" ? change.causes : [],
        ...tables(change),
      })),
      steps: plan.steps.map(({ name, kind, object, sql, reverse }) => ({
        name,
        kind,
        object,
        sql,
        reverse: reverse ?? null,
      })),
    })),
  };
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
