/** A check of what was built, before readers see it. */
import { setTimeout as pause } from "node:timers/promises";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { Step } from "../plan/step.js";
import type { TableName } from "../schema/object.js";
import { chunkCheck, chunkParams, sampleSpans } from "./backfill.js";
import { insertsEnded } from "./running-inserts.js";

const attempts = 3;
const pauseMs = 300;

/**
 * What a check found and was let pass; empty when all is well. Throws FS_MIGRATION_CHECK_FAILED unless `accept` says to go on.
 */
export async function runCheck(
  reader: Reader,
  step: Step,
  accept: boolean,
  beforeEachLook: () => Promise<void>,
): Promise<string> {
  const found = shownRows(
    step.rows === undefined
      ? await missingOfBuckets(reader, step)
      : await missingOfDays(reader, step, step.rows, beforeEachLook),
  );
  if (found === "") return "";
  if (accept) return found;
  throw new FeatureError("FS_MIGRATION_CHECK_FAILED", `${step.name}: ${found}`, { object: step.object });
}

async function missingOfBuckets(reader: Reader, step: Step): Promise<readonly unknown[]> {
  for (let attempt = 1; ; attempt++) {
    const found = await checkedRows(reader, step);
    if (found.length === 0 || attempt === attempts) return found;
    // A close may have been at work between the two sides of a comparison.
    await pause(pauseMs);
  }
}

interface DayOfRows {
  readonly exchange: string;
  readonly market_type: string;
  readonly symbol: string;
  readonly day: string;
  /** In the source, then in the view. */
  readonly rows: string;
  readonly stored: string;
}

/**
 * While collectors are at work the source always has rows of which the trigger is not done. So what the source had at the first look is
 * compared with what the view has once the inserts of that moment have ended.
 */
async function missingOfDays(
  reader: Reader,
  step: Step,
  source: TableName,
  beforeEachLook: () => Promise<void>,
): Promise<readonly DayOfRows[]> {
  const look = async (): Promise<Map<string, DayOfRows>> => {
    const days = await reader.rows<DayOfRows>(step.sql);
    return new Map(days.map((day) => [[day.exchange, day.market_type, day.symbol, day.day].join("/"), day]));
  };
  const before = await look();
  if (before.size === 0) return [];
  await insertsEnded(reader, source.database, beforeEachLook);
  const after = await look();
  return [...before].flatMap(([key, { rows }]) => {
    const day = after.get(key);
    return day !== undefined && BigInt(day.stored) < BigInt(rows) ? [{ ...day, rows }] : [];
  });
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
