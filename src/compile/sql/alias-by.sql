SELECT
  {{columns}}
FROM {{table}} FINAL
ARRAY JOIN
  {{arrays}}
