SELECT database, name, create_table_query AS text
FROM system.tables
WHERE database IN {databases:Array(String)}
  -- Inner tables belong to views of somebody else.
  AND NOT startsWith(name, '.inner')
ORDER BY database, name
