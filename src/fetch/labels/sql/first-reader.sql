SELECT toString(min(bucket_id)) AS first
FROM {{buckets}} FINAL
WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
  AND toUnixTimestamp64Milli(bucket_ts_end) >= {from_ms:Int64}
