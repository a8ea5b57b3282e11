SELECT
  file,
  instrument,
  toString(count()) AS rows,
  toString(countIf(reason != '')) AS rejected
FROM {{staging}}
GROUP BY file, instrument
ORDER BY file, instrument
