SELECT
  toString(intDiv(toUnixTimestamp64Milli(timestamp), {length:Int64}) * {length:Int64}) AS start,
  toString(count()) AS trades,
  toString(sum(toInt256(reinterpretAsInt128(toDecimal128(quantity, 8))))) AS lots,
  toString(sum(toInt256(reinterpretAsInt64(toDecimal64(price, 8))) * toInt256(reinterpretAsInt128(toDecimal128(quantity, 8))))) AS notional,
  toString(max(toUnixTimestamp64Milli(available_at))) AS available_at_ms,
  toString(max(toUnixTimestamp64Milli(timestamp))) AS last_ms
FROM {{trades}}
WHERE late = 0
  AND exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
  AND timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
GROUP BY intDiv(toUnixTimestamp64Milli(timestamp), {length:Int64})
ORDER BY intDiv(toUnixTimestamp64Milli(timestamp), {length:Int64})
