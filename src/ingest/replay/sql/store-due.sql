INSERT INTO {{table}} ({{columns}})
SELECT {{columns}}
FROM {{due}}
WHERE visible_at > fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND visible_at <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')
