SELECT reason, toString(count()) AS rows, toString(min(line)) AS line
FROM {{staging}}
WHERE file = {file_number:UInt32} AND reason != ''
GROUP BY reason
ORDER BY count() DESC, reason
LIMIT 3
