SELECT
  line,
  raw,
  {{fields}} AS fields
FROM (
  SELECT
    {line} AS line,
    trim(TRAILING '\r' FROM {{content}}) AS raw
  FROM {file}
)
WHERE raw != '' AND line > {header_lines:UInt64}
