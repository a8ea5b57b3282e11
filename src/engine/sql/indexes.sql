SELECT
  database,
  table,
  name,
  expr,
  type_full,
  granularity
FROM system.data_skipping_indices
WHERE database IN {databases:Array(String)}
