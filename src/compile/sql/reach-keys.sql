SELECT exchange, market_type, symbol, bucket_id
FROM {{bounds}}
WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM {{buckets}})
  AND bucket_ts_end > (SELECT min(bucket_ts_end) FROM {{buckets}}) - toIntervalMillisecond({{before_ms}})
  AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM {{buckets}})
