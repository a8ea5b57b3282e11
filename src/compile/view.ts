/** A feature view → the versioned table, trigger and alias that compute and serve it. */
import { bucketsName } from "../schema/clock-tables.js";
import { fitsName } from "../schema/fits-table.js";
import { quoteName } from "../schema/quote.js";
import type { Clock, FeatureView, Project } from "../spec/model.js";
import { asOfExpressionSelect } from "./as-of-rows.js";
import type { CompiledColumn, CompiledObject, Definition, Path, Reach, Storage } from "./catalog.js";
import { asOfReach, delayName, delayReach, delayTable, staleMs } from "./delay.js";
import { aliasView, backfillStatement, featureTable, featureTrigger, missing } from "./feature-table.js";
import { contentHash } from "./fingerprint.js";
import type { Fusion } from "./fusing.js";
import { closeTable, streamName, streamTableName, versionTable } from "./names.js";
import { nested } from "./nested.js";
import { binNames } from "./over-bins.js";
import { type StoredVersion, storedPlace } from "./placement.js";
import { type StreamUsage, streamSelect } from "./stream.js";
import { timeExpressionSelect, timeReach } from "./time-rows.js";
import type { ViewVersion } from "./view-definition.js";
import type { ViewDraft } from "./view-draft.js";
import { overByView, overRowsSelect, overStreamSelect, overViewsSelect, windowReach } from "./view-select.js";
import { wholeBuckets } from "./whole-buckets.js";

/** What a view is built from, decided by the compiler for the whole project. */
export interface ViewContext {
  readonly project: Project;
  readonly clock: Clock;
  readonly version: ViewVersion;
  readonly path: Path;
  /** The shape of the stream that the view hangs on: the union of what all its views read. */
  readonly stream: StreamUsage | undefined;
  /** The table that it shares with others, and its trigger. */
  readonly fusion: Fusion | undefined;
  readonly upstream: ReadonlyMap<string, CompiledObject>;
  /** What the target has already. */
  readonly deployed: readonly StoredVersion[];
}

