-- What of a label is stored: all rows, those with a return, those with a class, and the most rows that one instrument has.
SELECT sum(stored) AS labels, sum(returned) AS returns, sum(classed) AS classes, max(stored) AS longest
FROM (
  SELECT count() AS stored, count(raw_return) AS returned, count(class) AS classed
  FROM {{label}} FINAL
  GROUP BY exchange, market_type, symbol
)
