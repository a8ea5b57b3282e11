SELECT toString(greatest(
  (SELECT max(v) FROM {{buckets}} {{chunk}}),
  (SELECT max(v) FROM {{target}} {{chunk}})
)) AS highest
