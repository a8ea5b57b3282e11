-- What is closed is read before what is stored: a row is stored before its bucket counts as closed.
WITH
  (
    SELECT groupArray((instrument, closed, newest))
    FROM (
      SELECT
        concat(exchange, '/', market_type, '/', symbol) AS instrument,
        uniqExact(bucket_id) AS closed,
        max(bucket_id) AS newest
      FROM {{closes}} WHERE clock = {{clock}}
      GROUP BY instrument
    )
  ) AS all_closed,
  CAST((arrayMap(c -> c.1, all_closed), arrayMap(c -> c.3, all_closed)) AS Map(String, UInt64)) AS newest_of
SELECT c.1 AS instrument, c.2 AS closed, t.stored AS stored
FROM (SELECT arrayJoin(all_closed) AS c) AS a
LEFT JOIN (
  SELECT
    concat(exchange, '/', market_type, '/', symbol) AS instrument,
    uniqExactIf(bucket_id, bucket_id <= newest_of[instrument]) AS stored
  FROM {{table}}
  GROUP BY instrument
) AS t ON t.instrument = a.c.1
WHERE stored < closed
ORDER BY instrument
