SELECT
  {{instrument}} AS instrument,
  toUnixTimestamp64Milli(timestamp) AS timestamp_ms,
  toInt256(0) AS lots,
  toInt256(0) AS notional,
  max(toUnixTimestamp64Milli(available_at)) AS available_ms,
  count() AS trades
FROM {{books}}
WHERE {{of}}
GROUP BY {{key}}
ORDER BY {{key}}
