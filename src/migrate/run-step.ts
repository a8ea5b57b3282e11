/** One step: probe, do, verify. */
import type { Step } from "../plan/step.js";
import { chunkStatement } from "./backfill.js";
import { rowChunkCondition } from "./backfill-rows.js";
import { isDone, verifyDone } from "./probe.js";
import { Interruption, runBackfill } from "./run-backfill.js";
import { runCheck } from "./run-check.js";
import {
  errorText,
  journalStep,
  type NumberedStep,
  type RevisionRun,
  type StepOutcome,
  stepFailure,
  tellStep,
} from "./run-context.js";
import { insertsEnded } from "./running-inserts.js";

/** Throws FS_MIGRATION_…; the journal says by then that it failed. */
export async function runStep(run: RevisionRun, numbered: NumberedStep): Promise<StepOutcome> {
  const { step } = numbered;
  const { engine, lock } = run.context;
  await lock.assertHeld();
  await tellStep(run, numbered, "started");
  let outcome: StepOutcome = "done";
  try {
    if (await isDone(engine, step)) {
      await journalStep(run, numbered, { state: "skipped" });
      outcome = "skipped";
    } else {
      const executed = executedText(step);
      await journalStep(run, numbered, { state: "started", executed });
      const accepted = await perform(run, numbered);
      await verifyDone(engine, [step]);
      await journalStep(run, numbered, { state: "done", executed, error: accepted });
    }
  } catch (error) {
    if (error instanceof Interruption) throw error.cause;
    await journalStep(run, numbered, { state: "failed", error: errorText(error) });
    throw stepFailure(step, error);
  }
  await tellStep(run, numbered, "done");
  return outcome;
}

function executedText(step: Step): string {
  if (step.kind !== "backfill") return step.sql;
  return chunkStatement(step, step.rows === undefined ? undefined : rowChunkCondition);
}

/** What a check found and was let pass. */
async function perform(run: RevisionRun, numbered: NumberedStep): Promise<string> {
  const { engine, lock, acceptFailedChecks } = run.context;
  const { step } = numbered;
  switch (step.kind) {
    case "check":
      return runCheck(engine, step, acceptFailedChecks, () => lock.assertHeld());
    case "backfill":
      await runBackfill(run, numbered);
      return "";
    case "drop_table":
      // An insert that began before its trigger went still writes into the table: a close, or a collector's.
      for (const database of new Set([step.target?.database, step.rows?.database]))
        if (database !== undefined) await insertsEnded(engine, database, () => lock.assertHeld());
      await engine.execute(step.sql);
      return "";
    default:
      await engine.execute(step.sql);
      return "";
  }
}
