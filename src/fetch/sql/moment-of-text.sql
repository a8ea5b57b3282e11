multiIf(
  match(moment_text, '^[0-9]{13}$'),
  fromUnixTimestamp64Milli(toInt64OrZero(if(length(moment_text) = 13, moment_text, '')), 'UTC'),
  match(moment_text, {time_pattern:String}),
  parseDateTime64BestEffortOrNull(moment_text, 3, 'UTC'),
  NULL
)
