SELECT
  {{bucket_columns}},
  {{expressions}}
FROM {{stream}}
GROUP BY {{group}}
