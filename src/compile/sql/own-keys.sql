SELECT exchange, market_type, symbol, bucket_id
FROM {{buckets}}
