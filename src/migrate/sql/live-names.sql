SELECT database, name
FROM system.tables
-- The engine leaves other tables out by the first two; by the third it looks at the definitions of all.
WHERE database IN {databases:Array(String)} AND name IN {names:Array(String)}
  AND (database, name) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {names:Array(String)})))
