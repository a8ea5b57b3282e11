/**
 * Checks specs on an engine: builds everything in scratch databases, asks the engine for the type of every expression, and
 * closes a few made-up buckets through all levels (`CREATE VIEW` accepts views that fail at their first insert).
 * `feature validate` runs it on an engine in memory, `feature apply` on the target itself.
 */
import { randomBytes } from "node:crypto";
import type { Catalog } from "../compile/catalog.js";
import { compileProject } from "../compile/compile-project.js";
import { type ViewProbe, viewProbes } from "../compile/probe.js";
import type { Engine, Reader } from "../engine/port.js";
import { FeatureError, Findings } from "../errors.js";
import { quoteIdentifier } from "../schema/quote.js";
import { renderCreate } from "../schema/render.js";
import type { Databases, ProjectSpecs } from "../spec/model.js";
import { checkLeaks } from "./check-leaks.js";
import { checkTypes, findRefused, resolveView } from "./check-view.js";
import { smokeClose } from "./smoke-close.js";

/** Throws Findings with every expression that the engine refuses, at its place in the YAML. Leaves nothing behind. */
export async function checkSpecs(engine: Engine, specs: ProjectSpecs): Promise<void> {
  const scratch = inScratchDatabases(specs);
  const catalog = compileProject(scratch);
  try {
    await createTables(engine, catalog);
    const probes = viewProbes(scratch, catalog);
    throwAny((await Promise.all(probes.map((probe) => checkView(engine, probe)))).flat());
    try {
      await createTriggers(engine, catalog);
    } catch (error) {
      // What is resolved may still be refused when it is planned; then each expression is asked for.
      throwAny((await Promise.all(probes.map((probe) => findRefused(engine, probe)))).flat());
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

async function checkView(reader: Reader, probe: ViewProbe): Promise<FeatureError[]> {
  const resolved = await resolveView(reader, probe);
  if (resolved instanceof FeatureError) {
    const refused = await findRefused(reader, probe);
    if (refused.length === 0) throw resolved;
    return refused;
  }
  const ofTypes = checkTypes(probe, resolved);
  return ofTypes.length > 0 ? ofTypes : checkLeaks(probe, resolved);
}

function throwAny(findings: readonly FeatureError[]): void {
  if (findings.length > 0) throw new Findings(findings);
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
      { ...source, table: name, external: false, columns: {}, availableAt: undefined },
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
