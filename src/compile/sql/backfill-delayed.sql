INSERT INTO {{table}} ({{columns}})
WITH closed AS (SELECT * REPLACE ({{version}} AS v) FROM {{bucket_table}} FINAL {{chunk}}),
buckets AS (
  -- Those whose delay is over, known with the first bucket that ends so long after them.
  SELECT
    {{own_columns}},
    s.available_at AS available_at,
    k.v AS v{{place}}
  FROM (SELECT *, bucket_ts_end + toIntervalMillisecond({{delay_ms}}) AS ripe_at FROM closed) AS k
  ASOF INNER JOIN (
    SELECT exchange, market_type, symbol, bucket_ts_end, available_at
    FROM {{bucket_table}} FINAL
    WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM closed)
      AND bucket_ts_end > (SELECT min(bucket_ts_end) FROM closed)
  ) AS s
    ON s.exchange = k.exchange AND s.market_type = k.market_type AND s.symbol = k.symbol
    AND k.ripe_at <= s.bucket_ts_end
)
{{select}}
