SELECT toString(max(bucket_id)) AS last
FROM {{buckets}} FINAL
WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
  AND bucket_id >= {to:UInt64}
  AND bucket_ts_end < (
    SELECT max(bucket_ts_end) FROM {{buckets}} FINAL
    WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
      AND bucket_id = {to:UInt64}
  ) + toIntervalMillisecond({ms:UInt64})
