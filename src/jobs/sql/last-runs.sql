SELECT
  run_id, job, trigger, attempt,
  toString(toUnixTimestamp64Milli(due_at)) AS due_ms,
  toString(toUnixTimestamp64Milli(started_at)) AS started_ms,
  toString(toUnixTimestamp64Milli(finished_at)) AS finished_ms,
  state, message
FROM {{runs}} FINAL
ORDER BY started_at DESC, attempt DESC
LIMIT 1 BY job
