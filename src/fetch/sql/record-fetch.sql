INSERT INTO {{log}} (exchange, market_type, symbol, vector, version, buckets)
SELECT exchange, market_type, symbol, {vector:String}, {version:String}, uniqExact({{bucket_id}})
FROM {{rows}}
WHERE isNotNull({{bucket_id}})
GROUP BY exchange, market_type, symbol
