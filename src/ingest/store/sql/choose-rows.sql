-- The rows of the slice that are not stored yet; of equal ones in the slice the first, by file and line.
INSERT INTO {{chosen}} (row)
WITH slice AS (
  {{slice}}
)
SELECT min(row)
FROM slice
WHERE (instrument, {{identity}}) NOT IN (
  SELECT
    transform(concat(exchange, '/', market_type, '/', symbol), {names:Array(String)}, {places:Array(UInt32)}, toUInt32(0)),
    {{identity}}
  FROM {{table}}
  WHERE {{of_instruments}} AND {{reach}}
)
GROUP BY instrument, {{identity}}
