-- Every attempt at a bucket takes a higher v than all before it, and a label's v is the highest that it has read: what is
-- higher than every label's of an instrument has not been read by one.
SELECT
  exchange, market_type, symbol,
  toString(min(bucket_id)) AS changed,
  toString(min(toUnixTimestamp64Milli(bucket_ts_end))) AS changed_end_ms,
  toString(any(closed)) AS closed
FROM (
  SELECT
    b.exchange AS exchange, b.market_type AS market_type, b.symbol AS symbol, b.bucket_id AS bucket_id,
    b.bucket_ts_end AS bucket_ts_end, c.closed AS closed, greatest(b.v, p.v) AS v, l.v AS seen
  FROM (SELECT exchange, market_type, symbol, bucket_id, bucket_ts_end, v FROM {{buckets}} FINAL) AS b
  INNER JOIN (
    SELECT exchange, market_type, symbol, max(bucket_id) AS closed
    FROM {{closes}}
    WHERE clock = {clock:String} AND path = {path:String}
    GROUP BY exchange, market_type, symbol
  ) AS c ON c.exchange = b.exchange AND c.market_type = b.market_type AND c.symbol = b.symbol
  LEFT JOIN (
    SELECT exchange, market_type, symbol, bucket_id, max(v) AS v
    FROM {{prices}}
    GROUP BY exchange, market_type, symbol, bucket_id
  ) AS p ON p.exchange = b.exchange AND p.market_type = b.market_type AND p.symbol = b.symbol AND p.bucket_id = b.bucket_id
  LEFT JOIN (
    SELECT exchange, market_type, symbol, max(v) AS v
    FROM {{labels}}
    GROUP BY exchange, market_type, symbol
  ) AS l ON l.exchange = b.exchange AND l.market_type = b.market_type AND l.symbol = b.symbol
  WHERE b.bucket_id <= c.closed
)
WHERE v > seen OR {full:UInt8}
GROUP BY exchange, market_type, symbol
ORDER BY exchange, market_type, symbol
