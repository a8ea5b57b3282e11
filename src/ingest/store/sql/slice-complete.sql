-- Rows of the slice; each says its own identity.
SELECT
  bitShiftLeft(toUInt64(file), 40) + line AS row,
  instrument,
  timestamp,
  available_at,
  {{values}},
  id AS {{id}},
  seq AS {{sequence}}
FROM {{staging}}
WHERE reason = '' AND {{in_slice}}
