-- Before the rows themselves: after a crash between the two they are stored again, and these are not.
INSERT INTO {{late}} (exchange, market_type, symbol, timestamp, trade_seq, trade_id, price, quantity, side, watermark, available_at, data_source)
SELECT
  {exchanges:Array(String)}[instrument] AS exchange,
  {market_types:Array(String)}[instrument] AS market_type,
  {symbols:Array(String)}[instrument] AS symbol,
  timestamp,
  trade_seq,
  trade_id,
  price,
  quantity,
  side,
  fromUnixTimestamp64Milli({watermarks:Array(Int64)}[instrument], 'UTC'),
  available_at,
  {data_source:String}
FROM (
  {{slice}}
)
WHERE {{is_chosen}} AND {{is_late}}
  AND (exchange, market_type, symbol, trade_id) NOT IN (
    SELECT exchange, market_type, symbol, trade_id
    FROM {{late}}
    WHERE {{of_instruments}} AND {{in_slice}}
  )
