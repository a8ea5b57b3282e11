SELECT database, name, engine, create_table_query
FROM system.tables
WHERE (database, name) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {names:Array(String)})))
