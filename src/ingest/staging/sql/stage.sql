INSERT INTO {{staging}} ({{columns}})
WITH
  {{aliases}},
  ({{fine}}) AS is_good
SELECT
  {file_number:UInt32},
  line,
  if(is_good, '', {{reason}}),
  multiIf(NOT is_good, leftUTF8(toValidUTF8(left(raw, 1000)), 200), instrument = 0, words, ''),
  instrument,
  {{values}}
FROM (
  {{rows}}
)
WHERE {{is_row}}
