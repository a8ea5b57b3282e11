SELECT
  {{bucket_columns}},
  {{columns}}
FROM {{buckets}} AS b
ASOF LEFT JOIN (
  -- In the order in which rows became known, those that were the newest by then: of them the last one is the row to use.
  SELECT exchange, market_type, symbol, available_at, at_ms, {{values}}
  FROM (
    SELECT
      exchange, market_type, symbol, available_at,
      toNullable(toUnixTimestamp64Milli(timestamp)) AS at_ms,
      {{source_columns}},
      tuple({{order}}) AS place,
      max(place) OVER known_before AS newest,
      count() OVER known_before AS others
    FROM {{source}}
    WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM {{buckets}})
      AND available_at <= (SELECT max(available_at) FROM {{buckets}})
      AND timestamp >= (SELECT min(available_at) FROM {{buckets}}) - toIntervalMillisecond({{max_age_ms}})
    WINDOW known_before AS (
      PARTITION BY exchange, market_type, symbol ORDER BY available_at, {{order}}
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
  )
  WHERE others = 0 OR place > newest
  -- Of several that became known in one millisecond the newest.
  ORDER BY place DESC
  LIMIT 1 BY exchange, market_type, symbol, available_at
) AS s
  ON s.exchange = b.exchange AND s.market_type = b.market_type AND s.symbol = b.symbol AND b.available_at >= s.available_at
