-- Keys of the buckets of which every row that their clock counted is stored, and of all that ended in the look-back before their own end.
WITH chosen AS (
  SELECT exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, trades, vol FROM {{buckets}}
)
SELECT exchange, market_type, symbol, bucket_id
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_end, whole,
    max(if(whole, toDateTime64(0, 3, 'UTC'), bucket_ts_end)) OVER (
      PARTITION BY exchange, market_type, symbol ORDER BY bucket_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS gone_until
  FROM (
    SELECT
      c.exchange AS exchange, c.market_type AS market_type, c.symbol AS symbol, c.bucket_id AS bucket_id,
      c.bucket_ts_end AS bucket_ts_end,
      -- More than was counted are rows that came late.
      ifNull(r.counted, 0) >= c.trades AND ifNull(r.lots, toInt256(0)) >= {{bucket_lots}} AS whole
    FROM chosen AS c
    LEFT JOIN (
      SELECT
        s.exchange AS exchange, s.market_type AS market_type, s.symbol AS symbol, s.bucket_id AS bucket_id,
        count() AS counted,
        sum({{row_lots}}) AS lots
      FROM (
        SELECT {{columns}}
        FROM {{rows}}
        WHERE {{is_counted}}
          AND (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM chosen)
          AND timestamp >= (SELECT min(bucket_ts_start) FROM chosen)
          AND timestamp < (SELECT max(bucket_ts_end) FROM chosen)
      ) AS t
      ASOF INNER JOIN chosen AS s
        ON s.exchange = t.exchange AND s.market_type = t.market_type AND s.symbol = t.symbol
        AND t.timestamp >= s.bucket_ts_start
      WHERE t.timestamp < s.bucket_ts_end AND t.available_at <= s.available_at
      GROUP BY s.exchange, s.market_type, s.symbol, s.bucket_id
    ) AS r
      ON r.exchange = c.exchange AND r.market_type = c.market_type AND r.symbol = c.symbol AND r.bucket_id = c.bucket_id
  )
)
WHERE whole AND gone_until <= bucket_ts_end - toIntervalMillisecond({{reach_ms}})
