SELECT database, name, toString(metadata_modification_time, 'UTC') AS changed_at
FROM system.tables
WHERE (database, name) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {names:Array(String)})))
