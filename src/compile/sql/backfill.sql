INSERT INTO {{table}} ({{columns}})
WITH buckets AS (SELECT * REPLACE ({{version}} AS v){{place}} FROM {{bucket_table}} FINAL {{chunk}})
{{select}}
