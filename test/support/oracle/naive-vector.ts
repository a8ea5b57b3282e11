import type { NaiveFeatures } from "./naive-features.js";
import type { BucketRow, InstrumentColumns } from "./rows.js";

/** The features of the stock vector, in its order. */
export const trendFeatures = [
  "order_flow.volume",
  "order_flow.quote_volume",
  "order_flow.trades",
  "order_flow.imbalance",
  "order_flow.duration_s",
  "trade_impact.signed_volume",
  "trade_impact.trade_impact_ratio",
  "book_state.spread_bps",
  "book_state.top_imbalance",
  "book_state.mid_age_ms",
  "vpin.vpin_20",
  "vpin.vpin_50",
] as const;
/** From the bucket's close to the row being usable. */
const lagMs = 150;

export type NaiveVectorRow = InstrumentColumns &
  Pick<BucketRow, "bucket_id" | "bucket_ts_start" | "bucket_ts_end" | "available_at"> &
  Readonly<Record<string, unknown>>;

/** The stock vector, one row a bucket, in the order of `buckets`; `features` are of the same buckets. */
export function naiveVector(buckets: readonly BucketRow[], features: NaiveFeatures): NaiveVectorRow[] {
  return buckets.map((bucket, index) => {
    const { exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end } = bucket;
    const cells = trendFeatures.map((name): [string, unknown] => {
      const [view = "", column = ""] = name.split(".");
      const row = features[view as keyof NaiveFeatures][index] as unknown as Record<string, unknown>;
      return [`${view}__${column}`, row[column]];
    });
    const available_at = bucket.available_at + lagMs;
    return {
      ...{ exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at },
      ...Object.fromEntries(cells),
    };
  });
}
