/** A vector → the table of its rows, one a bucket, filled once all of its views are. */
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import type { Clock, Project, VectorSpec } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import type { CompiledColumn, CompiledObject, Definition, Path } from "./catalog.js";
import { asOfReach } from "./delay.js";
import { aliasView, backfillStatement, featureTable, featureTrigger, missing } from "./feature-table.js";
import { contentHash, dataFingerprint } from "./fingerprint.js";
import { bucketKey, closeTable, versionTable } from "./names.js";
import { nested } from "./nested.js";
import { storedRows } from "./stored-rows.js";

const template = sqlTemplate(import.meta.url, "vector");

export interface VectorContext {
  readonly project: Project;
  readonly clock: Clock;
  readonly path: Path;
  readonly views: ReadonlyMap<string, CompiledObject>;
}

/** The name of a vector's column: `<view>__<column>`. */
export function vectorColumnName(view: string, column: string): string {
  return `${view}__${column}`;
}

export function compileVector(vector: VectorSpec, context: VectorContext): CompiledObject {
  const { project, clock, path } = context;
  const database = project.databases.features;
  const viewNames = [...new Set(vector.features.map((feature) => feature.view))];
  const views = viewNames.map((name) => {
    const view = context.views.get(name);
    if (view === undefined) throw missing(`view ${name}`);
    return view;
  });
  const columns: CompiledColumn[] = vector.features.map((feature) => {
    const view = context.views.get(feature.view);
    const source = view?.columns.find((column) => column.name === feature.column);
    if (view === undefined || source === undefined) throw missing(`column ${feature.view}.${feature.column}`);
    return {
      ...source,
      name: vectorColumnName(feature.view, feature.column),
      sql: `${feature.view}.${feature.column}`,
      renamedFrom:
        view.renamedFrom === undefined && source.renamedFrom === undefined
          ? undefined
          : vectorColumnName(view.renamedFrom ?? view.name, source.renamedFrom ?? source.name),
      at: feature.at,
    };
  });
  const definition: Definition = {
    views: Object.fromEntries(views.map((view) => [view.name, view.dataHash])),
    features: vector.features.map((feature) => vectorColumnName(feature.view, feature.column)),
    lagMs: vector.lagMs,
  };
  const dataHash = dataFingerprint(definition);
  const metadata: Definition = {
    description: vector.description,
    history: vector.history,
    maxAgeMs: vector.maxAgeMs,
    onNull: vector.features.map((feature) => feature.onNull),
  };
  const level = 1 + Math.max(...views.map((view) => view.level));
  const table = versionTable(database, `vector_${vector.name}`, dataHash);
  const select = (buckets: string): string =>
    template({
      lag_ms: String(vector.lagMs),
      features: vector.features
        .map(
          ({ view, column }) =>
            `${quoteIdentifier(view)}.${quoteIdentifier(column)} AS ${quoteIdentifier(vectorColumnName(view, column))}`,
        )
        .join(",\n"),
      buckets,
      joins: views.map((view) => join(vector, view, buckets)).join("\n"),
    });
  return {
    kind: "vector",
    name: vector.name,
    clock: clock.name,
    path,
    level,
    dataHash,
    metadataHash: contentHash(metadata),
    definition,
    metadata,
    upstream: viewNames.map((name) => `view:${name}`),
    description: vector.description,
    columns,
    storage: { table, columnPrefix: "" },
    tables: [featureTable(project, table, columns, vector.description)],
    triggers: [featureTrigger(table, path, select(quoteName(closeTable(database, clock.name, level, path))))],
    alias: aliasView({ database, name: `vector_${vector.name}` }, table, columns, vector.description),
    backfill: backfillStatement(project, clock, table, columns, select("buckets")),
    lookBack: Math.max(...views.map((view) => view.lookBack)),
    reach: asOfReach(views),
    everyBucket: true,
    renamedFrom: undefined,
    at: vector.at,
  };
}

function join(vector: VectorSpec, view: CompiledObject, buckets: string): string {
  const only = vector.features
    .filter((feature) => feature.view === view.name)
    .map((feature) => feature.column);
  const name = quoteIdentifier(view.name);
  const rows = nested(storedRows(view, { buckets, before: 0, only }));
  const keys = bucketKey.map((key) => `${name}.${key} = c.${key}`);
  return `LEFT JOIN ${rows} AS ${name}\n  ON ${keys.join(" AND ")}`;
}
