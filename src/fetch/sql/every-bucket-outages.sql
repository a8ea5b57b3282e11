ASOF LEFT JOIN {{outages}} AS o
  ON o.exchange = s.exchange AND o.market_type = s.market_type AND o.symbol = s.symbol AND o.from_ms <= s.outage_end_ms
WHERE NOT ifNull(o.to_ms > s.outage_start_ms, 0)
