SELECT * EXCEPT (moment__place, moment__known_by) REPLACE ({{symbol_at}} AS {{symbol}})
FROM (
  SELECT
    *,
    arrayJoin(arrayEnumerate({known_by:Array(Int64)})) AS moment__place,
    fromUnixTimestamp64Milli({known_by:Array(Int64)}[moment__place], 'UTC') AS moment__known_by
  FROM {{relation}}
  WHERE {{exchange}} = {exchange:String} AND {{market_type}} = {market_type:String} AND {{symbol}} = {symbol:String}
)
WHERE {{available_at}} <= moment__known_by AND {{in_order}}
