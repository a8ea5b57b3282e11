/** A check of what was built, before readers see it. */
import { setTimeout as pause } from "node:timers/promises";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { Step } from "../plan/step.js";
import { chunkCheck, chunkParams, sampleSpans } from "./backfill.js";

const attempts = 3;
const pauseMs = 300;

/**
 * What a check found and was let pass; empty when all is well. Throws FS_MIGRATION_CHECK_FAILED unless `accept` says to go on.
 */
export async function runCheck(reader: Reader, step: Step, accept: boolean): Promise<string> {
  let found = "";
  for (let attempt = 1; attempt <= attempts; attempt++) {
    // A close may have been at work between the two sides of a comparison.
    if (attempt > 1) await pause(pauseMs);
    found = shownRows(await checkedRows(reader, step));
    if (found === "") return "";
  }
  if (accept) return found;
  throw new FeatureError("FS_MIGRATION_CHECK_FAILED", `${step.name}: ${found}`, { object: step.object });
}

async function checkedRows(reader: Reader, step: Step): Promise<readonly unknown[]> {
  // Over all buckets it would cost as much as the backfill: it is made on a sample, unless somebody runs it by hand.
  if (step.buckets === undefined || step.target === undefined) return reader.rows(step.sql);
  const rows: unknown[] = [];
  for (const span of await sampleSpans(reader, step.target))
    rows.push(...(await reader.rows(chunkCheck(step), { params: chunkParams(span) })));
  return rows;
}

function shownRows(rows: readonly unknown[]): string {
  const shown = rows.slice(0, 3).map((row) => JSON.stringify(row));
  const more = rows.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
