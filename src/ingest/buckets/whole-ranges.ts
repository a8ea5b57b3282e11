/** Of ranges of closed buckets, what can be computed again: retention may have removed raw rows of the others. */
import { wholeBuckets } from "../../compile/whole-buckets.js";
import { quoteName } from "../../schema/quote.js";
import { instrumentName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import type { BucketRange } from "./batches.js";
import { type ClockContext, instrumentParams } from "./clock-context.js";

const template = sqlTemplate(import.meta.url, "whole-ranges");

export interface WholeRanges {
  readonly ranges: readonly BucketRange[];
  /** How many buckets were left out: computed again they would become wrong. */
  readonly leftOut: number;
}

/** @param reachMs how far before a bucket's end its rows read raw rows */
export async function wholeRanges(
  context: ClockContext,
  asked: readonly BucketRange[],
  reachMs: number,
): Promise<WholeRanges> {
  const ranges: BucketRange[] = [];
  for (const name of new Set(asked.map(({ instrument }) => instrumentName(instrument)))) {
    const own = asked.filter(({ instrument }) => instrumentName(instrument) === name);
    ranges.push(...(await wholeOf(context, own, reachMs)));
  }
  return { ranges, leftOut: countOf(asked) - countOf(ranges) };
}

async function wholeOf(
  { engine, project, clock, compiled }: ClockContext,
  asked: readonly BucketRange[],
  reachMs: number,
): Promise<BucketRange[]> {
  const [first] = asked;
  if (first === undefined) return [];
  const whole = wholeBuckets(project, clock, "asked", reachMs);
  const rows = await engine.rows<{ from: string; to: string }>(
    template({ buckets: quoteName(compiled.buckets), whole }),
    {
      params: {
        ...instrumentParams(first.instrument),
        reach: reachMs,
        first: Math.min(...asked.map(({ from }) => from)),
        last: Math.max(...asked.map(({ to }) => to)),
      },
    },
  );
  return asked.flatMap((range) =>
    rows
      .map((row) => ({
        ...range,
        from: Math.max(range.from, Number(row.from)),
        to: Math.min(range.to, Number(row.to)),
      }))
      .filter(({ from, to }) => from <= to),
  );
}

function countOf(ranges: readonly BucketRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}
