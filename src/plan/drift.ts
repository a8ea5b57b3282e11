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

/** One object with its definition in the engine's normal form. */
export interface LiveDefinition {
  readonly target: TableName;
  readonly text: string;
}

/**
 * @param expected what should be there, with owners
 * @param found what is there, in the databases that the registry knows
 * @param isClaimed whether a name that is not expected is one that we give: what stands there is in our way
 */
export function compareLive(
  expected: readonly (LiveDefinition & { readonly owner: string })[],
  found: readonly LiveDefinition[],
  isClaimed: (target: TableName) => boolean,
): Drift[] {
  const there = new Map(found.map((definition) => [key(definition.target), definition]));
  const wanted = new Set(expected.map(({ target }) => key(target)));
  const drifted = expected.flatMap(({ owner, target, text }): Drift[] => {
    const live = there.get(key(target));
    if (live === undefined) return [{ kind: "missing", object: owner, target, expected: text, found: null }];
    if (live.text === text) return [];
    return [{ kind: "changed", object: owner, target, expected: text, found: live.text }];
  });
  const foreign = found
    .filter(({ target }) => !wanted.has(key(target)) && isClaimed(target))
    .map(({ target, text }): Drift => {
      const object = `table:${target.database}.${target.name}`;
      return { kind: "foreign", object, target, expected: null, found: text };
    });
  return [...drifted, ...foreign];
}

function key({ database, name }: TableName): string {
  return `${database}.${name}`;
}
