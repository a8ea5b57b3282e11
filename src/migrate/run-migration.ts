/** Carries out the steps of one migration: probe, do, verify, with a line in the journal before and after each. */
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { isInPlace, type VersionRecord } from "../plan/deployed.js";
import type { Step } from "../plan/step.js";
import type { HeldLock } from "../registry/lock.js";
import type { JournalEntry, Revision } from "../registry/revision.js";
import type { RegistryWriter } from "../registry/writer.js";
import {
  type ChunkLimits,
  chunkParams,
  chunkStatement,
  planChunks,
  remainingChunks,
  runChunk,
} from "./backfill.js";
import type { StoredMigration } from "./migration-folder.js";
import { isDone, verifyDone } from "./probe.js";
import type { OnApplyEvent } from "./progress.js";

export interface RunContext {
  readonly engine: Engine;
  readonly registry: RegistryWriter;
  readonly lock: HeldLock;
  readonly toolVersion: string;
  readonly chunkLimits: ChunkLimits;
  readonly onEvent: OnApplyEvent;
}

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
  const { registry } = context;
  const revision = await registry.begin({
    kind: "apply",
    migration: migration.name,
    planHash: migration.hash,
    toolVersion: context.toolVersion,
  });
  try {
    await announceVersions(registry, revision, migration.records);
    await context.onEvent({ kind: "migration", migration: migration.name, steps: migration.steps.length });
    const journal = await registry.journal(revision.id);
    const run = new MigrationRun(context, migration, revision, journal);
    for (const [index, step] of migration.steps.entries()) await run.step(step, index + 1);
    return { revision, done: run.done, skipped: run.skipped };
  } catch (error) {
    await registry.finish(revision, "failed", error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** Everything is done: what the migration leaves behind is deployed. */
export async function finishMigration(
  registry: RegistryWriter,
  revision: Revision,
  migration: StoredMigration,
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

class MigrationRun {
  readonly #context: RunContext;
  readonly #migration: StoredMigration;
  readonly #revision: Revision;
  readonly #journal: readonly JournalEntry[];
  done = 0;
  skipped = 0;

  constructor(
    context: RunContext,
    migration: StoredMigration,
    revision: Revision,
    journal: readonly JournalEntry[],
  ) {
    this.#context = context;
    this.#migration = migration;
    this.#revision = revision;
    this.#journal = journal;
  }

  async step(step: Step, number: number): Promise<void> {
    const last = this.#journal.find((entry) => entry.step === number && entry.chunk === 0);
    if (last?.state === "done" || last?.state === "skipped") {
      this.skipped++;
      return;
    }
    const { engine, lock, onEvent } = this.#context;
    const tell = (state: "started" | "done" | "skipped"): void | Promise<void> =>
      onEvent({
        kind: "step",
        migration: this.#migration.name,
        number,
        steps: this.#migration.steps.length,
        step,
        state,
      });
    await lock.assertHeld();
    await tell("started");
    try {
      if (await isDone(engine, step)) {
        await this.#write(step, number, 0, "skipped", "");
        this.skipped++;
      } else {
        const executed = step.kind === "backfill" ? chunkStatement(step) : step.sql;
        await this.#write(step, number, 0, "started", executed);
        await this.#perform(step, number);
        await verifyDone(engine, step);
        await this.#write(step, number, 0, "done", executed);
        this.done++;
      }
    } catch (error) {
      if (error instanceof Interruption) throw error.cause;
      await this.#write(step, number, 0, "failed", "", undefined, messageOf(error));
      if (error instanceof FeatureError && error.code.startsWith("FS_MIGRATION_")) throw error;
      throw new FeatureError("FS_MIGRATION_STEP_FAILED", `${step.name}: ${messageOf(error)}`, {
        object: step.object,
        cause: error,
      });
    }
    await tell("done");
  }

  async #perform(step: Step, number: number): Promise<void> {
    const { engine } = this.#context;
    switch (step.kind) {
      case "backfill":
        return this.#backfill(step, number);
      case "check":
        return this.#check(step);
      default:
        return engine.execute(step.sql);
    }
  }

  async #backfill(step: Step, number: number): Promise<void> {
    const { engine, lock, onEvent, chunkLimits } = this.#context;
    if (step.buckets === undefined)
      throw new FeatureError("FS_MIGRATION_SYNTAX", `${step.name} names no table of buckets`, {
        object: step.object,
      });
    const earlier = this.#journal.filter((entry) => entry.step === number && entry.chunk > 0);
    const done = earlier.filter((entry) => entry.state === "done").map((entry) => entry.params);
    const chunks = remainingChunks(await planChunks(engine, step.buckets, chunkLimits), done);
    const allTrades = chunks.reduce((sum, chunk) => sum + chunk.trades, 0);
    const offset = Math.max(0, ...earlier.map((entry) => entry.chunk));
    let trades = 0;
    for (const [index, chunk] of chunks.entries()) {
      const tell = async (state: "started" | "done"): Promise<void> => {
        try {
          await onEvent({
            kind: "chunk",
            migration: this.#migration.name,
            step,
            number: index + 1,
            chunks: chunks.length,
            trades,
            allTrades,
            state,
          });
        } catch (cause) {
          throw new Interruption(cause);
        }
      };
      await lock.assertHeld();
      await tell("started");
      const params = chunkParams(chunk);
      await this.#write(step, number, offset + index + 1, "started", "", params);
      await runChunk(engine, step, chunk);
      await this.#write(step, number, offset + index + 1, "done", "", params);
      trades += chunk.trades;
      await tell("done");
    }
  }

  async #check(step: Step): Promise<void> {
    const rows = await this.#context.engine.rows(step.sql);
    if (rows.length === 0) return;
    const shown = rows.slice(0, 3).map((row) => JSON.stringify(row));
    throw new FeatureError(
      "FS_MIGRATION_CHECK_FAILED",
      `${step.name}: ${shown.join(", ")}${rows.length > shown.length ? ` and ${rows.length - shown.length} more` : ""}`,
      { object: step.object },
    );
  }

  #write(
    step: Step,
    number: number,
    chunk: number,
    state: JournalEntry["state"],
    executed: string,
    params?: Readonly<Record<string, string>>,
    error = "",
  ): Promise<void> {
    return this.#context.registry.journalStep({
      revision: this.#revision.id,
      number,
      chunk,
      step,
      state,
      executed,
      ...(params === undefined ? {} : { params }),
      error,
    });
  }
}

/** The receiver of progress stopped the run: no fault of the step. */
class Interruption extends Error {
  constructor(cause: unknown) {
    super("stopped", { cause });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
