SELECT record
FROM {{versions}} FINAL
ORDER BY kind, level, name, version
