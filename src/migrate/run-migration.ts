/** Carries out the steps of one migration: probe, do, verify, with a line in the journal before and after each. */
import { setTimeout as pause } from "node:timers/promises";
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { isInPlace, type VersionRecord } from "../plan/deployed.js";
import type { Step } from "../plan/step.js";
import type { HeldLock } from "../registry/lock.js";
import type { JournalEntry, Revision } from "../registry/revision.js";
import type { RegistryWriter } from "../registry/writer.js";
import {
  type ChunkLimits,
  chunkCheck,
  chunkParams,
  chunkStatement,
  planChunks,
  remainingChunks,
  runChunk,
  sampleSpans,
  takeVersion,
} from "./backfill.js";
import type { StoredMigration } from "./migration-folder.js";
import { isDone, verifyDone } from "./probe.js";
import type { OnApplyEvent } from "./progress.js";
import { insertsEnded } from "./running-inserts.js";

export interface RunContext {
  readonly engine: Engine;
  readonly registry: RegistryWriter;
  readonly lock: HeldLock;
  readonly toolVersion: string;
  readonly chunkLimits: ChunkLimits;
  readonly onEvent: OnApplyEvent;
  /** Goes on although a check found something; what it found stays in the journal. */
  readonly acceptFailedChecks: boolean;
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

class MigrationRun {
  readonly #context: RunContext;
  readonly #migration: Pick<StoredMigration, "name" | "steps">;
  readonly #revision: Revision;
  readonly #journal: readonly JournalEntry[];
  done = 0;
  skipped = 0;

  constructor(
    context: RunContext,
    migration: Pick<StoredMigration, "name" | "steps">,
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
        const accepted = await this.#perform(step, number);
        await verifyDone(engine, step);
        await this.#write(step, number, 0, "done", executed, undefined, accepted);
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

  /** What a check found and was let pass. */
  async #perform(step: Step, number: number): Promise<string> {
    switch (step.kind) {
      case "check":
        return this.#check(step);
      case "backfill":
        await this.#backfill(step, number);
        return "";
      case "drop_table": {
        const { engine, lock } = this.#context;
        // A close that began before its trigger went still writes into the table.
        if (step.target !== undefined)
          await insertsEnded(engine, step.target.database, () => lock.assertHeld());
        await engine.execute(step.sql);
        return "";
      }
      default:
        await this.#context.engine.execute(step.sql);
        return "";
    }
  }

  /**
   * Level by level: when a level begins, the levels below are complete, so a close that begins from now on computes this one
   * from complete rows. Those that began earlier may not have; they are awaited, and what they stored gets a lower `v`.
   */
  async #backfill(step: Step, number: number): Promise<void> {
    const { engine, lock, onEvent, chunkLimits } = this.#context;
    const { buckets, target } = step;
    if (buckets === undefined || target === undefined)
      throw new FeatureError("FS_MIGRATION_SYNTAX", `${step.name} names no table of buckets`, {
        object: step.object,
      });
    await insertsEnded(engine, buckets.database, () => lock.assertHeld());
    const earlier = this.#journal.filter((entry) => entry.step === number && entry.chunk > 0);
    const done = earlier.filter((entry) => entry.state === "done").map((entry) => entry.params);
    // Read only now: a close that did not see the new trigger has stored its buckets before.
    const chunks = remainingChunks(await planChunks(engine, buckets, chunkLimits, step.behind), done);
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
      const version = await takeVersion(engine, { buckets, target }, chunk);
      const params = { ...chunkParams(chunk), v: version };
      await this.#write(step, number, offset + index + 1, "started", "", params);
      await runChunk(engine, step, chunk, version);
      await this.#write(step, number, offset + index + 1, "done", "", params);
      trades += chunk.trades;
      await tell("done");
    }
  }

  /** What a check found and was let pass; empty when all is well. */
  async #check(step: Step): Promise<string> {
    let found = "";
    for (let attempt = 1; attempt <= checkAttempts; attempt++) {
      // A close may have been at work between the two sides of a comparison.
      if (attempt > 1) await pause(checkPauseMs);
      found = shownRows(await this.#checkedRows(step));
      if (found === "") return "";
    }
    if (this.#context.acceptFailedChecks) return found;
    throw new FeatureError("FS_MIGRATION_CHECK_FAILED", `${step.name}: ${found}`, { object: step.object });
  }

  async #checkedRows(step: Step): Promise<readonly unknown[]> {
    const { engine } = this.#context;
    // Over all buckets it would cost as much as the backfill: it is made on a sample, unless somebody runs it by hand.
    if (step.buckets === undefined || step.target === undefined) return engine.rows(step.sql);
    const rows: unknown[] = [];
    for (const span of await sampleSpans(engine, step.target))
      rows.push(...(await engine.rows(chunkCheck(step), { params: chunkParams(span) })));
    return rows;
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

const checkAttempts = 3;
const checkPauseMs = 300;

function shownRows(rows: readonly unknown[]): string {
  const shown = rows.slice(0, 3).map((row) => JSON.stringify(row));
  const more = rows.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
