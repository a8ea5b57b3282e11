/** Specs → catalog: the whole desired state of a project. Pure: the same specs give the same catalog, byte for byte. */
import { type FeatureError, Findings } from "../errors.js";
import { bucketsName, clockTables } from "../schema/clock-tables.js";
import type { Table, TableName } from "../schema/object.js";
import { rawTables } from "../schema/raw-tables.js";
import type { Clock, FeatureView, Project, ProjectSpecs, StreamName } from "../spec/model.js";
import { compileAlias } from "./alias.js";
import {
  type Catalog,
  type CompiledClock,
  type CompiledObject,
  type Definition,
  type Path,
  paths,
} from "./catalog.js";
import { compileGate, gateName } from "./compile-gate.js";
import { compileStream, guardTable } from "./compile-stream.js";
import { compileDelay } from "./delay.js";
import { missing } from "./feature-table.js";
import { dataFingerprint } from "./fingerprint.js";
import { compileFused } from "./fused.js";
import { fusionsOf } from "./fusing.js";
import { compileLabel } from "./label.js";
import { bucketColumnTypes, closeTable, streamName, triggerColumns } from "./names.js";
import type { StoredVersion } from "./placement.js";
import { compileRowView } from "./row-view.js";
import { sourceDefinition } from "./source-relation.js";
import { type StreamUsage, unionUsage } from "./stream.js";
import { compileVector } from "./vector.js";
import { compileView } from "./view.js";
import { versionOf, viewVersions } from "./view-definition.js";
import { draftView, type ViewDraft } from "./view-draft.js";
import { viewPaths } from "./view-paths.js";

const streamNames: readonly StreamName[] = ["trades", "books", "events"];
const streamSources = ["trades", "orderbooks"] as const;

/**
 * Throws Findings with every expression that cannot be compiled. The specs have been parsed and their references hold.
 * `deployed` are the versions of the target in question: what is stored there already stays where it is.
 */
export function compileProject(specs: ProjectSpecs, deployed: readonly StoredVersion[] = []): Catalog {
  const { project } = specs;
  const drafts = draftViews(specs.views);
  const objects: CompiledObject[] = [];
  const clocks: CompiledClock[] = [];
  const triggerTables: Table[] = [];
  for (const clock of Object.values(project.clocks)) {
    const compiled = compileClock(
      specs,
      clock,
      drafts.filter((draft) => draft.view.clock === clock.name),
      deployed,
    );
    objects.push(...compiled);
    const close = (path: Path): Table[] =>
      Array.from({ length: levelsOf(compiled, path) }, (_, level) =>
        triggerTable(project, clock, level, path),
      );
    const [hot, lazy] = [close("hot"), close("lazy")];
    triggerTables.push(...hot, ...lazy, guardTable(project.databases.features, clock.name));
    clocks.push({
      name: clock.name,
      dataHash: dataFingerprint(clockDefinition(project, clock)),
      definition: clockDefinition(project, clock),
      buckets: bucketsName(project, clock.name),
      gate: gateName(project, clock),
      close: { hot: hot.map(tableName), lazy: lazy.map(tableName) },
    });
  }
  objects.push(
    ...drafts.flatMap((draft) =>
      draft.view.row === undefined ? [] : [compileRowView(draft, project, deployed)],
    ),
  );
  const { raw, cold, features, registry } = project.databases;
  return {
    databases: [...new Set([raw, cold, features, registry])],
    raw: rawTables(project),
    clockTables: [...clockTables(project), ...triggerTables],
    clocks,
    objects,
  };
}

/** How many levels a path has. Nothing is triggered for a label or an alias, so they need none. */
function levelsOf(objects: readonly CompiledObject[], path: Path): number {
  const own = objects.filter((object) => object.path === path && object.triggers.length > 0);
  return Math.max(-1, ...own.map((object) => object.level)) + 1;
}

function tableName({ database, name }: TableName): TableName {
  return { database, name };
}

/** What of a clock decides the rows of everything that is built on it. Size, target and lateness do not. */
function clockDefinition(project: Project, clock: Clock): Definition {
  const sources = streamSources.map((source) => sourceDefinition(project.sources[source]));
  const { name, mode, maxMs, maxTrades, bookGapMs, quality, targetMs } = clock;
  // The score measures a bucket's duration against the target.
  const score = quality === undefined ? undefined : { ...quality, targetMs };
  return { name, mode, maxMs, maxTrades, bookGapMs, quality: score, sources };
}

/** Drafts in an order in which every view stands behind what it reads. */
export function draftViews(views: readonly FeatureView[]): ViewDraft[] {
  const byName = new Map(views.map((view) => [view.name, view]));
  const drafts = new Map<string, ViewDraft>();
  const findings: FeatureError[] = [];
  const unread = new Set<string>();
  const visit = (view: FeatureView): ViewDraft | undefined => {
    const known = drafts.get(view.name);
    if (known !== undefined || unread.has(view.name)) return known;
    const upstream = "views" in view.from ? view.from.views : [];
    for (const name of upstream) {
      const found = byName.get(name);
      if (found === undefined) throw missing(`view ${name}`);
      if (visit(found) === undefined) return undefined;
    }
    try {
      const draft = draftView(view, (name) => drafts.get(name)?.level ?? 0);
      drafts.set(view.name, draft);
      return draft;
    } catch (error) {
      if (!(error instanceof Findings)) throw error;
      // It is visited again by every view that reads it.
      unread.add(view.name);
      findings.push(...error.findings);
      return undefined;
    }
  };
  for (const view of [...views].sort((a, b) => (a.name < b.name ? -1 : 1))) visit(view);
  if (findings.length > 0) throw new Findings(findings);
  return [...drafts.values()].sort((a, b) => a.level - b.level || (a.view.name < b.view.name ? -1 : 1));
}

