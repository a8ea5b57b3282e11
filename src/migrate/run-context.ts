/** What a run of a migration works with. */
import type { Engine } from "../engine/port.js";
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
}

/** A step of it; `number` from 1. */
export interface NumberedStep {
  readonly step: Step;
  readonly number: number;
}

/** A line about the step itself, or about one of its chunks. */
export function journalStep(
  { context, revision }: RevisionRun,
  { step, number }: NumberedStep,
  line: Pick<JournalLine, "state"> & Partial<Pick<JournalLine, "chunk" | "executed" | "params" | "error">>,
): Promise<void> {
  return context.registry.journalStep({
    revision: revision.id,
    number,
    step,
    chunk: 0,
    executed: "",
    ...line,
  });
}
