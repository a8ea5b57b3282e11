-- How often one state of the best prices followed another, and by how many half ticks the mid moved.
SELECT
  imbalance, spread, next_imbalance, next_spread, half_ticks,
  toString(count()) AS times
FROM (
  SELECT
    toInt32(imbalance) AS imbalance,
    toInt32(spread) AS spread,
    toInt32(leadInFrame(imbalance) OVER following) AS next_imbalance,
    toInt32(leadInFrame(spread) OVER following) AS next_spread,
    toInt32(greatest(-2, least(2, round((leadInFrame(bid + ask) OVER following - (bid + ask)) / {tick:Int64})))) AS half_ticks,
    leadInFrame(timestamp) OVER following AS next_timestamp,
    timestamp
  FROM (
    SELECT
      *,
      arrayCount(edge -> (1 + (bid_size - ask_size) / (bid_size + ask_size)) / 2 > edge, {edges:Array(Float64)}) AS imbalance,
      round((ask - bid) / {tick:Int64}) AS spread
    FROM (
      {{tops}}
    )
  )
  WINDOW following AS (ORDER BY timestamp, book_seq ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING)
)
-- The last one has nothing behind it, and what lies across an outage is no transition.
WHERE next_timestamp >= timestamp AND next_timestamp <= timestamp + toIntervalMillisecond({gap:Int64})
GROUP BY ALL
ORDER BY ALL
