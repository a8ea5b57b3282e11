EXPLAIN ESTIMATE
SELECT timestamp
FROM {{table}}
WHERE timestamp >= toDateTime64({first:String}, 3, 'UTC') AND timestamp < toDateTime64({last:String}, 3, 'UTC')
  AND (exchange, market_type, symbol) IN (
    SELECT arrayJoin(arrayZip({exchanges:Array(String)}, {market_types:Array(String)}, {symbols:Array(String)}))
  )
