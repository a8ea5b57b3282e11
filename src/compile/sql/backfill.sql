INSERT INTO {{table}} ({{columns}})
WITH buckets AS (SELECT * REPLACE ({{version}} AS v) FROM {{bucket_table}} FINAL {{chunk}})
{{select}}
