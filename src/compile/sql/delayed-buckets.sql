-- The buckets for which a delay is over: a bucket is ripe as of the first bucket that ends so long after its end, and is computed
-- and known with that one.
WITH {{span}}
SELECT
  {{columns}}
FROM (SELECT 1 AS one FROM {{closed}} LIMIT 1) AS present
CROSS JOIN (
  SELECT
    {{own_columns}},
    s.available_at AS available_at,
    s.v AS v,
    {{place}}
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end,
      bucket_ts_end + toIntervalMillisecond({{delay_ms}}) AS ripe_at
    FROM {{bounds}} FINAL
    WHERE (exchange, market_type, symbol) IN (span.1)
      AND bucket_ts_end + toIntervalMillisecond({{delay_ms}}) <= span.5
  ) AS k
  ASOF INNER JOIN (
    SELECT
      c.exchange AS exchange, c.market_type AS market_type, c.symbol AS symbol,
      c.bucket_ts_end AS bucket_ts_end, c.available_at AS available_at, c.v AS v,
      -- Of the first bucket there is none: everything is after 1970.
      ifNull(p.bucket_ts_end, toDateTime64(0, 3, 'UTC')) AS before_end
    FROM {{closed}} AS c
    LEFT JOIN (
      SELECT exchange, market_type, symbol, bucket_id + 1 AS next_id, bucket_ts_end
      FROM {{bounds}} FINAL
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT exchange, market_type, symbol, toUInt64(bucket_id - 1) FROM {{closed}}
      )
    ) AS p
      ON p.exchange = c.exchange AND p.market_type = c.market_type AND p.symbol = c.symbol AND p.next_id = c.bucket_id
  ) AS s
    ON s.exchange = k.exchange AND s.market_type = k.market_type AND s.symbol = k.symbol
    AND k.ripe_at > s.before_end
  WHERE k.ripe_at <= s.bucket_ts_end
) AS j
