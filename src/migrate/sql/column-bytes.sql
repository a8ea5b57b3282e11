SELECT
  c.database AS database, c.table AS table, c.name AS name,
  -- A small part keeps its columns together, and the engine counts none of its bytes as a column's: each gets the same share.
  c.data_compressed_bytes
    + if(c.default_kind = 'ALIAS', 0, intDiv(p.bytes, countIf(c.default_kind != 'ALIAS') OVER (PARTITION BY c.database, c.table))) AS bytes,
  ifNull(t.total_rows, 0) AS rows
FROM system.columns AS c
INNER JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
LEFT JOIN (
  SELECT database, table, sum(data_compressed_bytes) AS bytes
  FROM system.parts
  WHERE active AND part_type = 'Compact'
    AND (database, table) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {tables:Array(String)})))
  GROUP BY database, table
) AS p ON p.database = c.database AND p.table = c.table
WHERE (c.database, c.table) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {tables:Array(String)})))
