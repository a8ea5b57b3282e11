SELECT exchange, market_type, symbol, toString(toDate(timestamp)) AS day, toString(count()) AS rows
FROM {{source}}
GROUP BY exchange, market_type, symbol, day
ORDER BY exchange, market_type, symbol, day
