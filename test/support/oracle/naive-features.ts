import { type BookState, naiveBookState } from "./features/book-state.js";
import { naiveOrderFlow, type OrderFlow } from "./features/order-flow.js";
import { naiveTradeImpact, type TradeImpact } from "./features/trade-impact.js";
import { naiveVpin, type Vpin } from "./features/vpin.js";
import { naiveBooks, naiveTrades } from "./naive-streams.js";
import type { BookRow, BucketRow, FeatureRow, StoredTrade } from "./rows.js";

export interface NaiveFeatures {
  readonly order_flow: readonly FeatureRow<OrderFlow>[];
  readonly trade_impact: readonly FeatureRow<TradeImpact>[];
  readonly book_state: readonly FeatureRow<BookState>[];
  readonly vpin: readonly FeatureRow<Vpin>[];
}

/** Every stock view, one row a bucket, in the order of `buckets`. */
export function naiveFeatures(
  buckets: readonly BucketRow[],
  trades: readonly StoredTrade[],
  books: readonly BookRow[],
  bookGapMs: number,
): NaiveFeatures {
  const orderFlow = buckets.map((bucket) => naiveOrderFlow(bucket, naiveTrades(bucket, trades)));
  return {
    order_flow: orderFlow,
    trade_impact: buckets.map((bucket) => naiveTradeImpact(bucket, naiveTrades(bucket, trades))),
    book_state: buckets.map((bucket) =>
      naiveBookState(bucket, naiveBooks(bucket, buckets, books, bookGapMs)),
    ),
    vpin: buckets.map((bucket) => naiveVpin(bucket, orderFlow)),
  };
}
