-- Valid best prices of an instrument, in lots, with their sizes.
SELECT
  timestamp, book_seq,
  reinterpretAsInt64(toDecimal64(bid_px[1], 8)) AS bid,
  reinterpretAsInt64(toDecimal64(ask_px[1], 8)) AS ask,
  toFloat64(bid_qty[1]) AS bid_size,
  toFloat64(ask_qty[1]) AS ask_size
FROM {{books}}
WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
  AND timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND timestamp < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
  AND available_at <= fromUnixTimestamp64Milli({known_by:Int64}, 'UTC')
  AND bid > 0 AND ask > bid AND bid_size + ask_size > 0
