CREATE TABLE {{table}}
(
  {{columns}},
  INDEX by_time timestamp TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY file
ORDER BY tuple()
-- Read once or twice and dropped: merging its parts would be wasted.
SETTINGS
  max_bytes_to_merge_at_min_space_in_pool = 1,
  max_bytes_to_merge_at_max_space_in_pool = 1,
  parts_to_delay_insert = 1000000,
  parts_to_throw_insert = 1000000
