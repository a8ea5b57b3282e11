SELECT model, action, version, stage, percent, by, at
FROM {{rollouts}}
ORDER BY model, seq
