SELECT
  {{columns}}
FROM {{gate}} AS g
LEFT JOIN (
  SELECT exchange, market_type, symbol, max(epoch) AS epoch
  FROM {{leases}}
  WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM {{gate}})
  GROUP BY exchange, market_type, symbol
) AS l
  ON l.exchange = g.exchange AND l.market_type = g.market_type AND l.symbol = g.symbol
WHERE throwIf(bitShiftRight(g.v, 40) < l.epoch, 'another writer has taken over this instrument') = 0
