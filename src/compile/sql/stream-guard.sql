SELECT
  throwIf(
    getSetting('min_insert_block_size_rows') < {{block_rows}} OR getSetting('min_insert_block_size_bytes') > 0,
    'a close must be inserted as one block: the insert misses its block settings'
  )
  + throwIf(countIf(bucket__place = 0) > 0, 'a close must give each of its buckets its place, from 1')
  + throwIf(count() > {{row_limit}}, 'a close is too large for one block: insert fewer buckets at once') AS passed
FROM {{stream}}
