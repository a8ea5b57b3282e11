SELECT
  s.exchange AS exchange, s.market_type AS market_type, s.symbol AS symbol, s.bucket_id AS bucket_id,
  s.bucket_ts_start AS bucket_ts_start, s.bucket_ts_end AS bucket_ts_end, s.available_at AS available_at,
  s.end_ms AS end_ms, s.price AS price, s.label_v AS label_v,
  -- The last price known by the label's end, if it is not too old by then.
  if(e.age_ms + (s.label_end_ms - e.end_ms) <= {{max_age_ms}}, log(e.any_price / s.price), NULL) AS raw,
  toInt64({{length}}) AS dt_ms,
  fromUnixTimestamp64Milli(s.label_end_ms, 'UTC') AS end_of_label,
  -- A later bucket is complete, so no other price can come before the label's end.
  s.label_end_ms < l.last_end_ms AS is_closed
FROM (
  SELECT
    *,
    end_ms + {{length}} AS label_end_ms,
    greatest(max(row_v) OVER behind, max(row_v) OVER within) AS label_v
  FROM (
    {{prices}}
  )
  WINDOW
    behind AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN {{reach}} PRECEDING AND CURRENT ROW),
    within AS (PARTITION BY exchange, market_type, symbol ORDER BY end_ms RANGE BETWEEN CURRENT ROW AND {{length}} FOLLOWING)
) AS s
INNER JOIN (
  SELECT exchange, market_type, symbol, toUnixTimestamp64Milli(max(bucket_ts_end)) AS last_end_ms
  FROM {{bucket_table}} FINAL
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, max(bucket_id)
    FROM {{closes}}
    WHERE clock = {{clock}} AND path = {{path}}
    GROUP BY exchange, market_type, symbol
  )
  GROUP BY exchange, market_type, symbol
) AS l ON l.exchange = s.exchange AND l.market_type = s.market_type AND l.symbol = s.symbol
ASOF INNER JOIN (
  {{prices}}
) AS e ON e.exchange = s.exchange AND e.market_type = s.market_type AND e.symbol = s.symbol AND e.end_ms <= s.label_end_ms
