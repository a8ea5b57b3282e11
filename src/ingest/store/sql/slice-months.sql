SELECT
  toYYYYMM(timestamp) AS month,
  toString(count()) AS rows,
  toString(toUnixTimestamp64Milli(min(timestamp))) AS first,
  toString(toUnixTimestamp64Milli(max(timestamp))) AS last
FROM {{staging}}
WHERE reason = ''
GROUP BY month
ORDER BY month
