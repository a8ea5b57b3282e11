/** Why an object changes: what of its definition differs, old and new side by side. */
import { type CompiledObject, type Definition, objectId } from "../compile/catalog.js";
import { sameExpression } from "../compile/expression/normal.js";
import type { Json } from "../compile/fingerprint.js";
import type { DeployedObject } from "./deployed.js";

/**
 * - `column_added`, `column_removed`, `column_renamed`, `expression`: `name` is a column; `from` and `to` are expressions as
 *   written, for a renamed column its names.
 * - `definition`: `name` is a path into what the data hash is taken of (`windows.w20.length`, `clock.max`).
 * - `metadata`: the same for what is only described (`description`, `columns.volume.unit`).
 * - `renamed`: `from` and `to` are the object's names.
 * - `upstream`: `name` is what it reads (`view:flow`) and changes; `to` says why that one changes.
 * - `compiled`: the texts are the same; this version of the tool makes another statement of them.
 * - `unrecorded`: an earlier version of the tool deployed it and kept no texts.
 */
export interface Cause {
  readonly kind:
    | "column_added"
    | "column_removed"
    | "column_renamed"
    | "expression"
    | "definition"
    | "metadata"
    | "renamed"
    | "upstream"
    | "compiled"
    | "unrecorded";
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** An object that is read and changes, and why. */
export interface ChangedUpstream {
  readonly id: string;
  readonly because: string;
}

/** Parts of a definition that have causes of their own kinds. */
const columnsTopic = "columns";
const contentHashPattern = /^[0-9a-f]{64}$/;

/** Why the data of `object` are another than those of `previous`. Never empty. */
export function dataCauses(
  object: CompiledObject,
  previous: DeployedObject,
  upstream: readonly ChangedUpstream[],
): Cause[] {
  const renamed: Cause[] =
    object.name === previous.name
      ? []
      : [{ kind: "renamed", name: objectId(object), from: previous.name, to: object.name }];
  const columns = columnCauses(object, previous);
  const read = upstream.map(
    ({ id, because }): Cause => ({ kind: "upstream", name: id, from: null, to: because }),
  );
  const settings =
    previous.definition === undefined ? [] : definitionCauses(object, previous.definition, read);
  const found = [...renamed, ...columns, ...settings, ...read];
  if (found.length > renamed.length) return found;
  if (object.dataHash === previous.dataHash) return found;
  const rest = previous.definition === undefined ? "unrecorded" : "compiled";
  return [...found, { kind: rest, name: objectId(object), from: null, to: null }];
}

/** What of the descriptions differs. */
export function metadataCauses(object: CompiledObject, previous: DeployedObject): Cause[] {
  if (object.metadataHash === previous.metadataHash) return [];
  const differences =
    previous.metadata === undefined ? [] : leafDifferences(object.metadata, previous.metadata);
  if (differences.length === 0) return [{ kind: "unrecorded", name: "metadata", from: null, to: null }];
  return differences.map((difference): Cause => ({ kind: "metadata", ...difference }));
}

function columnCauses(object: CompiledObject, previous: DeployedObject): Cause[] {
  const before = new Map(previous.columns.map((column) => [column.name, column]));
  const after = new Set(object.columns.map((column) => column.name));
  const renamed = new Map(
    object.columns.flatMap(({ name, renamedFrom }) =>
      renamedFrom !== undefined && before.has(renamedFrom) && !before.has(name) ? [[renamedFrom, name]] : [],
    ),
  );
  const changed = object.columns.flatMap((column): Cause[] => {
    const { name, sql } = column;
    const from =
      column.renamedFrom !== undefined && renamed.has(column.renamedFrom) ? column.renamedFrom : name;
    const old = before.get(from);
    if (old === undefined) return [{ kind: "column_added", name, from: null, to: sql }];
    return [
      ...(from === name ? [] : [{ kind: "column_renamed", name, from, to: name } satisfies Cause]),
      ...(old.sql === undefined || sameExpression(old.sql, sql)
        ? []
        : [{ kind: "expression", name, from: old.sql, to: sql } satisfies Cause]),
    ];
  });
  const removed = previous.columns.flatMap(({ name, sql }): Cause[] =>
    after.has(name) || renamed.has(name)
      ? []
      : [{ kind: "column_removed", name, from: sql ?? null, to: null }],
  );
  return [...changed, ...removed];
}

/** Differences of everything but the columns' expressions; hashes of what is read are causes of their own. */
function definitionCauses(object: CompiledObject, previous: Definition, read: readonly Cause[]): Cause[] {
  const { [columnsTopic]: _new, ...wanted } = object.definition;
  const { [columnsTopic]: _old, ...deployed } = previous;
  return leafDifferences(wanted, deployed)
    .filter(({ from, to }) => {
      const isHash = [from, to].every((text) => text === null || text.split(", ").every(isContentHash));
      return !(isHash && read.length > 0);
    })
    .map((difference): Cause => ({ kind: "definition", ...difference }));
}

function isContentHash(text: string): boolean {
  return contentHashPattern.test(text);
}

type LeafDifference = Pick<Cause, "name" | "from" | "to">;

function leafDifferences(wanted: Json, deployed: Json): LeafDifference[] {
  const [to, from] = [leaves(wanted), leaves(deployed)];
  return [...new Set([...from.keys(), ...to.keys()])].flatMap((name): LeafDifference[] => {
    const pair = { from: from.get(name) ?? null, to: to.get(name) ?? null };
    return pair.from === pair.to ? [] : [{ name, ...pair }];
  });
}

/** Path → text of every scalar. Lists of scalars are one text; lists of objects go by their `name` or `column`. */
function leaves(value: Json): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (item: Json, path: string): void => {
    if (item === undefined || item === null) return;
    const under = (key: string): string => (path === "" ? key : `${path}.${key}`);
    if (Array.isArray(item)) {
      if (item.every((one) => one === null || typeof one !== "object")) {
        if (item.length > 0) found.set(path, item.map(String).join(", "));
        return;
      }
      item.forEach((one: Json, index) => {
        visit(one, under(nameOf(one) ?? String(index)));
      });
    } else if (typeof item === "object") {
      for (const [key, inner] of Object.entries(item)) visit(inner, under(key));
    } else {
      const isMilliseconds = typeof item === "number" && path.endsWith("Ms");
      found.set(
        isMilliseconds ? path.slice(0, -2) : path,
        isMilliseconds ? durationText(item) : String(item),
      );
    }
  };
  visit(value, "");
  return found;
}

