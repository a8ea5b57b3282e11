INSERT INTO {{table}} ({{columns}})
SELECT
  {{expressions}}
FROM (
  {{slice}}
)
WHERE {{is_chosen}}
