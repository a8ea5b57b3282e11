SELECT exchange, market_type, symbol, max(bucket_id) AS newest
FROM {{table}}
GROUP BY exchange, market_type, symbol
ORDER BY exchange, market_type, symbol
