(exchange, market_type, symbol) IN (SELECT DISTINCT exchange, market_type, symbol FROM buckets)
  AND bucket_id + {{reach}} >= (SELECT min(bucket_id) FROM buckets)
  AND bucket_id <= (SELECT max(bucket_id) FROM buckets) + {{length}}
