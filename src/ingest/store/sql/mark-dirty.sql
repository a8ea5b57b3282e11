-- Closed buckets that the rows of the slice would have been in time for: the first bucket that ends after the row, if the row is in
-- its interval, or before it by no more than a carried snapshot may be old.
INSERT INTO {{dirty}} (clock, exchange, market_type, symbol, bucket_id, intent, state, reason, v)
SELECT DISTINCT
  {clock:String}, b.exchange, b.market_type, b.symbol, b.bucket_id, {intent:String}, 'open', {source:String}, 1
FROM (
  SELECT
    {exchanges:Array(String)}[instrument] AS exchange,
    {market_types:Array(String)}[instrument] AS market_type,
    {symbols:Array(String)}[instrument] AS symbol,
    timestamp,
    available_at
  FROM (
    {{slice}}
  )
  WHERE {{is_chosen}}
) AS s
ASOF INNER JOIN (
  SELECT exchange, market_type, symbol, bucket_id, prev_ts_end, bucket_ts_end, available_at
  FROM {{buckets}} FINAL
  WHERE {{of_instruments}}
    AND bucket_ts_end > fromUnixTimestamp64Milli({from:Int64}, 'UTC')
) AS b
  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
  AND s.timestamp < b.bucket_ts_end
WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond({book_gap_ms:UInt64})
  AND s.available_at <= b.available_at
