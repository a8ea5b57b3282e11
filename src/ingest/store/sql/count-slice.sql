SELECT
  file,
  count() AS stored,
  countIf({{is_late}}) AS late
FROM {{staging}}
WHERE reason = '' AND {{in_slice}} AND {{is_chosen}}
GROUP BY file
