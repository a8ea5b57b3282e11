SELECT
  toUnixTimestamp64Milli(timestamp) AS timestamp_ms,
  toInt256(0) AS lots,
  toInt256(0) AS notional,
  max(toUnixTimestamp64Milli(available_at)) AS available_ms,
  count() AS trades
FROM {{books}}
WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
  AND timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND timestamp < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
GROUP BY timestamp
ORDER BY timestamp
