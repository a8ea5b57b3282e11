-- What decides how a slice is stored.
SELECT
  count() AS rows,
  max(open) AS open,
  uniqExact({{identity}}) AS identities,
  min(seq) AS first_seq,
  max(seq) AS last_seq
FROM {{staging}}
WHERE reason = '' AND {{in_slice}}
