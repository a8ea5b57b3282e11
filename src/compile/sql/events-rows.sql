SELECT
  {{bucket_names}},
  timestamp,
  toUInt8(1) AS is_trade,
  trade_seq AS seq,
  {{trade_values}},
  {{no_levels}},
  toUInt8(0) AS carry
FROM (
  {{trades}}
)
UNION ALL
SELECT
  {{bucket_names}},
  timestamp,
  toUInt8(0) AS is_trade,
  book_seq AS seq,
  {{no_values}},
  {{levels}},
  carry
FROM (
  {{books}}
)
