INSERT INTO {{books}}
  (exchange, market_type, symbol, timestamp, book_seq, bid_px, bid_qty, ask_px, ask_qty, available_at)
SELECT
  'smoke', 'spot', symbol, at, number + 1,
  [toDecimal64(100 + number % 5, 8), toDecimal64(99, 8)], [toDecimal128(1, 8), toDecimal128(2, 8)],
  [toDecimal64(101 + number % 5, 8), toDecimal64(110, 8)], [toDecimal128(3, 8), toDecimal128(1, 8)], at
FROM (
  SELECT
    number,
    arrayJoin(['AAA', 'BBB']) AS symbol,
    fromUnixTimestamp64Milli(toInt64(1704067200000 + number * 1000), 'UTC') AS at
  FROM numbers(30)
)
