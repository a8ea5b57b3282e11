SELECT
  database,
  name,
  engine,
  engine_full,
  create_table_query,
  as_select,
  sorting_key,
  partition_key,
  comment
FROM system.tables
WHERE database IN {databases:Array(String)}
  AND NOT is_temporary
  AND NOT startsWith(name, '.inner')
ORDER BY database, name
