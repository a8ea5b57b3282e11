-- However a collector writes the name, quoted or not, or leaves it to its connection: rather an insert too many.
SELECT query_id
FROM system.processes
WHERE query_kind IN ('Insert', 'AsyncInsertFlush')
  AND (position(query, {database:String}) > 0 OR current_database = {database:String})
