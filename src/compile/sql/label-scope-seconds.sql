(exchange, market_type, symbol) IN (SELECT DISTINCT exchange, market_type, symbol FROM buckets)
  AND bucket_id + {{reach}} >= (SELECT min(bucket_id) FROM buckets)
  AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM buckets) + toIntervalMillisecond({{length}})
