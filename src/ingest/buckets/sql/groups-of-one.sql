exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
AND timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
AND timestamp < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
