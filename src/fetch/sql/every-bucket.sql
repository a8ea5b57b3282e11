SELECT
  {{columns}}
FROM (
  SELECT
    {{keys}},
    {{values}}
  FROM (SELECT * FROM {{table}} FINAL) AS v0
  {{joins}}
) AS s
{{outages}}
