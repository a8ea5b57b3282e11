SELECT
  b.exchange AS exchange,
  b.market_type AS market_type,
  b.symbol AS symbol,
  b.bucket_id AS bucket_id,
  b.bucket_ts_start AS bucket_ts_start,
  b.bucket_ts_end AS bucket_ts_end,
  b.prev_ts_end AS prev_ts_end,
  b.available_at AS available_at,
  b.v AS v,
  b.bucket__place AS bucket__place,
  t.timestamp AS timestamp,
  t.trade_seq AS trade_seq,
  t.price AS price,
  t.quantity AS quantity,
  t.side AS side
FROM (
  SELECT
    exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
  FROM {{trades}}
  WHERE late = 0
    AND (exchange, market_type, symbol) IN (span.1)
    AND timestamp >= span.2
    AND timestamp < span.5
) AS t
ASOF INNER JOIN {{buckets}} AS b
  ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
  AND t.timestamp >= b.prev_ts_end
WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
