WITH known AS (
  -- Like the snapshot that is carried into a bucket, each must have been in time for its own one.
  SELECT
    s.exchange AS exchange, s.market_type AS market_type, s.symbol AS symbol, s.timestamp AS timestamp, s.book_seq AS book_seq,
    {{snapshot_levels}}
  FROM (
    SELECT
      exchange, market_type, symbol, timestamp, book_seq, {{levels}}, available_at
    FROM {{books}}
    WHERE (exchange, market_type, symbol) IN (span.1)
      AND timestamp >= span.2 - toIntervalMillisecond({{book_gap_ms}})
      AND timestamp < span.5 + toIntervalMillisecond({{ahead_ms}})
  ) AS s
  ASOF INNER JOIN (
    SELECT exchange, market_type, symbol, bucket_ts_end, available_at
    FROM {{bounds}}
    WHERE (exchange, market_type, symbol) IN (span.1)
      AND bucket_ts_end > span.2 - toIntervalMillisecond({{book_gap_ms}})
  ) AS own
    ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
    AND s.timestamp < own.bucket_ts_end
  WHERE s.available_at <= own.available_at
)
-- the rows of the interval and of the time after it; a snapshot may belong to several buckets
SELECT
  {{bucket_columns}},
  s.timestamp AS timestamp,
  s.book_seq AS book_seq,
  {{snapshot_levels}},
  toUInt8(0) AS carry
FROM (
  SELECT
    *,
    toInt64(arrayJoin(range(
      toUInt64(intDiv(toUnixTimestamp64Milli(prev_ts_end), {{slot_ms}})),
      toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) + {{ahead_ms}}, {{slot_ms}}) + 1)
    ))) AS slot
  FROM {{buckets}}
) AS b
INNER JOIN (SELECT *, intDiv(toUnixTimestamp64Milli(timestamp), {{slot_ms}}) AS slot FROM known) AS s
  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol AND b.slot = s.slot
WHERE s.timestamp >= b.prev_ts_end AND s.timestamp < b.bucket_ts_end + toIntervalMillisecond({{ahead_ms}})
UNION ALL
-- the last snapshot before the interval
SELECT
  {{bucket_columns}},
  s.timestamp AS timestamp,
  s.book_seq AS book_seq,
  {{snapshot_levels}},
  toUInt8(1) AS carry
FROM {{buckets}} AS b
ASOF INNER JOIN (
  SELECT * FROM known
  ORDER BY book_seq DESC
  LIMIT 1 BY exchange, market_type, symbol, timestamp
) AS s
  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
  AND b.prev_ts_end > s.timestamp
WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond({{book_gap_ms}})
