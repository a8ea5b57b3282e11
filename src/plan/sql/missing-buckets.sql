SELECT
  b.exchange AS exchange, b.market_type AS market_type, b.symbol AS symbol,
  count() AS missing, min(b.bucket_id) AS first_bucket, max(b.bucket_id) AS last_bucket
FROM (
  SELECT exchange, market_type, symbol, bucket_id FROM {{buckets}} FINAL
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id FROM {{closes}} WHERE clock = {{clock}} AND path = {{path}}
  ){{only_whole}}
) AS b
LEFT ANTI JOIN (
  SELECT DISTINCT exchange, market_type, symbol, bucket_id FROM {{table}}
) AS t
  ON t.exchange = b.exchange AND t.market_type = b.market_type AND t.symbol = b.symbol AND t.bucket_id = b.bucket_id
GROUP BY exchange, market_type, symbol
ORDER BY exchange, market_type, symbol
