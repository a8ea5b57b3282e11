-- The quantiles that cut the imbalances of a look-back into buckets, and when the snapshots ended.
SELECT
  quantilesExactInclusive({{levels}})((1 + (bid_size - ask_size) / (bid_size + ask_size)) / 2) AS edges,
  toString(count()) AS snapshots
FROM (
  {{tops}}
)
