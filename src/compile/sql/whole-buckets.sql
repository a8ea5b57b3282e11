-- Keys of the buckets of which every row that their clock counted is stored, and of all that ended in the look-back before their own end.
WITH chosen AS (
  SELECT exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, trades, vol FROM {{buckets}}
)
SELECT exchange, market_type, symbol, bucket_id
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_end, whole,
    max(if(whole, toDateTime64(0, 3, 'UTC'), bucket_ts_end)) OVER (
      PARTITION BY exchange, market_type, symbol ORDER BY bucket_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS gone_until
  FROM (
    SELECT
      b.exchange AS exchange, b.market_type AS market_type, b.symbol AS symbol, b.bucket_id AS bucket_id,
      b.bucket_ts_end AS bucket_ts_end,
      -- More than was counted are rows that came late.
      ifNull(r.counted, 0) >= b.trades AND ifNull(r.lots, toInt256(0)) >= {{bucket_lots}} AS whole
    FROM chosen AS b
    {{counted_rows}}
  )
)
WHERE whole AND gone_until <= bucket_ts_end - toIntervalMillisecond({{reach_ms}})
