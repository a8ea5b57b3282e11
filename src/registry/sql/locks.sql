SELECT toUnixTimestamp64Milli(now64(3)) AS now, l.name AS name, l.comment AS comment
FROM (SELECT 1 AS one) AS o
LEFT JOIN (
  SELECT 1 AS one, toNullable(name) AS name, toNullable(comment) AS comment
  FROM system.tables
  WHERE database = {database:String} AND startsWith(name, {prefix:String})
) AS l ON l.one = o.one
