(
  SELECT tuple(
    groupUniqArray(exchange), groupUniqArray(market_type), groupUniqArray(symbol),
    min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
  )
  FROM {{buckets}}
) AS span
