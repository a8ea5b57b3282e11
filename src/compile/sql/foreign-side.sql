if(throwIf({{word}} NOT IN ({{words}}), {{message}}) = 0 AND {{word}} IN ({{buys}}), 'buy', 'sell')
