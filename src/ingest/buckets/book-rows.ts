/** How many book rows go through an insert, which the buckets themselves do not tell. */
import { sourceRelation } from "../../compile/source-relation.js";
import type { InstrumentKey } from "../../spec/model.js";
import { type Batch, splitBatch } from "./batches.js";
import type { ClockContext } from "./clock-context.js";
import { type Feed, readFeed } from "./feed.js";

/**
 * The batch, halved until no part has more book rows than `limit`, or it holds one bucket only. In order.
 * @param feed what hangs on closes, where the caller has asked for it
 */
export async function fitBooks(
  context: ClockContext,
  batch: Batch,
  limit: number,
  feed?: Promise<Feed>,
): Promise<Batch[]> {
  if (batch.buckets.length < 2) return [batch];
  const { readsBooks } = await (feed ?? readFeed(context));
  return readsBooks ? halved(context, batch, limit) : [batch];
}

async function halved(context: ClockContext, batch: Batch, limit: number): Promise<Batch[]> {
  if (batch.buckets.length < 2 || (await bookRows(context, batch)) <= limit) return [batch];
  const parts: Batch[] = [];
  for (const half of splitBatch(batch)) parts.push(...(await halved(context, half, limit)));
  return parts;
}

async function bookRows(context: ClockContext, batch: Batch): Promise<number> {
  const list = (of: (key: InstrumentKey) => string): string[] => [
    ...new Set(batch.ranges.map((range) => of(range.instrument))),
  ];
  const columns = ["exchange", "market_type", "symbol", "timestamp"];
  const relation = sourceRelation(context.project, "orderbooks", columns).replace(/ FINAL$/, "");
  const [row] = await context.engine.rows<{ rows: string }>(
    `SELECT toString(count()) AS rows FROM ${relation}
     WHERE exchange IN {exchanges:Array(String)} AND market_type IN {markets:Array(String)} AND symbol IN {symbols:Array(String)}
       AND timestamp >= fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND timestamp < fromUnixTimestamp64Milli({end:Int64}, 'UTC')`,
    {
      params: {
        exchanges: list((key) => key.exchange),
        markets: list((key) => key.marketType),
        symbols: list((key) => key.symbol),
        start: batch.start - context.clock.bookGapMs,
        end: batch.end,
      },
    },
  );
  return Number(row?.rows ?? 0);
}
