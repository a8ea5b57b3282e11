-- Whether books from some moment on may change buckets that were closed before.
SELECT 1 AS found
FROM {{buckets}}
WHERE {{of_instruments}} AND bucket_ts_end > fromUnixTimestamp64Milli({first:Int64}, 'UTC') - toIntervalMillisecond({book_gap_ms:UInt64})
LIMIT 1
