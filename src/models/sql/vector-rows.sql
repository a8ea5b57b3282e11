SELECT bucket_id, toUnixTimestamp64Milli(available_at) AS available_at, {{features}}
FROM {{table}} FINAL
WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
  AND bucket_id >= {first:UInt64} AND bucket_id <= {last:UInt64}
ORDER BY bucket_id
