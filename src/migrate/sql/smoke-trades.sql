INSERT INTO {{trades}}
  (exchange, market_type, symbol, timestamp, trade_seq, trade_id, price, quantity, side, is_maker, trade_time, available_at)
SELECT
  'smoke', 'spot', symbol, at, number + 1, toString(number + 1), 100 + number % 7, 1 + number % 3, if(number % 2 = 0, 'buy', 'sell'), 0, at, at
FROM (
  SELECT
    number,
    arrayJoin(['AAA', 'BBB']) AS symbol,
    fromUnixTimestamp64Milli(toInt64(1704067200000 + number * 500), 'UTC') AS at
  FROM numbers(60)
)
