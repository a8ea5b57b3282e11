-- Closed buckets that may use a row of the slice: known by then, and not too old.
INSERT INTO {{dirty}} (clock, exchange, market_type, symbol, bucket_id, intent, state, reason, v)
SELECT
  {clock:String}, b.exchange, b.market_type, b.symbol, b.bucket_id, {intent:String}, 'open', {source:String}, 1
FROM (
  SELECT exchange, market_type, symbol, bucket_id, available_at
  FROM {{buckets}} FINAL
  WHERE {{of_instruments}}
    AND bucket_ts_end > fromUnixTimestamp64Milli({from:Int64}, 'UTC')
) AS b
ASOF INNER JOIN (
  SELECT
    {exchanges:Array(String)}[instrument] AS exchange,
    {market_types:Array(String)}[instrument] AS market_type,
    {symbols:Array(String)}[instrument] AS symbol,
    -- The newest of those known by then: what became known last may be older.
    max(timestamp) OVER (PARTITION BY instrument ORDER BY available_at) AS newest,
    available_at
  FROM (
    {{slice}}
  )
  WHERE {{is_chosen}}
) AS s
  ON s.exchange = b.exchange AND s.market_type = b.market_type AND s.symbol = b.symbol
  AND b.available_at >= s.available_at
WHERE s.newest >= b.available_at - toIntervalMillisecond({max_age:UInt64})
