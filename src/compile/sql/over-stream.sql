SELECT
  {{key}},
  {{features}}
FROM (
  {{rows}}
)
