SELECT database, name, create_table_query AS text
FROM system.tables
WHERE (database, name) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {names:Array(String)})))
ORDER BY database, name
