import type { CompiledObject } from "../compile/catalog.js";
import type { MaterializedView, Table, View } from "../schema/object.js";
import type { Cause } from "./cause.js";
import type { DeployedObject } from "./deployed.js";
import type { TableDifference } from "./table-difference.js";

/**
 * How much a change costs and risks.
 * - `metadata`: comments and the registry.
 * - `additive`: something new beside what is there.
 * - `rebuild`: a new version beside the old one, backfilled, then switched to.
 * - `destructive`: something that others use goes; only with permission.
 */
export type ChangeClass = "metadata" | "additive" | "rebuild" | "destructive";

/** A table altered in place, its differences, and what it is afterwards. */
export interface TableChange {
  readonly merged: Table;
  readonly differences: readonly TableDifference[];
}

/** What an object was called before: every version that is deployed under that name. */
export interface RenamedObject {
  readonly name: string;
  readonly versions: readonly DeployedObject[];
}

/** A trigger that is new, has another query, or is no longer wanted. */
export type TriggerChange =
  | { readonly kind: "create"; readonly trigger: MaterializedView }
  | { readonly kind: "alter"; readonly trigger: MaterializedView; readonly previous: MaterializedView }
  | { readonly kind: "drop"; readonly previous: MaterializedView };

export type Change =
  | { readonly kind: "create_database"; readonly class: ChangeClass; readonly name: string }
  | { readonly kind: "create_table"; readonly class: ChangeClass; readonly table: Table }
  | ({ readonly kind: "alter_table"; readonly class: ChangeClass } & TableChange)
  | { readonly kind: "create"; readonly class: ChangeClass; readonly object: CompiledObject }
  | {
      readonly kind: "replace";
      readonly class: ChangeClass;
      readonly object: CompiledObject;
      readonly previous: DeployedObject;
      /** The wanted version is retired, still fed, and only has to be switched to. */
      readonly reuse: DeployedObject | undefined;
      readonly causes: readonly Cause[];
      /** `kind:name` of live vectors that hold a column that goes. */
      readonly missedBy: readonly string[];
      /** The object's former name, whose alias goes and whose versions are now its own; undefined when it keeps its name. */
      readonly renamedFrom: RenamedObject | undefined;
    }
  | {
      /** Same data, in place: comments, retention, a stream that carries more, a trigger that reads from elsewhere. */
      readonly kind: "alter";
      readonly class: ChangeClass;
      readonly object: CompiledObject;
      readonly previous: DeployedObject;
      readonly newTables: readonly Table[];
      readonly tables: readonly TableChange[];
      readonly triggers: readonly TriggerChange[];
      readonly alias:
        | { readonly to: View; readonly from: View | null; readonly commentOnly: boolean }
        | undefined;
      readonly causes: readonly Cause[];
      /** What the registry keeps of it afterwards. */
      readonly result: DeployedObject;
    }
  | { readonly kind: "retire"; readonly class: ChangeClass; readonly previous: DeployedObject };

/** What a change is about: `view:vpin`, `table:db.name`, `database:name`. */
export function changeObject(change: Change): string {
  switch (change.kind) {
    case "create_database":
      return `database:${change.name}`;
    case "create_table":
      return `table:${change.table.database}.${change.table.name}`;
    case "alter_table":
      return `table:${change.merged.database}.${change.merged.name}`;
    case "create":
    case "replace":
    case "alter":
      return `${change.object.kind}:${change.object.name}`;
    case "retire":
      return `${change.previous.kind}:${change.previous.name}`;
  }
}
