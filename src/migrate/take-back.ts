import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { Step } from "../plan/step.js";
import type { JournalEntry } from "../registry/revision.js";
import { isDone } from "./probe.js";

/**
 * Takes back what steps have done, by the reverse of each, last first. A step that was refused because its name is taken made nothing:
 * its reverse would drop someone else's table. Of one that was only announced the database says whether it was done.
 */
export async function takeBack(
  engine: Engine,
  steps: readonly Step[],
  journal: readonly JournalEntry[],
): Promise<void> {
  const entries = new Map(journal.flatMap((entry) => (entry.chunk === 0 ? [[entry.step, entry]] : [])));
  for (const [index, step] of [...steps.entries()].reverse()) {
    const entry = entries.get(index + 1);
    if (entry === undefined || step.reverse === undefined) continue;
    if (entry.begun || (entry.announced && (await isOurs(engine, step)))) await engine.execute(step.reverse);
  }
}

async function isOurs(engine: Engine, step: Step): Promise<boolean> {
  try {
    return await isDone(engine, step);
  } catch (error) {
    if (error instanceof FeatureError && error.code === "FS_MIGRATION_CONFLICT") return false;
    throw error;
  }
}
