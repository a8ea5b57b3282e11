SELECT
  {{key}},
  {{features}}
FROM (
  SELECT
    {{key}},
    {{expressions}}
  FROM (
    SELECT
      {{row_key}},
      {{columns}}
    FROM {{rows}} AS j{{chunk}}
  )
)
