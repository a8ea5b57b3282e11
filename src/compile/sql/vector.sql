SELECT
  c.exchange AS exchange,
  c.market_type AS market_type,
  c.symbol AS symbol,
  c.bucket_id AS bucket_id,
  c.bucket_ts_start AS bucket_ts_start,
  c.bucket_ts_end AS bucket_ts_end,
  c.available_at + toIntervalMillisecond({{lag_ms}}) AS available_at,
  c.v AS v,
  {{features}}
FROM {{buckets}} AS c
{{joins}}