function compileClock(
  specs: ProjectSpecs,
  clock: Clock,
  drafts: readonly ViewDraft[],
  deployed: readonly StoredVersion[],
): CompiledObject[] {
  const { project } = specs;
  const versions = viewVersions(drafts, clockDefinition(project, clock), project);
  const aliases = specs.aliases.filter((alias) => alias.clock === clock.name);
  const vectors = specs.vectors.filter((vector) => vector.clock === clock.name);
  const labels = specs.labels.filter((label) => label.clock === clock.name);
  const pathOf = viewPaths(
    drafts.map(({ view }) => view),
    versions,
    vectors,
    deployed,
  );
  const fusions = fusionsOf(drafts, {
    clock,
    database: project.databases.features,
    versions,
    pathOf,
    deployed,
  });
  const fusionOf = new Map(
    fusions.flatMap((fusion) => fusion.views.map(({ draft }) => [draft.view.name, fusion])),
  );
  const streams = new Map<string, { readonly path: Path; readonly usage: StreamUsage }>();
  for (const path of paths) {
    for (const name of streamNames) {
      const own = drafts.flatMap(({ view, usage }) =>
        usage?.stream === name && usage.aheadMs === undefined && pathOf(view.name) === path ? [usage] : [],
      );
      const kept = fusions.filter((fusion) => fusion.stream === name && fusion.path === path);
      const usage = unionUsage(name, [
        ...own,
        ...deployedUsage(clock, name, path, deployed),
        // What was read where they were until now.
        ...kept.flatMap(({ stored }) =>
          stored === undefined ? [] : deployedUsage(clock, name, stored.path, deployed),
        ),
      ]);
      if (own.length > 0) streams.set(streamName(clock.name, name, path), { path, usage });
    }
  }
  const views = new Map<string, CompiledObject>();
  for (const draft of drafts) {
    const path = pathOf(draft.view.name);
    // A view with a delay reads rows beyond its bucket, which no shared stream holds.
    const stream =
      draft.usage === undefined || draft.usage.aheadMs !== undefined
        ? undefined
        : streams.get(streamName(clock.name, draft.usage.stream, path))?.usage;
    const version = versionOf(versions, draft.view.name);
    const fusion = fusionOf.get(draft.view.name);
    const context = { project, clock, version, path, stream, fusion, upstream: views, deployed };
    views.set(draft.view.name, compileView(draft, context));
  }
  return [
    compileGate(project, clock),
    ...[...streams.values()].map(({ path, usage }) => compileStream(project, clock, usage, path)),
    ...delays(drafts, pathOf).map(({ delayMs, path }) => compileDelay(project, clock, delayMs, path)),
    ...fusions.map((fusion) => compileFused(fusion, { project, clock, views })),
    ...views.values(),
    ...aliases.map((alias) => compileAlias(alias, project, views)),
    ...vectors.map((vector) => compileVector(vector, { project, clock, path: "hot", views })),
    ...labels.map((label) => compileLabel(label, { project, clock, views })),
  ];
}

/** The delays of views, each once a path. */
function delays(
  drafts: readonly ViewDraft[],
  pathOf: (view: string) => Path,
): { readonly delayMs: number; readonly path: Path }[] {
  return paths.flatMap((path) => {
    const own = drafts.filter(({ view }) => view.delayMs > 0 && pathOf(view.name) === path);
    const different = [...new Set(own.map(({ view }) => view.delayMs))].sort((a, b) => a - b);
    return different.map((delayMs) => ({ delayMs, path }));
  });
}

/** Columns that deployed versions of a stream's views may read: a stream only ever gains some. */
function deployedUsage(
  clock: Clock,
  stream: StreamName,
  path: Path,
  deployed: readonly StoredVersion[],
): StreamUsage[] {
  const name = streamName(clock.name, stream, path);
  return deployed.flatMap((version) => {
    if (version.kind !== "stream" || version.name !== name) return [];
    const levels = version.definition?.levels;
    return {
      stream,
      columns: version.tables.flatMap((table) => table.columns.map((column) => column.name)),
      levels: typeof levels === "number" ? levels : undefined,
    };
  });
}

function triggerTable(project: Project, clock: Clock, level: number, path: Path): Table {
  return {
    kind: "table",
    ...closeTable(project.databases.features, clock.name, level, path),
    columns: bucketColumnTypes(triggerColumns),
    engine: "Null",
    orderBy: [],
    comment: `Inserting closed buckets of ${clock.name} here computes level ${level}`,
  };
}
