INSERT INTO {{rollouts}} (model, seq, action, version, stage, percent, by)
SELECT
  {model:String}, (SELECT max(seq) FROM {{rollouts}}) + 1, {action:String}, {version:UInt32}, {stage:String},
  {percent:Float64}, {by:String}
