-- Buckets that are complete on all paths (the lazy one is the last), and whether raw data still holds their trades.
WITH sampled AS (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, trades, vol, created_at
  FROM (
    SELECT
      *,
      row_number() OVER (
        PARTITION BY exchange, market_type, symbol ORDER BY sipHash64(bucket_id, {seed:UInt64}), bucket_id
      ) AS place
    FROM {{buckets}} FINAL
    {{in_range}}
      AND (exchange, market_type, symbol, bucket_id) IN (
        SELECT exchange, market_type, symbol, bucket_id FROM {{closes}} WHERE clock = {clock:String} AND path = 'lazy'
      )
  )
  WHERE place <= {sample:UInt64}
)
SELECT
  b.exchange AS exchange,
  b.market_type AS market_type,
  b.symbol AS symbol,
  toString(b.bucket_id) AS id,
  toString(toUnixTimestamp64Milli(b.bucket_ts_start)) AS start_ms,
  toString(toUnixTimestamp64Milli(b.bucket_ts_end)) AS end_ms,
  toString(toUnixTimestamp64Milli(b.available_at)) AS available_ms,
  {retention:Int64} > 0 AND toUnixTimestamp(b.created_at) * 1000 + {retention:Int64} <= toUnixTimestamp64Milli(now64(3)) + 3600000 AS past,
  {{has_its_trades}} AS whole
FROM sampled AS b
{{raw}}
ORDER BY b.exchange, b.market_type, b.symbol, b.bucket_id