function nameOf(value: Json): string | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const { name, column } = value as Readonly<Record<string, Json>>;
  const key = name ?? column;
  return typeof key === "string" ? key : undefined;
}

/** `90s`, `1500ms`, as features.yaml writes durations. */
function durationText(ms: number): string {
  const [unit, length] = (
    [
      ["d", 86_400_000],
      ["h", 3_600_000],
      ["m", 60_000],
      ["s", 1000],
    ] as const
  ).find(([, size]) => ms !== 0 && ms % size === 0) ?? ["ms", 1];
  return `${ms / length}${unit}`;
}

/** A cause in a few words, for whoever reads what changed: `column volume`, `clock.max`. */
export function causeLabel({ kind, name, from, to }: Cause): string {
  switch (kind) {
    case "column_added":
      return `column ${name} is new`;
    case "column_removed":
      return `column ${name} goes`;
    case "column_renamed":
      return `column ${from} is renamed to ${name}`;
    case "expression":
      return `column ${name}`;
    case "renamed":
      return `${from} is renamed to ${to}`;
    case "upstream":
      return `${name.replace(":", " ")} (${to})`;
    case "compiled":
      return "compiled otherwise";
    case "unrecorded":
      return "its definition";
    case "definition":
    case "metadata":
      return name;
  }
}
