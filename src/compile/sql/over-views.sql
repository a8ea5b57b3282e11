SELECT
  {{key}},
  {{columns}}
FROM {{buckets}} AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    {{features}}
  FROM (
    {{rows}}
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id
