-- Of the instruments with the longest history: the last buckets, which closed while the table was filled, and some others.
SELECT
  exchange, market_type, symbol,
  toString(begins) AS first_bucket,
  toString(least(begins + {length:UInt64} - 1, newest)) AS last_bucket
FROM (
  SELECT
    exchange, market_type, symbol,
    max(bucket_id) AS newest,
    min(bucket_id) AS oldest,
    arrayJoin(arrayDistinct([
      greatest(oldest, newest + 1 - least(newest, {length:UInt64})),
      oldest + cityHash64(exchange, market_type, symbol) % (newest - oldest + 1)
    ])) AS begins
  FROM {{target}}
  GROUP BY exchange, market_type, symbol
  ORDER BY newest DESC, exchange, market_type, symbol
  LIMIT {ranges:UInt64}
)
