SELECT toString(kind) AS kind
FROM {{table}}
WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
LIMIT 1
