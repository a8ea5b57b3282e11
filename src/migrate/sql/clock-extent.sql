SELECT
  exchange, market_type, symbol,
  count() AS buckets,
  toString(min(prev_ts_end)) AS first,
  toString(max(bucket_ts_end)) AS last
FROM {{buckets}} FINAL
GROUP BY exchange, market_type, symbol
