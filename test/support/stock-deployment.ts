/** The repository's own project, built in an engine: what `feature apply` builds, without its bookkeeping. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadProject, readProjectFiles } from "../../src/cli/project-files.js";
import type { Catalog } from "../../src/compile/catalog.js";
import { compileProject } from "../../src/compile/compile-project.js";
import { neededViews } from "../../src/compile/view-paths.js";
import type { Engine } from "../../src/engine/port.js";
import { type ClockContext, clockContext } from "../../src/ingest/buckets/clock-context.js";
import type { Table, TableName } from "../../src/schema/object.js";
import { quoteIdentifier, quoteName } from "../../src/schema/quote.js";
import { renderCreate } from "../../src/schema/render.js";
import type { Clock, Project, ProjectSpecs } from "../../src/spec/model.js";
import { everyFeatureVectors } from "./every-feature.js";
import type { NaiveClock } from "./oracle/naive-cutter.js";
import { packageRoot } from "./run-feature.js";

export interface Deployment {
  readonly engine: Engine;
  readonly project: Project;
  readonly catalog: Catalog;
  /** The main clock, for what closes its buckets. */
  readonly context: ClockContext;
}

export interface DeployOptions {
  /** In front of every database's name, so that several deployments may stand in one engine. */
  readonly prefix?: string;
  /** What of the main clock differs from features.yaml. */
  readonly clock?: Partial<Clock>;
  /** Default: what the vector trend_v1 needs. Every other view makes each close of a test slower. */
  readonly views?: "of trend_v1" | "all";
  /** Files of examples/<folder> beside the stock ones, and the vector of them that is deployed in place of trend_v1. */
  readonly example?: { readonly folder: string; readonly vector: string };
  /** With a vector of every feature of each clock, behind trend_v1. Needs all views. */
  readonly everyFeature?: boolean;
}

/** Compiles the project and builds it. */
export async function deployStock(engine: Engine, options: DeployOptions = {}): Promise<Deployment> {
  const deployment = await deployedStock(engine, options);
  await buildCatalog(engine, deployment.catalog);
  return deployment;
}

/** Makes all that a catalog names. */
export async function buildCatalog(engine: Engine, catalog: Catalog): Promise<void> {
  for (const database of catalog.databases) {
    await engine.execute(`CREATE DATABASE ${quoteIdentifier(database)} ENGINE = Atomic`);
  }
  for (const table of tablesOf(catalog)) await engine.execute(renderCreate(table));
  for (const { triggers, alias } of catalog.objects) {
    for (const trigger of triggers) await engine.execute(renderCreate(trigger));
    if (alias !== undefined) await engine.execute(renderCreate(alias));
  }
}

/** The same for an engine in which it is built already. */
export async function deployedStock(engine: Engine, options: DeployOptions = {}): Promise<Deployment> {
  const specs = changed(await loadStock(options), options);
  return deploymentOf(engine, specs.project, compileProject(specs));
}

/**
 * The same tables, cut by another clock. Only `bookGapMs` is part of what was compiled: it must be the one that the
 * deployment was made with.
 */
export function withClock(deployment: Deployment, clock: NaiveClock): Deployment {
  const { engine, project, catalog } = deployment;
  const clocks = { ...project.clocks, ubt: { ...deployment.context.clock, ...clockChange(clock) } };
  return deploymentOf(engine, { ...project, clocks }, catalog);
}

/** A clock of the oracle as a change of the main clock: one size for every instrument. */
export function clockChange({ mode, size, maxMs, maxTrades, bookGapMs }: NaiveClock): Partial<Clock> {
  return {
    mode,
    maxMs,
    maxTrades,
    bookGapMs,
    size: { fromBucketConfig: true, byInstrument: {}, fallback: size },
  };
}

/** Empties every table, or all but the raw ones: much faster than building the project anew. */
export async function emptyTables(
  { engine, project }: Deployment,
  what: "all" | "all but raw" = "all",
): Promise<void> {
  const { raw, cold, features, registry } = project.databases;
  const databases = what === "all" ? [raw, cold, features, registry] : [cold, features, registry];
  for (const table of await filledTables(engine, databases)) {
    await engine.execute(`TRUNCATE TABLE ${quoteName(table)}`);
  }
  const leases = await engine.rows<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = {features:String} AND startsWith(name, 'lease_')",
    { params: { features } },
  );
  for (const { name } of leases)
    await engine.execute(`DROP TABLE ${quoteName({ database: features, name })}`);
}

/** Tables that hold rows. */
export async function filledTables(engine: Engine, databases: readonly string[]): Promise<TableName[]> {
  return engine.rows<{ database: string; name: string }>(
    "SELECT database, name FROM system.tables WHERE database IN {databases:Array(String)} AND total_rows > 0",
    { params: { databases: [...databases] } },
  );
}

/** The stock project, with the files of an example. Reading it takes two seconds, and it is the same every time. */
export async function loadStock({
  example,
  everyFeature = false,
}: Pick<DeployOptions, "example" | "everyFeature">): Promise<ProjectSpecs> {
  const known = loaded.get(example?.folder) ?? readStock(example?.folder);
  loaded.set(example?.folder, known);
  if (!everyFeature) return known;
  const specs = await known;
  return { ...specs, vectors: [...specs.vectors, ...everyFeatureVectors(specs)] };
}

const loaded = new Map<string | undefined, Promise<ProjectSpecs>>();

async function readStock(example: string | undefined): Promise<ProjectSpecs> {
  const asked = { project: packageRoot, target: undefined };
  if (example === undefined) return loadProject(asked, {});
  const folder = join(packageRoot, "examples", example);
  const more = readdirSync(join(folder, "features"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".yaml"))
    .map((path) => ({
      path: `features/${path}`,
      text: readFileSync(join(folder, "features", path), "utf8"),
    }));
  const { root, files } = await readProjectFiles(packageRoot);
  return loadProject(asked, {}, { root, files: [...files, ...more] });
}

function changed(
  all: ProjectSpecs,
  { prefix = "", clock = {}, views = "of trend_v1", example }: DeployOptions,
): ProjectSpecs {
  const specs = views === "all" ? all : onlyVector(all, example?.vector ?? "trend_v1");
  const { project } = specs;
  const stock = project.clocks.ubt;
  if (stock === undefined) throw new Error("the stock project has no clock ubt");
  const { raw, cold, features, registry } = project.databases;
  const databases = {
    raw: prefix + raw,
    cold: prefix + cold,
    features: prefix + features,
    registry: prefix + registry,
  };
  const clocks = { ...project.clocks, ubt: { ...stock, ...clock } };
  return { ...specs, project: { ...project, databases, clocks } };
}

function deploymentOf(engine: Engine, project: Project, catalog: Catalog): Deployment {
  return { engine, project, catalog, context: clockContext(engine, project, catalog, "ubt", "test") };
}

/** Every table, as a value. */
export function tablesOf(catalog: Catalog): Table[] {
  return [...catalog.raw, ...catalog.clockTables, ...catalog.objects.flatMap(({ tables }) => tables)];
}

/** Without the views that a vector does not need. */
function onlyVector(specs: ProjectSpecs, name: string): ProjectSpecs {
  const vectors = specs.vectors.filter((vector) => vector.name === name);
  const needed = neededViews(specs.views, vectors);
  const isNeeded = (view: string): boolean => needed.has(view);
  return {
    ...specs,
    vectors,
    views: specs.views.filter(({ name }) => isNeeded(name)),
    aliases: specs.aliases.filter(({ views }) => views.every(isNeeded)),
  };
}
