SELECT
  {{own}},
  {{found}}
FROM {{rows}} AS s
LEFT JOIN (
  SELECT exchange, market_type, symbol, bucket_id, {{outputs}}
  FROM {{label}} FINAL
  WHERE (exchange, market_type, symbol) IN (SELECT DISTINCT exchange, market_type, symbol FROM {{rows}})
) AS l
  ON l.exchange = s.exchange AND l.market_type = s.market_type AND l.symbol = s.symbol AND l.bucket_id = s.{{bucket}}
SETTINGS join_use_nulls = 1, join_algorithm = '{{algorithm}}'
