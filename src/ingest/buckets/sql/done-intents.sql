INSERT INTO {{dirty}} (clock, exchange, market_type, symbol, bucket_id, intent, state, reason, v)
SELECT clock, exchange, market_type, symbol, bucket_id, intent, 'done', reason, v + 1
FROM {{dirty}} FINAL
WHERE clock = {clock:String} AND state = 'open' AND arrayExists(
  (e, m, s, i, first, last) -> e = exchange AND m = market_type AND s = symbol AND i = intent AND bucket_id BETWEEN first AND last,
  {exchanges:Array(String)}, {markets:Array(String)}, {symbols:Array(String)}, {intents:Array(String)},
  {firsts:Array(UInt64)}, {lasts:Array(UInt64)}
)
