/** What stands in the database against what the registry says is deployed. Pure; both sides come as the engine writes them. */
import type { SchemaObject, TableName } from "../schema/object.js";
import { type DeployedState, recordKey } from "./deployed.js";

/**
 * - `missing`: deployed and not there.
 * - `changed`: there, and another definition than the deployed one.
 * - `foreign`: under a name that is ours to give, and never deployed.
 */
export type DriftKind = "missing" | "changed" | "foreign";

export interface Drift {
  readonly kind: DriftKind;
  /** What it belongs to: `view:flow`, `table:raw.trades`; of a foreign object the same as its name. */
  readonly object: string;
  readonly target: TableName;
  /** Definitions as the engine writes them; null on the side where there is none. */
  readonly expected: string | null;
  readonly found: string | null;
}

/** An object that should stand in the database, and what it belongs to. */
export interface ExpectedObject {
  readonly owner: string;
  readonly object: SchemaObject;
}

/** Every table, trigger and alias of a state, in the order in which they are made: tables, triggers, aliases. */
export function expectedObjects(state: DeployedState): ExpectedObject[] {
  const there = state.objects.filter(({ state }) => state === "live" || state === "retired");
  const owned = (owner: (typeof there)[number], objects: readonly SchemaObject[]): ExpectedObject[] => {
    const { kind, name } = recordKey({ kind: "object", object: owner });
    return objects.map((object) => ({ owner: `${kind}:${name}`, object }));
  };
  return [
    ...state.tables.map(
      (object): ExpectedObject => ({
        owner: `table:${object.database}.${object.name}`,
        object,
      }),
    ),
    ...there.flatMap((object) => owned(object, object.tables)),
    ...there.flatMap((object) => owned(object, object.triggers)),
    ...there.flatMap((object) =>
      object.state === "live" && object.alias !== null ? owned(object, [object.alias]) : [],
    ),
  ];
}

/** A deployed object with its definitions in the engine's normal form; `found` is null where there is none. */
export interface ComparedObject {
  readonly owner: string;
  readonly target: TableName;
  readonly expected: string;
  readonly found: string | null;
}

/** What is missing, and what means something else than was deployed. */
export function compareLive(objects: readonly ComparedObject[]): Drift[] {
  return objects.flatMap(({ owner, target, expected, found }): Drift[] => {
    if (found === expected) return [];
    return [{ kind: found === null ? "missing" : "changed", object: owner, target, expected, found }];
  });
}

/** What stands under a name that is ours to give, and was never deployed. */
export function foreignObject(target: TableName, found: string): Drift {
  const object = `table:${target.database}.${target.name}`;
  return { kind: "foreign", object, target, expected: null, found };
}
