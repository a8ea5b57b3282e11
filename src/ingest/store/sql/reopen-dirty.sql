-- Another writer may have replayed an intent before its rows were stored.
INSERT INTO {{dirty}} (clock, exchange, market_type, symbol, bucket_id, intent, state, reason, v)
SELECT clock, exchange, market_type, symbol, bucket_id, intent, 'open', reason, v + 1
FROM {{dirty}} FINAL
WHERE intent = {intent:String} AND state = 'done'
