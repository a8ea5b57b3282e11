SELECT
  {{bucket_columns}},
  {{expressions}}
FROM {{path}}
