SELECT
  *,
  if(count() OVER up_to = {{length}} + 1, log(max(price) OVER ahead / price), NULL) AS raw,
  max(end_ms) OVER ahead - end_ms AS dt_ms,
  fromUnixTimestamp64Milli(max(end_ms) OVER ahead, 'UTC') AS end_of_label,
  bucket_id + {{length}} <= closed AS is_closed,
  max(row_v) OVER reads AS label_v
FROM (
  {{prices}}
)
WINDOW
  ahead AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN {{length}} FOLLOWING AND {{length}} FOLLOWING),
  up_to AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN CURRENT ROW AND {{length}} FOLLOWING),
  reads AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN {{reach}} PRECEDING AND {{length}} FOLLOWING)
