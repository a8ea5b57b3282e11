SELECT
  j.step AS step,
  j.chunk AS chunk,
  argMax(j.name, j.seq) AS name,
  argMax(j.state, j.seq) AS state,
  countIf(j.state IN ('started', 'done')) > 0 AS begun,
  countIf(j.state = 'announced') > 0 AS announced,
  argMax(j.params, j.seq) AS params,
  argMax(j.error, j.seq) AS error
FROM {{steps}} AS j
WHERE j.revision = {revision:UInt64}
GROUP BY step, chunk
ORDER BY step, chunk
