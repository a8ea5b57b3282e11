-- Known a second after the last closed bucket was: one that is being closed meanwhile does not use it.
INSERT INTO {{fits}} (fit, exchange, market_type, symbol, available_at, fitted_from, fitted_to, observations, fitted)
SELECT
  {fit:String}, {exchange:String}, {market_type:String}, {symbol:String},
  max(available_at) + toIntervalSecond(1),
  fromUnixTimestamp64Milli({from:Int64}, 'UTC'),
  fromUnixTimestamp64Milli({until:Int64}, 'UTC'),
  {observations:UInt64},
  map(
    'imbalance_edges', {edges:Array(Float64)},
    'adjustments', {adjustments:Array(Float64)},
    'tick_size', [{tick_size:Float64}],
    'imbalances', [{imbalances:Float64}],
    'spreads', [{spreads:Float64}]
  )
FROM {{buckets}}
WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
