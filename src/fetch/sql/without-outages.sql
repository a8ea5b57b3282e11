SELECT
  {{columns}}
FROM (
  SELECT
    *,
    toUnixTimestamp64Milli({{start}}) AS outage_start_ms,
    toUnixTimestamp64Milli({{end}}) AS outage_end_ms
  FROM {{rows}}
) AS s
-- Outages of an instrument do not meet each other, so of those that begin by a row's end the last one ends latest.
ASOF LEFT JOIN {{outages}} AS o
  ON o.exchange = s.exchange AND o.market_type = s.market_type AND o.symbol = s.symbol AND o.from_ms <= s.outage_end_ms
WHERE NOT ifNull(o.to_ms > s.outage_start_ms, 0)
SETTINGS join_use_nulls = 1
