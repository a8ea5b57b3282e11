/** `feature prune`: drops versions past their retention. */
import { createHash } from "node:crypto";
import type { Engine } from "../engine/port.js";
import type { DeployedObject, VersionRecord } from "../plan/deployed.js";
import { type Prunable, prunable, pruneSteps } from "../plan/prune.js";
import type { Step } from "../plan/step.js";
import { versionOf } from "../plan/versions.js";
import { openRegistryWriter, type RegistryWriter } from "../registry/writer.js";
import type { Project } from "../spec/model.js";
import { type HoldOptions, holdTarget } from "./hold-target.js";
import { readHolders } from "./holders.js";
import type { OnApplyEvent } from "./progress.js";
import { finishRollback } from "./rollback.js";
import { plainContext } from "./run-context.js";
import { finishMigration, runSteps } from "./run-migration.js";

export interface PruneOptions extends HoldOptions {
  readonly engine: Engine;
  readonly project: Project;
  readonly toolVersion: string;
  /** Also the last versions of what is no longer live at all. */
  readonly removed?: boolean;
  readonly dryRun?: boolean;
  readonly onEvent?: OnApplyEvent;
}

export interface PruneResult extends Prunable {
  /** Undefined when nothing was dropped. */
  readonly revision: number | undefined;
  readonly statements: readonly string[];
}

/** May be repeated: what a run that was killed has left half dropped goes with the next one. */
export async function pruneProject(options: PruneOptions): Promise<PruneResult> {
  const { engine, project, toolVersion } = options;
  const registry = openRegistryWriter(engine, project.databases.registry);
  await registry.required();
  return holdTarget(engine, project.databases.registry, options, async (lock) => {
    const context = plainContext(options, registry, lock);
    if (options.dryRun !== true) await finishRollback(context, project);
    const { objects } = await registry.required();
    const found = await findPrunable(options, registry, objects);
    const steps = await stepsFor(engine, registry, found.drop);
    const statements = steps.map(({ sql }) => sql);
    if (options.dryRun === true || steps.length + found.drop.length === 0)
      return { ...found, statements, revision: undefined };
    const revision = await registry.begin({
      kind: "prune",
      migration: found.drop.length === 1 ? "1 version" : `${found.drop.length} versions`,
      planHash: createHash("sha256").update(statements.join("\n;\n")).digest("hex"),
      toolVersion,
    });
    // Said first, then looked at again: a model that pins a version at this moment sees that it goes, or is seen here.
    await registry.putRecords(revision.id, found.drop.map(dropped));
    const again = await findPrunable(options, registry, objects);
    const spared = found.drop.filter((object) => !again.drop.includes(object));
    await registry.putRecords(
      revision.id,
      spared.map((object) => ({ kind: "object", object })),
    );
    const left = spared.length === 0 ? steps : await stepsFor(engine, registry, again.drop);
    await runSteps(context, { name: "prune", steps: left, records: [] }, revision);
    await finishMigration(registry, revision, { records: [] });
    return { ...again, statements: left.map(({ sql }) => sql), revision: revision.id };
  });
}

async function findPrunable(
  { project, removed }: PruneOptions,
  registry: RegistryWriter,
  objects: readonly DeployedObject[],
): Promise<Prunable> {
  const applied = (await registry.revisions()).filter(({ state }) => state === "applied");
  return prunable(objects, {
    versions: project.retention.versions,
    removed: removed === true,
    history: applied.map(({ live }) => live),
    holders: await readHolders(registry),
  });
}

/** For what is to go, and for what an earlier run has left half dropped. */
async function stepsFor(
  engine: Engine,
  registry: RegistryWriter,
  drop: readonly DeployedObject[],
): Promise<Step[]> {
  const all = (await registry.allRecords()).flatMap((record) =>
    record.kind === "object" ? [record.object] : [],
  );
  const gone = all.filter(({ state }) => state === "dropped");
  const names = gone.flatMap(({ tables, triggers }) => [...tables, ...triggers].map(({ name }) => name));
  const rows = await engine.rows<{ name: string }>(
    "SELECT name FROM system.tables WHERE name IN {names:Array(String)}",
    { params: { names } },
  );
  const there = new Set(rows.map(({ name }) => name));
  const left = gone.filter(({ tables, triggers }) =>
    [...tables, ...triggers].some(({ name }) => there.has(name)),
  );
  const going = new Set([...drop, ...left].map(versionOf));
  return pruneSteps(
    [...drop, ...left.filter((object) => !drop.some((other) => versionOf(other) === versionOf(object)))],
    all.filter((object) => object.state !== "dropped" && !going.has(versionOf(object))),
  );
}

function dropped(object: DeployedObject): VersionRecord {
  return { kind: "object", object: { ...object, state: "dropped" } };
}
