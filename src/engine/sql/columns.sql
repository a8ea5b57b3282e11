SELECT
  database,
  table,
  name,
  type,
  default_kind,
  default_expression,
  compression_codec,
  comment
FROM system.columns
WHERE database IN {databases:Array(String)}
ORDER BY database, table, position
