SELECT exchange, market_type, symbol, count() AS differing, min(bucket_id) AS first_bucket, max(bucket_id) AS last_bucket
FROM (
  SELECT {{columns}} FROM {{table}} FINAL
  {{chunk}}
  EXCEPT
  SELECT {{columns}}
  FROM (
    {{recomputed}}
  )
)
GROUP BY exchange, market_type, symbol
ORDER BY exchange, market_type, symbol
