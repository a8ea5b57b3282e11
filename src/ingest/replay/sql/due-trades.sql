-- Trades in the order of their time: none before those of an earlier millisecond, and none before its bucket may have ended.
CREATE TABLE {{due}}
ENGINE = MergeTree
ORDER BY visible_at
AS SELECT
  *,
  max(greatest(available_at, timestamp + toIntervalMillisecond(1))) OVER (
    PARTITION BY exchange, market_type, symbol ORDER BY timestamp RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS visible_at
FROM {{held}}
