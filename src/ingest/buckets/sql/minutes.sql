-- What the minutes of a look-back hold, those without any left out.
SELECT
  toString(toUnixTimestamp(toStartOfMinute(timestamp))) AS minute,
  {{amount}} AS amount,
  count() AS events
FROM {{rows}}
WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
  AND timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND timestamp < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
GROUP BY toStartOfMinute(timestamp)
ORDER BY toStartOfMinute(timestamp)
