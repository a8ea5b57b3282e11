SELECT
  toUnixTimestamp64Milli(timestamp) AS timestamp_ms,
  sum(toInt256(reinterpretAsInt128(toDecimal128(quantity, 8)))) AS lots,
  sum(toInt256(reinterpretAsInt64(toDecimal64(price, 8))) * toInt256(reinterpretAsInt128(toDecimal128(quantity, 8)))) AS notional,
  max(toUnixTimestamp64Milli(available_at)) AS available_ms,
  count() AS trades
FROM {{trades}}
WHERE late = 0
  AND exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
  AND timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND timestamp < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
GROUP BY timestamp
ORDER BY timestamp
