-- One row a bucket that has both, in the order in which they became known: splits cut this order.
SELECT
  r.exchange AS exchange, r.market_type AS market_type, r.symbol AS symbol, r.bucket_id AS bucket_id,
  toUnixTimestamp64Milli(r.available_at) AS available_at,
  toUnixTimestamp64Milli(assumeNotNull(l.label_end_ts)) AS label_end,
  assumeNotNull(l.class) AS class,
  assumeNotNull(l.raw_return) AS raw_return,
  {{features}}
FROM (SELECT * FROM {{vector}} FINAL) AS r
INNER JOIN (
  SELECT exchange, market_type, symbol, bucket_id, class, raw_return, label_end_ts
  FROM {{label}} FINAL
  WHERE class IS NOT NULL AND raw_return IS NOT NULL AND label_end_ts IS NOT NULL
) AS l ON r.exchange = l.exchange AND r.market_type = l.market_type AND r.symbol = l.symbol AND r.bucket_id = l.bucket_id
ORDER BY r.available_at, r.exchange, r.market_type, r.symbol, r.bucket_id
