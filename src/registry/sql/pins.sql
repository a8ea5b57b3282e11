SELECT holder, object, version
FROM {{pins}} FINAL
WHERE state = 'pinned'
ORDER BY object, version, holder
