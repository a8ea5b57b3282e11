SELECT
  exchange, market_type, symbol, intent,
  toString(min(bucket_id)) AS first,
  toString(max(bucket_id)) AS last
FROM (
  SELECT
    exchange, market_type, symbol, intent, bucket_id,
    bucket_id - row_number() OVER (PARTITION BY exchange, market_type, symbol, intent ORDER BY bucket_id) AS island
  FROM {{dirty}} FINAL
  WHERE clock = {clock:String} AND state = 'open'
)
GROUP BY exchange, market_type, symbol, intent, island
ORDER BY exchange, market_type, symbol, min(bucket_id), intent
