-- The fit that was known when each bucket was; empty lists where there was none.
SELECT
  r.*,
  {{columns}}
FROM (
  {{rows}}
) AS r
LEFT JOIN (
  SELECT
    c.exchange AS fit_exchange, c.market_type AS fit_market_type, c.symbol AS fit_symbol, c.bucket_id AS fit_bucket_id,
    f.fitted AS fitted
  FROM (SELECT exchange, market_type, symbol, bucket_id, available_at FROM {{buckets}}) AS c
  ASOF INNER JOIN (
    SELECT exchange, market_type, symbol, available_at, fitted
    FROM {{fits}} FINAL
    WHERE fit = {{fit}}
      AND exchange IN (SELECT exchange FROM {{buckets}})
      AND market_type IN (SELECT market_type FROM {{buckets}})
      AND symbol IN (SELECT symbol FROM {{buckets}})
  ) AS f
    ON f.exchange = c.exchange AND f.market_type = c.market_type AND f.symbol = c.symbol AND c.available_at >= f.available_at
) AS t
  ON t.fit_exchange = r.exchange AND t.fit_market_type = r.market_type AND t.fit_symbol = r.symbol AND t.fit_bucket_id = r.bucket_id
