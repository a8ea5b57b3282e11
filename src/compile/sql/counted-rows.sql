LEFT JOIN (
  SELECT
    s.exchange AS exchange,
    s.market_type AS market_type,
    s.symbol AS symbol,
    s.bucket_id AS bucket_id,
    count() AS counted,
    sum({{lots}}) AS lots
  FROM (
    SELECT {{columns}}
    FROM {{rows}}
    WHERE {{is_counted}}
      AND (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM {{chosen}})
      AND timestamp >= (SELECT min(bucket_ts_start) FROM {{chosen}})
      AND timestamp < (SELECT max(bucket_ts_end) FROM {{chosen}})
  ) AS t
  ASOF INNER JOIN {{chosen}} AS s
    ON s.exchange = t.exchange AND s.market_type = t.market_type AND s.symbol = t.symbol
    AND t.timestamp >= s.bucket_ts_start
  WHERE t.timestamp < s.bucket_ts_end AND t.available_at <= s.available_at
  GROUP BY s.exchange, s.market_type, s.symbol, s.bucket_id
) AS r
  ON r.exchange = b.exchange AND r.market_type = b.market_type AND r.symbol = b.symbol AND r.bucket_id = b.bucket_id
