SELECT
  {{key}},
  {{expressions}}
FROM (
  {{upstream}}
){{windows}}
