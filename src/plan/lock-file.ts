/** `registry/deployed.json`: what specs compile into, committed, so that a change shows in a review and can be planned offline. */
import type { Catalog, Definition } from "../compile/catalog.js";
import { objectId } from "../compile/catalog.js";
import { FeatureError } from "../errors.js";
import type { Table } from "../schema/object.js";
import { type DeployedObject, type DeployedState, deployedObject } from "./deployed.js";

const schema = "feature.registry/2";

interface LockFile {
  readonly schema: typeof schema;
  readonly databases: readonly string[];
  readonly clocks: Readonly<Record<string, LockedClock>>;
  readonly objects: Readonly<Record<string, LockedObject>>;
  readonly tables: Readonly<Record<string, Table>>;
}

interface LockedClock {
  readonly dataHash: string;
  readonly definition: Definition;
}

/** A live object. Statements are lists of lines, as a review shows them. */
type LockedObject = Readonly<Record<string, unknown>>;

/** The text of the lock file: the same for the same specs, whatever the order of files and the target's history. */
export function renderLockFile(catalog: Catalog): string {
  const document: LockFile = {
    schema,
    databases: [...catalog.databases].sort(),
    clocks: sorted(catalog.clocks.map(({ name, dataHash, definition }) => [name, { dataHash, definition }])),
    objects: sorted(
      catalog.objects.map((object) => [
        objectId(object),
        mapStatements(deployedObject(object, "live"), (text) =>
          typeof text === "string" ? text.split("\n") : text,
        ),
      ]),
    ),
    tables: sorted(
      [...catalog.raw, ...catalog.clockTables].map((table) => [`${table.database}.${table.name}`, table]),
    ),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/**
 * The state that a lock file describes: as if its specs had been applied to an empty target. Throws
 * FS_REGISTRY_LOCK_FILE for a text that is none, or that an earlier version of this tool wrote.
 */
export function parseLockFile(text: string, file: string): DeployedState {
  const refuse = (what: string, cause?: unknown): FeatureError =>
    new FeatureError("FS_REGISTRY_LOCK_FILE", `${file} ${what}`, { at: { file }, cause });
  let document: Partial<LockFile>;
  try {
    document = JSON.parse(text) as Partial<LockFile>;
  } catch (cause) {
    throw refuse("is no JSON", cause);
  }
  if (document.schema !== schema) {
    throw refuse(`is of the form ${JSON.stringify(document.schema ?? null)}; this version reads ${schema}`);
  }
  const { databases, objects, tables } = document;
  if (databases === undefined || objects === undefined || tables === undefined) throw refuse("is cut short");
  return {
    databases,
    tables: Object.values(tables),
    objects: Object.values(objects).map(
      (object) =>
        mapStatements(object, (lines) =>
          Array.isArray(lines) ? lines.join("\n") : lines,
        ) as DeployedObject & Record<string, unknown>,
    ),
  };
}

/** The object with the queries of its triggers, its alias and its definition, where they are, in another form. */
function mapStatements(object: object, convert: (select: unknown) => unknown): Record<string, unknown> {
  const one = (holder: unknown): unknown => {
    if (holder === null || typeof holder !== "object" || !("select" in holder)) return holder;
    return { ...holder, select: convert(holder.select) };
  };
  const { triggers, alias, definition, ...rest } = object as Record<string, unknown>;
  return {
    ...rest,
    triggers: Array.isArray(triggers) ? triggers.map(one) : triggers,
    alias: one(alias),
    definition: one(definition),
  };
}

function sorted<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
