SELECT
  b.exchange AS exchange, b.market_type AS market_type, b.symbol AS symbol, b.bucket_id AS bucket_id,
  b.bucket_ts_start AS bucket_ts_start, b.bucket_ts_end AS bucket_ts_end, b.available_at AS available_at,
  toUnixTimestamp64Milli(b.bucket_ts_end) AS end_ms,
  c.closed AS closed,
  greatest(b.v, p.v) AS row_v,
  if({{price}} > 0, {{price}}, NULL) AS any_price,
  {{age}} AS age_ms,
  if(age_ms <= {{max_age_ms}}, any_price, NULL) AS price
FROM (
  SELECT exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v
  FROM {{bucket_table}} FINAL
  WHERE {{scope}}
) AS b
-- Only what is complete: a bucket that is still being computed has no price yet.
INNER JOIN (
  SELECT exchange, market_type, symbol, max(bucket_id) AS closed
  FROM {{closes}}
  WHERE clock = {{clock}} AND path = {{path}}
  GROUP BY exchange, market_type, symbol
) AS c ON c.exchange = b.exchange AND c.market_type = b.market_type AND c.symbol = b.symbol
LEFT JOIN (
  SELECT exchange, market_type, symbol, bucket_id, {{price_columns}}, v
  FROM {{price_table}} FINAL
  WHERE {{scope}}
) AS p ON p.exchange = b.exchange AND p.market_type = b.market_type AND p.symbol = b.symbol AND p.bucket_id = b.bucket_id
WHERE b.bucket_id <= c.closed
