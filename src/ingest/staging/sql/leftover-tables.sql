SELECT name
FROM system.tables
WHERE database = {database:String}
  AND startsWith(name, {prefix:String})
  AND metadata_modification_time <= now() - toIntervalSecond({older_than_s:UInt32})
