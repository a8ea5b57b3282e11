(
  SELECT tuple(
    groupUniqArray((exchange, market_type, symbol)),
    min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
  )
  FROM {{buckets}}
) AS span
