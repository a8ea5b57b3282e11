SELECT
  toString(count()) AS rows,
  if(count() = 0, NULL, toString(min({{moment}}))) AS first,
  if(count() = 0, NULL, toString(max({{moment}}))) AS last,
  lower(hex(groupBitXor(reinterpretAsUInt128(sipHash128({{identity}}))))) AS rows_hash,
  [{{nulls}}] AS nulls
FROM {{rows}}
