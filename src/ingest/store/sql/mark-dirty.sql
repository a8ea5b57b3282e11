-- Closed buckets that the rows of the slice would have been in time for: the first bucket that ends after the row. A row long before
-- its interval is not carried into it, yet windows of time may reach it.
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
  SELECT exchange, market_type, symbol, bucket_id, bucket_ts_end, available_at
  FROM {{buckets}} FINAL
  WHERE {{of_instruments}}
    AND bucket_ts_end > fromUnixTimestamp64Milli({from:Int64}, 'UTC')
) AS b
  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
  AND s.timestamp < b.bucket_ts_end
WHERE s.available_at <= b.available_at
