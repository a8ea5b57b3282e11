/** What a run of a migration works with. */
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { Step } from "../plan/step.js";
import type { HeldLock } from "../registry/lock.js";
import type { JournalEntry, Revision } from "../registry/revision.js";
import type { JournalLine, RegistryWriter } from "../registry/writer.js";
import { type ChunkLimits, defaultChunkLimits } from "./backfill.js";
import type { OnApplyEvent } from "./progress.js";

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

/** For what computes nothing and checks nothing that could be accepted. */
export function plainContext(
  options: { readonly engine: Engine; readonly toolVersion: string; readonly onEvent?: OnApplyEvent },
  registry: RegistryWriter,
  lock: HeldLock,
): RunContext {
  const { engine, toolVersion, onEvent = () => {} } = options;
  return {
    engine,
    registry,
    lock,
    toolVersion,
    chunkLimits: defaultChunkLimits,
    onEvent,
    acceptFailedChecks: false,
  };
}

/** One revision under way. */
export interface RevisionRun {
  readonly context: RunContext;
  readonly revision: Revision;
  readonly migration: { readonly name: string; readonly steps: readonly Step[] };
  /** As it was when this run began. */
  readonly journal: readonly JournalEntry[];
  /** Tables of buckets that held none when all triggers were there: each bucket of them goes through every trigger. */
  readonly empty: Set<string>;
}

/** A step of it; `number` from 1. */
export interface NumberedStep {
  readonly step: Step;
  readonly number: number;
}

type Noted = Pick<JournalLine, "state"> &
  Partial<Pick<JournalLine, "chunk" | "executed" | "params" | "error">>;

/** `skipped`: it was done before. */
export type StepOutcome = "done" | "skipped";

/** A line about the step itself, or about one of its chunks. */
export function journalLine(
  { revision }: RevisionRun,
  { step, number }: NumberedStep,
  noted: Noted,
): JournalLine {
  return { revision: revision.id, number, step, chunk: 0, executed: "", ...noted };
}

export function journalStep(run: RevisionRun, step: NumberedStep, noted: Noted): Promise<void> {
  return run.context.registry.putJournal([journalLine(run, step, noted)]);
}

/** Tells whoever watches; what that throws stops the run. */
export function tellStep(
  { context, migration }: RevisionRun,
  { step, number }: NumberedStep,
  state: "started" | "done",
): void | Promise<void> {
  return context.onEvent({
    kind: "step",
    migration: migration.name,
    number,
    steps: migration.steps.length,
    step,
    state,
  });
}

/** What went wrong with a step, for whoever started the run. */
export function stepFailure(step: Step, error: unknown): FeatureError {
  if (error instanceof FeatureError && error.code.startsWith("FS_MIGRATION_")) return error;
  return new FeatureError("FS_MIGRATION_STEP_FAILED", `${step.name}: ${errorText(error)}`, {
    object: step.object,
    cause: error,
  });
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
