import { expectedFeatures } from "./expected-features.js";
import { rowDifferences } from "./oracle/compare.js";
import type { NaiveBucket } from "./oracle/naive-cutter.js";
import type { NaiveIngest } from "./oracle/naive-ingest.js";
import { Rational } from "./oracle/rational.js";
import { type BookRow, instrumentKey, type StoredTrade } from "./oracle/rows.js";
import type { Deployment } from "./stock-deployment.js";
import { storedBuckets, storedFeatures, storedTrades } from "./stored-rows.js";

/**
 * Where an engine holds something else than the oracle, as lines to read: trades, late trades, buckets, every view that is
 * deployed, the vector.
 */
export async function marketDifferences(
  deployment: Deployment,
  naive: NaiveIngest,
  books: readonly BookRow[],
): Promise<string[]> {
  const { bookGapMs } = deployment.context.clock;
  const buckets = naive.buckets.map(withoutMembers);
  const late = naive.late.map(plainTrade).map(({ late: _, ...trade }) => trade);
  const features = expectedFeatures(buckets, naive.trades, books, bookGapMs);
  const found: [string, string[]][] = [
    ["trades", rowDifferences(await storedTrades(deployment), naive.trades.map(plainTrade))],
    ["late_trades", rowDifferences(await storedTrades(deployment, "late_trades"), late)],
    ["buckets", rowDifferences(await storedBuckets(deployment), buckets)],
  ];
  const deployed = new Set(deployment.catalog.objects.map(({ name }) => name));
  for (const [name, rows] of Object.entries(features)) {
    if (!deployed.has(name)) continue;
    found.push([name, rowDifferences(await storedFeatures(deployment, name), rows())]);
  }
  return found.flatMap(([name, lines]) => lines.map((line) => `${name} ${line}`));
}

/** The stream of trades must hold exactly what the buckets say, in one block each. */
export function bucketTotals(buckets: readonly NaiveBucket[]) {
  return buckets.map((bucket) => ({
    instrument: instrumentKey(bucket),
    bucket_id: bucket.bucket_id,
    trades: bucket.trades,
    vol: bucket.vol,
  }));
}

function withoutMembers({ members: _, ...bucket }: NaiveBucket) {
  return bucket;
}

/** Without what only the recorder knew, decimals in their shortest form. */
function plainTrade(trade: StoredTrade) {
  const { exchange, market_type, symbol, timestamp, trade_seq, trade_id, side, available_at, late } = trade;
  return {
    ...{ exchange, market_type, symbol, timestamp, trade_seq, trade_id, side, available_at, late },
    price: Rational.parse(trade.price).toDecimal(),
    quantity: Rational.parse(trade.quantity).toDecimal(),
  };
}
