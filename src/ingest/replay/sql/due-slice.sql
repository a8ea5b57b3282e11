SELECT
  toUInt32(indexOf({names:Array(String)}, concat(exchange, '/', market_type, '/', symbol))) AS instrument,
  timestamp,
  available_at
FROM {{due}}
WHERE visible_at > fromUnixTimestamp64Milli({after:Int64}, 'UTC') AND visible_at <= fromUnixTimestamp64Milli({until:Int64}, 'UTC')
