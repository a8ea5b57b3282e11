-- Predictions that read rows, with the model and version that made them.
SELECT
  request_id, exchange, market_type, symbol, toUInt64(bucket_id) AS bucket, toString(model) AS model, version,
  toString(vector) AS vector, toString(fingerprint) AS fingerprint, inputs_hash, outputs
FROM {{audit}}
WHERE model != '' AND bucket_id > 0 AND at > {from:DateTime64(3, 'UTC')} AND at <= {to:DateTime64(3, 'UTC')}
ORDER BY model, version, exchange, market_type, symbol, bucket, request_id
