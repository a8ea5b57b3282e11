-- As of each bucket: the last row of a view with a delay that was known by then, unless it is too old.
SELECT
  b.exchange AS exchange, b.market_type AS market_type, b.symbol AS symbol, b.bucket_id AS bucket_id,
  {{columns}}
FROM (
  SELECT exchange, market_type, symbol, bucket_id, bucket_ts_end
  FROM {{bounds}} FINAL
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    {{keys}}
  )
) AS b
ASOF LEFT JOIN (
  SELECT
    exchange, market_type, symbol, bucket_ts_end + toIntervalMillisecond({{delay_ms}}) AS ripe_at,
    {{names}}
  FROM {{table}}
  WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM {{buckets}})
    AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM {{buckets}}) - toIntervalMillisecond({{delay_ms}})
    AND bucket_ts_end > (SELECT min(bucket_ts_end) FROM {{buckets}}) - toIntervalMillisecond({{delay_ms}} + {{stale_ms}})
  ORDER BY v DESC
  LIMIT 1 BY exchange, market_type, symbol, bucket_id
) AS d
  ON d.exchange = b.exchange AND d.market_type = b.market_type AND d.symbol = b.symbol
  AND b.bucket_ts_end >= d.ripe_at
