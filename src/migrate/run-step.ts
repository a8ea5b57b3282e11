/** One step: probe, do, verify. */
import { FeatureError } from "../errors.js";
import { chunkStatement } from "./backfill.js";
import { isDone, verifyDone } from "./probe.js";
import { Interruption, runBackfill } from "./run-backfill.js";
import { runCheck } from "./run-check.js";
import { journalStep, type NumberedStep, type RevisionRun } from "./run-context.js";
import { insertsEnded } from "./running-inserts.js";

/**
 * `skipped`: it was done before. A step that the journal knows as done is not looked at again. Throws FS_MIGRATION_…; the
 * journal says by then that it failed.
 */
export async function runStep(run: RevisionRun, numbered: NumberedStep): Promise<"done" | "skipped"> {
  const { step, number } = numbered;
  const last = run.journal.find((entry) => entry.step === number && entry.chunk === 0);
  if (last?.state === "done" || last?.state === "skipped") return "skipped";
  const { engine, lock, onEvent } = run.context;
  const { name: migration, steps } = run.migration;
  const tell = (state: "started" | "done"): void | Promise<void> =>
    onEvent({ kind: "step", migration, number, steps: steps.length, step, state });
  await lock.assertHeld();
  await tell("started");
  let outcome: "done" | "skipped" = "done";
  try {
    if (await isDone(engine, step)) {
      await journalStep(run, numbered, { state: "skipped" });
      outcome = "skipped";
    } else {
      const executed = step.kind === "backfill" ? chunkStatement(step) : step.sql;
      await journalStep(run, numbered, { state: "started", executed });
      const accepted = await perform(run, numbered);
      await verifyDone(engine, step);
      await journalStep(run, numbered, { state: "done", executed, error: accepted });
    }
  } catch (error) {
    if (error instanceof Interruption) throw error.cause;
    const message = error instanceof Error ? error.message : String(error);
    await journalStep(run, numbered, { state: "failed", error: message });
    if (error instanceof FeatureError && error.code.startsWith("FS_MIGRATION_")) throw error;
    throw new FeatureError("FS_MIGRATION_STEP_FAILED", `${step.name}: ${message}`, {
      object: step.object,
      cause: error,
    });
  }
  await tell("done");
  return outcome;
}

/** What a check found and was let pass. */
async function perform(run: RevisionRun, numbered: NumberedStep): Promise<string> {
  const { engine, lock, acceptFailedChecks } = run.context;
  const { step } = numbered;
  switch (step.kind) {
    case "check":
      return runCheck(engine, step, acceptFailedChecks);
    case "backfill":
      await runBackfill(run, numbered);
      return "";
    case "drop_table":
      // A close that began before its trigger went still writes into the table.
      if (step.target !== undefined)
        await insertsEnded(engine, step.target.database, () => lock.assertHeld());
      await engine.execute(step.sql);
      return "";
    default:
      await engine.execute(step.sql);
      return "";
  }
}
