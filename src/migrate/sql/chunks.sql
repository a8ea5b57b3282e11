SELECT
  exchange, market_type, symbol,
  min(bucket_id) AS first_bucket,
  max(bucket_id) AS last_bucket,
  count() AS buckets,
  sum(trades) AS trades
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, trades,
    intDiv(sum(toUInt64(trades)) OVER upto - trades, {trades_limit:UInt64}) AS by_trades,
    intDiv(count() OVER upto - 1, {buckets_limit:UInt64}) AS by_buckets,
    {{island}} AS island
  FROM {{buckets}} FINAL
  WHERE (exchange, market_type, symbol, bucket_id) NOT IN (
    SELECT exchange, market_type, symbol, bucket_id FROM {{closes}} WHERE clock = {clock:String} AND path = {path:String}
  ){{only_whole}}
  WINDOW upto AS (
    PARTITION BY exchange, market_type, symbol ORDER BY bucket_id
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  )
)
GROUP BY exchange, market_type, symbol, island, by_trades, by_buckets
ORDER BY exchange, market_type, symbol, first_bucket
