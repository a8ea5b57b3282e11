-- Stored buckets that cannot be computed from raw rows any more, and how many of them have a row in the version that readers see.
SELECT
  toString(count()) AS past,
  toString(countIf({{has_row}})) AS lost
FROM {{buckets}} FINAL
WHERE (exchange, market_type, symbol, bucket_id) NOT IN (
  {{whole}}
)
