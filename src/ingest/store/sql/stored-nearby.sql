-- Whether anything is stored that rows of the slice may be a copy of.
SELECT 1 AS found
FROM {{table}}
WHERE {{of_instruments}} AND {{reach}}
LIMIT 1
