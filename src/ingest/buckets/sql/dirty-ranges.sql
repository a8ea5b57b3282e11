-- Open intents as ranges of consecutive buckets. A bucket's books also reach the buckets after it, by the carried snapshot,
-- as far as the book gap, and by windows of time over raw rows: their values may change as well.
SELECT
  exchange, market_type, symbol,
  toString(min(bucket_id)) AS first,
  toString(max(bucket_id)) AS last
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id,
    bucket_id - row_number() OVER (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id) AS island
  FROM (
    SELECT DISTINCT b.exchange AS exchange, b.market_type AS market_type, b.symbol AS symbol, b.bucket_id AS bucket_id
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        -- Not prev_ts_end, which never lies far before the bucket: a delay may be over in a silence of the market.
        lagInFrame(bucket_ts_end, 1, bucket_ts_start) OVER (
          PARTITION BY exchange, market_type, symbol ORDER BY bucket_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW
        ) AS before_end
      FROM {{buckets}} FINAL
      WHERE (exchange, market_type, symbol) IN (
        SELECT exchange, market_type, symbol FROM {{dirty}} FINAL WHERE clock = {clock:String} AND state = 'open'
      )
    ) AS b
    ASOF INNER JOIN (
      SELECT d.exchange AS exchange, d.market_type AS market_type, d.symbol AS symbol, d.bucket_id AS bucket_id, u.bucket_ts_end AS bucket_ts_end
      FROM (SELECT * FROM {{dirty}} FINAL WHERE clock = {clock:String} AND state = 'open') AS d
      INNER JOIN (SELECT * FROM {{buckets}} FINAL) AS u
        ON u.exchange = d.exchange AND u.market_type = d.market_type AND u.symbol = d.symbol AND u.bucket_id = d.bucket_id
      ORDER BY d.bucket_id
      LIMIT 1 BY d.exchange, d.market_type, d.symbol, d.bucket_id
    ) AS d
      ON d.exchange = b.exchange AND d.market_type = b.market_type AND d.symbol = b.symbol AND b.bucket_id >= d.bucket_id
    LEFT JOIN (
      SELECT exchange, market_type, symbol, max(bucket_id) AS closed
      FROM {{closes}}
      WHERE clock = {clock:String} AND path = 'hot'
      GROUP BY exchange, market_type, symbol
    ) AS c
      ON c.exchange = b.exchange AND c.market_type = b.market_type AND c.symbol = b.symbol
    WHERE b.bucket_id <= c.closed
      AND (b.bucket_id = d.bucket_id OR b.before_end < d.bucket_ts_end + toIntervalMillisecond({reach:UInt64}))
  )
)
GROUP BY exchange, market_type, symbol, island
ORDER BY exchange, market_type, symbol, min(bucket_id)
