-- The words of instruments that are not known yet.
SELECT DISTINCT text AS words
FROM {{staging}}
WHERE file = {file_number:UInt32} AND instrument = 0 AND reason = ''
ORDER BY words
LIMIT 10000
