LEFT JOIN (
  SELECT
    s.exchange AS exchange,
    s.market_type AS market_type,
    s.symbol AS symbol,
    s.bucket_id AS bucket_id,
    count() AS trades,
    sum(toInt256(reinterpretAsInt128(toDecimal128(t.quantity, 8)))) AS lots
  FROM (
    SELECT exchange, market_type, symbol, timestamp, quantity, available_at
    FROM {{trades}}
    WHERE late = 0
      AND (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM sampled)
      AND timestamp >= (SELECT min(bucket_ts_start) FROM sampled)
      AND timestamp < (SELECT max(bucket_ts_end) FROM sampled)
  ) AS t
  ASOF INNER JOIN sampled AS s
    ON s.exchange = t.exchange AND s.market_type = t.market_type AND s.symbol = t.symbol
    AND t.timestamp >= s.bucket_ts_start
  WHERE t.timestamp < s.bucket_ts_end AND t.available_at <= s.available_at
  GROUP BY s.exchange, s.market_type, s.symbol, s.bucket_id
) AS r
  ON r.exchange = b.exchange AND r.market_type = b.market_type AND r.symbol = b.symbol AND r.bucket_id = b.bucket_id
