-- The last bucket against the cutter's state, and complete buckets against stored ones.
SELECT exchange, market_type, symbol, toString(bucket_id) AS bucket_id, problem
FROM (
  SELECT
    s.exchange AS exchange, s.market_type AS market_type, s.symbol AS symbol, s.last_bucket_id AS bucket_id,
    if(last = 0, 'the cutter has closed it, but no bucket is stored', format('the cutter has closed it, but the last stored bucket is {}', toString(last))) AS problem
  FROM (SELECT * FROM {{state}} FINAL WHERE clock = {clock:String}) AS s
  LEFT JOIN (
    SELECT exchange, market_type, symbol, max(bucket_id) AS last FROM {{buckets}} GROUP BY exchange, market_type, symbol
  ) AS b ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
  WHERE last < s.last_bucket_id AND (s.last_bucket_id > 0 AND (last > 0 OR {keeps_all:UInt8} = 1))
  UNION ALL
  SELECT
    exchange, market_type, symbol, bucket_id,
    if(is_stored = 0, 'it is recorded as complete, but is not stored', 'a later bucket is complete, but not this one') AS problem
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, max(stored) AS is_stored, max(complete) AS is_complete,
      max(if(max(complete) = 1, bucket_id, 0)) OVER (PARTITION BY exchange, market_type, symbol) AS last_complete
    FROM (
      SELECT exchange, market_type, symbol, bucket_id, 1 AS stored, 0 AS complete FROM {{buckets}}
      UNION ALL
      SELECT exchange, market_type, symbol, bucket_id, 0 AS stored, 1 AS complete
      FROM {{closes}} WHERE clock = {clock:String} AND path = 'hot' AND {keeps_all:UInt8} = 1
      UNION ALL
      SELECT c.exchange, c.market_type, c.symbol, c.bucket_id, 0 AS stored, 1 AS complete
      FROM {{closes}} AS c
      INNER JOIN (
        SELECT exchange, market_type, symbol, min(bucket_id) AS first FROM {{buckets}} GROUP BY exchange, market_type, symbol
      ) AS f ON f.exchange = c.exchange AND f.market_type = c.market_type AND f.symbol = c.symbol
      WHERE c.clock = {clock:String} AND c.path = 'hot' AND {keeps_all:UInt8} = 0 AND c.bucket_id >= f.first
    )
    GROUP BY exchange, market_type, symbol, bucket_id
  )
  WHERE is_stored = 0 OR (is_complete = 0 AND bucket_id < last_complete)
)
WHERE empty({instruments:Array(String)}) OR concat(exchange, '/', market_type, '/', symbol) IN {instruments:Array(String)}
ORDER BY exchange, market_type, symbol, bucket_id
