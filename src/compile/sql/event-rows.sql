SELECT
  {{bucket_columns}},
  {{columns}},
  s.ord AS ord,
  b.known_ms - s.at_ms AS {{age}},
  toUInt8(s.known_at > b.known_before) AS {{is_new}}
-- What a bucket knows lies in at most two slots of the longest age: an equal-join, where a join by range would pair all with all.
FROM (
  SELECT
    {{bucket_names}},
    toUnixTimestamp64Milli(available_at) AS known_ms,
    -- The first bucket of an instrument knows as new what came since its interval began.
    if(p.next_id = 0, k.prev_ts_end, p.known_before) AS known_before,
    arrayJoin(range(
      toUInt64(intDiv(known_ms - {{max_age_ms}}, {{max_age_ms}})),
      toUInt64(intDiv(known_ms, {{max_age_ms}})) + 1
    )) AS slot
  FROM {{buckets}} AS k
  LEFT JOIN (
    SELECT exchange AS of_exchange, market_type AS of_type, symbol AS of_symbol, bucket_id + 1 AS next_id, available_at AS known_before
    FROM {{bounds}} FINAL
    WHERE (exchange, market_type, symbol, bucket_id) IN (
      SELECT exchange, market_type, symbol, toUInt64(bucket_id - 1) FROM {{buckets}}
    )
  ) AS p
    ON p.of_exchange = k.exchange AND p.of_type = k.market_type AND p.of_symbol = k.symbol AND p.next_id = k.bucket_id
) AS b
INNER JOIN (
  SELECT *, toUInt64(intDiv(at_ms, {{max_age_ms}})) AS slot
  FROM (
    SELECT
      exchange, market_type, symbol, available_at AS known_at,
      toUnixTimestamp64Milli(timestamp) AS at_ms,
      tuple({{order}}) AS ord,
      {{source_columns}}
    FROM {{source}}
    WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM {{buckets}})
      AND available_at <= (SELECT max(available_at) FROM {{buckets}})
      AND timestamp >= (SELECT min(available_at) FROM {{buckets}}) - toIntervalMillisecond({{max_age_ms}})
  )
) AS s
  ON s.exchange = b.exchange AND s.market_type = b.market_type AND s.symbol = b.symbol AND s.slot = b.slot
WHERE s.known_at <= b.available_at AND s.at_ms >= b.known_ms - {{max_age_ms}}
