-- Days of which the source has more rows than the view.
SELECT s.exchange AS exchange, s.market_type AS market_type, s.symbol AS symbol, toString(s.day) AS day, s.rows AS rows, t.rows AS stored
FROM (
  SELECT exchange, market_type, symbol, toDate(timestamp) AS day, count() AS rows FROM {{source}} FINAL
  GROUP BY exchange, market_type, symbol, day
) AS s
LEFT JOIN (
  SELECT exchange, market_type, symbol, toDate(timestamp) AS day, count() AS rows FROM {{table}} FINAL
  GROUP BY exchange, market_type, symbol, day
) AS t
  ON t.exchange = s.exchange AND t.market_type = s.market_type AND t.symbol = s.symbol AND t.day = s.day
WHERE stored < rows
ORDER BY exchange, market_type, symbol, day
