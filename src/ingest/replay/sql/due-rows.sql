CREATE TABLE {{due}}
ENGINE = MergeTree
ORDER BY visible_at
AS SELECT *, available_at AS visible_at
FROM {{held}}
