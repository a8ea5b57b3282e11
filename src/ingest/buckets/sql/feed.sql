-- Which trigger tables are there, then how new the records are: a table is noticed only with the records that it came after.
SELECT
  toString(max(v)) AS version,
  (
    SELECT groupArray(name) FROM system.tables
    WHERE database = {features:String} AND match(name, {pattern:String})
  ) AS tables
FROM {{versions}}
