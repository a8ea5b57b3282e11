SELECT
  {{columns}}
FROM {{rows}}{{where}}
