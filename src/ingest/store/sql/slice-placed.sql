-- Rows of the slice. A row without sequence number takes its place among the rows of its millisecond in its file; one without id
-- is told apart by its time, its values and its place among equal rows. Neither depends on what else is in the file.
SELECT
  row,
  instrument,
  timestamp,
  available_at,
  {{values}},
  if(
    bitAnd(open, 2) = 0,
    staged.id,
    concat(toString(toUnixTimestamp64Milli(timestamp)), '-', lower(hex(content)), '-', toString(copy - 1))
  ) AS {{id}},
  if(
    bitAnd(open, 1) = 0,
    staged.seq,
    bitOr(bitShiftLeft(toUInt64({{place}} - 1), {{hash_bits}}), bitAnd(content, toUInt64(bitShiftLeft(toUInt64(1), {{hash_bits}}) - 1)))
  ) AS {{sequence}}
FROM (
  SELECT
    *,
    bitShiftLeft(toUInt64(file), 40) + line AS row,
    toUInt64(row_number() OVER (PARTITION BY file, instrument, timestamp ORDER BY line)) AS place,
    toUInt64(row_number() OVER (PARTITION BY file, instrument, timestamp, content ORDER BY line)) AS copy
  FROM {{staging}}
  WHERE reason = '' AND {{in_slice}}
) AS staged
