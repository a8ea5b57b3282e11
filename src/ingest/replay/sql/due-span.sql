SELECT
  toString(count()) AS rows,
  toString(toUnixTimestamp64Milli(min(visible_at))) AS first,
  toString(toUnixTimestamp64Milli(max(visible_at))) AS last
FROM {{due}}
