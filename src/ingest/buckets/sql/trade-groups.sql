SELECT
  {{instrument}} AS instrument,
  toUnixTimestamp64Milli(timestamp) AS timestamp_ms,
  sum(toInt256(reinterpretAsInt128(toDecimal128(quantity, 8)))) AS lots,
  sum(toInt256(reinterpretAsInt64(toDecimal64(price, 8))) * toInt256(reinterpretAsInt128(toDecimal128(quantity, 8)))) AS notional,
  max(toUnixTimestamp64Milli(available_at)) AS available_ms,
  count() AS trades
FROM {{trades}}
WHERE late = 0
  AND {{of}}
GROUP BY {{key}}
ORDER BY {{key}}
