SELECT
  c.database AS database, c.table AS table, c.name AS name,
  c.data_compressed_bytes AS bytes,
  ifNull(t.total_rows, 0) AS rows
FROM system.columns AS c
INNER JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
WHERE (c.database, c.table) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {tables:Array(String)})))
