-- The first trade of each instrument that is not visible yet and not late: up to there the cutter may go.
SELECT exchange, market_type, symbol, toString(toUnixTimestamp64Milli(min(timestamp))) AS next
FROM {{due}}
WHERE visible_at > fromUnixTimestamp64Milli({at:Int64}, 'UTC') AND late = 0
GROUP BY exchange, market_type, symbol
