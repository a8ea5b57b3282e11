SELECT
  s.exchange AS exchange,
  s.market_type AS market_type,
  s.symbol AS symbol,
  s.cut_version AS cut_version,
  toUInt32(ifNull(b.buckets, 0)) AS buckets,
  toUInt32(ifNull(b.buckets, 0) - least(ifNull(b.buckets, 0), ifNull(c.closed, 0))) AS pending,
  b.first_start AS first_start,
  b.last_end AS last_end,
  b.duration_p50_s AS duration_p50_s,
  b.duration_p90_s AS duration_p90_s,
  b.time_share AS time_share,
  b.trades_p50 AS trades_p50,
  b.size AS size,
  s.open_trades AS open_trades,
  s.open_start AS open_start,
  s.watermark AS watermark,
  toUInt32(ifNull(l.late, 0)) AS late
FROM (SELECT * FROM {{state}} FINAL WHERE clock = {clock:String}) AS s
LEFT JOIN (
  SELECT
    exchange, market_type, symbol,
    count() AS buckets,
    min(bucket_ts_start) AS first_start,
    max(bucket_ts_end) AS last_end,
    quantileExact(0.5)(dateDiff('millisecond', bucket_ts_start, bucket_ts_end)) / 1000 AS duration_p50_s,
    quantileExact(0.9)(dateDiff('millisecond', bucket_ts_start, bucket_ts_end)) / 1000 AS duration_p90_s,
    countIf(cut_trigger = 'time') / count() AS time_share,
    quantileExact(0.5)(trades) AS trades_p50,
    toString(argMax(size, bucket_id)) AS size
  FROM {{buckets}} FINAL
  GROUP BY exchange, market_type, symbol
) AS b USING (exchange, market_type, symbol)
LEFT JOIN (
  SELECT exchange, market_type, symbol, uniqExact(bucket_id) AS closed
  FROM {{closes}}
  WHERE clock = {clock:String} AND path = 'hot'
  GROUP BY exchange, market_type, symbol
) AS c USING (exchange, market_type, symbol)
LEFT JOIN (
  SELECT exchange, market_type, symbol, count() AS late
  FROM {{late}}
  GROUP BY exchange, market_type, symbol
) AS l USING (exchange, market_type, symbol)
ORDER BY exchange, market_type, symbol
SETTINGS join_use_nulls = 1
