-- Buckets that are complete on an object's path without a row of it, and rows without a bucket.
SELECT
  exchange, market_type, symbol, toString(bucket_id) AS bucket_id,
  if(is_bucket = 1, 'the bucket is complete, but has no row', 'it has a row, but there is no such bucket') AS problem
FROM (
  SELECT exchange, market_type, symbol, bucket_id, max(is_bucket) AS is_bucket, max(is_complete) AS is_complete, max(is_row) AS is_row
  FROM (
    SELECT exchange, market_type, symbol, bucket_id, 1 AS is_bucket, 0 AS is_complete, 0 AS is_row
    FROM {{buckets}} FINAL {{in_range}}
    UNION ALL
    SELECT exchange, market_type, symbol, bucket_id, 0 AS is_bucket, 1 AS is_complete, 0 AS is_row
    FROM {{closes}} WHERE clock = {clock:String} AND path = {path:String}
    UNION ALL
    SELECT exchange, market_type, symbol, bucket_id, 0 AS is_bucket, 0 AS is_complete, 1 AS is_row
    FROM {{table}} FINAL {{in_range}}
  )
  GROUP BY exchange, market_type, symbol, bucket_id
)
WHERE (is_bucket = 1 AND is_complete = 1 AND is_row = 0 AND {every_bucket:UInt8} = 1) OR (is_row = 1 AND is_bucket = 0)
ORDER BY exchange, market_type, symbol, bucket_id
