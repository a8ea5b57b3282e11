WITH {{span}}
SELECT
  {{bucket_columns}},
  arrayMap(point -> point.2, arraySort(point -> point.1, groupArray((g.at, g.mid)))) AS {{grid_mids}}
FROM (
  SELECT
    {{bucket_names}},
    toInt64(arrayJoin({{points}})) AS at
  FROM {{buckets}}
) AS b
LEFT JOIN (
  -- each point of the grid once, with the last valid mid before it that is not older than the book gap
  SELECT
    p.exchange AS exchange,
    p.market_type AS market_type,
    p.symbol AS symbol,
    p.at AS at,
    if(m.ms >= p.at - {{book_gap_ms}}, m.mid, NULL) AS mid
  FROM (
    SELECT DISTINCT exchange, market_type, symbol, toInt64(arrayJoin({{points}})) AS at
    FROM {{buckets}}
  ) AS p
  ASOF LEFT JOIN (
    SELECT
      s.exchange AS exchange,
      s.market_type AS market_type,
      s.symbol AS symbol,
      toUnixTimestamp64Milli(s.timestamp) AS ms,
      s.mid AS mid
    FROM (
      SELECT
        exchange, market_type, symbol, timestamp, book_seq, available_at,
        toFloat64(bid_px[1]) AS bid,
        toFloat64(ask_px[1]) AS ask,
        (bid + ask) / 2 AS mid
      FROM {{books}}
      WHERE (exchange, market_type, symbol) IN (span.1)
        AND timestamp >= span.4 - toIntervalMillisecond({{reach_ms}})
        AND timestamp < span.5
        AND bid > 0 AND ask > bid
    ) AS s
    -- Like the snapshot that is carried into a bucket, it must have been in time for its own one.
    ASOF INNER JOIN (
      SELECT exchange, market_type, symbol, bucket_ts_end, available_at
      FROM {{bounds}}
      WHERE (exchange, market_type, symbol) IN (span.1)
        AND bucket_ts_end > span.4 - toIntervalMillisecond({{reach_ms}})
        AND bucket_ts_end <= span.5
    ) AS own
      ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
      AND s.timestamp < own.bucket_ts_end
    WHERE s.available_at <= own.available_at
    ORDER BY s.book_seq DESC
    LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
  ) AS m
    ON m.exchange = p.exchange AND m.market_type = p.market_type AND m.symbol = p.symbol
    AND p.at > m.ms
) AS g
  ON g.exchange = b.exchange AND g.market_type = b.market_type AND g.symbol = b.symbol AND g.at = b.at
GROUP BY b.bucket__place
