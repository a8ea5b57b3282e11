INSERT INTO {{buckets}}
  (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, trades, vol, vwap, cut_trigger, size, v)
SELECT
  exchange, market_type, symbol, intDiv(at, 10) + 1, min(timestamp), min(timestamp) + toIntervalSecond(5), min(timestamp),
  min(timestamp) + toIntervalSecond(5), count(), sum(quantity), toFloat64(avg(price)), 'volume', 1, 1
FROM (
  SELECT *, dateDiff('millisecond', toDateTime64('2024-01-01 00:00:00', 3, 'UTC'), timestamp) / 500 AS at
  FROM {{trades}}
)
GROUP BY exchange, market_type, symbol, intDiv(at, 10)
