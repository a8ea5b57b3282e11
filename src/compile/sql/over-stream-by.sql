SELECT
  {{key}},
  {{columns}}
FROM (
  SELECT
    {{bucket_columns}},
    -- bins are unique within a bucket: their order does not depend on the order of rows
    arraySort(c -> {{sort_key}}, groupArray(tuple({{values}}))) AS cells
  FROM (
    SELECT
      {{bucket_columns}},
      {{bins}},
      {{features}}
    FROM (
      {{rows}}
    )
  )
  GROUP BY {{bucket_columns}}
)
