(exchange, market_type, symbol) IN (
  SELECT arrayJoin(arrayZip({exchanges:Array(String)}, {market_types:Array(String)}, {symbols:Array(String)}))
)
