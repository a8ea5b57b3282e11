SELECT
  exchange, market_type, symbol,
  toString(tick_size) AS tick_size,
  toString(lot_size) AS lot_size,
  toString(contract_size) AS contract_size,
  base, quote, declared
FROM {{instruments}} FINAL
