SELECT
  {line} AS line,
  arrayStringConcat(fields, ',') AS raw,
  [{{elements}}] AS fields
FROM {file}
