SELECT database, name
FROM system.tables
WHERE (database, name) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {names:Array(String)})))
