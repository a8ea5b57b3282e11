-- Ranges of consecutive buckets of one instrument of which all raw rows are stored, from the one asked for first to the last.
WITH asked AS (
  SELECT * FROM {{buckets}} FINAL
  WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
    AND bucket_id <= {last:UInt64}
    -- What their look-backs reach, too.
    AND bucket_ts_end > (
      SELECT min(bucket_ts_end) - toIntervalMillisecond({reach:UInt64} + 1) FROM {{buckets}} FINAL
      WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
        AND bucket_id >= {first:UInt64}
    )
)
SELECT toString(min(bucket_id)) AS from, toString(max(bucket_id)) AS to
FROM (
  SELECT bucket_id, bucket_id - row_number() OVER (ORDER BY bucket_id) AS island
  FROM (
    {{whole}}
  )
)
GROUP BY island
ORDER BY min(bucket_id)
