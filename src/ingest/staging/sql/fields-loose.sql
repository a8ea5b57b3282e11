arrayMap(
  cell -> if(
    length(cell) > 1 AND startsWith(cell, '"') AND endsWith(cell, '"'),
    replaceAll(substring(cell, 2, length(cell) - 2), '""', '"'),
    cell
  ),
  arrayMap(
    cell -> trimBoth(cell),
    if(
      position(raw, '"') = 0,
      splitByChar({delimiter:String}, raw),
      extractAll(concat(raw, {delimiter:String}), {quoted_cell:String})
    )
  )
)
