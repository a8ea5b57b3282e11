SELECT
  toString(intDiv(toUnixTimestamp64Milli(timestamp) - {from:Int64}, {width:Int64})) AS bin,
  toString(count()) AS rows
FROM {{staging}}
WHERE reason = '' AND {{in_slice}}
GROUP BY bin
ORDER BY toUInt64(bin)
