LEFT JOIN (SELECT exchange, market_type, symbol, bucket_id, {{values}} FROM {{table}} FINAL) AS {{alias}}
  ON {{alias}}.exchange = v0.exchange AND {{alias}}.market_type = v0.market_type AND {{alias}}.symbol = v0.symbol AND {{alias}}.bucket_id = v0.bucket_id
