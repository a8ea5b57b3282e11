SELECT
  {{key}},
  {{columns}}
FROM {{first}}{{joins}}
