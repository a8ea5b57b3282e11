/** An alias (`alias_of:`) → a plain view over the aliases of other views: no table, no trigger, nothing at a close. */
import type { View } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import type { AliasSpec, Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import { type CompiledColumn, type CompiledObject, type Definition, noReach } from "./catalog.js";
import { missing, storedKey } from "./feature-table.js";
import { contentHash, dataFingerprint } from "./fingerprint.js";
import { bucketKey } from "./names.js";

const template = sqlTemplate(import.meta.url, "alias-of");

/**
 * It reads the other views' own aliases, so it shows whatever version of them is shown. A bucket that a later view of the list
 * does not have is NULL there; one that the first does not have is not shown.
 */
export function compileAlias(
  alias: AliasSpec,
  project: Project,
  views: ReadonlyMap<string, CompiledObject>,
): CompiledObject {
  const sources = alias.views.map((name) => views.get(name) ?? unknown(name));
  const columns = alias.columns.map((column): CompiledColumn => {
    const source = views.get(column.view)?.columns.find(({ name }) => name === column.column);
    if (source === undefined) throw missing(`column ${column.view}.${column.column}`);
    return {
      ...source,
      name: column.name,
      // As its readers see it: one row a bin.
      type: source.type.replace(/^Array\((.*)\)$/, "$1"),
      // No vector takes it from here.
      feature: false,
      sql: `${column.view}.${column.column}`,
      unit: column.unit ?? source.unit,
      doc: column.doc ?? source.doc,
      renamedFrom: undefined,
      at: column.at,
    };
  });
  const definition: Definition = {
    aliasOf: alias.views,
    columns: Object.fromEntries(columns.map(({ name, sql }) => [name, sql])),
  };
  const metadata: Definition = {
    description: alias.description,
    owner: alias.owner,
    columns: columns.map(({ name, unit, doc }) => ({ name, unit, doc })),
  };
  return {
    kind: "view",
    name: alias.name,
    clock: alias.clock,
    path: sources.some((source) => source.path === "lazy") ? "lazy" : "hot",
    level: Math.max(...sources.map(({ level }) => level)),
    dataHash: dataFingerprint(definition),
    metadataHash: contentHash(metadata),
    definition,
    metadata,
    upstream: alias.views.map((name) => `view:${name}`),
    description: alias.description,
    columns,
    storage: undefined,
    tables: [],
    triggers: [],
    alias: plainView(alias, project, sources),
    backfill: undefined,
    lookBack: Math.max(...sources.map(({ lookBack }) => lookBack)),
    reach: noReach,
    everyBucket: false,
    renamedFrom: undefined,
    at: alias.at,
  };
}

function plainView(alias: AliasSpec, project: Project, sources: readonly CompiledObject[]): View {
  const database = project.databases.features;
  const [first, ...others] = sources.map(({ name }) => name);
  if (first === undefined) throw missing("an alias of no view");
  const named = (name: string): string => `${quoteName({ database, name })} AS ${quoteIdentifier(name)}`;
  const joins = others.map((name) => {
    const keys = bucketKey.map((key) => `${quoteIdentifier(name)}.${key} = ${quoteIdentifier(first)}.${key}`);
    return `\nLEFT JOIN ${named(name)}\n  ON ${keys.join(" AND ")}`;
  });
  const select = template({
    key: storedKey.map((name) => `${quoteIdentifier(first)}.${name} AS ${name}`).join(",\n"),
    columns: alias.columns
      .map(
        ({ name, view, column }) =>
          `${quoteIdentifier(view)}.${quoteIdentifier(column)} AS ${quoteIdentifier(name)}`,
      )
      .join(",\n"),
    first: named(first),
    joins: joins.join(""),
  });
  return { kind: "view", database, name: alias.name, select, comment: alias.description };
}

function unknown(name: string): never {
  throw missing(`view ${name}`);
}
