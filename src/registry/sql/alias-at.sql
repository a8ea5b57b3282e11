SELECT executed
FROM {{steps}}
WHERE kind = 'switch_alias' AND object = {object:String} AND executed != '' AND revision <= {revision:UInt64}
  AND revision IN (SELECT id FROM {{revisions}} FINAL WHERE state = 'applied')
ORDER BY revision DESC, seq DESC
LIMIT 1
