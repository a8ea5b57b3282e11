SELECT
  c.database AS database, c.table AS table, c.name AS name,
  -- A small part keeps its columns together, and the engine counts none of its bytes as a column's: each gets the same share.
  c.data_compressed_bytes
    + if(c.default_kind = 'ALIAS', 0, intDiv(p.bytes, countIf(c.default_kind != 'ALIAS') OVER (PARTITION BY c.database, c.table))) AS bytes,
  ifNull(t.total_rows, 0) AS rows
FROM system.columns AS c
INNER JOIN (
  SELECT database, name, total_rows
  FROM system.tables
  WHERE database IN {databases:Array(String)} AND name IN {tables:Array(String)}
) AS t ON t.database = c.database AND t.name = c.table
LEFT JOIN (
  SELECT database, table, sum(data_compressed_bytes) AS bytes
  FROM system.parts
  WHERE active AND part_type = 'Compact' AND database IN {databases:Array(String)} AND table IN {tables:Array(String)}
  GROUP BY database, table
) AS p ON p.database = c.database AND p.table = c.table
-- As in live-names.sql: by the first two the engine leaves other tables out, by the third alone it looks at all of them.
WHERE c.database IN {databases:Array(String)} AND c.table IN {tables:Array(String)}
  AND (c.database, c.table) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {tables:Array(String)})))
