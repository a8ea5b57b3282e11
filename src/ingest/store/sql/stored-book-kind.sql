SELECT splitByChar('/', toString(data_source))[2] AS kind
FROM {{table}}
WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
  AND data_source IN {data_sources:Array(String)}
LIMIT 1
