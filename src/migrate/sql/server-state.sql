-- Of definitions: names, uuids and times, which the engine knows without writing them out. Leases of writers, what they stage and the lock of a run define nothing.
WITH
  tables AS (
    SELECT database, name, uuid, toUnixTimestamp(metadata_modification_time) AS at
    FROM system.tables
    WHERE database IN {databases:Array(String)}
      AND NOT (engine = 'Null' AND (match(name, {lease:String}) OR match(name, '^apply_lock_[0-9]+$')))
      AND NOT match(name, {staging:String})
  ),
  (SELECT (count(), sum(sipHash64(database, name, uuid, at)), min(at), max(at)) FROM tables) AS definitions,
  (SELECT (count(), sum(sipHash64(*))) FROM {{revisions}} FINAL) AS revisions,
  (SELECT (count(), sum(sipHash64(*))) FROM {{versions}} FINAL) AS versions,
  (SELECT (count(), sum(sipHash64(*))) FROM {{pins}} FINAL) AS pins,
  (SELECT groupArray((name, uuid)) FROM (SELECT name, uuid FROM system.databases WHERE name IN {databases:Array(String)} ORDER BY name)) AS places
SELECT
  lower(hex(SHA256(toString((definitions, revisions, versions, pins, places))))) AS state,
  tupleElement(definitions, 3) > 0 AS has_times,
  (SELECT groupArray(name) FROM tables WHERE at + 2 >= tupleElement(definitions, 4)) AS newest
