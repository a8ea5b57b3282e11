-- How many parts the fullest partition has.
SELECT toString(max(parts)) AS parts
FROM (
  SELECT count() AS parts
  FROM system.parts
  WHERE active AND database = {database:String} AND table = {name:String}
  GROUP BY partition_id
)
