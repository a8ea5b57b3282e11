SELECT
  {{bucket_columns}},
  toUnixTimestamp64Milli(c.bucket_ts_end) - toUnixTimestamp64Milli(cells.bucket_ts_end) AS ago_ms,
  toInt64(c.bucket_id) - toInt64(cells.bucket_id) AS ago_buckets,
  {{columns}}
FROM (
  SELECT *, arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - {{before}}, 1)), bucket_id + 1)) AS cell_id
  FROM {{buckets}}
) AS c
INNER JOIN (
  SELECT * FROM (
    {{cells}}
  )
  ARRAY JOIN
    {{arrays}}
) AS cells
  ON cells.exchange = c.exchange AND cells.market_type = c.market_type AND cells.symbol = c.symbol AND cells.bucket_id = c.cell_id
{{joins}}
