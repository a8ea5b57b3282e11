-- the rows of the interval
SELECT
  {{bucket_columns}},
  s.timestamp AS timestamp,
  s.book_seq AS book_seq,
  {{snapshot_levels}},
  toUInt8(0) AS carry
FROM (
  SELECT
    exchange, market_type, symbol, timestamp, book_seq, {{levels}}, available_at
  FROM {{books}}
  WHERE (exchange, market_type, symbol) IN (span.1)
    AND timestamp >= span.2 AND timestamp < span.5
) AS s
ASOF INNER JOIN {{buckets}} AS b
  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
  AND s.timestamp >= b.prev_ts_end
WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
UNION ALL
-- the last snapshot before the interval, of those that were in time for their own bucket
SELECT
  {{bucket_columns}},
  s.timestamp AS timestamp,
  s.book_seq AS book_seq,
  {{snapshot_levels}},
  toUInt8(1) AS carry
FROM {{buckets}} AS b
ASOF INNER JOIN (
  SELECT
    s.exchange AS exchange,
    s.market_type AS market_type,
    s.symbol AS symbol,
    s.timestamp AS timestamp,
    s.book_seq AS book_seq,
    {{snapshot_levels}}
  FROM (
    SELECT
      exchange, market_type, symbol, timestamp, book_seq, {{levels}}, available_at
    FROM {{books}}
    WHERE (exchange, market_type, symbol) IN (span.1)
      AND timestamp >= span.2 - toIntervalMillisecond({{book_gap_ms}}) AND timestamp < span.3
  ) AS s
  ASOF INNER JOIN (
    SELECT exchange, market_type, symbol, bucket_ts_end, available_at
    FROM {{bounds}}
    WHERE (exchange, market_type, symbol) IN (span.1)
      AND bucket_ts_end > span.2 - toIntervalMillisecond({{book_gap_ms}})
      AND bucket_ts_end <= span.5
  ) AS own
    ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
    AND s.timestamp < own.bucket_ts_end
  WHERE s.available_at <= own.available_at
  ORDER BY s.book_seq DESC
  LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
) AS s
  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
  AND b.prev_ts_end > s.timestamp
WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond({{book_gap_ms}})
