-- By name the engine writes out only these.
SELECT lower(hex(SHA256(toString(groupArray((database, name, create_table_query)))))) AS state
FROM (
  SELECT database, name, create_table_query FROM system.tables
  WHERE database IN {databases:Array(String)} AND name IN {names:Array(String)}
  ORDER BY database, name
)
