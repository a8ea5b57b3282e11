/**
 * Checks specs on an engine: builds everything in scratch databases, asks the engine for the type of every expression, and
 * closes a few made-up buckets through all levels (`CREATE VIEW` accepts views that fail at their first insert).
 * `feature validate` runs it on an engine in memory, `feature apply` on the target itself.
 */
import { randomBytes } from "node:crypto";
import type { Catalog } from "../compile/catalog.js";
import { compileProject, draftViews } from "../compile/compile-project.js";
import { type ViewProbe, viewProbes } from "../compile/probe.js";
import type { Engine, Reader } from "../engine/port.js";
import { FeatureError, Findings } from "../errors.js";
import { quoteIdentifier } from "../schema/quote.js";
import { renderCreate } from "../schema/render.js";
import type { Databases, FeatureView, ProjectSpecs } from "../spec/model.js";
import { checkLeaks } from "./check-leaks.js";
import { checkTypes, findRefused, resolveView } from "./check-view.js";
import { smokeClose } from "./smoke-close.js";

/** Throws Findings with every expression that the engine refuses, at its place in the YAML. Leaves nothing behind. */
export async function checkSpecs(engine: Engine, specs: ProjectSpecs): Promise<void> {
  const { specs: scratch, findings } = readViews(inScratchDatabases(specs));
  const catalog = compileProject(scratch);
  try {
    await createTables(engine, catalog);
    const probes = viewProbes(scratch, catalog);
    throwAny([...findings, ...(await Promise.all(probes.map((probe) => checkView(engine, probe)))).flat()]);
    try {
      await createTriggers(engine, catalog);
    } catch (error) {
      // What is resolved may still be refused when it is planned; then each expression is asked for.
      throwAny(
        (await Promise.all(probes.map((probe) => findRefused(engine, probe)))).flatMap(
          ({ findings }) => findings,
        ),
      );
      throw error;
    }
    await smokeClose(engine, scratch.project, catalog);
  } catch (error) {
    throw withoutScratch(error);
  } finally {
    for (const database of catalog.databases)
      await engine.execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(database)}`);
  }
}

/** The views whose texts can be read, for the engine, and what is wrong with the others. What reads one of these is left out. */
function readViews(specs: ProjectSpecs): {
  readonly specs: ProjectSpecs;
  readonly findings: readonly FeatureError[];
} {
  try {
    draftViews(specs.views);
    return { specs, findings: [] };
  } catch (error) {
    if (!(error instanceof Findings)) throw error;
    const unread = new Set(error.findings.map(({ object = "" }) => object.split(".")[0] ?? ""));
    const byName = new Map(specs.views.map((view) => [view.name, view]));
    const readBy = ({ from }: FeatureView): FeatureView[] =>
      "views" in from ? from.views.flatMap((name) => byName.get(name) ?? []) : [];
    const isRead = (view: FeatureView): boolean => !unread.has(view.name) && readBy(view).every(isRead);
    const views = specs.views.filter(isRead);
    return { specs: { ...specs, views, aliases: [], vectors: [], labels: [] }, findings: error.findings };
  }
}

async function checkView(reader: Reader, probe: ViewProbe): Promise<FeatureError[]> {
  const resolved = await resolveView(reader, probe);
  if (resolved instanceof FeatureError) {
    const { findings, good } = await findRefused(reader, probe);
    if (findings.length === 0) throw resolved;
    const columns = probe.view.columns.filter(({ name }) => good.has(name));
    return columns.length === 0
      ? [...findings]
      : [...findings, ...(await checkView(reader, { ...probe, view: { ...probe.view, columns } }))];
  }
  const leaks = checkLeaks(probe, resolved);
  const leaky = new Set(leaks.map(({ object }) => object));
  return [...leaks, ...checkTypes(probe, resolved).filter(({ object }) => !leaky.has(object))];
}

/** In the order of the files: a text that cannot be read and one that the engine refuses may stand side by side. */
function throwAny(findings: readonly FeatureError[]): void {
  if (findings.length === 0) return;
  const place = ({ at }: FeatureError): string =>
    `${at?.file ?? ""} ${String(at?.line ?? 0).padStart(6, "0")}`;
  throw new Findings([...findings].sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0)));
}

/** The engine's messages name scratch databases; users never saw these. */
function withoutScratch(error: unknown): unknown {
  if (!(error instanceof Findings)) return error;
  return new Findings(
    error.findings.map(
      ({ code, message, object, at, hint, cause }) =>
        new FeatureError(code, message.replace(/scratch_[0-9a-f]{8}_/g, ""), {
          hint,
          cause,
          ...(object === undefined ? {} : { object }),
          ...(at === undefined ? {} : { at }),
        }),
    ),
  );
}

/** The same specs, to be built in databases that nobody else uses. */
function inScratchDatabases(specs: ProjectSpecs): ProjectSpecs {
  const suffix = randomBytes(4).toString("hex");
  const scratch = (name: string): string => `scratch_${suffix}_${name}`;
  const { raw, cold, features, registry } = specs.project.databases;
  const databases: Databases = {
    raw: scratch(raw),
    cold: scratch(cold),
    features: scratch(features),
    registry: scratch(registry),
  };
  // A foreign table is not there to be read in scratch; ours of the same shape stands in for it.
  const sources = Object.fromEntries(
    Object.entries(specs.project.sources).map(([name, source]) => [
      name,
      { ...source, table: name, external: false, columns: {}, sides: undefined, availableAt: undefined },
    ]),
  ) as ProjectSpecs["project"]["sources"];
  return { ...specs, project: { ...specs.project, databases, sources } };
}

async function createTables(engine: Engine, catalog: Catalog): Promise<void> {
  for (const database of catalog.databases) {
    await engine.execute(`CREATE DATABASE ${quoteIdentifier(database)} ENGINE = Atomic`);
  }
  const tables = [
    ...catalog.raw,
    ...catalog.clockTables,
    ...catalog.objects.flatMap((object) => object.tables),
  ];
  for (const table of tables) await engine.execute(renderCreate(table));
}

async function createTriggers(engine: Engine, catalog: Catalog): Promise<void> {
  for (const object of catalog.objects) {
    for (const trigger of object.triggers) await engine.execute(renderCreate(trigger));
    if (object.alias !== undefined) await engine.execute(renderCreate(object.alias));
  }
}
