/** A backfill step: chunk by chunk, each with a line in the journal before and after it. */
import { FeatureError } from "../errors.js";
import { stepName } from "../plan/step.js";
import type { TableName } from "../schema/object.js";
import {
  chunkParams,
  chunkStatement,
  planChunks,
  remainingChunks,
  runChunk,
  takeVersion,
} from "./backfill.js";
import { planRowChunks, rowChunkCondition } from "./backfill-rows.js";
import { journalStep, type NumberedStep, type RevisionRun } from "./run-context.js";
import { insertsEnded } from "./running-inserts.js";

/** The receiver of progress stopped the run: no fault of the step. */
export class Interruption extends Error {
  constructor(cause: unknown) {
    super("stopped", { cause });
  }
}

/** Rows that were being stored when the trigger was created may have missed it: they are awaited, then everything is read. */
async function runRowBackfill(run: RevisionRun, numbered: NumberedStep, source: TableName): Promise<void> {
  const { engine, lock, onEvent } = run.context;
  const { step, number } = numbered;
  await insertsEnded(engine, source.database, () => lock.assertHeld());
  const earlier = run.journal.filter((entry) => entry.step === number && entry.chunk > 0);
  const done = earlier.filter((entry) => entry.state === "done").map((entry) => entry.params);
  const chunks = await planRowChunks(engine, source, done);
  const allTrades = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  const offset = Math.max(0, ...earlier.map((entry) => entry.chunk));
  let trades = 0;
  for (const [index, { params, rows }] of chunks.entries()) {
    const tell = async (state: "started" | "done"): Promise<void> => {
      const counts = { number: index + 1, chunks: chunks.length, trades, allTrades };
      try {
        await onEvent({ kind: "chunk", migration: run.migration.name, step, ...counts, state });
      } catch (cause) {
        throw new Interruption(cause);
      }
    };
    await lock.assertHeld();
    await tell("started");
    const line = { chunk: offset + index + 1, params };
    await journalStep(run, numbered, { ...line, state: "started" });
    await engine.execute(chunkStatement(step, rowChunkCondition), { params });
    await journalStep(run, numbered, { ...line, state: "done" });
    trades += rows;
    await tell("done");
  }
}

/**
 * Level by level: when a level begins, the levels below are complete, so a close that begins from now on computes this one
 * from complete rows. Those that began earlier may not have; they are awaited, and what they stored gets a lower `v`.
 */
export async function runBackfill(run: RevisionRun, numbered: NumberedStep): Promise<void> {
  const { engine, lock, onEvent, chunkLimits } = run.context;
  const { step, number } = numbered;
  const { buckets, target } = step;
  if (step.rows !== undefined) return runRowBackfill(run, numbered, step.rows);
  if (buckets === undefined || target === undefined)
    throw new FeatureError("FS_MIGRATION_SYNTAX", `${step.name} names no table of buckets`, {
      object: step.object,
    });
  const { empty } = run;
  if (step.behind === undefined && empty.has(stepName(buckets))) return;
  await insertsEnded(engine, buckets.database, () => lock.assertHeld());
  const earlier = run.journal.filter((entry) => entry.step === number && entry.chunk > 0);
  const done = earlier.filter((entry) => entry.state === "done").map((entry) => entry.params);
  // Read only now: a close that did not see the new trigger has stored its buckets before.
  const forPath = step.behind === undefined ? {} : { behind: step.behind };
  let planned = await planChunks(engine, buckets, chunkLimits, forPath);
  // Whatever closes from now on goes through every trigger of this migration, level by level.
  if (planned.length === 0 && step.behind === undefined) empty.add(stepName(buckets));
  if (planned.length > 0 && step.whole !== undefined)
    planned = await planChunks(engine, buckets, chunkLimits, step);
  const chunks = remainingChunks(planned, done);
  const allTrades = chunks.reduce((sum, chunk) => sum + chunk.trades, 0);
  const offset = Math.max(0, ...earlier.map((entry) => entry.chunk));
  let trades = 0;
  for (const [index, chunk] of chunks.entries()) {
    const tell = async (state: "started" | "done"): Promise<void> => {
      try {
        await onEvent({
          kind: "chunk",
          migration: run.migration.name,
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
    const line = { chunk: offset + index + 1, params: { ...chunkParams(chunk), v: version } };
    await journalStep(run, numbered, { ...line, state: "started" });
    await runChunk(engine, step, chunk, version);
    await journalStep(run, numbered, { ...line, state: "done" });
    trades += chunk.trades;
    await tell("done");
  }
}
