/**
 * Steps in a row that make something or show it: probed together, announced together, sent one after the other, verified together.
 * That is as safe as one by one: the database itself says of each whether it was done, and after a crash it is asked.
 */
import type { StepKind } from "../plan/step.js";
import type { JournalLine } from "../registry/writer.js";
import { isDone, readLive, verifyDone } from "./probe.js";
import {
  errorText,
  journalLine,
  journalStep,
  type NumberedStep,
  type RevisionRun,
  type StepOutcome,
  stepFailure,
  tellStep,
} from "./run-context.js";

const kinds: ReadonlySet<StepKind> = new Set([
  "create_database",
  "create_table",
  "create_trigger",
  "switch_alias",
]);

/** The steps in order, those in a row that go together in one group; every other one alone. */
export function groupSteps(steps: readonly NumberedStep[]): NumberedStep[][] {
  const groups: NumberedStep[][] = [];
  for (const numbered of steps) {
    const last = groups.at(-1);
    if (last !== undefined && [numbered, ...last].every(({ step }) => kinds.has(step.kind)))
      last.push(numbered);
    else groups.push([numbered]);
  }
  return groups;
}

/** Throws FS_MIGRATION_…; a name that is taken is found before any of the steps is done. */
export async function runTogether(run: RevisionRun, steps: readonly NumberedStep[]): Promise<StepOutcome[]> {
  const { registry, lock } = run.context;
  await lock.assertHeld();
  const done = await probe(run, steps);
  const left = steps.filter((numbered) => !done.has(numbered));
  await registry.putJournal([
    ...[...done].map((numbered) => journalLine(run, numbered, { state: "skipped" })),
    ...left.map((numbered) => journalLine(run, numbered, { state: "announced" })),
  ]);
  const sent: NumberedStep[] = [];
  try {
    for (const numbered of steps) {
      await tellStep(run, numbered, "started");
      if (!done.has(numbered)) {
        await lock.assertHeld();
        await send(run, numbered);
        sent.push(numbered);
      }
      await tellStep(run, numbered, "done");
    }
  } catch (error) {
    // What cannot be confirmed now is looked at again by the next run; what stopped this one is what counts.
    await confirm(run, sent).catch(() => {});
    throw error;
  }
  await confirm(run, sent);
  return steps.map((numbered) => (done.has(numbered) ? "skipped" : "done"));
}

async function send(run: RevisionRun, numbered: NumberedStep): Promise<void> {
  const { step } = numbered;
  try {
    await run.context.engine.execute(step.sql);
  } catch (error) {
    await run.context.registry.putJournal([
      journalLine(run, numbered, { state: "started", executed: step.sql }),
      journalLine(run, numbered, { state: "failed", error: errorText(error) }),
    ]);
    throw stepFailure(step, error);
  }
}

/** Those of the steps that have nothing left to do. */
async function probe(run: RevisionRun, steps: readonly NumberedStep[]): Promise<Set<NumberedStep>> {
  const { engine } = run.context;
  const done = new Set<NumberedStep>();
  const live = await readLive(
    engine,
    steps.map(({ step }) => step),
  );
  for (const numbered of steps) {
    try {
      if (await isDone(engine, numbered.step, live)) done.add(numbered);
    } catch (error) {
      await journalStep(run, numbered, { state: "failed", error: errorText(error) });
      throw stepFailure(numbered.step, error);
    }
  }
  return done;
}

async function confirm(run: RevisionRun, sent: readonly NumberedStep[]): Promise<void> {
  await verifyDone(
    run.context.engine,
    sent.map(({ step }) => step),
  );
  const lines = sent.map(
    (numbered): JournalLine => journalLine(run, numbered, { state: "done", executed: numbered.step.sql }),
  );
  await run.context.registry.putJournal(lines);
}
