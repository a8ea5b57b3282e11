-- Closed buckets to be computed again; those that are older than the trades that are still stored cannot be. A bucket that is stored and
-- not closed may be on its way: its level 0 was computed without what is restored, and its close is written in a moment.
INSERT INTO {{dirty}} (clock, exchange, market_type, symbol, bucket_id, intent, state, reason, v)
SELECT DISTINCT {clock:String}, b.exchange, b.market_type, b.symbol, b.bucket_id, {intent:String}, 'open', 'repair', 1
FROM (
  SELECT exchange, market_type, symbol, bucket_id, bucket_ts_start
  FROM {{buckets}} FINAL
  WHERE (
    (exchange, market_type, symbol, bucket_id) IN (
      SELECT exchange, market_type, symbol, bucket_id FROM {{closes}}
      WHERE clock = {clock:String} AND closed_at >= toDateTime64({since:String}, 3, 'UTC')
    )
    OR (exchange, market_type, symbol, bucket_id) NOT IN (
      SELECT exchange, market_type, symbol, bucket_id FROM {{closes}} WHERE clock = {clock:String}
    )
  )
  {{only_missing}}
) AS b
INNER JOIN (
  SELECT exchange, market_type, symbol, min(timestamp) AS oldest FROM {{trades}}
  GROUP BY exchange, market_type, symbol
) AS t
  ON t.exchange = b.exchange AND t.market_type = b.market_type AND t.symbol = b.symbol
WHERE b.bucket_ts_start >= t.oldest