export function compileView(draft: ViewDraft, context: ViewContext): CompiledObject {
  const { view, level } = draft;
  const { project, clock, path } = context;
  const database = project.databases.features;
  const upstreamViews = "views" in view.from ? view.from.views : [];
  const upstream = upstreamViews.map((name) => context.upstream.get(name) ?? unknown(name));
  const [cells] = upstream;
  const by = view.overBy?.emit === true && cells !== undefined ? binNames(cells) : (draft.rows?.by ?? []);
  const columns: CompiledColumn[] = [
    ...by.map((name) => ({
      name,
      type: "Array(Int64)",
      feature: false,
      sql: view.rows.by.find((bin) => bin.name === name)?.sql ?? `${cells?.name}.${name}`,
      unit: undefined,
      doc: undefined,
      renamedFrom: undefined,
      at: view.rows.by.find((bin) => bin.name === name)?.at ?? view.at,
    })),
    ...view.columns.map((column) => ({
      name: column.name,
      type: by.length > 0 ? "Array(Nullable(Float64))" : "Nullable(Float64)",
      feature: column.feature,
      sql: column.sql,
      unit: column.unit,
      doc: column.doc,
      renamedFrom: column.renamedFrom,
      ...(column.approx === undefined ? {} : { approx: column.approx }),
      at: column.at,
    })),
  ];
  const { definition, dataHash } = context.version;
  const metadata: Definition = {
    description: view.description,
    owner: view.owner,
    expect: view.expect.map((item) => ({ ...item })),
    columns: view.columns.map(({ name, unit, doc, feature }) => ({ name, unit, doc, feature })),
  };
  const bounds = quoteName(bucketsName(project, clock.name));
  const tables = { bounds, fits: quoteName(fitsName(project)) };
  const reach = viewReach(view, clock, upstream);
  const trigger = quoteName(closeTable(database, clock.name, level, path));
  const storage = placeOf(draft, context);
  const { table } = storage;
  const isFused = context.fusion !== undefined;
  const ofStream = (usage: StreamUsage, buckets: string): string =>
    overStreamSelect(draft, nested(streamSelect(project, clock, usage, buckets)), {
      bounds,
      buckets,
    });
  /** The same text for the trigger's block and for the buckets of a backfill. */
  const ofBuckets = (buckets: string): string => {
    if (view.time !== undefined)
      return overRowsSelect(draft, timeExpressionSelect(draft, project, clock, buckets));
    if (view.asOf !== undefined)
      return overRowsSelect(draft, asOfExpressionSelect(draft, project, { bounds, buckets }));
    if (view.overBy !== undefined) return overByView(draft, upstream, buckets);
    // The backfill's text reads only what this view needs of its stream, so that the views beside it do not change it.
    if (draft.usage !== undefined) return ofStream(draft.usage, buckets);
    return overViewsSelect(draft, upstream, buckets, tables);
  };
  const ofBlock = (stream: string): string => overStreamSelect(draft, stream, { bounds, buckets: stream });
  const live =
    draft.usage?.aheadMs !== undefined
      ? ofStream(draft.usage, quoteName(delayTable(database, clock.name, view.delayMs, path)))
      : context.stream !== undefined
        ? ofBlock(quoteName(streamTableName(database, clock.name, context.stream.stream, path)))
        : ofBuckets(trigger);
  const stored = ofBuckets("buckets");
  const storedColumns = columns.map((column) => ({
    ...column,
    name: `${storage.columnPrefix}${column.name}`,
  }));
  return {
    kind: "view",
    name: view.name,
    clock: clock.name,
    path,
    level,
    dataHash,
    metadataHash: contentHash(metadata),
    definition,
    metadata,
    upstream:
      view.delayMs > 0
        ? [`stream:${delayName(clock.name, view.delayMs, path)}`]
        : context.fusion !== undefined
          ? [`fused:${context.fusion.name}`]
          : context.stream === undefined
            ? upstreamViews.map((name) => `view:${name}`)
            : [`stream:${streamName(clock.name, context.stream.stream, path)}`],
    description: view.description,
    columns,
    ...(by.length > 0 ? { by } : {}),
    storage,
    ...(context.fusion === undefined ? {} : { fusedIn: context.fusion.name }),
    tables: isFused ? [] : [featureTable(project, table, columns, view.description)],
    triggers: isFused ? [] : [featureTrigger(table, path, live)],
    alias: aliasView({ database, name: view.name }, storage, columns, view.description),
    backfill: backfillStatement(project, clock, table, storedColumns, stored, view.delayMs),
    lookBack: reach.buckets + Math.max(0, ...upstream.map((object) => object.lookBack)),
    reach,
    ...(view.delayMs === 0
      ? {}
      : {
          delay: { ms: view.delayMs, staleMs: staleMs(clock), bounds: bucketsName(project, clock.name) },
        }),
    ...(upstreamViews.length > 0
      ? {}
      : { whole: wholeBuckets(project, clock, `${bounds} FINAL`, view.time === undefined ? 0 : reach.ms) }),
    everyBucket: view.time !== undefined || hasEveryBucket(view, clock),
    ...(view.expect.length === 0 ? {} : { expect: view.expect }),
    renamedFrom: view.renamedFrom,
    at: view.at,
  };
}

/** Where the version is stored, or will be. */
function placeOf(
  { view }: ViewDraft,
  { project, version: { dataHash }, fusion, deployed }: ViewContext,
): Storage {
  const shared = fusion?.views.find(({ draft }) => draft.view.name === view.name);
  if (fusion !== undefined && shared !== undefined)
    return { table: fusion.storage.table, columnPrefix: shared.columnPrefix };
  return (
    storedPlace(deployed, view, dataHash) ?? {
      table: versionTable(project.databases.features, view.name, dataHash),
      columnPrefix: "",
    }
  );
}

/** What a row reads beyond its own bucket. */
function viewReach(view: FeatureView, clock: Clock, upstream: readonly CompiledObject[]): Reach {
  if (view.delayMs > 0) return delayReach(view.delayMs, clock);
  if (view.time !== undefined) return timeReach(view, clock);
  if (view.overBy !== undefined) return { buckets: view.overBy.buckets - 1, ms: 0 };
  const { buckets, ms } = windowReach(view.windows);
  return { buckets, ms: Math.max(ms, asOfReach(upstream).ms) };
}

/** A bucket that trades fill always has some; filters may leave none of its rows, and it may have no book. */
function hasEveryBucket({ from, rows, delayMs, overBy, asOf }: FeatureView, { mode }: Clock): boolean {
  if (overBy !== undefined || asOf?.events === true) return false;
  if (!("stream" in from)) return true;
  if (delayMs > 0) return false;
  const isFiltered = rows.where !== undefined || rows.steps.some(({ where }) => where !== undefined);
  return from.stream !== "books" && mode !== "time" && !isFiltered && rows.by.length === 0;
}

function unknown(name: string): never {
  throw missing(`view ${name}`);
}
