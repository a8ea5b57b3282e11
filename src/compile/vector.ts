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

interface VectorFeature {
  readonly view: CompiledObject;
  readonly column: string;
}

/** The name of a vector's column: `<view>__<column>`. */
export function vectorColumnName(view: string, column: string): string {
  return `${view}__${column}`;
}

export function compileVector(vector: VectorSpec, context: VectorContext): CompiledObject {
  const { project, clock, path } = context;
  const database = project.databases.features;
  const features = vector.features.map(
    ({ view, column }): VectorFeature => ({ view: viewOf(context, view), column }),
  );
  const views = [...new Set(features.map(({ view }) => view))];
  const columns: CompiledColumn[] = vector.features.map((feature) => {
    const view = viewOf(context, feature.view);
    const source = view.columns.find((column) => column.name === feature.column);
    if (source === undefined) throw missing(`column ${feature.view}.${feature.column}`);
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
  const storage = { table, columnPrefix: "" };
  const select = (buckets: string): string =>
    template({
      lag_ms: String(vector.lagMs),
      features: features
        .map(
          ({ view, column }) =>
            `${quoteIdentifier(joined(view))}.${quoteIdentifier(joinedColumn(view, column))} AS ${quoteIdentifier(vectorColumnName(view.name, column))}`,
        )
        .join(",\n"),
      buckets,
      joins: [...new Set(views.map(joined))]
        .map((name) =>
          join(
            features.filter(({ view }) => joined(view) === name),
            buckets,
          ),
        )
        .join("\n"),
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
    upstream: views.map(({ name }) => `view:${name}`),
    description: vector.description,
    columns,
    storage,
    tables: [featureTable(project, table, columns, vector.description)],
    triggers: [featureTrigger(table, path, select(quoteName(closeTable(database, clock.name, level, path))))],
    alias: aliasView({ database, name: `vector_${vector.name}` }, storage, columns, vector.description),
    backfill: backfillStatement(project, clock, table, columns, select("buckets")),
    lookBack: Math.max(...views.map((view) => view.lookBack)),
    reach: asOfReach(views),
    everyBucket: true,
    renamedFrom: undefined,
    at: vector.at,
  };
}

function viewOf({ views }: VectorContext, name: string): CompiledObject {
  const view = views.get(name);
  if (view === undefined) throw missing(`view ${name}`);
  return view;
}

/** What a view's rows are joined as. Views that share a table are joined once, so their columns need longer names. */
function joined(view: CompiledObject): string {
  return view.fusedIn ?? view.name;
}

function joinedColumn(view: CompiledObject, column: string): string {
  return view.fusedIn === undefined ? column : vectorColumnName(view.name, column);
}

/** `features` are those of one table. */
function join(features: readonly VectorFeature[], buckets: string): string {
  const [first] = features;
  if (first === undefined) throw missing("a join of nothing");
  const only = features.map(({ view, column }) => ({
    stored: `${view.storage?.columnPrefix ?? ""}${column}`,
    name: joinedColumn(view, column),
  }));
  const name = quoteIdentifier(joined(first.view));
  const rows = nested(storedRows(first.view, { buckets, before: 0, only }));
  const keys = bucketKey.map((key) => `${name}.${key} = c.${key}`);
  return `LEFT JOIN ${rows} AS ${name}\n  ON ${keys.join(" AND ")}`;
}
