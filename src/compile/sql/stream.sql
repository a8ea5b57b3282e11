WITH {{span}}
SELECT
  {{columns}}
FROM (SELECT 1 AS one FROM {{buckets}} LIMIT 1) AS present
CROSS JOIN (
  {{rows}}
) AS j
