-- How far an instrument's trades were cut, over all clocks that cut trades.
SELECT exchange, market_type, symbol, toString(max(toUnixTimestamp64Milli(assumeNotNull(watermark)))) AS until
FROM {{state}} FINAL
WHERE {{of_instruments}} AND isNotNull(watermark) AND clock IN {clocks:Array(String)}
GROUP BY exchange, market_type, symbol
