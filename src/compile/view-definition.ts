/** What of a view decides the rows of its version. */
import type { FeatureView, Project } from "../spec/model.js";
import { asOfDefinition } from "./as-of-rows.js";
import type { Definition } from "./catalog.js";
import { normalByPlace } from "./expression/by-place.js";
import { normalExpression } from "./expression/normal.js";
import { missing } from "./feature-table.js";
import { dataFingerprint } from "./fingerprint.js";
import type { ViewDraft } from "./view-draft.js";

export interface ViewVersion {
  readonly definition: Definition;
  readonly dataHash: string;
}

/** The version of each view by name. `drafts` stand behind what they read; `clock` is what decides the rows of their clock. */
export function viewVersions(
  drafts: readonly ViewDraft[],
  clock: Definition,
  project: Project,
): ReadonlyMap<string, ViewVersion> {
  const versions = new Map<string, ViewVersion>();
  for (const draft of drafts) {
    const { from, name } = draft.view;
    const upstream = ("views" in from ? from.views : []).map((view) => versionOf(versions, view));
    const definition = viewDefinition(draft, clock, upstream, project);
    versions.set(name, { definition, dataHash: dataFingerprint(definition) });
  }
  return versions;
}

export function versionOf(versions: ReadonlyMap<string, ViewVersion>, view: string): ViewVersion {
  const version = versions.get(view);
  if (version === undefined) throw missing(`view ${view}`);
  return version;
}

/** `upstream` are the versions of the views that it reads, in the spec's order. When a bucket is computed has no part in it. */
function viewDefinition(
  draft: ViewDraft,
  clock: Definition,
  upstream: readonly ViewVersion[],
  project: Project,
): Definition {
  const { view } = draft;
  const views = "views" in view.from ? view.from.views : [];
  return {
    clock,
    from:
      "stream" in view.from
        ? {
            stream: view.from.stream,
            rows: rowsContent(draft),
            ...timeDefinition(view),
            ...(view.delayMs === 0 ? {} : { delayMs: view.delayMs }),
          }
        : view.asOf !== undefined
          ? {
              ...asOfDefinition(view.asOf, project),
              ...(view.asOf.events ? { rows: rowsContent(draft) } : {}),
            }
          : { views: upstream.map(({ dataHash }) => dataHash), ...binsDefinition(draft) },
    ...(draft.lets.length === 0
      ? {}
      : { lets: Object.fromEntries(draft.lets.map(({ name, sql }) => [name, normalByPlace(sql, views)])) }),
    windows: Object.fromEntries(
      view.windows.map(({ name, kind, length, min, current }) => [name, { kind, length, min, current }]),
    ),
    columns: Object.fromEntries(
      draft.expressions.map(({ column, sql }) => [column.name, normalByPlace(sql, views)]),
    ),
  };
}

/** What `rows:` and its kin make of the stream, for the data hash; undefined where there is nothing of it. */
function rowsContent({ rows }: ViewDraft) {
  if (rows === undefined || (rows.levels.length === 0 && rows.by.length === 0)) return undefined;
  const levels = rows.levels.map(({ where, columns, drop = [] }) => ({
    where: where === undefined ? undefined : normalExpression(where.sql),
    columns: columns.map(({ name, sql }) => [name, normalExpression(sql)]),
    drop,
  }));
  return { stream: rows.stream ?? null, levels, by: rows.by };
}

function binsDefinition(draft: ViewDraft) {
  const { overBy, from } = draft.view;
  if (overBy === undefined) return {};
  const views = "views" in from ? from.views : [];
  const bins = draft.binColumns.map(({ origin, sql }) => [origin.name, normalByPlace(sql, views)]);
  return { overBy: { buckets: overBy.buckets, emit: overBy.emit, bins, rows: rowsContent(draft) } };
}

/** Lengths are in the compiled expressions; the grid's step is not. */
function timeDefinition({ time }: FeatureView): { gridMs?: number; windows?: Record<string, number> } {
  if (time === undefined) return {};
  const windows = Object.fromEntries(time.windows.map(({ name, ms }) => [name, ms]));
  return { windows, ...(time.gridMs === undefined ? {} : { gridMs: time.gridMs }) };
}
