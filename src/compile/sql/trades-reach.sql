WITH {{span}}
SELECT
  {{columns}}
FROM (
  SELECT
    {{bucket_columns}},
    t.timestamp AS timestamp,
    t.trade_seq AS trade_seq,
    t.price AS price,
    t.quantity AS quantity,
    t.side AS side
  -- A bucket's window lies in at most two slots of its own length: an equal-join, where a join by range would pair all with all.
  FROM (
    SELECT
      {{bucket_names}},
      arrayJoin(range(
        toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) - {{reach_ms}}, {{reach_ms}})),
        toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) - 1, {{reach_ms}})) + 1
      )) AS slot
    FROM {{buckets}}
  ) AS b
  -- A slot without trades gives a row at the beginning of time, which is in no window: every bucket has a row.
  LEFT JOIN (
    SELECT
      exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at,
      toUInt64(intDiv(toUnixTimestamp64Milli(timestamp), {{reach_ms}})) AS slot
    FROM {{trades}}
    WHERE late = 0
      AND (exchange, market_type, symbol) IN (span.1)
      AND timestamp >= span.4 - toIntervalMillisecond({{reach_ms}})
      AND timestamp < span.5
  ) AS t
    ON t.exchange = b.exchange AND t.market_type = b.market_type AND t.symbol = b.symbol AND t.slot = b.slot
  WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
) AS j
