SELECT
  line,
  raw,
  [{{elements}}] AS fields
FROM (
  SELECT
    {line} AS line,
    trimBoth({{content}}) AS raw,
    -- Numbers with more digits than a Float64 holds would lose some, so in such lines numbers are made texts. Texts are matched as
    -- well, to be left as they are: they get two marks behind them, which go, and a number gets one on each side.
    replaceRegexpAll(raw, '("(?:[^"\\\\]|\\\\.)*")|(-?[0-9][0-9.eE+-]*)', '\\1\x01\\2\x01') AS marked,
    if(match(raw, '[0-9.]{17}'), replaceAll(replaceAll(marked, '\x01\x01', ''), '\x01', '"'), raw) AS exact,
    JSONExtract(exact, {shape:String}) AS record
  FROM {file}
)
WHERE raw != ''
