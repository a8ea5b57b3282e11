-- What is wrong with the bounds and the order of stored buckets. One row a bucket and problem.
SELECT exchange, market_type, symbol, toString(bucket_id) AS bucket_id, problem
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_end,
    arrayJoin(arrayFilter(text -> text != '', [
      if(place = 1 AND bucket_id != 1 AND {keeps_all:UInt8} = 1, format('buckets 1 to {} before it are gone', toString(bucket_id - 1)), ''),
      if(place > 1 AND bucket_id != before_id + 1, format('{} is gone: the one before it is {}',
        if(bucket_id = before_id + 2, format('bucket {}', toString(before_id + 1)), format('buckets {} to {}', toString(before_id + 1), toString(bucket_id - 1))),
        toString(before_id)), ''),
      if(bucket_ts_start >= bucket_ts_end, format('it ends at {}, not after its start {}', toString(bucket_ts_end), toString(bucket_ts_start)), ''),
      if(cut_trigger = 'time' AND {max_ms:UInt64} > 0 AND bucket_ts_end != bucket_ts_start + toIntervalMillisecond({max_ms:UInt64}),
        format('it was closed by time, {} ms after its start', toString(dateDiff('millisecond', bucket_ts_start, bucket_ts_end))), ''),
      if(dateDiff('millisecond', bucket_ts_start, bucket_ts_end) > {longest_ms:UInt64},
        format('it lasts {} ms, longer than the clock allows', toString(dateDiff('millisecond', bucket_ts_start, bucket_ts_end))), ''),
      if(follows AND bucket_ts_start < before_end, format('it starts at {}, before the previous one ends at {}', toString(bucket_ts_start), toString(before_end)), ''),
      if(follows AND prev_ts_end != greatest(before_end, bucket_ts_start - toIntervalMillisecond({book_gap:UInt64})),
        format('its rows begin at {}, not where the previous one ends', toString(prev_ts_end)), ''),
      if(prev_ts_end > bucket_ts_start, format('its rows begin at {}, after its start', toString(prev_ts_end)), ''),
      if(follows AND available_at < before_available, format('available_at falls from {} to {}', toString(before_available), toString(available_at)), ''),
      if(available_at < bucket_ts_end, format('available_at {} is before its end {}', toString(available_at), toString(bucket_ts_end)), '')
    ])) AS problem
  FROM (
    SELECT
      *,
      row_number() OVER instrument AS place,
      lagInFrame(bucket_id) OVER instrument AS before_id,
      lagInFrame(bucket_ts_end) OVER instrument AS before_end,
      lagInFrame(available_at) OVER instrument AS before_available,
      place > 1 AND bucket_id = before_id + 1 AS follows
    FROM {{buckets}} FINAL
    WINDOW instrument AS (
      PARTITION BY exchange, market_type, symbol ORDER BY bucket_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW
    )
  )
)
{{in_range}}
ORDER BY exchange, market_type, symbol, bucket_id
