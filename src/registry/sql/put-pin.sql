-- The row's number is above every other one, whatever the clock says: claims are made without the lock.
INSERT INTO {{pins}} (holder, object, version, state, v)
SELECT
  {holder:String}, {object:String}, {version:String}, {state:String},
  greatest(toUInt64(toUnixTimestamp64Micro(now64(6))), (SELECT max(v) FROM {{pins}}) + 1)
