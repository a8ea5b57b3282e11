SELECT
  {{bucket_columns}},
  {{expressions}}
FROM {{stream}}
GROUP BY {{bucket_columns}}
