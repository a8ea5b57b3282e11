SELECT DISTINCT
  exchange, market_type, symbol,
  arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - {{before}}, 1)), bucket_id + 1)) AS bucket_id
FROM {{buckets}}
