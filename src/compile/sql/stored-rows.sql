SELECT
  {{columns}}
FROM {{table}}
WHERE (exchange, market_type, symbol, bucket_id) IN (
  {{keys}}
)
ORDER BY v DESC
LIMIT 1 BY exchange, market_type, symbol, bucket_id
