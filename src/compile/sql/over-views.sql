SELECT
  {{key}},
  {{features}}
FROM {{buckets}} AS c
LEFT JOIN (
  {{rows}}
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id
