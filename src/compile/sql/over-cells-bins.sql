SELECT
  {{bucket_columns}},
  {{bins}},
  {{ord}} AS ord,
  {{expressions}}
FROM (
  {{cells}}
)
GROUP BY {{bucket_columns}}, {{bins}}
