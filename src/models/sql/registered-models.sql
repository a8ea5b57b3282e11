SELECT model, version, file, sha256, vector, signature, fingerprint, record, registered_at
FROM {{models}} FINAL
ORDER BY model, version
