exchange IN {exchanges:Array(String)} AND market_type IN {market_types:Array(String)} AND symbol IN {symbols:Array(String)}
AND timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
AND instrument > 0
AND toUnixTimestamp64Milli(timestamp) >= {froms:Array(Int64)}[instrument]
