-- Rows that are only stored, or only computed: each once, by its values.
SELECT toString(at) AS at_text, any(side) AS found
FROM (
  SELECT 'computed' AS side, timestamp AS at, toString(tuple({{columns}})) AS own FROM (
    {{computed}}
  )
  UNION ALL
  SELECT 'stored' AS side, timestamp AS at, toString(tuple({{columns}})) AS own FROM {{table}} AS j FINAL
  {{where}}
)
GROUP BY at, own
HAVING uniqExact(side) = 1
ORDER BY at, found
