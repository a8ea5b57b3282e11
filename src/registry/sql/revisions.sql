SELECT
  id, parent, kind, migration, live, plan_hash, chain, state, error, tool_version, started_at, finished_at, v
FROM {{revisions}} FINAL
ORDER BY id
