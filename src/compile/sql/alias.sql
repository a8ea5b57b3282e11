SELECT
  {{columns}}
FROM {{table}} FINAL
