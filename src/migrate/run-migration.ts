/** Carries out the steps of one migration, with lines in the journal before and after. */
import { isInPlace, type VersionRecord } from "../plan/deployed.js";
import type { JournalEntry, Revision } from "../registry/revision.js";
import type { RegistryWriter } from "../registry/writer.js";
import type { StoredMigration } from "./migration-folder.js";
import { errorText, type RevisionRun, type RunContext } from "./run-context.js";
import { runStep } from "./run-step.js";
import { groupSteps, runTogether } from "./run-together.js";

/** The revision that a run belongs to, and how much it did. */
export interface RunOutcome {
  readonly revision: Revision;
  readonly done: number;
  readonly skipped: number;
}

/**
 * Runs what is left of a migration: steps that the journal knows as done are not looked at again. The revision is still
 * running afterwards; `finishMigration` ends it. On failure it is marked as failed, and a later run goes on there.
 */
export async function runMigration(context: RunContext, migration: StoredMigration): Promise<RunOutcome> {
  const { registry, toolVersion } = context;
  const revision = await registry.begin({
    kind: "apply",
    migration: migration.name,
    planHash: migration.hash,
    toolVersion,
  });
  return runSteps(context, migration, revision);
}

/** The same for a revision that has begun. */
export async function runSteps(
  context: RunContext,
  migration: Pick<StoredMigration, "name" | "steps" | "records">,
  revision: Revision,
): Promise<RunOutcome> {
  const { registry } = context;
  try {
    await announceVersions(registry, revision, migration.records);
    await context.onEvent({ kind: "migration", migration: migration.name, steps: migration.steps.length });
    const journal = await registry.journal(revision.id);
    const run: RevisionRun = { context, revision, migration, journal, empty: new Set() };
    const isOver = new Set(journal.flatMap((entry) => (hasEnded(entry) ? [entry.step] : [])));
    const left = migration.steps
      .map((step, index) => ({ step, number: index + 1 }))
      .filter(({ number }) => !isOver.has(number));
    const count = { done: 0, skipped: isOver.size };
    for (const group of groupSteps(left)) {
      const [alone] = group;
      const outcomes =
        group.length > 1 || alone === undefined ? await runTogether(run, group) : [await runStep(run, alone)];
      for (const outcome of outcomes) count[outcome]++;
    }
    return { revision, ...count };
  } catch (error) {
    await registry.finish(revision, "failed", errorText(error));
    throw error;
  }
}

function hasEnded({ chunk, state }: JournalEntry): boolean {
  return chunk === 0 && (state === "done" || state === "skipped");
}

/** Everything is done: what the migration leaves behind is deployed. */
export async function finishMigration(
  registry: RegistryWriter,
  revision: Revision,
  migration: Pick<StoredMigration, "records">,
): Promise<void> {
  await registry.putRecords(revision.id, migration.records);
  await registry.finish(revision, "applied");
}

/** New versions are in the registry before their tables are there, so that nothing of ours is ever unknown. */
async function announceVersions(
  registry: RegistryWriter,
  revision: Revision,
  records: readonly VersionRecord[],
): Promise<void> {
  const known = new Set(
    (await registry.allRecords()).flatMap((record) =>
      record.kind === "object" && record.object.state !== "dropped" ? [versionId(record)] : [],
    ),
  );
  const building = records.flatMap((record): VersionRecord[] => {
    if (record.kind !== "object" || record.object.state !== "live" || known.has(versionId(record))) return [];
    return [{ kind: "object", object: { ...record.object, state: "building" } }];
  });
  await registry.putRecords(revision.id, building);
}

function versionId({ object }: Extract<VersionRecord, { kind: "object" }>): string {
  return JSON.stringify([object.kind, object.name, isInPlace(object.kind) ? "" : object.dataHash]);
}
