INSERT INTO {{table}}
  ({{columns}})
SELECT
  row,
  exchange,
  market_type,
  symbol,
  ifNull(moment, toDateTime64(0, 3, 'UTC')),
  multiIf(
    exchange = '', 'exchange',
    market_type NOT IN {market_types:Array(String)}, 'market_type',
    symbol = '', 'symbol',
    isNull(moment), 'ts',
    ''
  ) AS problem,
  multiIf(problem = 'market_type', market_type, problem = 'ts', moment_text, ''){{stored}}
FROM (
  SELECT
    toUInt64({{line}} - {skipped:UInt64}) AS row,
    ifNull(toString({{exchange}}), '') AS exchange,
    ifNull(toString({{market_type}}), '') AS market_type,
    ifNull(toString({{symbol}}), '') AS symbol,
    ifNull(toString({{ts}}), '') AS moment_text,
    {{moment}} AS moment{{kept}}
  FROM (
    SELECT
      {line} AS {{line}},
      {{renamed}}
    FROM {file}
  )
  WHERE {{line}} > {skipped:UInt64}
)
