import type { Engine } from "../../src/engine/port.js";

/**
 * Closed buckets of two instruments, 10 trades each, in a target that small-catalog.ts describes: stored, computed, complete. The first
 * `computed` of each are computed.
 */
export async function closeSmallBuckets(
  engine: Engine,
  { buckets = 5, computed = 5, version = 4 } = {},
): Promise<void> {
  await engine.execute(
    `INSERT INTO features.unified_buckets (exchange, market_type, symbol, bucket_id, trades, v)
     SELECT 'binance', 'spot', arrayJoin(['A', 'B']), number + 1, 10, ${version} FROM numbers(${buckets})`,
  );
  for (const level of [0, 1])
    await engine.execute(
      `INSERT INTO features.ubt__close_${level}_hot
       SELECT exchange, market_type, symbol, bucket_id, trades, v FROM features.unified_buckets WHERE bucket_id <= ${computed}`,
    );
  await engine.execute(
    `INSERT INTO features.closes (clock, path, exchange, market_type, symbol, bucket_id, v)
     SELECT 'ubt', 'hot', exchange, market_type, symbol, bucket_id, v FROM features.unified_buckets`,
  );
}
