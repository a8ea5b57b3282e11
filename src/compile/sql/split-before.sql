SELECT
  {{columns}},
  d.day AS split__day,
  d.lots_before AS split__before,
  d.size_lots AS split__size
FROM {{stream}} AS s
INNER JOIN (
  -- What was traded since 00:00 UTC before each bucket. Closed buckets keep their volume, so it is the same whenever it is asked for.
  SELECT
    exchange, market_type, symbol, bucket_id, day,
    sum(lots) OVER so_far - lots AS lots_before,
    argMin(first_size, bucket_id) OVER so_far AS size_lots
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      intDiv(toUnixTimestamp64Milli(bucket_ts_end) - 1, 86400000) AS day,
      reinterpretAsInt128(vol) AS lots,
      reinterpretAsInt128(size) AS first_size
    FROM {{bounds}} FINAL
    WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM {{buckets}})
      -- In milliseconds: toStartOfDay gives whole seconds, and the comparison with an index would lose the day's first one.
      AND bucket_ts_end > (
        SELECT fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(min(bucket_ts_end)) - 1, 86400000) * 86400000, 'UTC')
        FROM {{buckets}}
      )
      AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM {{buckets}})
  )
  WINDOW so_far AS (
    PARTITION BY exchange, market_type, symbol, day ORDER BY bucket_id
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  )
) AS d
  ON d.exchange = s.exchange AND d.market_type = s.market_type AND d.symbol = s.symbol AND d.bucket_id = s.bucket_id
