INSERT INTO {{rejects}} (file, line, reason, text, source)
SELECT
  {file_names:Array(String)}[file] AS file_name, line, reason, text, {source:String} AS source
FROM {{staging}}
WHERE reason != ''
  AND (file_name, line, source, reason) NOT IN (
    SELECT file, line, source, reason FROM {{rejects}} WHERE file IN {file_names:Array(String)}
  )
