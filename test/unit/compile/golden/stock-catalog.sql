-- gate ubt, level 0, look-back 0

CREATE TABLE `marketprism_features`.`ubt__gate`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `prev_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `trades` UInt32,
    `vol` Decimal(38, 8),
    `vwap` Float64,
    `cut_trigger` Enum8('volume' = 1, 'time' = 2, 'count' = 3, 'max_trades' = 4, 'quality' = 5, 'event' = 6),
    `size` Decimal(38, 8),
    `v` UInt64
)
ENGINE = Null
COMMENT 'Closed buckets of ubt on their way into unified_buckets';

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__gate__mv` TO `marketprism_features`.`unified_buckets` AS
SELECT
  g.exchange AS exchange,
  g.market_type AS market_type,
  g.symbol AS symbol,
  g.bucket_id AS bucket_id,
  g.bucket_ts_start AS bucket_ts_start,
  g.bucket_ts_end AS bucket_ts_end,
  g.prev_ts_end AS prev_ts_end,
  g.available_at AS available_at,
  g.trades AS trades,
  g.vol AS vol,
  g.vwap AS vwap,
  g.cut_trigger AS cut_trigger,
  g.size AS size,
  g.v AS v
FROM `marketprism_features`.`ubt__gate` AS g
LEFT JOIN (
  SELECT exchange, market_type, symbol, max(epoch) AS epoch
  FROM `marketprism_features`.`leases`
  WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM `marketprism_features`.`ubt__gate`)
  GROUP BY exchange, market_type, symbol
) AS l
  ON l.exchange = g.exchange AND l.market_type = g.market_type AND l.symbol = g.symbol
WHERE throwIf(bitShiftRight(g.v, 40) < l.epoch, 'another writer has taken over this instrument') = 0;

-- stream ubt.trades, level 0, look-back 0

CREATE TABLE `marketprism_features`.`ubt__trades_hot`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `prev_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `v` UInt64,
    `bucket__place` UInt32,
    `ord` UInt128,
    `price` Float64,
    `side` Int8,
    `quantity_exact` Decimal(76, 8),
    `quote_exact` Decimal(76, 16)
)
ENGINE = Null
COMMENT 'Rows of trades that belong to just-closed buckets of ubt';

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__trades_hot__guard` TO `marketprism_features`.`ubt__guard` AS
SELECT
  throwIf(
    getSetting('min_insert_block_size_rows') < 10000000 OR getSetting('min_insert_block_size_bytes') > 0,
    'a close must be inserted as one block: the insert misses its block settings'
  )
  + throwIf(countIf(bucket__place = 0) > 0, 'a close must give each of its buckets its place, from 1')
  + throwIf(count() > 9000000, 'a close is too large for one block: insert fewer buckets at once') AS passed
FROM `marketprism_features`.`ubt__trades_hot`;

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__trades_hot__mv` TO `marketprism_features`.`ubt__trades_hot` AS
WITH (
  SELECT tuple(
    groupUniqArray((exchange, market_type, symbol)),
    min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
  )
  FROM `marketprism_features`.`ubt__close_0_hot`
) AS span
SELECT
  j.exchange AS exchange,
  j.market_type AS market_type,
  j.symbol AS symbol,
  j.bucket_id AS bucket_id,
  j.bucket_ts_start AS bucket_ts_start,
  j.bucket_ts_end AS bucket_ts_end,
  j.prev_ts_end AS prev_ts_end,
  j.available_at AS available_at,
  j.v AS v,
  j.bucket__place AS bucket__place,
  bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.trade_seq AS ord,
  toFloat64(j.price) AS price,
  if(j.side = 'buy', 1, -1) AS side,
  toDecimal256(j.quantity, 8) AS quantity_exact,
  toDecimal256(j.price, 8) * toDecimal256(j.quantity, 8) AS quote_exact
FROM (SELECT 1 AS one FROM `marketprism_features`.`ubt__close_0_hot` LIMIT 1) AS present
CROSS JOIN (
  SELECT
    b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
    b.bucket__place AS bucket__place,
    t.timestamp AS timestamp,
    t.trade_seq AS trade_seq,
    t.price AS price,
    t.quantity AS quantity,
    t.side AS side
  FROM (
    SELECT
      exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
    FROM `marketprism_hot`.`trades` FINAL
    WHERE late = 0
      AND (exchange, market_type, symbol) IN (span.1)
      AND timestamp >= span.2
      AND timestamp < span.5
  ) AS t
  ASOF INNER JOIN `marketprism_features`.`ubt__close_0_hot` AS b
    ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
    AND t.timestamp >= b.prev_ts_end
  WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
) AS j;

-- stream ubt.books, level 0, look-back 0

CREATE TABLE `marketprism_features`.`ubt__books_hot`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `prev_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `v` UInt64,
    `bucket__place` UInt32,
    `timestamp` DateTime64(3, 'UTC'),
    `ord` UInt128,
    `bid_px` Array(Float64),
    `bid_qty` Array(Float64),
    `ask_px` Array(Float64),
    `ask_qty` Array(Float64),
    `mid` Nullable(Float64)
)
ENGINE = Null
COMMENT 'Rows of orderbooks that belong to just-closed buckets of ubt';

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__books_hot__guard` TO `marketprism_features`.`ubt__guard` AS
SELECT
  throwIf(
    getSetting('min_insert_block_size_rows') < 10000000 OR getSetting('min_insert_block_size_bytes') > 0,
    'a close must be inserted as one block: the insert misses its block settings'
  )
  + throwIf(countIf(bucket__place = 0) > 0, 'a close must give each of its buckets its place, from 1')
  + throwIf(count() > 9000000, 'a close is too large for one block: insert fewer buckets at once') AS passed
FROM `marketprism_features`.`ubt__books_hot`;

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__books_hot__mv` TO `marketprism_features`.`ubt__books_hot` AS
WITH (
  SELECT tuple(
    groupUniqArray((exchange, market_type, symbol)),
    min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
  )
  FROM `marketprism_features`.`ubt__close_0_hot`
) AS span
SELECT
  j.exchange AS exchange,
  j.market_type AS market_type,
  j.symbol AS symbol,
  j.bucket_id AS bucket_id,
  j.bucket_ts_start AS bucket_ts_start,
  j.bucket_ts_end AS bucket_ts_end,
  j.prev_ts_end AS prev_ts_end,
  j.available_at AS available_at,
  j.v AS v,
  j.bucket__place AS bucket__place,
  j.timestamp AS timestamp,
  bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.book_seq AS ord,
  CAST(j.bid_px AS Array(Float64)) AS bid_px,
  CAST(j.bid_qty AS Array(Float64)) AS bid_qty,
  CAST(j.ask_px AS Array(Float64)) AS ask_px,
  CAST(j.ask_qty AS Array(Float64)) AS ask_qty,
  if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid
FROM (SELECT 1 AS one FROM `marketprism_features`.`ubt__close_0_hot` LIMIT 1) AS present
CROSS JOIN (
  -- the rows of the interval
  SELECT
    b.exchange AS exchange,
  b.market_type AS market_type,
  b.symbol AS symbol,
  b.bucket_id AS bucket_id,
  b.bucket_ts_start AS bucket_ts_start,
  b.bucket_ts_end AS bucket_ts_end,
  b.prev_ts_end AS prev_ts_end,
  b.available_at AS available_at,
  b.v AS v,
  b.bucket__place AS bucket__place,
    s.timestamp AS timestamp,
    s.book_seq AS book_seq,
    s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
    toUInt8(0) AS carry
  FROM (
    SELECT
      exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(bid_qty, 1, 1) AS bid_qty, arraySlice(ask_px, 1, 1) AS ask_px, arraySlice(ask_qty, 1, 1) AS ask_qty, available_at
    FROM `marketprism_hot`.`orderbooks` FINAL
    WHERE (exchange, market_type, symbol) IN (span.1)
      AND timestamp >= span.2 AND timestamp < span.5
  ) AS s
  ASOF INNER JOIN `marketprism_features`.`ubt__close_0_hot` AS b
    ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
    AND s.timestamp >= b.prev_ts_end
  WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
  UNION ALL
  -- the last snapshot before the interval, of those that were in time for their own bucket
  SELECT
    b.exchange AS exchange,
  b.market_type AS market_type,
  b.symbol AS symbol,
  b.bucket_id AS bucket_id,
  b.bucket_ts_start AS bucket_ts_start,
  b.bucket_ts_end AS bucket_ts_end,
  b.prev_ts_end AS prev_ts_end,
  b.available_at AS available_at,
  b.v AS v,
  b.bucket__place AS bucket__place,
    s.timestamp AS timestamp,
    s.book_seq AS book_seq,
    s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
    toUInt8(1) AS carry
  FROM `marketprism_features`.`ubt__close_0_hot` AS b
  ASOF INNER JOIN (
    SELECT
      s.exchange AS exchange,
      s.market_type AS market_type,
      s.symbol AS symbol,
      s.timestamp AS timestamp,
      s.book_seq AS book_seq,
      s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty
    FROM (
      SELECT
        exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(bid_qty, 1, 1) AS bid_qty, arraySlice(ask_px, 1, 1) AS ask_px, arraySlice(ask_qty, 1, 1) AS ask_qty, available_at
      FROM `marketprism_hot`.`orderbooks` FINAL
      WHERE (exchange, market_type, symbol) IN (span.1)
        AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
    ) AS s
    ASOF INNER JOIN (
      SELECT exchange, market_type, symbol, bucket_ts_end, available_at
      FROM `marketprism_features`.`unified_buckets`
      WHERE (exchange, market_type, symbol) IN (span.1)
        AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
        AND bucket_ts_end <= span.5
    ) AS own
      ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
      AND s.timestamp < own.bucket_ts_end
    WHERE s.available_at <= own.available_at
    ORDER BY s.book_seq DESC
    LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
  ) AS s
    ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
    AND b.prev_ts_end > s.timestamp
  WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
) AS j;

-- stream ubt.trades_lazy, level 0, look-back 0

CREATE TABLE `marketprism_features`.`ubt__trades_lazy`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `prev_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `v` UInt64,
    `bucket__place` UInt32,
    `timestamp` DateTime64(3, 'UTC'),
    `ord` UInt128,
    `price` Float64,
    `quote` Float64,
    `side` Int8,
    `quantity_lots` Int128,
    `price_ticks` Nullable(Int64),
    `quantity_exact` Decimal(76, 8),
    `quote_exact` Decimal(76, 16)
)
ENGINE = Null
COMMENT 'Rows of trades that belong to just-closed buckets of ubt';

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__trades_lazy__guard` TO `marketprism_features`.`ubt__guard` AS
SELECT
  throwIf(
    getSetting('min_insert_block_size_rows') < 10000000 OR getSetting('min_insert_block_size_bytes') > 0,
    'a close must be inserted as one block: the insert misses its block settings'
  )
  + throwIf(countIf(bucket__place = 0) > 0, 'a close must give each of its buckets its place, from 1')
  + throwIf(count() > 9000000, 'a close is too large for one block: insert fewer buckets at once') AS passed
FROM `marketprism_features`.`ubt__trades_lazy`;

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__trades_lazy__mv` TO `marketprism_features`.`ubt__trades_lazy` AS
WITH (
  SELECT tuple(
    groupUniqArray((exchange, market_type, symbol)),
    min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
  )
  FROM `marketprism_features`.`ubt__close_0_lazy`
) AS span
SELECT
  j.exchange AS exchange,
  j.market_type AS market_type,
  j.symbol AS symbol,
  j.bucket_id AS bucket_id,
  j.bucket_ts_start AS bucket_ts_start,
  j.bucket_ts_end AS bucket_ts_end,
  j.prev_ts_end AS prev_ts_end,
  j.available_at AS available_at,
  j.v AS v,
  j.bucket__place AS bucket__place,
  j.timestamp AS timestamp,
  bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.trade_seq AS ord,
  toFloat64(j.price) AS price,
  toFloat64(toDecimal256(j.price, 8) * j.quantity) AS quote,
  if(j.side = 'buy', 1, -1) AS side,
  reinterpretAsInt128(toDecimal128(j.quantity, 8)) AS quantity_lots,
  intDiv(reinterpretAsInt64(toDecimal64(j.price, 8)), nullIf(multiIf(j.exchange = 'binance' AND j.market_type = 'spot' AND j.symbol = 'BTCUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'spot' AND j.symbol = 'ETHUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'BTCUSDT', reinterpretAsInt64(toDecimal64('0.1', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'ETHUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'SOLUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'coinbase' AND j.market_type = 'spot' AND j.symbol = 'BTC-USD', reinterpretAsInt64(toDecimal64('0.01', 8)), toInt64(0)), 0)) AS price_ticks,
  toDecimal256(j.quantity, 8) AS quantity_exact,
  toDecimal256(j.price, 8) * toDecimal256(j.quantity, 8) AS quote_exact
FROM (SELECT 1 AS one FROM `marketprism_features`.`ubt__close_0_lazy` LIMIT 1) AS present
CROSS JOIN (
  SELECT
    b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
    b.bucket__place AS bucket__place,
    t.timestamp AS timestamp,
    t.trade_seq AS trade_seq,
    t.price AS price,
    t.quantity AS quantity,
    t.side AS side
  FROM (
    SELECT
      exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
    FROM `marketprism_hot`.`trades` FINAL
    WHERE late = 0
      AND (exchange, market_type, symbol) IN (span.1)
      AND timestamp >= span.2
      AND timestamp < span.5
  ) AS t
  ASOF INNER JOIN `marketprism_features`.`ubt__close_0_lazy` AS b
    ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
    AND t.timestamp >= b.prev_ts_end
  WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
) AS j;

-- stream ubt.books_lazy, level 0, look-back 0

CREATE TABLE `marketprism_features`.`ubt__books_lazy`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `prev_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `v` UInt64,
    `bucket__place` UInt32,
    `timestamp` DateTime64(3, 'UTC'),
    `ord` UInt128,
    `bid_px` Array(Float64),
    `bid_qty` Array(Float64),
    `ask_px` Array(Float64),
    `ask_qty` Array(Float64),
    `mid` Nullable(Float64),
    `carry` UInt8
)
ENGINE = Null
COMMENT 'Rows of orderbooks that belong to just-closed buckets of ubt';

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__books_lazy__guard` TO `marketprism_features`.`ubt__guard` AS
SELECT
  throwIf(
    getSetting('min_insert_block_size_rows') < 10000000 OR getSetting('min_insert_block_size_bytes') > 0,
    'a close must be inserted as one block: the insert misses its block settings'
  )
  + throwIf(countIf(bucket__place = 0) > 0, 'a close must give each of its buckets its place, from 1')
  + throwIf(count() > 9000000, 'a close is too large for one block: insert fewer buckets at once') AS passed
FROM `marketprism_features`.`ubt__books_lazy`;

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__books_lazy__mv` TO `marketprism_features`.`ubt__books_lazy` AS
WITH (
  SELECT tuple(
    groupUniqArray((exchange, market_type, symbol)),
    min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
  )
  FROM `marketprism_features`.`ubt__close_0_lazy`
) AS span
SELECT
  j.exchange AS exchange,
  j.market_type AS market_type,
  j.symbol AS symbol,
  j.bucket_id AS bucket_id,
  j.bucket_ts_start AS bucket_ts_start,
  j.bucket_ts_end AS bucket_ts_end,
  j.prev_ts_end AS prev_ts_end,
  j.available_at AS available_at,
  j.v AS v,
  j.bucket__place AS bucket__place,
  j.timestamp AS timestamp,
  bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.book_seq AS ord,
  CAST(j.bid_px AS Array(Float64)) AS bid_px,
  CAST(j.bid_qty AS Array(Float64)) AS bid_qty,
  CAST(j.ask_px AS Array(Float64)) AS ask_px,
  CAST(j.ask_qty AS Array(Float64)) AS ask_qty,
  if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid,
  j.carry AS carry
FROM (SELECT 1 AS one FROM `marketprism_features`.`ubt__close_0_lazy` LIMIT 1) AS present
CROSS JOIN (
  -- the rows of the interval
  SELECT
    b.exchange AS exchange,
  b.market_type AS market_type,
  b.symbol AS symbol,
  b.bucket_id AS bucket_id,
  b.bucket_ts_start AS bucket_ts_start,
  b.bucket_ts_end AS bucket_ts_end,
  b.prev_ts_end AS prev_ts_end,
  b.available_at AS available_at,
  b.v AS v,
  b.bucket__place AS bucket__place,
    s.timestamp AS timestamp,
    s.book_seq AS book_seq,
    s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
    toUInt8(0) AS carry
  FROM (
    SELECT
      exchange, market_type, symbol, timestamp, book_seq, bid_px, bid_qty, ask_px, ask_qty, available_at
    FROM `marketprism_hot`.`orderbooks` FINAL
    WHERE (exchange, market_type, symbol) IN (span.1)
      AND timestamp >= span.2 AND timestamp < span.5
  ) AS s
  ASOF INNER JOIN `marketprism_features`.`ubt__close_0_lazy` AS b
    ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
    AND s.timestamp >= b.prev_ts_end
  WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
  UNION ALL
  -- the last snapshot before the interval, of those that were in time for their own bucket
  SELECT
    b.exchange AS exchange,
  b.market_type AS market_type,
  b.symbol AS symbol,
  b.bucket_id AS bucket_id,
  b.bucket_ts_start AS bucket_ts_start,
  b.bucket_ts_end AS bucket_ts_end,
  b.prev_ts_end AS prev_ts_end,
  b.available_at AS available_at,
  b.v AS v,
  b.bucket__place AS bucket__place,
    s.timestamp AS timestamp,
    s.book_seq AS book_seq,
    s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
    toUInt8(1) AS carry
  FROM `marketprism_features`.`ubt__close_0_lazy` AS b
  ASOF INNER JOIN (
    SELECT
      s.exchange AS exchange,
      s.market_type AS market_type,
      s.symbol AS symbol,
      s.timestamp AS timestamp,
      s.book_seq AS book_seq,
      s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty
    FROM (
      SELECT
        exchange, market_type, symbol, timestamp, book_seq, bid_px, bid_qty, ask_px, ask_qty, available_at
      FROM `marketprism_hot`.`orderbooks` FINAL
      WHERE (exchange, market_type, symbol) IN (span.1)
        AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
    ) AS s
    ASOF INNER JOIN (
      SELECT exchange, market_type, symbol, bucket_ts_end, available_at
      FROM `marketprism_features`.`unified_buckets`
      WHERE (exchange, market_type, symbol) IN (span.1)
        AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
        AND bucket_ts_end <= span.5
    ) AS own
      ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
      AND s.timestamp < own.bucket_ts_end
    WHERE s.available_at <= own.available_at
    ORDER BY s.book_seq DESC
    LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
  ) AS s
    ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
    AND b.prev_ts_end > s.timestamp
  WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
) AS j;

-- stream ubt.events_lazy, level 0, look-back 0

CREATE TABLE `marketprism_features`.`ubt__events_lazy`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `prev_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `v` UInt64,
    `bucket__place` UInt32,
    `timestamp` DateTime64(3, 'UTC'),
    `ord` UInt128,
    `is_trade` UInt8,
    `price` Nullable(Float64),
    `quantity` Nullable(Float64),
    `quote` Nullable(Float64),
    `side` Nullable(Int8),
    `quantity_exact` Nullable(Decimal(76, 8)),
    `quote_exact` Nullable(Decimal(76, 16)),
    `bid_px` Array(Float64),
    `bid_qty` Array(Float64),
    `ask_px` Array(Float64),
    `ask_qty` Array(Float64),
    `mid` Nullable(Float64),
    `carry` UInt8
)
ENGINE = Null
COMMENT 'Rows of trades and orderbooks that belong to just-closed buckets of ubt';

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__events_lazy__guard` TO `marketprism_features`.`ubt__guard` AS
SELECT
  throwIf(
    getSetting('min_insert_block_size_rows') < 10000000 OR getSetting('min_insert_block_size_bytes') > 0,
    'a close must be inserted as one block: the insert misses its block settings'
  )
  + throwIf(countIf(bucket__place = 0) > 0, 'a close must give each of its buckets its place, from 1')
  + throwIf(count() > 9000000, 'a close is too large for one block: insert fewer buckets at once') AS passed
FROM `marketprism_features`.`ubt__events_lazy`;

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__events_lazy__mv` TO `marketprism_features`.`ubt__events_lazy` AS
WITH (
  SELECT tuple(
    groupUniqArray((exchange, market_type, symbol)),
    min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
  )
  FROM `marketprism_features`.`ubt__close_0_lazy`
) AS span
SELECT
  j.exchange AS exchange,
  j.market_type AS market_type,
  j.symbol AS symbol,
  j.bucket_id AS bucket_id,
  j.bucket_ts_start AS bucket_ts_start,
  j.bucket_ts_end AS bucket_ts_end,
  j.prev_ts_end AS prev_ts_end,
  j.available_at AS available_at,
  j.v AS v,
  j.bucket__place AS bucket__place,
  j.timestamp AS timestamp,
  bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 65) + bitShiftLeft(toUInt128(1 - j.is_trade), 64) + j.seq AS ord,
  j.is_trade AS is_trade,
  if(j.is_trade = 1, toFloat64(j.price), NULL) AS price,
  if(j.is_trade = 1, toFloat64(j.quantity), NULL) AS quantity,
  if(j.is_trade = 1, toFloat64(toDecimal256(j.price, 8) * j.quantity), NULL) AS quote,
  if(j.is_trade = 1, if(j.side = 'buy', 1, -1), NULL) AS side,
  if(j.is_trade = 1, toDecimal256(j.quantity, 8), NULL) AS quantity_exact,
  if(j.is_trade = 1, toDecimal256(j.price, 8) * toDecimal256(j.quantity, 8), NULL) AS quote_exact,
  CAST(j.bid_px AS Array(Float64)) AS bid_px,
  CAST(j.bid_qty AS Array(Float64)) AS bid_qty,
  CAST(j.ask_px AS Array(Float64)) AS ask_px,
  CAST(j.ask_qty AS Array(Float64)) AS ask_qty,
  if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid,
  j.carry AS carry
FROM (SELECT 1 AS one FROM `marketprism_features`.`ubt__close_0_lazy` LIMIT 1) AS present
CROSS JOIN (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
    timestamp,
    toUInt8(1) AS is_trade,
    trade_seq AS seq,
    price, quantity, side,
    [] AS bid_px, [] AS bid_qty, [] AS ask_px, [] AS ask_qty,
    toUInt8(0) AS carry
  FROM (
    SELECT
      b.exchange AS exchange,
      b.market_type AS market_type,
      b.symbol AS symbol,
      b.bucket_id AS bucket_id,
      b.bucket_ts_start AS bucket_ts_start,
      b.bucket_ts_end AS bucket_ts_end,
      b.prev_ts_end AS prev_ts_end,
      b.available_at AS available_at,
      b.v AS v,
      b.bucket__place AS bucket__place,
      t.timestamp AS timestamp,
      t.trade_seq AS trade_seq,
      t.price AS price,
      t.quantity AS quantity,
      t.side AS side
    FROM (
      SELECT
        exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
      FROM `marketprism_hot`.`trades` FINAL
      WHERE late = 0
        AND (exchange, market_type, symbol) IN (span.1)
        AND timestamp >= span.2
        AND timestamp < span.5
    ) AS t
    ASOF INNER JOIN `marketprism_features`.`ubt__close_0_lazy` AS b
      ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
      AND t.timestamp >= b.prev_ts_end
    WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
  )
  UNION ALL
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
    timestamp,
    toUInt8(0) AS is_trade,
    book_seq AS seq,
    toDecimal64(0, 8) AS price, toDecimal128(0, 8) AS quantity, '' AS side,
    bid_px, bid_qty, ask_px, ask_qty,
    carry
  FROM (
    -- the rows of the interval
    SELECT
      b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
    b.bucket__place AS bucket__place,
      s.timestamp AS timestamp,
      s.book_seq AS book_seq,
      s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
      toUInt8(0) AS carry
    FROM (
      SELECT
        exchange, market_type, symbol, timestamp, book_seq, bid_px, bid_qty, ask_px, ask_qty, available_at
      FROM `marketprism_hot`.`orderbooks` FINAL
      WHERE (exchange, market_type, symbol) IN (span.1)
        AND timestamp >= span.2 AND timestamp < span.5
    ) AS s
    ASOF INNER JOIN `marketprism_features`.`ubt__close_0_lazy` AS b
      ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
      AND s.timestamp >= b.prev_ts_end
    WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
    UNION ALL
    -- the last snapshot before the interval, of those that were in time for their own bucket
    SELECT
      b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
    b.bucket__place AS bucket__place,
      s.timestamp AS timestamp,
      s.book_seq AS book_seq,
      s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
      toUInt8(1) AS carry
    FROM `marketprism_features`.`ubt__close_0_lazy` AS b
    ASOF INNER JOIN (
      SELECT
        s.exchange AS exchange,
        s.market_type AS market_type,
        s.symbol AS symbol,
        s.timestamp AS timestamp,
        s.book_seq AS book_seq,
        s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty
      FROM (
        SELECT
          exchange, market_type, symbol, timestamp, book_seq, bid_px, bid_qty, ask_px, ask_qty, available_at
        FROM `marketprism_hot`.`orderbooks` FINAL
        WHERE (exchange, market_type, symbol) IN (span.1)
          AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
      ) AS s
      ASOF INNER JOIN (
        SELECT exchange, market_type, symbol, bucket_ts_end, available_at
        FROM `marketprism_features`.`unified_buckets`
        WHERE (exchange, market_type, symbol) IN (span.1)
          AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
          AND bucket_ts_end <= span.5
      ) AS own
        ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
        AND s.timestamp < own.bucket_ts_end
      WHERE s.available_at <= own.available_at
      ORDER BY s.book_seq DESC
      LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
    ) AS s
      ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
      AND b.prev_ts_end > s.timestamp
    WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
  )
) AS j;

-- stream ubt.delay_30s_lazy, level 0, look-back 0

CREATE TABLE `marketprism_features`.`ubt__delay_30s_lazy`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `prev_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `v` UInt64,
    `bucket__place` UInt32
)
ENGINE = Null
COMMENT 'Buckets of ubt that ended 30s before a just-closed one';

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__delay_30s_lazy__mv_lazy` TO `marketprism_features`.`ubt__delay_30s_lazy` AS
-- The buckets for which a delay is over: a bucket is ripe as of the first bucket that ends so long after its end, and is computed
-- and known with that one.
WITH (
  SELECT tuple(
    groupUniqArray((exchange, market_type, symbol)),
    min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
  )
  FROM `marketprism_features`.`ubt__close_0_lazy`
) AS span
SELECT
  j.exchange AS exchange,
  j.market_type AS market_type,
  j.symbol AS symbol,
  j.bucket_id AS bucket_id,
  j.bucket_ts_start AS bucket_ts_start,
  j.bucket_ts_end AS bucket_ts_end,
  j.prev_ts_end AS prev_ts_end,
  j.available_at AS available_at,
  j.v AS v,
  j.bucket__place AS bucket__place
FROM (SELECT 1 AS one FROM `marketprism_features`.`ubt__close_0_lazy` LIMIT 1) AS present
CROSS JOIN (
  SELECT
    k.exchange AS exchange,
k.market_type AS market_type,
k.symbol AS symbol,
k.bucket_id AS bucket_id,
k.bucket_ts_start AS bucket_ts_start,
k.bucket_ts_end AS bucket_ts_end,
k.prev_ts_end AS prev_ts_end,
    s.available_at AS available_at,
    s.v AS v,
    toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end,
      bucket_ts_end + toIntervalMillisecond(30000) AS ripe_at
    FROM `marketprism_features`.`unified_buckets` FINAL
    WHERE (exchange, market_type, symbol) IN (span.1)
      AND bucket_ts_end + toIntervalMillisecond(30000) <= span.5
  ) AS k
  ASOF INNER JOIN (
    SELECT
      c.exchange AS exchange, c.market_type AS market_type, c.symbol AS symbol,
      c.bucket_ts_end AS bucket_ts_end, c.available_at AS available_at, c.v AS v,
      -- Of the first bucket there is none: everything is after 1970.
      ifNull(p.bucket_ts_end, toDateTime64(0, 3, 'UTC')) AS before_end
    FROM `marketprism_features`.`ubt__close_0_lazy` AS c
    LEFT JOIN (
      SELECT exchange, market_type, symbol, bucket_id + 1 AS next_id, bucket_ts_end
      FROM `marketprism_features`.`unified_buckets` FINAL
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT exchange, market_type, symbol, toUInt64(bucket_id - 1) FROM `marketprism_features`.`ubt__close_0_lazy`
      )
    ) AS p
      ON p.exchange = c.exchange AND p.market_type = c.market_type AND p.symbol = c.symbol AND p.next_id = c.bucket_id
  ) AS s
    ON s.exchange = k.exchange AND s.market_type = k.market_type AND s.symbol = k.symbol
    AND k.ripe_at > s.before_end
  WHERE k.ripe_at <= s.bucket_ts_end
) AS j;

-- stream ubt.delay_60s_lazy, level 0, look-back 0

CREATE TABLE `marketprism_features`.`ubt__delay_60s_lazy`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `prev_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `v` UInt64,
    `bucket__place` UInt32
)
ENGINE = Null
COMMENT 'Buckets of ubt that ended 60s before a just-closed one';

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__delay_60s_lazy__mv_lazy` TO `marketprism_features`.`ubt__delay_60s_lazy` AS
-- The buckets for which a delay is over: a bucket is ripe as of the first bucket that ends so long after its end, and is computed
-- and known with that one.
WITH (
  SELECT tuple(
    groupUniqArray((exchange, market_type, symbol)),
    min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
  )
  FROM `marketprism_features`.`ubt__close_0_lazy`
) AS span
SELECT
  j.exchange AS exchange,
  j.market_type AS market_type,
  j.symbol AS symbol,
  j.bucket_id AS bucket_id,
  j.bucket_ts_start AS bucket_ts_start,
  j.bucket_ts_end AS bucket_ts_end,
  j.prev_ts_end AS prev_ts_end,
  j.available_at AS available_at,
  j.v AS v,
  j.bucket__place AS bucket__place
FROM (SELECT 1 AS one FROM `marketprism_features`.`ubt__close_0_lazy` LIMIT 1) AS present
CROSS JOIN (
  SELECT
    k.exchange AS exchange,
k.market_type AS market_type,
k.symbol AS symbol,
k.bucket_id AS bucket_id,
k.bucket_ts_start AS bucket_ts_start,
k.bucket_ts_end AS bucket_ts_end,
k.prev_ts_end AS prev_ts_end,
    s.available_at AS available_at,
    s.v AS v,
    toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end,
      bucket_ts_end + toIntervalMillisecond(60000) AS ripe_at
    FROM `marketprism_features`.`unified_buckets` FINAL
    WHERE (exchange, market_type, symbol) IN (span.1)
      AND bucket_ts_end + toIntervalMillisecond(60000) <= span.5
  ) AS k
  ASOF INNER JOIN (
    SELECT
      c.exchange AS exchange, c.market_type AS market_type, c.symbol AS symbol,
      c.bucket_ts_end AS bucket_ts_end, c.available_at AS available_at, c.v AS v,
      -- Of the first bucket there is none: everything is after 1970.
      ifNull(p.bucket_ts_end, toDateTime64(0, 3, 'UTC')) AS before_end
    FROM `marketprism_features`.`ubt__close_0_lazy` AS c
    LEFT JOIN (
      SELECT exchange, market_type, symbol, bucket_id + 1 AS next_id, bucket_ts_end
      FROM `marketprism_features`.`unified_buckets` FINAL
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT exchange, market_type, symbol, toUInt64(bucket_id - 1) FROM `marketprism_features`.`ubt__close_0_lazy`
      )
    ) AS p
      ON p.exchange = c.exchange AND p.market_type = c.market_type AND p.symbol = c.symbol AND p.next_id = c.bucket_id
  ) AS s
    ON s.exchange = k.exchange AND s.market_type = k.market_type AND s.symbol = k.symbol
    AND k.ripe_at > s.before_end
  WHERE k.ripe_at <= s.bucket_ts_end
) AS j;

-- fused ubt.trades.1ebe1119, level 0, look-back 0

CREATE TABLE `marketprism_features`.`ubt__trades_fused__1ebe1119`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `order_flow__buy_volume` Nullable(Float64) COMMENT 'Volume of the trades in which the taker bought' CODEC(ZSTD(1)),
    `order_flow__sell_volume` Nullable(Float64) COMMENT 'Volume of the trades in which the taker sold' CODEC(ZSTD(1)),
    `order_flow__volume` Nullable(Float64) COMMENT 'All volume; at least the clock\'s size, unless the bucket was closed by time' CODEC(ZSTD(1)),
    `order_flow__quote_volume` Nullable(Float64) COMMENT 'Sum of price times quantity' CODEC(ZSTD(1)),
    `order_flow__trades` Nullable(Float64) COMMENT 'Number of trades' CODEC(ZSTD(1)),
    `order_flow__vwap` Nullable(Float64) COMMENT 'Volume-weighted average price' CODEC(ZSTD(1)),
    `order_flow__open` Nullable(Float64) COMMENT 'Price of the first trade' CODEC(ZSTD(1)),
    `order_flow__high` Nullable(Float64) COMMENT 'Highest price' CODEC(ZSTD(1)),
    `order_flow__low` Nullable(Float64) COMMENT 'Lowest price' CODEC(ZSTD(1)),
    `order_flow__close` Nullable(Float64) COMMENT 'Price of the last trade' CODEC(ZSTD(1)),
    `order_flow__imbalance` Nullable(Float64) COMMENT 'Signed share of the volume; +1 when every taker bought' CODEC(ZSTD(1)),
    `order_flow__duration_s` Nullable(Float64) COMMENT 'From the bucket\'s first trade to its end, to the millisecond; never 0' CODEC(ZSTD(1)),
    `trade_impact__price_change` Nullable(Float64) COMMENT 'Last trade\'s price minus the first\'s' CODEC(ZSTD(1)),
    `trade_impact__signed_volume` Nullable(Float64) COMMENT 'Volume bought minus volume sold, by the side of the taker' CODEC(ZSTD(1)),
    `trade_impact__trade_impact_ratio` Nullable(Float64) COMMENT 'Diagnostic; heavy tails where the signed volume is near 0. Kyle\'s lambda is estimated from mids, not from this' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Views of ubt over trades that were built together';

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__trades_fused__1ebe1119__mv` TO `marketprism_features`.`ubt__trades_fused__1ebe1119` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`order_flow__buy_volume`)), ifNotFinite(toFloat64(`order_flow__buy_volume`), 0), NULL) AS Nullable(Float64)) AS `order_flow__buy_volume`,
  CAST(if(isFinite(toFloat64(`order_flow__sell_volume`)), ifNotFinite(toFloat64(`order_flow__sell_volume`), 0), NULL) AS Nullable(Float64)) AS `order_flow__sell_volume`,
  CAST(if(isFinite(toFloat64(`order_flow__volume`)), ifNotFinite(toFloat64(`order_flow__volume`), 0), NULL) AS Nullable(Float64)) AS `order_flow__volume`,
  CAST(if(isFinite(toFloat64(`order_flow__quote_volume`)), ifNotFinite(toFloat64(`order_flow__quote_volume`), 0), NULL) AS Nullable(Float64)) AS `order_flow__quote_volume`,
  CAST(if(isFinite(toFloat64(`order_flow__trades`)), ifNotFinite(toFloat64(`order_flow__trades`), 0), NULL) AS Nullable(Float64)) AS `order_flow__trades`,
  CAST(if(isFinite(toFloat64(`order_flow__vwap`)), ifNotFinite(toFloat64(`order_flow__vwap`), 0), NULL) AS Nullable(Float64)) AS `order_flow__vwap`,
  CAST(if(isFinite(toFloat64(`order_flow__open`)), ifNotFinite(toFloat64(`order_flow__open`), 0), NULL) AS Nullable(Float64)) AS `order_flow__open`,
  CAST(if(isFinite(toFloat64(`order_flow__high`)), ifNotFinite(toFloat64(`order_flow__high`), 0), NULL) AS Nullable(Float64)) AS `order_flow__high`,
  CAST(if(isFinite(toFloat64(`order_flow__low`)), ifNotFinite(toFloat64(`order_flow__low`), 0), NULL) AS Nullable(Float64)) AS `order_flow__low`,
  CAST(if(isFinite(toFloat64(`order_flow__close`)), ifNotFinite(toFloat64(`order_flow__close`), 0), NULL) AS Nullable(Float64)) AS `order_flow__close`,
  CAST(if(isFinite(toFloat64(`order_flow__imbalance`)), ifNotFinite(toFloat64(`order_flow__imbalance`), 0), NULL) AS Nullable(Float64)) AS `order_flow__imbalance`,
  CAST(if(isFinite(toFloat64(`order_flow__duration_s`)), ifNotFinite(toFloat64(`order_flow__duration_s`), 0), NULL) AS Nullable(Float64)) AS `order_flow__duration_s`,
  CAST(if(isFinite(toFloat64(`trade_impact__price_change`)), ifNotFinite(toFloat64(`trade_impact__price_change`), 0), NULL) AS Nullable(Float64)) AS `trade_impact__price_change`,
  CAST(if(isFinite(toFloat64(`trade_impact__signed_volume`)), ifNotFinite(toFloat64(`trade_impact__signed_volume`), 0), NULL) AS Nullable(Float64)) AS `trade_impact__signed_volume`,
  CAST(if(isFinite(toFloat64(`trade_impact__trade_impact_ratio`)), ifNotFinite(toFloat64(`trade_impact__trade_impact_ratio`), 0), NULL) AS Nullable(Float64)) AS `trade_impact__trade_impact_ratio`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, bucket_ts_start, bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    toFloat64(toString(sumIf(quantity_exact, side > 0))) AS `order_flow__buy_volume`,
    toFloat64(toString(sumIf(quantity_exact, side < 0))) AS `order_flow__sell_volume`,
    toFloat64(toString(sum(quantity_exact))) AS `order_flow__volume`,
    toFloat64(toString(sum(quote_exact))) AS `order_flow__quote_volume`,
    count() AS `order_flow__trades`,
    `order_flow__quote_volume` / nullIf(`order_flow__volume`, 0) AS `order_flow__vwap`,
    argMin(price, ord) AS `order_flow__open`,
    max(price) AS `order_flow__high`,
    min(price) AS `order_flow__low`,
    argMax(price, ord) AS `order_flow__close`,
    (`order_flow__buy_volume` - `order_flow__sell_volume`) / nullIf(`order_flow__volume`, 0) AS `order_flow__imbalance`,
    dateDiff('millisecond', bucket_ts_start, bucket_ts_end) / 1000 AS `order_flow__duration_s`,
    argMax(price, ord) - argMin(price, ord) AS `trade_impact__price_change`,
    toFloat64(toString(sum(side * quantity_exact))) AS `trade_impact__signed_volume`,
    `trade_impact__price_change` / nullIf(`trade_impact__signed_volume`, 0) AS `trade_impact__trade_impact_ratio`
  FROM `marketprism_features`.`ubt__trades_hot`
  GROUP BY bucket__place, bucket_ts_start, bucket_ts_end
);

INSERT INTO `marketprism_features`.`ubt__trades_fused__1ebe1119` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `order_flow__buy_volume`, `order_flow__sell_volume`, `order_flow__volume`, `order_flow__quote_volume`, `order_flow__trades`, `order_flow__vwap`, `order_flow__open`, `order_flow__high`, `order_flow__low`, `order_flow__close`, `order_flow__imbalance`, `order_flow__duration_s`, `trade_impact__price_change`, `trade_impact__signed_volume`, `trade_impact__trade_impact_ratio`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`order_flow__buy_volume`)), ifNotFinite(toFloat64(`order_flow__buy_volume`), 0), NULL) AS Nullable(Float64)) AS `order_flow__buy_volume`,
  CAST(if(isFinite(toFloat64(`order_flow__sell_volume`)), ifNotFinite(toFloat64(`order_flow__sell_volume`), 0), NULL) AS Nullable(Float64)) AS `order_flow__sell_volume`,
  CAST(if(isFinite(toFloat64(`order_flow__volume`)), ifNotFinite(toFloat64(`order_flow__volume`), 0), NULL) AS Nullable(Float64)) AS `order_flow__volume`,
  CAST(if(isFinite(toFloat64(`order_flow__quote_volume`)), ifNotFinite(toFloat64(`order_flow__quote_volume`), 0), NULL) AS Nullable(Float64)) AS `order_flow__quote_volume`,
  CAST(if(isFinite(toFloat64(`order_flow__trades`)), ifNotFinite(toFloat64(`order_flow__trades`), 0), NULL) AS Nullable(Float64)) AS `order_flow__trades`,
  CAST(if(isFinite(toFloat64(`order_flow__vwap`)), ifNotFinite(toFloat64(`order_flow__vwap`), 0), NULL) AS Nullable(Float64)) AS `order_flow__vwap`,
  CAST(if(isFinite(toFloat64(`order_flow__open`)), ifNotFinite(toFloat64(`order_flow__open`), 0), NULL) AS Nullable(Float64)) AS `order_flow__open`,
  CAST(if(isFinite(toFloat64(`order_flow__high`)), ifNotFinite(toFloat64(`order_flow__high`), 0), NULL) AS Nullable(Float64)) AS `order_flow__high`,
  CAST(if(isFinite(toFloat64(`order_flow__low`)), ifNotFinite(toFloat64(`order_flow__low`), 0), NULL) AS Nullable(Float64)) AS `order_flow__low`,
  CAST(if(isFinite(toFloat64(`order_flow__close`)), ifNotFinite(toFloat64(`order_flow__close`), 0), NULL) AS Nullable(Float64)) AS `order_flow__close`,
  CAST(if(isFinite(toFloat64(`order_flow__imbalance`)), ifNotFinite(toFloat64(`order_flow__imbalance`), 0), NULL) AS Nullable(Float64)) AS `order_flow__imbalance`,
  CAST(if(isFinite(toFloat64(`order_flow__duration_s`)), ifNotFinite(toFloat64(`order_flow__duration_s`), 0), NULL) AS Nullable(Float64)) AS `order_flow__duration_s`,
  CAST(if(isFinite(toFloat64(`trade_impact__price_change`)), ifNotFinite(toFloat64(`trade_impact__price_change`), 0), NULL) AS Nullable(Float64)) AS `trade_impact__price_change`,
  CAST(if(isFinite(toFloat64(`trade_impact__signed_volume`)), ifNotFinite(toFloat64(`trade_impact__signed_volume`), 0), NULL) AS Nullable(Float64)) AS `trade_impact__signed_volume`,
  CAST(if(isFinite(toFloat64(`trade_impact__trade_impact_ratio`)), ifNotFinite(toFloat64(`trade_impact__trade_impact_ratio`), 0), NULL) AS Nullable(Float64)) AS `trade_impact__trade_impact_ratio`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, bucket_ts_start, bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    toFloat64(toString(sumIf(quantity_exact, side > 0))) AS `order_flow__buy_volume`,
    toFloat64(toString(sumIf(quantity_exact, side < 0))) AS `order_flow__sell_volume`,
    toFloat64(toString(sum(quantity_exact))) AS `order_flow__volume`,
    toFloat64(toString(sum(quote_exact))) AS `order_flow__quote_volume`,
    count() AS `order_flow__trades`,
    `order_flow__quote_volume` / nullIf(`order_flow__volume`, 0) AS `order_flow__vwap`,
    argMin(price, ord) AS `order_flow__open`,
    max(price) AS `order_flow__high`,
    min(price) AS `order_flow__low`,
    argMax(price, ord) AS `order_flow__close`,
    (`order_flow__buy_volume` - `order_flow__sell_volume`) / nullIf(`order_flow__volume`, 0) AS `order_flow__imbalance`,
    dateDiff('millisecond', bucket_ts_start, bucket_ts_end) / 1000 AS `order_flow__duration_s`,
    argMax(price, ord) - argMin(price, ord) AS `trade_impact__price_change`,
    toFloat64(toString(sum(side * quantity_exact))) AS `trade_impact__signed_volume`,
    `trade_impact__price_change` / nullIf(`trade_impact__signed_volume`, 0) AS `trade_impact__trade_impact_ratio`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM buckets
    ) AS span
    SELECT
      j.exchange AS exchange,
      j.market_type AS market_type,
      j.symbol AS symbol,
      j.bucket_id AS bucket_id,
      j.bucket_ts_start AS bucket_ts_start,
      j.bucket_ts_end AS bucket_ts_end,
      j.prev_ts_end AS prev_ts_end,
      j.available_at AS available_at,
      j.v AS v,
      j.bucket__place AS bucket__place,
      bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.trade_seq AS ord,
      toFloat64(j.price) AS price,
      if(j.side = 'buy', 1, -1) AS side,
      toDecimal256(j.quantity, 8) AS quantity_exact,
      toDecimal256(j.price, 8) * toDecimal256(j.quantity, 8) AS quote_exact
    FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
    CROSS JOIN (
      SELECT
        b.exchange AS exchange,
        b.market_type AS market_type,
        b.symbol AS symbol,
        b.bucket_id AS bucket_id,
        b.bucket_ts_start AS bucket_ts_start,
        b.bucket_ts_end AS bucket_ts_end,
        b.prev_ts_end AS prev_ts_end,
        b.available_at AS available_at,
        b.v AS v,
        b.bucket__place AS bucket__place,
        t.timestamp AS timestamp,
        t.trade_seq AS trade_seq,
        t.price AS price,
        t.quantity AS quantity,
        t.side AS side
      FROM (
        SELECT
          exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
        FROM `marketprism_hot`.`trades` FINAL
        WHERE late = 0
          AND (exchange, market_type, symbol) IN (span.1)
          AND timestamp >= span.2
          AND timestamp < span.5
      ) AS t
      ASOF INNER JOIN buckets AS b
        ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
        AND t.timestamp >= b.prev_ts_end
      WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
    ) AS j
  )
  GROUP BY bucket__place, bucket_ts_start, bucket_ts_end
);

-- view book_changes, level 0, look-back 0

CREATE TABLE `marketprism_features`.`book_changes__2b99f0ba`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `elapsed_s` Nullable(Float64) COMMENT 'Time between the snapshots that are compared' CODEC(ZSTD(1)),
    `bid_added` Nullable(Float64) COMMENT 'Sizes that grew on the bid side, with what was executed there added back' CODEC(ZSTD(1)),
    `bid_cancelled` Nullable(Float64) COMMENT 'Sizes that shrank on the bid side for another reason than a trade' CODEC(ZSTD(1)),
    `bid_executed` Nullable(Float64) COMMENT 'Volume of takers that sold, at prices that both snapshots show' CODEC(ZSTD(1)),
    `ask_added` Nullable(Float64) COMMENT 'The same of the ask side' CODEC(ZSTD(1)),
    `ask_cancelled` Nullable(Float64) COMMENT 'The same of the ask side' CODEC(ZSTD(1)),
    `ask_executed` Nullable(Float64) COMMENT 'Volume of takers that bought' CODEC(ZSTD(1)),
    `bid_add_rate` Nullable(Float64) COMMENT 'bid_added a second' CODEC(ZSTD(1)),
    `bid_cancel_rate` Nullable(Float64) COMMENT 'bid_cancelled a second' CODEC(ZSTD(1)),
    `bid_exec_rate` Nullable(Float64) COMMENT 'bid_executed a second' CODEC(ZSTD(1)),
    `bid_net_rate` Nullable(Float64) COMMENT 'Added minus cancelled a second' CODEC(ZSTD(1)),
    `ask_add_rate` Nullable(Float64) COMMENT 'ask_added a second' CODEC(ZSTD(1)),
    `ask_cancel_rate` Nullable(Float64) COMMENT 'ask_cancelled a second' CODEC(ZSTD(1)),
    `ask_exec_rate` Nullable(Float64) COMMENT 'ask_executed a second' CODEC(ZSTD(1)),
    `ask_net_rate` Nullable(Float64) COMMENT 'Added minus cancelled a second' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'What was added to and cancelled from the book between snapshots of one bucket, price by price; lower bounds';

CREATE MATERIALIZED VIEW `marketprism_features`.`book_changes__2b99f0ba__mv_lazy` TO `marketprism_features`.`book_changes__2b99f0ba` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`elapsed_s`)), ifNotFinite(toFloat64(`elapsed_s`), 0), NULL) AS Nullable(Float64)) AS `elapsed_s`,
  CAST(if(isFinite(toFloat64(`bid_added`)), ifNotFinite(toFloat64(`bid_added`), 0), NULL) AS Nullable(Float64)) AS `bid_added`,
  CAST(if(isFinite(toFloat64(`bid_cancelled`)), ifNotFinite(toFloat64(`bid_cancelled`), 0), NULL) AS Nullable(Float64)) AS `bid_cancelled`,
  CAST(if(isFinite(toFloat64(`bid_executed`)), ifNotFinite(toFloat64(`bid_executed`), 0), NULL) AS Nullable(Float64)) AS `bid_executed`,
  CAST(if(isFinite(toFloat64(`ask_added`)), ifNotFinite(toFloat64(`ask_added`), 0), NULL) AS Nullable(Float64)) AS `ask_added`,
  CAST(if(isFinite(toFloat64(`ask_cancelled`)), ifNotFinite(toFloat64(`ask_cancelled`), 0), NULL) AS Nullable(Float64)) AS `ask_cancelled`,
  CAST(if(isFinite(toFloat64(`ask_executed`)), ifNotFinite(toFloat64(`ask_executed`), 0), NULL) AS Nullable(Float64)) AS `ask_executed`,
  CAST(if(isFinite(toFloat64(`bid_add_rate`)), ifNotFinite(toFloat64(`bid_add_rate`), 0), NULL) AS Nullable(Float64)) AS `bid_add_rate`,
  CAST(if(isFinite(toFloat64(`bid_cancel_rate`)), ifNotFinite(toFloat64(`bid_cancel_rate`), 0), NULL) AS Nullable(Float64)) AS `bid_cancel_rate`,
  CAST(if(isFinite(toFloat64(`bid_exec_rate`)), ifNotFinite(toFloat64(`bid_exec_rate`), 0), NULL) AS Nullable(Float64)) AS `bid_exec_rate`,
  CAST(if(isFinite(toFloat64(`bid_net_rate`)), ifNotFinite(toFloat64(`bid_net_rate`), 0), NULL) AS Nullable(Float64)) AS `bid_net_rate`,
  CAST(if(isFinite(toFloat64(`ask_add_rate`)), ifNotFinite(toFloat64(`ask_add_rate`), 0), NULL) AS Nullable(Float64)) AS `ask_add_rate`,
  CAST(if(isFinite(toFloat64(`ask_cancel_rate`)), ifNotFinite(toFloat64(`ask_cancel_rate`), 0), NULL) AS Nullable(Float64)) AS `ask_cancel_rate`,
  CAST(if(isFinite(toFloat64(`ask_exec_rate`)), ifNotFinite(toFloat64(`ask_exec_rate`), 0), NULL) AS Nullable(Float64)) AS `ask_exec_rate`,
  CAST(if(isFinite(toFloat64(`ask_net_rate`)), ifNotFinite(toFloat64(`ask_net_rate`), 0), NULL) AS Nullable(Float64)) AS `ask_net_rate`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    if(countIf(NOT isFinite(passed_ms)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(passed_ms, 0), 30) + isFinite(passed_ms) * 0)))) / 1000 AS `elapsed_s`,
    if(countIf(NOT isFinite(arraySum(arrayMap(n -> greatest(n, 0), bid_net)))) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(arraySum(arrayMap(n -> greatest(n, 0), bid_net)), 0), 30) + isFinite(arraySum(arrayMap(n -> greatest(n, 0), bid_net))) * 0)))) AS `bid_added`,
    if(countIf(NOT isFinite(arraySum(arrayMap(n -> greatest(- n, 0), bid_net)))) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(arraySum(arrayMap(n -> greatest(- n, 0), bid_net)), 0), 30) + isFinite(arraySum(arrayMap(n -> greatest(- n, 0), bid_net))) * 0)))) AS `bid_cancelled`,
    if(countIf(NOT isFinite(arraySum(bid_done))) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(arraySum(bid_done), 0), 30) + isFinite(arraySum(bid_done)) * 0)))) AS `bid_executed`,
    if(countIf(NOT isFinite(arraySum(arrayMap(n -> greatest(n, 0), ask_net)))) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(arraySum(arrayMap(n -> greatest(n, 0), ask_net)), 0), 30) + isFinite(arraySum(arrayMap(n -> greatest(n, 0), ask_net))) * 0)))) AS `ask_added`,
    if(countIf(NOT isFinite(arraySum(arrayMap(n -> greatest(- n, 0), ask_net)))) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(arraySum(arrayMap(n -> greatest(- n, 0), ask_net)), 0), 30) + isFinite(arraySum(arrayMap(n -> greatest(- n, 0), ask_net))) * 0)))) AS `ask_cancelled`,
    if(countIf(NOT isFinite(arraySum(ask_done))) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(arraySum(ask_done), 0), 30) + isFinite(arraySum(ask_done)) * 0)))) AS `ask_executed`,
    bid_added / nullIf(elapsed_s, 0) AS `bid_add_rate`,
    bid_cancelled / nullIf(elapsed_s, 0) AS `bid_cancel_rate`,
    bid_executed / nullIf(elapsed_s, 0) AS `bid_exec_rate`,
    bid_add_rate - bid_cancel_rate AS `bid_net_rate`,
    ask_added / nullIf(elapsed_s, 0) AS `ask_add_rate`,
    ask_cancelled / nullIf(elapsed_s, 0) AS `ask_cancel_rate`,
    ask_executed / nullIf(elapsed_s, 0) AS `ask_exec_rate`,
    ask_add_rate - ask_cancel_rate AS `ask_net_rate`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `timestamp`,
      `ord`,
      `is_trade`,
      `price`,
      `side`,
      `quantity_exact`,
      `bid_px`,
      `bid_qty`,
      `ask_px`,
      `ask_qty`,
      `carry`,
      `interval`,
      `ends`,
      `traded`,
      `nth`,
      `trade_px`,
      `trade_qty`,
      `trade_side`,
      `bid_before`,
      `bid_qty_before`,
      `ask_before`,
      `ask_qty_before`,
      `before_ms`,
      `passed_ms`,
      `bid_prices`,
      `ask_prices`,
      `hit_px`,
      `hit_qty`,
      `lift_px`,
      `lift_qty`,
      `bid_done`,
      `ask_done`,
      arrayMap((p, d) -> round(bid_qty[indexOf(bid_px, p)] - bid_qty_before[indexOf(bid_before, p)] + d, 8), bid_prices, bid_done) AS `bid_net`,
      arrayMap((p, d) -> round(ask_qty[indexOf(ask_px, p)] - ask_qty_before[indexOf(ask_before, p)] + d, 8), ask_prices, ask_done) AS `ask_net`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `timestamp`,
        `ord`,
        `is_trade`,
        `price`,
        `side`,
        `quantity_exact`,
        `bid_px`,
        `bid_qty`,
        `ask_px`,
        `ask_qty`,
        `carry`,
        `interval`,
        `ends`,
        `traded`,
        `nth`,
        `trade_px`,
        `trade_qty`,
        `trade_side`,
        `bid_before`,
        `bid_qty_before`,
        `ask_before`,
        `ask_qty_before`,
        `before_ms`,
        `passed_ms`,
        `bid_prices`,
        `ask_prices`,
        `hit_px`,
        `hit_qty`,
        `lift_px`,
        `lift_qty`,
        arrayMap(p -> hit_qty[indexOf(hit_px, p)], bid_prices) AS `bid_done`,
        arrayMap(p -> lift_qty[indexOf(lift_px, p)], ask_prices) AS `ask_done`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `ord`,
          `is_trade`,
          `price`,
          `side`,
          `quantity_exact`,
          `bid_px`,
          `bid_qty`,
          `ask_px`,
          `ask_qty`,
          `carry`,
          `interval`,
          `ends`,
          `traded`,
          `nth`,
          `trade_px`,
          `trade_qty`,
          `trade_side`,
          `bid_before`,
          `bid_qty_before`,
          `ask_before`,
          `ask_qty_before`,
          `before_ms`,
          `passed_ms`,
          `bid_prices`,
          `ask_prices`,
          arrayFilter((p, s) -> s < 0, trade_px, trade_side) AS `hit_px`,
          arrayFilter((q, s) -> s < 0, trade_qty, trade_side) AS `hit_qty`,
          arrayFilter((p, s) -> s > 0, trade_px, trade_side) AS `lift_px`,
          arrayFilter((q, s) -> s > 0, trade_qty, trade_side) AS `lift_qty`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `ord`,
            `is_trade`,
            `price`,
            `side`,
            `quantity_exact`,
            `bid_px`,
            `bid_qty`,
            `ask_px`,
            `ask_qty`,
            `carry`,
            `interval`,
            `ends`,
            `traded`,
            `nth`,
            `trade_px`,
            `trade_qty`,
            `trade_side`,
            `bid_before`,
            `bid_qty_before`,
            `ask_before`,
            `ask_qty_before`,
            `before_ms`,
            toUnixTimestamp64Milli(timestamp) - before_ms AS `passed_ms`,
            arrayFilter(p -> p >= greatest(bid_px[- 1], bid_before[- 1]), arrayDistinct(arrayConcat(bid_px, bid_before, arrayFilter((p, s) -> s < 0, trade_px, trade_side)))) AS `bid_prices`,
            arrayFilter(p -> p <= least(ask_px[- 1], ask_before[- 1]), arrayDistinct(arrayConcat(ask_px, ask_before, arrayFilter((p, s) -> s > 0, trade_px, trade_side)))) AS `ask_prices`
          FROM (
            SELECT
              `exchange`,
              `market_type`,
              `symbol`,
              `bucket_id`,
              `bucket_ts_start`,
              `bucket_ts_end`,
              `prev_ts_end`,
              `available_at`,
              `v`,
              `bucket__place`,
              `timestamp`,
              `ord`,
              `is_trade`,
              `price`,
              `side`,
              `quantity_exact`,
              `bid_px`,
              `bid_qty`,
              `ask_px`,
              `ask_qty`,
              `carry`,
              `interval`,
              `ends`,
              `traded`,
              `nth`,
              `trade_px`,
              `trade_qty`,
              `trade_side`,
              lagInFrame(bid_px) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `bid_before`,
              lagInFrame(bid_qty) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `bid_qty_before`,
              lagInFrame(ask_px) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `ask_before`,
              lagInFrame(ask_qty) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `ask_qty_before`,
              lagInFrame(toNullable(toUnixTimestamp64Milli(timestamp)), 1, NULL) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `before_ms`
            FROM (
              SELECT
                `exchange`,
                `market_type`,
                `symbol`,
                `bucket_id`,
                `bucket_ts_start`,
                `bucket_ts_end`,
                `prev_ts_end`,
                `available_at`,
                `v`,
                `bucket__place`,
                `timestamp`,
                `ord`,
                `is_trade`,
                `price`,
                `side`,
                `quantity_exact`,
                `bid_px`,
                `bid_qty`,
                `ask_px`,
                `ask_qty`,
                `carry`,
                `interval`,
                `ends`,
                `traded`,
                `nth`,
                groupArrayIf(assumeNotNull(price), is_trade = 1) OVER (PARTITION BY bucket__place, interval ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `trade_px`,
                groupArrayIf(assumeNotNull(traded), is_trade = 1) OVER (PARTITION BY bucket__place, interval ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `trade_qty`,
                groupArrayIf(assumeNotNull(side), is_trade = 1) OVER (PARTITION BY bucket__place, interval ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `trade_side`
              FROM (
                SELECT
                  `exchange`,
                  `market_type`,
                  `symbol`,
                  `bucket_id`,
                  `bucket_ts_start`,
                  `bucket_ts_end`,
                  `prev_ts_end`,
                  `available_at`,
                  `v`,
                  `bucket__place`,
                  `timestamp`,
                  `ord`,
                  `is_trade`,
                  `price`,
                  `side`,
                  `quantity_exact`,
                  `bid_px`,
                  `bid_qty`,
                  `ask_px`,
                  `ask_qty`,
                  `carry`,
                  `interval`,
                  countIf(is_trade = 0) OVER (PARTITION BY bucket__place, interval ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `ends`,
                  toFloat64(toString(sum(quantity_exact) OVER (PARTITION BY bucket__place, interval, price, side ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))) AS `traded`,
                  count() OVER (PARTITION BY bucket__place, interval, price, side ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `nth`
                FROM (
                  SELECT
                    `exchange`,
                    `market_type`,
                    `symbol`,
                    `bucket_id`,
                    `bucket_ts_start`,
                    `bucket_ts_end`,
                    `prev_ts_end`,
                    `available_at`,
                    `v`,
                    `bucket__place`,
                    `timestamp`,
                    `ord`,
                    `is_trade`,
                    `price`,
                    `side`,
                    `quantity_exact`,
                    `bid_px`,
                    `bid_qty`,
                    `ask_px`,
                    `ask_qty`,
                    `carry`,
                    countIf(is_trade = 0) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) + is_trade AS `interval`
                  FROM `marketprism_features`.`ubt__events_lazy`
                  WHERE is_trade = 1 OR carry = 0
                )
              )
              WHERE is_trade = 0 OR(interval > 1 AND ends > 0 AND nth = 1)
            )
            WHERE is_trade = 0
          )
          WHERE notEmpty(bid_px) AND notEmpty(ask_px) AND notEmpty(bid_before) AND notEmpty(ask_before)
        )
      )
    )
  )
  GROUP BY bucket__place
);

CREATE VIEW `marketprism_features`.`book_changes` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `elapsed_s`,
  `bid_added`,
  `bid_cancelled`,
  `bid_executed`,
  `ask_added`,
  `ask_cancelled`,
  `ask_executed`,
  `bid_add_rate`,
  `bid_cancel_rate`,
  `bid_exec_rate`,
  `bid_net_rate`,
  `ask_add_rate`,
  `ask_cancel_rate`,
  `ask_exec_rate`,
  `ask_net_rate`
FROM `marketprism_features`.`book_changes__2b99f0ba` FINAL
COMMENT 'What was added to and cancelled from the book between snapshots of one bucket, price by price; lower bounds';

INSERT INTO `marketprism_features`.`book_changes__2b99f0ba` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `elapsed_s`, `bid_added`, `bid_cancelled`, `bid_executed`, `ask_added`, `ask_cancelled`, `ask_executed`, `bid_add_rate`, `bid_cancel_rate`, `bid_exec_rate`, `bid_net_rate`, `ask_add_rate`, `ask_cancel_rate`, `ask_exec_rate`, `ask_net_rate`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`elapsed_s`)), ifNotFinite(toFloat64(`elapsed_s`), 0), NULL) AS Nullable(Float64)) AS `elapsed_s`,
  CAST(if(isFinite(toFloat64(`bid_added`)), ifNotFinite(toFloat64(`bid_added`), 0), NULL) AS Nullable(Float64)) AS `bid_added`,
  CAST(if(isFinite(toFloat64(`bid_cancelled`)), ifNotFinite(toFloat64(`bid_cancelled`), 0), NULL) AS Nullable(Float64)) AS `bid_cancelled`,
  CAST(if(isFinite(toFloat64(`bid_executed`)), ifNotFinite(toFloat64(`bid_executed`), 0), NULL) AS Nullable(Float64)) AS `bid_executed`,
  CAST(if(isFinite(toFloat64(`ask_added`)), ifNotFinite(toFloat64(`ask_added`), 0), NULL) AS Nullable(Float64)) AS `ask_added`,
  CAST(if(isFinite(toFloat64(`ask_cancelled`)), ifNotFinite(toFloat64(`ask_cancelled`), 0), NULL) AS Nullable(Float64)) AS `ask_cancelled`,
  CAST(if(isFinite(toFloat64(`ask_executed`)), ifNotFinite(toFloat64(`ask_executed`), 0), NULL) AS Nullable(Float64)) AS `ask_executed`,
  CAST(if(isFinite(toFloat64(`bid_add_rate`)), ifNotFinite(toFloat64(`bid_add_rate`), 0), NULL) AS Nullable(Float64)) AS `bid_add_rate`,
  CAST(if(isFinite(toFloat64(`bid_cancel_rate`)), ifNotFinite(toFloat64(`bid_cancel_rate`), 0), NULL) AS Nullable(Float64)) AS `bid_cancel_rate`,
  CAST(if(isFinite(toFloat64(`bid_exec_rate`)), ifNotFinite(toFloat64(`bid_exec_rate`), 0), NULL) AS Nullable(Float64)) AS `bid_exec_rate`,
  CAST(if(isFinite(toFloat64(`bid_net_rate`)), ifNotFinite(toFloat64(`bid_net_rate`), 0), NULL) AS Nullable(Float64)) AS `bid_net_rate`,
  CAST(if(isFinite(toFloat64(`ask_add_rate`)), ifNotFinite(toFloat64(`ask_add_rate`), 0), NULL) AS Nullable(Float64)) AS `ask_add_rate`,
  CAST(if(isFinite(toFloat64(`ask_cancel_rate`)), ifNotFinite(toFloat64(`ask_cancel_rate`), 0), NULL) AS Nullable(Float64)) AS `ask_cancel_rate`,
  CAST(if(isFinite(toFloat64(`ask_exec_rate`)), ifNotFinite(toFloat64(`ask_exec_rate`), 0), NULL) AS Nullable(Float64)) AS `ask_exec_rate`,
  CAST(if(isFinite(toFloat64(`ask_net_rate`)), ifNotFinite(toFloat64(`ask_net_rate`), 0), NULL) AS Nullable(Float64)) AS `ask_net_rate`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    if(countIf(NOT isFinite(passed_ms)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(passed_ms, 0), 30) + isFinite(passed_ms) * 0)))) / 1000 AS `elapsed_s`,
    if(countIf(NOT isFinite(arraySum(arrayMap(n -> greatest(n, 0), bid_net)))) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(arraySum(arrayMap(n -> greatest(n, 0), bid_net)), 0), 30) + isFinite(arraySum(arrayMap(n -> greatest(n, 0), bid_net))) * 0)))) AS `bid_added`,
    if(countIf(NOT isFinite(arraySum(arrayMap(n -> greatest(- n, 0), bid_net)))) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(arraySum(arrayMap(n -> greatest(- n, 0), bid_net)), 0), 30) + isFinite(arraySum(arrayMap(n -> greatest(- n, 0), bid_net))) * 0)))) AS `bid_cancelled`,
    if(countIf(NOT isFinite(arraySum(bid_done))) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(arraySum(bid_done), 0), 30) + isFinite(arraySum(bid_done)) * 0)))) AS `bid_executed`,
    if(countIf(NOT isFinite(arraySum(arrayMap(n -> greatest(n, 0), ask_net)))) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(arraySum(arrayMap(n -> greatest(n, 0), ask_net)), 0), 30) + isFinite(arraySum(arrayMap(n -> greatest(n, 0), ask_net))) * 0)))) AS `ask_added`,
    if(countIf(NOT isFinite(arraySum(arrayMap(n -> greatest(- n, 0), ask_net)))) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(arraySum(arrayMap(n -> greatest(- n, 0), ask_net)), 0), 30) + isFinite(arraySum(arrayMap(n -> greatest(- n, 0), ask_net))) * 0)))) AS `ask_cancelled`,
    if(countIf(NOT isFinite(arraySum(ask_done))) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(arraySum(ask_done), 0), 30) + isFinite(arraySum(ask_done)) * 0)))) AS `ask_executed`,
    bid_added / nullIf(elapsed_s, 0) AS `bid_add_rate`,
    bid_cancelled / nullIf(elapsed_s, 0) AS `bid_cancel_rate`,
    bid_executed / nullIf(elapsed_s, 0) AS `bid_exec_rate`,
    bid_add_rate - bid_cancel_rate AS `bid_net_rate`,
    ask_added / nullIf(elapsed_s, 0) AS `ask_add_rate`,
    ask_cancelled / nullIf(elapsed_s, 0) AS `ask_cancel_rate`,
    ask_executed / nullIf(elapsed_s, 0) AS `ask_exec_rate`,
    ask_add_rate - ask_cancel_rate AS `ask_net_rate`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `timestamp`,
      `ord`,
      `is_trade`,
      `price`,
      `side`,
      `quantity_exact`,
      `bid_px`,
      `bid_qty`,
      `ask_px`,
      `ask_qty`,
      `carry`,
      `interval`,
      `ends`,
      `traded`,
      `nth`,
      `trade_px`,
      `trade_qty`,
      `trade_side`,
      `bid_before`,
      `bid_qty_before`,
      `ask_before`,
      `ask_qty_before`,
      `before_ms`,
      `passed_ms`,
      `bid_prices`,
      `ask_prices`,
      `hit_px`,
      `hit_qty`,
      `lift_px`,
      `lift_qty`,
      `bid_done`,
      `ask_done`,
      arrayMap((p, d) -> round(bid_qty[indexOf(bid_px, p)] - bid_qty_before[indexOf(bid_before, p)] + d, 8), bid_prices, bid_done) AS `bid_net`,
      arrayMap((p, d) -> round(ask_qty[indexOf(ask_px, p)] - ask_qty_before[indexOf(ask_before, p)] + d, 8), ask_prices, ask_done) AS `ask_net`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `timestamp`,
        `ord`,
        `is_trade`,
        `price`,
        `side`,
        `quantity_exact`,
        `bid_px`,
        `bid_qty`,
        `ask_px`,
        `ask_qty`,
        `carry`,
        `interval`,
        `ends`,
        `traded`,
        `nth`,
        `trade_px`,
        `trade_qty`,
        `trade_side`,
        `bid_before`,
        `bid_qty_before`,
        `ask_before`,
        `ask_qty_before`,
        `before_ms`,
        `passed_ms`,
        `bid_prices`,
        `ask_prices`,
        `hit_px`,
        `hit_qty`,
        `lift_px`,
        `lift_qty`,
        arrayMap(p -> hit_qty[indexOf(hit_px, p)], bid_prices) AS `bid_done`,
        arrayMap(p -> lift_qty[indexOf(lift_px, p)], ask_prices) AS `ask_done`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `ord`,
          `is_trade`,
          `price`,
          `side`,
          `quantity_exact`,
          `bid_px`,
          `bid_qty`,
          `ask_px`,
          `ask_qty`,
          `carry`,
          `interval`,
          `ends`,
          `traded`,
          `nth`,
          `trade_px`,
          `trade_qty`,
          `trade_side`,
          `bid_before`,
          `bid_qty_before`,
          `ask_before`,
          `ask_qty_before`,
          `before_ms`,
          `passed_ms`,
          `bid_prices`,
          `ask_prices`,
          arrayFilter((p, s) -> s < 0, trade_px, trade_side) AS `hit_px`,
          arrayFilter((q, s) -> s < 0, trade_qty, trade_side) AS `hit_qty`,
          arrayFilter((p, s) -> s > 0, trade_px, trade_side) AS `lift_px`,
          arrayFilter((q, s) -> s > 0, trade_qty, trade_side) AS `lift_qty`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `ord`,
            `is_trade`,
            `price`,
            `side`,
            `quantity_exact`,
            `bid_px`,
            `bid_qty`,
            `ask_px`,
            `ask_qty`,
            `carry`,
            `interval`,
            `ends`,
            `traded`,
            `nth`,
            `trade_px`,
            `trade_qty`,
            `trade_side`,
            `bid_before`,
            `bid_qty_before`,
            `ask_before`,
            `ask_qty_before`,
            `before_ms`,
            toUnixTimestamp64Milli(timestamp) - before_ms AS `passed_ms`,
            arrayFilter(p -> p >= greatest(bid_px[- 1], bid_before[- 1]), arrayDistinct(arrayConcat(bid_px, bid_before, arrayFilter((p, s) -> s < 0, trade_px, trade_side)))) AS `bid_prices`,
            arrayFilter(p -> p <= least(ask_px[- 1], ask_before[- 1]), arrayDistinct(arrayConcat(ask_px, ask_before, arrayFilter((p, s) -> s > 0, trade_px, trade_side)))) AS `ask_prices`
          FROM (
            SELECT
              `exchange`,
              `market_type`,
              `symbol`,
              `bucket_id`,
              `bucket_ts_start`,
              `bucket_ts_end`,
              `prev_ts_end`,
              `available_at`,
              `v`,
              `bucket__place`,
              `timestamp`,
              `ord`,
              `is_trade`,
              `price`,
              `side`,
              `quantity_exact`,
              `bid_px`,
              `bid_qty`,
              `ask_px`,
              `ask_qty`,
              `carry`,
              `interval`,
              `ends`,
              `traded`,
              `nth`,
              `trade_px`,
              `trade_qty`,
              `trade_side`,
              lagInFrame(bid_px) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `bid_before`,
              lagInFrame(bid_qty) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `bid_qty_before`,
              lagInFrame(ask_px) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `ask_before`,
              lagInFrame(ask_qty) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `ask_qty_before`,
              lagInFrame(toNullable(toUnixTimestamp64Milli(timestamp)), 1, NULL) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `before_ms`
            FROM (
              SELECT
                `exchange`,
                `market_type`,
                `symbol`,
                `bucket_id`,
                `bucket_ts_start`,
                `bucket_ts_end`,
                `prev_ts_end`,
                `available_at`,
                `v`,
                `bucket__place`,
                `timestamp`,
                `ord`,
                `is_trade`,
                `price`,
                `side`,
                `quantity_exact`,
                `bid_px`,
                `bid_qty`,
                `ask_px`,
                `ask_qty`,
                `carry`,
                `interval`,
                `ends`,
                `traded`,
                `nth`,
                groupArrayIf(assumeNotNull(price), is_trade = 1) OVER (PARTITION BY bucket__place, interval ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `trade_px`,
                groupArrayIf(assumeNotNull(traded), is_trade = 1) OVER (PARTITION BY bucket__place, interval ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `trade_qty`,
                groupArrayIf(assumeNotNull(side), is_trade = 1) OVER (PARTITION BY bucket__place, interval ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `trade_side`
              FROM (
                SELECT
                  `exchange`,
                  `market_type`,
                  `symbol`,
                  `bucket_id`,
                  `bucket_ts_start`,
                  `bucket_ts_end`,
                  `prev_ts_end`,
                  `available_at`,
                  `v`,
                  `bucket__place`,
                  `timestamp`,
                  `ord`,
                  `is_trade`,
                  `price`,
                  `side`,
                  `quantity_exact`,
                  `bid_px`,
                  `bid_qty`,
                  `ask_px`,
                  `ask_qty`,
                  `carry`,
                  `interval`,
                  countIf(is_trade = 0) OVER (PARTITION BY bucket__place, interval ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `ends`,
                  toFloat64(toString(sum(quantity_exact) OVER (PARTITION BY bucket__place, interval, price, side ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))) AS `traded`,
                  count() OVER (PARTITION BY bucket__place, interval, price, side ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `nth`
                FROM (
                  SELECT
                    `exchange`,
                    `market_type`,
                    `symbol`,
                    `bucket_id`,
                    `bucket_ts_start`,
                    `bucket_ts_end`,
                    `prev_ts_end`,
                    `available_at`,
                    `v`,
                    `bucket__place`,
                    `timestamp`,
                    `ord`,
                    `is_trade`,
                    `price`,
                    `side`,
                    `quantity_exact`,
                    `bid_px`,
                    `bid_qty`,
                    `ask_px`,
                    `ask_qty`,
                    `carry`,
                    countIf(is_trade = 0) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) + is_trade AS `interval`
                  FROM (
                    WITH (
                      SELECT tuple(
                        groupUniqArray((exchange, market_type, symbol)),
                        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
                      )
                      FROM buckets
                    ) AS span
                    SELECT
                      j.exchange AS exchange,
                      j.market_type AS market_type,
                      j.symbol AS symbol,
                      j.bucket_id AS bucket_id,
                      j.bucket_ts_start AS bucket_ts_start,
                      j.bucket_ts_end AS bucket_ts_end,
                      j.prev_ts_end AS prev_ts_end,
                      j.available_at AS available_at,
                      j.v AS v,
                      j.bucket__place AS bucket__place,
                      j.timestamp AS timestamp,
                      bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 65) + bitShiftLeft(toUInt128(1 - j.is_trade), 64) + j.seq AS ord,
                      j.is_trade AS is_trade,
                      if(j.is_trade = 1, toFloat64(j.price), NULL) AS price,
                      if(j.is_trade = 1, if(j.side = 'buy', 1, -1), NULL) AS side,
                      if(j.is_trade = 1, toDecimal256(j.quantity, 8), NULL) AS quantity_exact,
                      CAST(j.bid_px AS Array(Float64)) AS bid_px,
                      CAST(j.bid_qty AS Array(Float64)) AS bid_qty,
                      CAST(j.ask_px AS Array(Float64)) AS ask_px,
                      CAST(j.ask_qty AS Array(Float64)) AS ask_qty,
                      j.carry AS carry
                    FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
                    CROSS JOIN (
                      SELECT
                        exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
                        timestamp,
                        toUInt8(1) AS is_trade,
                        trade_seq AS seq,
                        price, quantity, side,
                        [] AS bid_px, [] AS bid_qty, [] AS ask_px, [] AS ask_qty,
                        toUInt8(0) AS carry
                      FROM (
                        SELECT
                          b.exchange AS exchange,
                          b.market_type AS market_type,
                          b.symbol AS symbol,
                          b.bucket_id AS bucket_id,
                          b.bucket_ts_start AS bucket_ts_start,
                          b.bucket_ts_end AS bucket_ts_end,
                          b.prev_ts_end AS prev_ts_end,
                          b.available_at AS available_at,
                          b.v AS v,
                          b.bucket__place AS bucket__place,
                          t.timestamp AS timestamp,
                          t.trade_seq AS trade_seq,
                          t.price AS price,
                          t.quantity AS quantity,
                          t.side AS side
                        FROM (
                          SELECT
                            exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
                          FROM `marketprism_hot`.`trades` FINAL
                          WHERE late = 0
                            AND (exchange, market_type, symbol) IN (span.1)
                            AND timestamp >= span.2
                            AND timestamp < span.5
                        ) AS t
                        ASOF INNER JOIN buckets AS b
                          ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
                          AND t.timestamp >= b.prev_ts_end
                        WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
                      )
                      UNION ALL
                      SELECT
                        exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
                        timestamp,
                        toUInt8(0) AS is_trade,
                        book_seq AS seq,
                        toDecimal64(0, 8) AS price, toDecimal128(0, 8) AS quantity, '' AS side,
                        bid_px, bid_qty, ask_px, ask_qty,
                        carry
                      FROM (
                        -- the rows of the interval
                        SELECT
                          b.exchange AS exchange,
                        b.market_type AS market_type,
                        b.symbol AS symbol,
                        b.bucket_id AS bucket_id,
                        b.bucket_ts_start AS bucket_ts_start,
                        b.bucket_ts_end AS bucket_ts_end,
                        b.prev_ts_end AS prev_ts_end,
                        b.available_at AS available_at,
                        b.v AS v,
                        b.bucket__place AS bucket__place,
                          s.timestamp AS timestamp,
                          s.book_seq AS book_seq,
                          s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
                          toUInt8(0) AS carry
                        FROM (
                          SELECT
                            exchange, market_type, symbol, timestamp, book_seq, bid_px, bid_qty, ask_px, ask_qty, available_at
                          FROM `marketprism_hot`.`orderbooks` FINAL
                          WHERE (exchange, market_type, symbol) IN (span.1)
                            AND timestamp >= span.2 AND timestamp < span.5
                        ) AS s
                        ASOF INNER JOIN buckets AS b
                          ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
                          AND s.timestamp >= b.prev_ts_end
                        WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
                        UNION ALL
                        -- the last snapshot before the interval, of those that were in time for their own bucket
                        SELECT
                          b.exchange AS exchange,
                        b.market_type AS market_type,
                        b.symbol AS symbol,
                        b.bucket_id AS bucket_id,
                        b.bucket_ts_start AS bucket_ts_start,
                        b.bucket_ts_end AS bucket_ts_end,
                        b.prev_ts_end AS prev_ts_end,
                        b.available_at AS available_at,
                        b.v AS v,
                        b.bucket__place AS bucket__place,
                          s.timestamp AS timestamp,
                          s.book_seq AS book_seq,
                          s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
                          toUInt8(1) AS carry
                        FROM buckets AS b
                        ASOF INNER JOIN (
                          SELECT
                            s.exchange AS exchange,
                            s.market_type AS market_type,
                            s.symbol AS symbol,
                            s.timestamp AS timestamp,
                            s.book_seq AS book_seq,
                            s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty
                          FROM (
                            SELECT
                              exchange, market_type, symbol, timestamp, book_seq, bid_px, bid_qty, ask_px, ask_qty, available_at
                            FROM `marketprism_hot`.`orderbooks` FINAL
                            WHERE (exchange, market_type, symbol) IN (span.1)
                              AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
                          ) AS s
                          ASOF INNER JOIN (
                            SELECT exchange, market_type, symbol, bucket_ts_end, available_at
                            FROM `marketprism_features`.`unified_buckets`
                            WHERE (exchange, market_type, symbol) IN (span.1)
                              AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
                              AND bucket_ts_end <= span.5
                          ) AS own
                            ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
                            AND s.timestamp < own.bucket_ts_end
                          WHERE s.available_at <= own.available_at
                          ORDER BY s.book_seq DESC
                          LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
                        ) AS s
                          ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
                          AND b.prev_ts_end > s.timestamp
                        WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
                      )
                    ) AS j
                  )
                  WHERE is_trade = 1 OR carry = 0
                )
              )
              WHERE is_trade = 0 OR(interval > 1 AND ends > 0 AND nth = 1)
            )
            WHERE is_trade = 0
          )
          WHERE notEmpty(bid_px) AND notEmpty(ask_px) AND notEmpty(bid_before) AND notEmpty(ask_before)
        )
      )
    )
  )
  GROUP BY bucket__place
);

-- view book_shape, level 0, look-back 0

CREATE TABLE `marketprism_features`.`book_shape__b86d7b27`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `levels` Nullable(Float64) COMMENT 'Visible levels of the shorter side' CODEC(ZSTD(1)),
    `imbalance_1` Nullable(Float64) COMMENT '(B - A) / (B + A) of the sizes at the best prices' CODEC(ZSTD(1)),
    `imbalance_5` Nullable(Float64) COMMENT 'The same over the first five levels, or as many as are visible' CODEC(ZSTD(1)),
    `imbalance_10` Nullable(Float64) COMMENT 'Over ten levels' CODEC(ZSTD(1)),
    `imbalance_20` Nullable(Float64) COMMENT 'Over twenty levels' CODEC(ZSTD(1)),
    `depth_bid` Nullable(Float64) COMMENT 'Size on the first `depth` bid levels' CODEC(ZSTD(1)),
    `depth_ask` Nullable(Float64) COMMENT 'The same of the asks' CODEC(ZSTD(1)),
    `imbalance_depth` Nullable(Float64) COMMENT 'Imbalance of these' CODEC(ZSTD(1)),
    `imbalance_distance` Nullable(Float64) COMMENT 'Imbalance of sizes weighted by exp(-distance / kappa_bps)' CODEC(ZSTD(1)),
    `imbalance_rank` Nullable(Float64) COMMENT 'Imbalance of sizes weighted by 1 / rank of the level' CODEC(ZSTD(1)),
    `weighted_mid_bps` Nullable(Float64) COMMENT 'Weighted mid (sizes crossed) over the mid' CODEC(ZSTD(1)),
    `vamp` Nullable(Float64) COMMENT 'Prices of each level weighted by the size of the other side\'s level, over the levels that both sides have' CODEC(ZSTD(1)),
    `bid_slope` Nullable(Float64) COMMENT 'Slope of a line of depth on distance from the mid; NULL below three levels' CODEC(ZSTD(1)),
    `ask_slope` Nullable(Float64) COMMENT 'The same of the asks' CODEC(ZSTD(1)),
    `bid_exponent` Nullable(Float64) COMMENT 'Slope of a line of log depth on log distance' CODEC(ZSTD(1)),
    `ask_exponent` Nullable(Float64) COMMENT 'The same of the asks' CODEC(ZSTD(1)),
    `bid_convexity` Nullable(Float64) COMMENT 'Quadratic coefficient of depth on distance' CODEC(ZSTD(1)),
    `ask_convexity` Nullable(Float64) COMMENT 'The same of the asks' CODEC(ZSTD(1)),
    `bid_naes_skjeltorp` Nullable(Float64) COMMENT 'Naes, Skjeltorp 2006, log of the cumulated size against price steps; NULL if the first level holds at most one unit' CODEC(ZSTD(1)),
    `ask_naes_skjeltorp` Nullable(Float64) COMMENT 'The same of the asks' CODEC(ZSTD(1)),
    `buy_filled` Nullable(Float64) COMMENT 'How much of `size` the visible asks would have filled' CODEC(ZSTD(1)),
    `buy_vwap` Nullable(Float64) COMMENT 'Average price of buying `size`; NULL if the visible asks do not suffice' CODEC(ZSTD(1)),
    `buy_impact_bps` Nullable(Float64) COMMENT 'That price over the mid' CODEC(ZSTD(1)),
    `buy_slippage_bps` Nullable(Float64) COMMENT 'That price over the best ask' CODEC(ZSTD(1)),
    `buy_last_price` Nullable(Float64) COMMENT 'Last price that would have been reached' CODEC(ZSTD(1)),
    `sell_filled` Nullable(Float64) COMMENT 'How much of `size` the visible bids would have filled' CODEC(ZSTD(1)),
    `sell_vwap` Nullable(Float64) COMMENT 'Average price of selling `size`; NULL if the visible bids do not suffice' CODEC(ZSTD(1)),
    `sell_impact_bps` Nullable(Float64) COMMENT 'That price below the mid' CODEC(ZSTD(1)),
    `sell_slippage_bps` Nullable(Float64) COMMENT 'That price below the best bid' CODEC(ZSTD(1)),
    `sell_last_price` Nullable(Float64) COMMENT 'Last price that would have been reached' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Shape of the last book of a bucket - imbalances, slopes, and what orders of a size would have paid';

CREATE MATERIALIZED VIEW `marketprism_features`.`book_shape__b86d7b27__mv_lazy` TO `marketprism_features`.`book_shape__b86d7b27` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`levels`)), ifNotFinite(toFloat64(`levels`), 0), NULL) AS Nullable(Float64)) AS `levels`,
  CAST(if(isFinite(toFloat64(`imbalance_1`)), ifNotFinite(toFloat64(`imbalance_1`), 0), NULL) AS Nullable(Float64)) AS `imbalance_1`,
  CAST(if(isFinite(toFloat64(`imbalance_5`)), ifNotFinite(toFloat64(`imbalance_5`), 0), NULL) AS Nullable(Float64)) AS `imbalance_5`,
  CAST(if(isFinite(toFloat64(`imbalance_10`)), ifNotFinite(toFloat64(`imbalance_10`), 0), NULL) AS Nullable(Float64)) AS `imbalance_10`,
  CAST(if(isFinite(toFloat64(`imbalance_20`)), ifNotFinite(toFloat64(`imbalance_20`), 0), NULL) AS Nullable(Float64)) AS `imbalance_20`,
  CAST(if(isFinite(toFloat64(`depth_bid`)), ifNotFinite(toFloat64(`depth_bid`), 0), NULL) AS Nullable(Float64)) AS `depth_bid`,
  CAST(if(isFinite(toFloat64(`depth_ask`)), ifNotFinite(toFloat64(`depth_ask`), 0), NULL) AS Nullable(Float64)) AS `depth_ask`,
  CAST(if(isFinite(toFloat64(`imbalance_depth`)), ifNotFinite(toFloat64(`imbalance_depth`), 0), NULL) AS Nullable(Float64)) AS `imbalance_depth`,
  CAST(if(isFinite(toFloat64(`imbalance_distance`)), ifNotFinite(toFloat64(`imbalance_distance`), 0), NULL) AS Nullable(Float64)) AS `imbalance_distance`,
  CAST(if(isFinite(toFloat64(`imbalance_rank`)), ifNotFinite(toFloat64(`imbalance_rank`), 0), NULL) AS Nullable(Float64)) AS `imbalance_rank`,
  CAST(if(isFinite(toFloat64(`weighted_mid_bps`)), ifNotFinite(toFloat64(`weighted_mid_bps`), 0), NULL) AS Nullable(Float64)) AS `weighted_mid_bps`,
  CAST(if(isFinite(toFloat64(`vamp`)), ifNotFinite(toFloat64(`vamp`), 0), NULL) AS Nullable(Float64)) AS `vamp`,
  CAST(if(isFinite(toFloat64(`bid_slope`)), ifNotFinite(toFloat64(`bid_slope`), 0), NULL) AS Nullable(Float64)) AS `bid_slope`,
  CAST(if(isFinite(toFloat64(`ask_slope`)), ifNotFinite(toFloat64(`ask_slope`), 0), NULL) AS Nullable(Float64)) AS `ask_slope`,
  CAST(if(isFinite(toFloat64(`bid_exponent`)), ifNotFinite(toFloat64(`bid_exponent`), 0), NULL) AS Nullable(Float64)) AS `bid_exponent`,
  CAST(if(isFinite(toFloat64(`ask_exponent`)), ifNotFinite(toFloat64(`ask_exponent`), 0), NULL) AS Nullable(Float64)) AS `ask_exponent`,
  CAST(if(isFinite(toFloat64(`bid_convexity`)), ifNotFinite(toFloat64(`bid_convexity`), 0), NULL) AS Nullable(Float64)) AS `bid_convexity`,
  CAST(if(isFinite(toFloat64(`ask_convexity`)), ifNotFinite(toFloat64(`ask_convexity`), 0), NULL) AS Nullable(Float64)) AS `ask_convexity`,
  CAST(if(isFinite(toFloat64(`bid_naes_skjeltorp`)), ifNotFinite(toFloat64(`bid_naes_skjeltorp`), 0), NULL) AS Nullable(Float64)) AS `bid_naes_skjeltorp`,
  CAST(if(isFinite(toFloat64(`ask_naes_skjeltorp`)), ifNotFinite(toFloat64(`ask_naes_skjeltorp`), 0), NULL) AS Nullable(Float64)) AS `ask_naes_skjeltorp`,
  CAST(if(isFinite(toFloat64(`buy_filled`)), ifNotFinite(toFloat64(`buy_filled`), 0), NULL) AS Nullable(Float64)) AS `buy_filled`,
  CAST(if(isFinite(toFloat64(`buy_vwap`)), ifNotFinite(toFloat64(`buy_vwap`), 0), NULL) AS Nullable(Float64)) AS `buy_vwap`,
  CAST(if(isFinite(toFloat64(`buy_impact_bps`)), ifNotFinite(toFloat64(`buy_impact_bps`), 0), NULL) AS Nullable(Float64)) AS `buy_impact_bps`,
  CAST(if(isFinite(toFloat64(`buy_slippage_bps`)), ifNotFinite(toFloat64(`buy_slippage_bps`), 0), NULL) AS Nullable(Float64)) AS `buy_slippage_bps`,
  CAST(if(isFinite(toFloat64(`buy_last_price`)), ifNotFinite(toFloat64(`buy_last_price`), 0), NULL) AS Nullable(Float64)) AS `buy_last_price`,
  CAST(if(isFinite(toFloat64(`sell_filled`)), ifNotFinite(toFloat64(`sell_filled`), 0), NULL) AS Nullable(Float64)) AS `sell_filled`,
  CAST(if(isFinite(toFloat64(`sell_vwap`)), ifNotFinite(toFloat64(`sell_vwap`), 0), NULL) AS Nullable(Float64)) AS `sell_vwap`,
  CAST(if(isFinite(toFloat64(`sell_impact_bps`)), ifNotFinite(toFloat64(`sell_impact_bps`), 0), NULL) AS Nullable(Float64)) AS `sell_impact_bps`,
  CAST(if(isFinite(toFloat64(`sell_slippage_bps`)), ifNotFinite(toFloat64(`sell_slippage_bps`), 0), NULL) AS Nullable(Float64)) AS `sell_slippage_bps`,
  CAST(if(isFinite(toFloat64(`sell_last_price`)), ifNotFinite(toFloat64(`sell_last_price`), 0), NULL) AS Nullable(Float64)) AS `sell_last_price`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, v,
    max(least(length(bid_px), length(ask_px))) AS `levels`,
    max((bid_qty[1] - ask_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0)) AS `imbalance_1`,
    max((arraySum(arraySlice(bid_qty, 1, 5)) - arraySum(arraySlice(ask_qty, 1, 5))) / nullIf(arraySum(arraySlice(bid_qty, 1, 5)) + arraySum(arraySlice(ask_qty, 1, 5)), 0)) AS `imbalance_5`,
    max((arraySum(arraySlice(bid_qty, 1, 10)) - arraySum(arraySlice(ask_qty, 1, 10))) / nullIf(arraySum(arraySlice(bid_qty, 1, 10)) + arraySum(arraySlice(ask_qty, 1, 10)), 0)) AS `imbalance_10`,
    max((arraySum(arraySlice(bid_qty, 1, 20)) - arraySum(arraySlice(ask_qty, 1, 20))) / nullIf(arraySum(arraySlice(bid_qty, 1, 20)) + arraySum(arraySlice(ask_qty, 1, 20)), 0)) AS `imbalance_20`,
    max(arraySum(bid_sizes)) AS `depth_bid`,
    max(arraySum(ask_sizes)) AS `depth_ask`,
    (depth_bid - depth_ask) / nullIf(depth_bid + depth_ask, 0) AS `imbalance_depth`,
    max((arraySum(arrayMap((q, w) -> q * w, bid_sizes, bid_w)) - arraySum(arrayMap((q, w) -> q * w, ask_sizes, ask_w))) / nullIf(arraySum(arrayMap((q, w) -> q * w, bid_sizes, bid_w)) + arraySum(arrayMap((q, w) -> q * w, ask_sizes, ask_w)), 0)) AS `imbalance_distance`,
    max((arraySum(arrayMap((q, i) -> q / i, bid_sizes, arrayEnumerate(bid_sizes))) - arraySum(arrayMap((q, i) -> q / i, ask_sizes, arrayEnumerate(ask_sizes)))) / nullIf(arraySum(arrayMap((q, i) -> q / i, bid_sizes, arrayEnumerate(bid_sizes))) + arraySum(arrayMap((q, i) -> q / i, ask_sizes, arrayEnumerate(ask_sizes))), 0)) AS `imbalance_rank`,
    max(((bid_px[1] * ask_qty[1] + ask_px[1] * bid_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0) / mid - 1) * 10000) AS `weighted_mid_bps`,
    max((arraySum(arrayMap((p, q) -> p * q, arraySlice(bids, 1, least(length(bids), length(asks))), arraySlice(ask_sizes, 1, least(length(bids), length(asks))))) + arraySum(arrayMap((p, q) -> p * q, arraySlice(asks, 1, least(length(bids), length(asks))), arraySlice(bid_sizes, 1, least(length(bids), length(asks)))))) / nullIf(arraySum(arraySlice(bid_sizes, 1, least(length(bids), length(asks)))) + arraySum(arraySlice(ask_sizes, 1, least(length(bids), length(asks)))), 0)) AS `vamp`,
    max(if(length(bids) < 3, NULL, arraySum(arrayMap((u, y) -> u * (y - arrayAvg(bid_y)), bid_u, bid_y)) / nullIf(arraySum(arrayMap(u -> u * u, bid_u)), 0))) AS `bid_slope`,
    max(if(length(asks) < 3, NULL, arraySum(arrayMap((u, y) -> u * (y - arrayAvg(ask_y)), ask_u, ask_y)) / nullIf(arraySum(arrayMap(u -> u * u, ask_u)), 0))) AS `ask_slope`,
    max(if(length(bids) < 3, NULL, arraySum(arrayMap((u, y) -> u * log(y), bid_lx, bid_y)) / nullIf(arraySum(arrayMap(u -> u * u, bid_lx)), 0))) AS `bid_exponent`,
    max(if(length(asks) < 3, NULL, arraySum(arrayMap((u, y) -> u * log(y), ask_lx, ask_y)) / nullIf(arraySum(arrayMap(u -> u * u, ask_lx)), 0))) AS `ask_exponent`,
    max(if(length(bids) < 3, NULL, arraySum(arrayMap((c, y) -> c * y, bid_c, bid_y)) / nullIf(arraySum(arrayMap(c -> c * c, bid_c)), 0))) AS `bid_convexity`,
    max(if(length(asks) < 3, NULL, arraySum(arrayMap((c, y) -> c * y, ask_c, ask_y)) / nullIf(arraySum(arrayMap(c -> c * c, ask_c)), 0))) AS `ask_convexity`,
    max(if(bid_y[1] <= 1, NULL, (log(bid_y[1]) / abs(bids[1] / mid - 1) + arraySum(arrayMap((v, w, p, r) -> (log(w) / log(v) - 1) / abs(r / p - 1), arrayPopBack(bid_y), arrayPopFront(bid_y), arrayPopBack(bids), arrayPopFront(bids)))) / length(bids))) AS `bid_naes_skjeltorp`,
    max(if(ask_y[1] <= 1, NULL, (log(ask_y[1]) / abs(asks[1] / mid - 1) + arraySum(arrayMap((v, w, p, r) -> (log(w) / log(v) - 1) / abs(r / p - 1), arrayPopBack(ask_y), arrayPopFront(ask_y), arrayPopBack(asks), arrayPopFront(asks)))) / length(asks))) AS `ask_naes_skjeltorp`,
    max(toFloat64(buy_lots) / 100000000) AS `buy_filled`,
    max(buy_vwap_all) AS `buy_vwap`,
    max((buy_vwap_all / mid - 1) * 10000) AS `buy_impact_bps`,
    max((buy_vwap_all / ask_px[1] - 1) * 10000) AS `buy_slippage_bps`,
    max(ask_px[toUInt32(arrayCount(t -> t > 0, ask_taken))]) AS `buy_last_price`,
    max(toFloat64(sell_lots) / 100000000) AS `sell_filled`,
    max(sell_vwap_all) AS `sell_vwap`,
    max((1 - sell_vwap_all / mid) * 10000) AS `sell_impact_bps`,
    max((1 - sell_vwap_all / bid_px[1]) * 10000) AS `sell_slippage_bps`,
    max(bid_px[toUInt32(arrayCount(t -> t > 0, bid_taken))]) AS `sell_last_price`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `ord`,
      `bid_px`,
      `bid_qty`,
      `ask_px`,
      `ask_qty`,
      `mid`,
      `is_last`,
      `bids`,
      `bid_sizes`,
      `asks`,
      `ask_sizes`,
      `bid_lots`,
      `ask_lots`,
      `bid_x`,
      `ask_x`,
      `bid_y`,
      `ask_y`,
      `bid_taken`,
      `ask_taken`,
      `bid_u`,
      `ask_u`,
      `bid_lx`,
      `ask_lx`,
      `bid_w`,
      `ask_w`,
      `sell_lots`,
      `buy_lots`,
      arrayMap(u -> u * u - arrayAvg(arrayMap(z -> z * z, bid_u)) - u * arraySum(arrayMap(z -> z * z * z, bid_u)) / arraySum(arrayMap(z -> z * z, bid_u)), bid_u) AS `bid_c`,
      arrayMap(u -> u * u - arrayAvg(arrayMap(z -> z * z, ask_u)) - u * arraySum(arrayMap(z -> z * z * z, ask_u)) / arraySum(arrayMap(z -> z * z, ask_u)), ask_u) AS `ask_c`,
      if(sell_lots < round(1 * 100000000), NULL, arraySum(arrayMap((p, t) -> p * toFloat64(t), bid_px, bid_taken)) / nullIf(toFloat64(sell_lots), 0)) AS `sell_vwap_all`,
      if(buy_lots < round(1 * 100000000), NULL, arraySum(arrayMap((p, t) -> p * toFloat64(t), ask_px, ask_taken)) / nullIf(toFloat64(buy_lots), 0)) AS `buy_vwap_all`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `ord`,
        `bid_px`,
        `bid_qty`,
        `ask_px`,
        `ask_qty`,
        `mid`,
        `is_last`,
        `bids`,
        `bid_sizes`,
        `asks`,
        `ask_sizes`,
        `bid_lots`,
        `ask_lots`,
        `bid_x`,
        `ask_x`,
        `bid_y`,
        `ask_y`,
        `bid_taken`,
        `ask_taken`,
        arrayMap(x -> x - arrayAvg(bid_x), bid_x) AS `bid_u`,
        arrayMap(x -> x - arrayAvg(ask_x), ask_x) AS `ask_u`,
        arrayMap(x -> log(x) - arrayAvg(arrayMap(z -> log(z), bid_x)), bid_x) AS `bid_lx`,
        arrayMap(x -> log(x) - arrayAvg(arrayMap(z -> log(z), ask_x)), ask_x) AS `ask_lx`,
        arrayMap(x -> exp(- x / 20), bid_x) AS `bid_w`,
        arrayMap(x -> exp(- x / 20), ask_x) AS `ask_w`,
        arraySum(bid_taken) AS `sell_lots`,
        arraySum(ask_taken) AS `buy_lots`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `ord`,
          `bid_px`,
          `bid_qty`,
          `ask_px`,
          `ask_qty`,
          `mid`,
          `is_last`,
          `bids`,
          `bid_sizes`,
          `asks`,
          `ask_sizes`,
          `bid_lots`,
          `ask_lots`,
          arrayMap(p -> (1 - p / assumeNotNull(mid)) * 10000, bids) AS `bid_x`,
          arrayMap(p -> (p / assumeNotNull(mid) - 1) * 10000, asks) AS `ask_x`,
          arrayCumSum(bid_sizes) AS `bid_y`,
          arrayCumSum(ask_sizes) AS `ask_y`,
          arrayMap((q, i) -> greatest(0, least(q, round(1 * 100000000) - arraySum(arraySlice(bid_lots, 1, i - 1)))), bid_lots, arrayEnumerate(bid_lots)) AS `bid_taken`,
          arrayMap((q, i) -> greatest(0, least(q, round(1 * 100000000) - arraySum(arraySlice(ask_lots, 1, i - 1)))), ask_lots, arrayEnumerate(ask_lots)) AS `ask_taken`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `ord`,
            `bid_px`,
            `bid_qty`,
            `ask_px`,
            `ask_qty`,
            `mid`,
            `is_last`,
            arraySlice(bid_px, 1, 20) AS `bids`,
            arraySlice(bid_qty, 1, 20) AS `bid_sizes`,
            arraySlice(ask_px, 1, 20) AS `asks`,
            arraySlice(ask_qty, 1, 20) AS `ask_sizes`,
            arrayMap(q -> round(q * 100000000), bid_qty) AS `bid_lots`,
            arrayMap(q -> round(q * 100000000), ask_qty) AS `ask_lots`
          FROM (
            SELECT
              `exchange`,
              `market_type`,
              `symbol`,
              `bucket_id`,
              `bucket_ts_start`,
              `bucket_ts_end`,
              `prev_ts_end`,
              `available_at`,
              `v`,
              `bucket__place`,
              `ord`,
              `bid_px`,
              `bid_qty`,
              `ask_px`,
              `ask_qty`,
              `mid`,
              leadInFrame(toNullable(ord), 1, NULL) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) IS NULL AS `is_last`
            FROM `marketprism_features`.`ubt__books_lazy`
          )
          WHERE is_last AND mid IS NOT NULL
        )
      )
    )
  )
  GROUP BY bucket__place, v
);

CREATE VIEW `marketprism_features`.`book_shape` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `levels`,
  `imbalance_1`,
  `imbalance_5`,
  `imbalance_10`,
  `imbalance_20`,
  `depth_bid`,
  `depth_ask`,
  `imbalance_depth`,
  `imbalance_distance`,
  `imbalance_rank`,
  `weighted_mid_bps`,
  `vamp`,
  `bid_slope`,
  `ask_slope`,
  `bid_exponent`,
  `ask_exponent`,
  `bid_convexity`,
  `ask_convexity`,
  `bid_naes_skjeltorp`,
  `ask_naes_skjeltorp`,
  `buy_filled`,
  `buy_vwap`,
  `buy_impact_bps`,
  `buy_slippage_bps`,
  `buy_last_price`,
  `sell_filled`,
  `sell_vwap`,
  `sell_impact_bps`,
  `sell_slippage_bps`,
  `sell_last_price`
FROM `marketprism_features`.`book_shape__b86d7b27` FINAL
COMMENT 'Shape of the last book of a bucket - imbalances, slopes, and what orders of a size would have paid';

INSERT INTO `marketprism_features`.`book_shape__b86d7b27` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `levels`, `imbalance_1`, `imbalance_5`, `imbalance_10`, `imbalance_20`, `depth_bid`, `depth_ask`, `imbalance_depth`, `imbalance_distance`, `imbalance_rank`, `weighted_mid_bps`, `vamp`, `bid_slope`, `ask_slope`, `bid_exponent`, `ask_exponent`, `bid_convexity`, `ask_convexity`, `bid_naes_skjeltorp`, `ask_naes_skjeltorp`, `buy_filled`, `buy_vwap`, `buy_impact_bps`, `buy_slippage_bps`, `buy_last_price`, `sell_filled`, `sell_vwap`, `sell_impact_bps`, `sell_slippage_bps`, `sell_last_price`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`levels`)), ifNotFinite(toFloat64(`levels`), 0), NULL) AS Nullable(Float64)) AS `levels`,
  CAST(if(isFinite(toFloat64(`imbalance_1`)), ifNotFinite(toFloat64(`imbalance_1`), 0), NULL) AS Nullable(Float64)) AS `imbalance_1`,
  CAST(if(isFinite(toFloat64(`imbalance_5`)), ifNotFinite(toFloat64(`imbalance_5`), 0), NULL) AS Nullable(Float64)) AS `imbalance_5`,
  CAST(if(isFinite(toFloat64(`imbalance_10`)), ifNotFinite(toFloat64(`imbalance_10`), 0), NULL) AS Nullable(Float64)) AS `imbalance_10`,
  CAST(if(isFinite(toFloat64(`imbalance_20`)), ifNotFinite(toFloat64(`imbalance_20`), 0), NULL) AS Nullable(Float64)) AS `imbalance_20`,
  CAST(if(isFinite(toFloat64(`depth_bid`)), ifNotFinite(toFloat64(`depth_bid`), 0), NULL) AS Nullable(Float64)) AS `depth_bid`,
  CAST(if(isFinite(toFloat64(`depth_ask`)), ifNotFinite(toFloat64(`depth_ask`), 0), NULL) AS Nullable(Float64)) AS `depth_ask`,
  CAST(if(isFinite(toFloat64(`imbalance_depth`)), ifNotFinite(toFloat64(`imbalance_depth`), 0), NULL) AS Nullable(Float64)) AS `imbalance_depth`,
  CAST(if(isFinite(toFloat64(`imbalance_distance`)), ifNotFinite(toFloat64(`imbalance_distance`), 0), NULL) AS Nullable(Float64)) AS `imbalance_distance`,
  CAST(if(isFinite(toFloat64(`imbalance_rank`)), ifNotFinite(toFloat64(`imbalance_rank`), 0), NULL) AS Nullable(Float64)) AS `imbalance_rank`,
  CAST(if(isFinite(toFloat64(`weighted_mid_bps`)), ifNotFinite(toFloat64(`weighted_mid_bps`), 0), NULL) AS Nullable(Float64)) AS `weighted_mid_bps`,
  CAST(if(isFinite(toFloat64(`vamp`)), ifNotFinite(toFloat64(`vamp`), 0), NULL) AS Nullable(Float64)) AS `vamp`,
  CAST(if(isFinite(toFloat64(`bid_slope`)), ifNotFinite(toFloat64(`bid_slope`), 0), NULL) AS Nullable(Float64)) AS `bid_slope`,
  CAST(if(isFinite(toFloat64(`ask_slope`)), ifNotFinite(toFloat64(`ask_slope`), 0), NULL) AS Nullable(Float64)) AS `ask_slope`,
  CAST(if(isFinite(toFloat64(`bid_exponent`)), ifNotFinite(toFloat64(`bid_exponent`), 0), NULL) AS Nullable(Float64)) AS `bid_exponent`,
  CAST(if(isFinite(toFloat64(`ask_exponent`)), ifNotFinite(toFloat64(`ask_exponent`), 0), NULL) AS Nullable(Float64)) AS `ask_exponent`,
  CAST(if(isFinite(toFloat64(`bid_convexity`)), ifNotFinite(toFloat64(`bid_convexity`), 0), NULL) AS Nullable(Float64)) AS `bid_convexity`,
  CAST(if(isFinite(toFloat64(`ask_convexity`)), ifNotFinite(toFloat64(`ask_convexity`), 0), NULL) AS Nullable(Float64)) AS `ask_convexity`,
  CAST(if(isFinite(toFloat64(`bid_naes_skjeltorp`)), ifNotFinite(toFloat64(`bid_naes_skjeltorp`), 0), NULL) AS Nullable(Float64)) AS `bid_naes_skjeltorp`,
  CAST(if(isFinite(toFloat64(`ask_naes_skjeltorp`)), ifNotFinite(toFloat64(`ask_naes_skjeltorp`), 0), NULL) AS Nullable(Float64)) AS `ask_naes_skjeltorp`,
  CAST(if(isFinite(toFloat64(`buy_filled`)), ifNotFinite(toFloat64(`buy_filled`), 0), NULL) AS Nullable(Float64)) AS `buy_filled`,
  CAST(if(isFinite(toFloat64(`buy_vwap`)), ifNotFinite(toFloat64(`buy_vwap`), 0), NULL) AS Nullable(Float64)) AS `buy_vwap`,
  CAST(if(isFinite(toFloat64(`buy_impact_bps`)), ifNotFinite(toFloat64(`buy_impact_bps`), 0), NULL) AS Nullable(Float64)) AS `buy_impact_bps`,
  CAST(if(isFinite(toFloat64(`buy_slippage_bps`)), ifNotFinite(toFloat64(`buy_slippage_bps`), 0), NULL) AS Nullable(Float64)) AS `buy_slippage_bps`,
  CAST(if(isFinite(toFloat64(`buy_last_price`)), ifNotFinite(toFloat64(`buy_last_price`), 0), NULL) AS Nullable(Float64)) AS `buy_last_price`,
  CAST(if(isFinite(toFloat64(`sell_filled`)), ifNotFinite(toFloat64(`sell_filled`), 0), NULL) AS Nullable(Float64)) AS `sell_filled`,
  CAST(if(isFinite(toFloat64(`sell_vwap`)), ifNotFinite(toFloat64(`sell_vwap`), 0), NULL) AS Nullable(Float64)) AS `sell_vwap`,
  CAST(if(isFinite(toFloat64(`sell_impact_bps`)), ifNotFinite(toFloat64(`sell_impact_bps`), 0), NULL) AS Nullable(Float64)) AS `sell_impact_bps`,
  CAST(if(isFinite(toFloat64(`sell_slippage_bps`)), ifNotFinite(toFloat64(`sell_slippage_bps`), 0), NULL) AS Nullable(Float64)) AS `sell_slippage_bps`,
  CAST(if(isFinite(toFloat64(`sell_last_price`)), ifNotFinite(toFloat64(`sell_last_price`), 0), NULL) AS Nullable(Float64)) AS `sell_last_price`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, v,
    max(least(length(bid_px), length(ask_px))) AS `levels`,
    max((bid_qty[1] - ask_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0)) AS `imbalance_1`,
    max((arraySum(arraySlice(bid_qty, 1, 5)) - arraySum(arraySlice(ask_qty, 1, 5))) / nullIf(arraySum(arraySlice(bid_qty, 1, 5)) + arraySum(arraySlice(ask_qty, 1, 5)), 0)) AS `imbalance_5`,
    max((arraySum(arraySlice(bid_qty, 1, 10)) - arraySum(arraySlice(ask_qty, 1, 10))) / nullIf(arraySum(arraySlice(bid_qty, 1, 10)) + arraySum(arraySlice(ask_qty, 1, 10)), 0)) AS `imbalance_10`,
    max((arraySum(arraySlice(bid_qty, 1, 20)) - arraySum(arraySlice(ask_qty, 1, 20))) / nullIf(arraySum(arraySlice(bid_qty, 1, 20)) + arraySum(arraySlice(ask_qty, 1, 20)), 0)) AS `imbalance_20`,
    max(arraySum(bid_sizes)) AS `depth_bid`,
    max(arraySum(ask_sizes)) AS `depth_ask`,
    (depth_bid - depth_ask) / nullIf(depth_bid + depth_ask, 0) AS `imbalance_depth`,
    max((arraySum(arrayMap((q, w) -> q * w, bid_sizes, bid_w)) - arraySum(arrayMap((q, w) -> q * w, ask_sizes, ask_w))) / nullIf(arraySum(arrayMap((q, w) -> q * w, bid_sizes, bid_w)) + arraySum(arrayMap((q, w) -> q * w, ask_sizes, ask_w)), 0)) AS `imbalance_distance`,
    max((arraySum(arrayMap((q, i) -> q / i, bid_sizes, arrayEnumerate(bid_sizes))) - arraySum(arrayMap((q, i) -> q / i, ask_sizes, arrayEnumerate(ask_sizes)))) / nullIf(arraySum(arrayMap((q, i) -> q / i, bid_sizes, arrayEnumerate(bid_sizes))) + arraySum(arrayMap((q, i) -> q / i, ask_sizes, arrayEnumerate(ask_sizes))), 0)) AS `imbalance_rank`,
    max(((bid_px[1] * ask_qty[1] + ask_px[1] * bid_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0) / mid - 1) * 10000) AS `weighted_mid_bps`,
    max((arraySum(arrayMap((p, q) -> p * q, arraySlice(bids, 1, least(length(bids), length(asks))), arraySlice(ask_sizes, 1, least(length(bids), length(asks))))) + arraySum(arrayMap((p, q) -> p * q, arraySlice(asks, 1, least(length(bids), length(asks))), arraySlice(bid_sizes, 1, least(length(bids), length(asks)))))) / nullIf(arraySum(arraySlice(bid_sizes, 1, least(length(bids), length(asks)))) + arraySum(arraySlice(ask_sizes, 1, least(length(bids), length(asks)))), 0)) AS `vamp`,
    max(if(length(bids) < 3, NULL, arraySum(arrayMap((u, y) -> u * (y - arrayAvg(bid_y)), bid_u, bid_y)) / nullIf(arraySum(arrayMap(u -> u * u, bid_u)), 0))) AS `bid_slope`,
    max(if(length(asks) < 3, NULL, arraySum(arrayMap((u, y) -> u * (y - arrayAvg(ask_y)), ask_u, ask_y)) / nullIf(arraySum(arrayMap(u -> u * u, ask_u)), 0))) AS `ask_slope`,
    max(if(length(bids) < 3, NULL, arraySum(arrayMap((u, y) -> u * log(y), bid_lx, bid_y)) / nullIf(arraySum(arrayMap(u -> u * u, bid_lx)), 0))) AS `bid_exponent`,
    max(if(length(asks) < 3, NULL, arraySum(arrayMap((u, y) -> u * log(y), ask_lx, ask_y)) / nullIf(arraySum(arrayMap(u -> u * u, ask_lx)), 0))) AS `ask_exponent`,
    max(if(length(bids) < 3, NULL, arraySum(arrayMap((c, y) -> c * y, bid_c, bid_y)) / nullIf(arraySum(arrayMap(c -> c * c, bid_c)), 0))) AS `bid_convexity`,
    max(if(length(asks) < 3, NULL, arraySum(arrayMap((c, y) -> c * y, ask_c, ask_y)) / nullIf(arraySum(arrayMap(c -> c * c, ask_c)), 0))) AS `ask_convexity`,
    max(if(bid_y[1] <= 1, NULL, (log(bid_y[1]) / abs(bids[1] / mid - 1) + arraySum(arrayMap((v, w, p, r) -> (log(w) / log(v) - 1) / abs(r / p - 1), arrayPopBack(bid_y), arrayPopFront(bid_y), arrayPopBack(bids), arrayPopFront(bids)))) / length(bids))) AS `bid_naes_skjeltorp`,
    max(if(ask_y[1] <= 1, NULL, (log(ask_y[1]) / abs(asks[1] / mid - 1) + arraySum(arrayMap((v, w, p, r) -> (log(w) / log(v) - 1) / abs(r / p - 1), arrayPopBack(ask_y), arrayPopFront(ask_y), arrayPopBack(asks), arrayPopFront(asks)))) / length(asks))) AS `ask_naes_skjeltorp`,
    max(toFloat64(buy_lots) / 100000000) AS `buy_filled`,
    max(buy_vwap_all) AS `buy_vwap`,
    max((buy_vwap_all / mid - 1) * 10000) AS `buy_impact_bps`,
    max((buy_vwap_all / ask_px[1] - 1) * 10000) AS `buy_slippage_bps`,
    max(ask_px[toUInt32(arrayCount(t -> t > 0, ask_taken))]) AS `buy_last_price`,
    max(toFloat64(sell_lots) / 100000000) AS `sell_filled`,
    max(sell_vwap_all) AS `sell_vwap`,
    max((1 - sell_vwap_all / mid) * 10000) AS `sell_impact_bps`,
    max((1 - sell_vwap_all / bid_px[1]) * 10000) AS `sell_slippage_bps`,
    max(bid_px[toUInt32(arrayCount(t -> t > 0, bid_taken))]) AS `sell_last_price`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `ord`,
      `bid_px`,
      `bid_qty`,
      `ask_px`,
      `ask_qty`,
      `mid`,
      `is_last`,
      `bids`,
      `bid_sizes`,
      `asks`,
      `ask_sizes`,
      `bid_lots`,
      `ask_lots`,
      `bid_x`,
      `ask_x`,
      `bid_y`,
      `ask_y`,
      `bid_taken`,
      `ask_taken`,
      `bid_u`,
      `ask_u`,
      `bid_lx`,
      `ask_lx`,
      `bid_w`,
      `ask_w`,
      `sell_lots`,
      `buy_lots`,
      arrayMap(u -> u * u - arrayAvg(arrayMap(z -> z * z, bid_u)) - u * arraySum(arrayMap(z -> z * z * z, bid_u)) / arraySum(arrayMap(z -> z * z, bid_u)), bid_u) AS `bid_c`,
      arrayMap(u -> u * u - arrayAvg(arrayMap(z -> z * z, ask_u)) - u * arraySum(arrayMap(z -> z * z * z, ask_u)) / arraySum(arrayMap(z -> z * z, ask_u)), ask_u) AS `ask_c`,
      if(sell_lots < round(1 * 100000000), NULL, arraySum(arrayMap((p, t) -> p * toFloat64(t), bid_px, bid_taken)) / nullIf(toFloat64(sell_lots), 0)) AS `sell_vwap_all`,
      if(buy_lots < round(1 * 100000000), NULL, arraySum(arrayMap((p, t) -> p * toFloat64(t), ask_px, ask_taken)) / nullIf(toFloat64(buy_lots), 0)) AS `buy_vwap_all`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `ord`,
        `bid_px`,
        `bid_qty`,
        `ask_px`,
        `ask_qty`,
        `mid`,
        `is_last`,
        `bids`,
        `bid_sizes`,
        `asks`,
        `ask_sizes`,
        `bid_lots`,
        `ask_lots`,
        `bid_x`,
        `ask_x`,
        `bid_y`,
        `ask_y`,
        `bid_taken`,
        `ask_taken`,
        arrayMap(x -> x - arrayAvg(bid_x), bid_x) AS `bid_u`,
        arrayMap(x -> x - arrayAvg(ask_x), ask_x) AS `ask_u`,
        arrayMap(x -> log(x) - arrayAvg(arrayMap(z -> log(z), bid_x)), bid_x) AS `bid_lx`,
        arrayMap(x -> log(x) - arrayAvg(arrayMap(z -> log(z), ask_x)), ask_x) AS `ask_lx`,
        arrayMap(x -> exp(- x / 20), bid_x) AS `bid_w`,
        arrayMap(x -> exp(- x / 20), ask_x) AS `ask_w`,
        arraySum(bid_taken) AS `sell_lots`,
        arraySum(ask_taken) AS `buy_lots`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `ord`,
          `bid_px`,
          `bid_qty`,
          `ask_px`,
          `ask_qty`,
          `mid`,
          `is_last`,
          `bids`,
          `bid_sizes`,
          `asks`,
          `ask_sizes`,
          `bid_lots`,
          `ask_lots`,
          arrayMap(p -> (1 - p / assumeNotNull(mid)) * 10000, bids) AS `bid_x`,
          arrayMap(p -> (p / assumeNotNull(mid) - 1) * 10000, asks) AS `ask_x`,
          arrayCumSum(bid_sizes) AS `bid_y`,
          arrayCumSum(ask_sizes) AS `ask_y`,
          arrayMap((q, i) -> greatest(0, least(q, round(1 * 100000000) - arraySum(arraySlice(bid_lots, 1, i - 1)))), bid_lots, arrayEnumerate(bid_lots)) AS `bid_taken`,
          arrayMap((q, i) -> greatest(0, least(q, round(1 * 100000000) - arraySum(arraySlice(ask_lots, 1, i - 1)))), ask_lots, arrayEnumerate(ask_lots)) AS `ask_taken`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `ord`,
            `bid_px`,
            `bid_qty`,
            `ask_px`,
            `ask_qty`,
            `mid`,
            `is_last`,
            arraySlice(bid_px, 1, 20) AS `bids`,
            arraySlice(bid_qty, 1, 20) AS `bid_sizes`,
            arraySlice(ask_px, 1, 20) AS `asks`,
            arraySlice(ask_qty, 1, 20) AS `ask_sizes`,
            arrayMap(q -> round(q * 100000000), bid_qty) AS `bid_lots`,
            arrayMap(q -> round(q * 100000000), ask_qty) AS `ask_lots`
          FROM (
            SELECT
              `exchange`,
              `market_type`,
              `symbol`,
              `bucket_id`,
              `bucket_ts_start`,
              `bucket_ts_end`,
              `prev_ts_end`,
              `available_at`,
              `v`,
              `bucket__place`,
              `ord`,
              `bid_px`,
              `bid_qty`,
              `ask_px`,
              `ask_qty`,
              `mid`,
              leadInFrame(toNullable(ord), 1, NULL) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) IS NULL AS `is_last`
            FROM (
              WITH (
                SELECT tuple(
                  groupUniqArray((exchange, market_type, symbol)),
                  min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
                )
                FROM buckets
              ) AS span
              SELECT
                j.exchange AS exchange,
                j.market_type AS market_type,
                j.symbol AS symbol,
                j.bucket_id AS bucket_id,
                j.bucket_ts_start AS bucket_ts_start,
                j.bucket_ts_end AS bucket_ts_end,
                j.prev_ts_end AS prev_ts_end,
                j.available_at AS available_at,
                j.v AS v,
                j.bucket__place AS bucket__place,
                bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.book_seq AS ord,
                CAST(j.bid_px AS Array(Float64)) AS bid_px,
                CAST(j.bid_qty AS Array(Float64)) AS bid_qty,
                CAST(j.ask_px AS Array(Float64)) AS ask_px,
                CAST(j.ask_qty AS Array(Float64)) AS ask_qty,
                if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid
              FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
              CROSS JOIN (
                -- the rows of the interval
                SELECT
                  b.exchange AS exchange,
                b.market_type AS market_type,
                b.symbol AS symbol,
                b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start,
                b.bucket_ts_end AS bucket_ts_end,
                b.prev_ts_end AS prev_ts_end,
                b.available_at AS available_at,
                b.v AS v,
                b.bucket__place AS bucket__place,
                  s.timestamp AS timestamp,
                  s.book_seq AS book_seq,
                  s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
                  toUInt8(0) AS carry
                FROM (
                  SELECT
                    exchange, market_type, symbol, timestamp, book_seq, bid_px, bid_qty, ask_px, ask_qty, available_at
                  FROM `marketprism_hot`.`orderbooks` FINAL
                  WHERE (exchange, market_type, symbol) IN (span.1)
                    AND timestamp >= span.2 AND timestamp < span.5
                ) AS s
                ASOF INNER JOIN buckets AS b
                  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
                  AND s.timestamp >= b.prev_ts_end
                WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
                UNION ALL
                -- the last snapshot before the interval, of those that were in time for their own bucket
                SELECT
                  b.exchange AS exchange,
                b.market_type AS market_type,
                b.symbol AS symbol,
                b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start,
                b.bucket_ts_end AS bucket_ts_end,
                b.prev_ts_end AS prev_ts_end,
                b.available_at AS available_at,
                b.v AS v,
                b.bucket__place AS bucket__place,
                  s.timestamp AS timestamp,
                  s.book_seq AS book_seq,
                  s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
                  toUInt8(1) AS carry
                FROM buckets AS b
                ASOF INNER JOIN (
                  SELECT
                    s.exchange AS exchange,
                    s.market_type AS market_type,
                    s.symbol AS symbol,
                    s.timestamp AS timestamp,
                    s.book_seq AS book_seq,
                    s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty
                  FROM (
                    SELECT
                      exchange, market_type, symbol, timestamp, book_seq, bid_px, bid_qty, ask_px, ask_qty, available_at
                    FROM `marketprism_hot`.`orderbooks` FINAL
                    WHERE (exchange, market_type, symbol) IN (span.1)
                      AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
                  ) AS s
                  ASOF INNER JOIN (
                    SELECT exchange, market_type, symbol, bucket_ts_end, available_at
                    FROM `marketprism_features`.`unified_buckets`
                    WHERE (exchange, market_type, symbol) IN (span.1)
                      AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
                      AND bucket_ts_end <= span.5
                  ) AS own
                    ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
                    AND s.timestamp < own.bucket_ts_end
                  WHERE s.available_at <= own.available_at
                  ORDER BY s.book_seq DESC
                  LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
                ) AS s
                  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
                  AND b.prev_ts_end > s.timestamp
                WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
              ) AS j
            )
          )
          WHERE is_last AND mid IS NOT NULL
        )
      )
    )
  )
  GROUP BY bucket__place, v
);

-- view book_state, level 0, look-back 0

CREATE TABLE `marketprism_features`.`book_state__9bb44e63`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `mid` Nullable(Float64) COMMENT '(bid + ask) / 2 of the last snapshot; NULL if that is crossed, locked or one-sided' CODEC(ZSTD(1)),
    `mid_start` Nullable(Float64) COMMENT 'Last valid mid before the bucket\'s start; NULL if none is known, or only one that is older than the clock\'s book_gap' CODEC(ZSTD(1)),
    `last_valid_mid` Nullable(Float64) COMMENT 'Mid of the last snapshot that has one; feeds labels. See mid_age_ms for how old it is' CODEC(ZSTD(1)),
    `mid_age_ms` Nullable(Float64) COMMENT 'From the snapshot of last_valid_mid to the bucket\'s end' CODEC(ZSTD(1)),
    `spread_bps` Nullable(Float64) COMMENT '(ask - bid) / mid of the last snapshot, in 1/10000; NULL where mid is' CODEC(ZSTD(1)),
    `top_imbalance` Nullable(Float64) COMMENT '(bid size - ask size) / (bid size + ask size) at the best prices of the last snapshot; NULL where mid is' CODEC(ZSTD(1)),
    `weighted_mid` Nullable(Float64) COMMENT 'Best prices of the last snapshot, each weighted by the size of the other side; NULL where mid is. Not Stoikov\'s micro-price' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'The order book as it was known at the end of the bucket - mid, spread, and the sizes at the top';

CREATE MATERIALIZED VIEW `marketprism_features`.`book_state__9bb44e63__mv` TO `marketprism_features`.`book_state__9bb44e63` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`mid__of_bucket`)), ifNotFinite(toFloat64(`mid__of_bucket`), 0), NULL) AS Nullable(Float64)) AS `mid`,
  CAST(if(isFinite(toFloat64(`mid_start`)), ifNotFinite(toFloat64(`mid_start`), 0), NULL) AS Nullable(Float64)) AS `mid_start`,
  CAST(if(isFinite(toFloat64(`last_valid_mid`)), ifNotFinite(toFloat64(`last_valid_mid`), 0), NULL) AS Nullable(Float64)) AS `last_valid_mid`,
  CAST(if(isFinite(toFloat64(`mid_age_ms`)), ifNotFinite(toFloat64(`mid_age_ms`), 0), NULL) AS Nullable(Float64)) AS `mid_age_ms`,
  CAST(if(isFinite(toFloat64(`spread_bps`)), ifNotFinite(toFloat64(`spread_bps`), 0), NULL) AS Nullable(Float64)) AS `spread_bps`,
  CAST(if(isFinite(toFloat64(`top_imbalance`)), ifNotFinite(toFloat64(`top_imbalance`), 0), NULL) AS Nullable(Float64)) AS `top_imbalance`,
  CAST(if(isFinite(toFloat64(`weighted_mid`)), ifNotFinite(toFloat64(`weighted_mid`), 0), NULL) AS Nullable(Float64)) AS `weighted_mid`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, bucket_ts_start, bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    argMax(tuple(mid), ord).1 AS `mid__of_bucket`,
    argMaxOrNullIf(mid, ord, timestamp < bucket_ts_start) AS `mid_start`,
    argMax(mid, ord) AS `last_valid_mid`,
    if(count(mid) = 0, NULL, dateDiff('millisecond', argMaxOrNullIf(timestamp, ord, mid IS NOT NULL), bucket_ts_end)) AS `mid_age_ms`,
    argMax(tuple((ask_px[1] - bid_px[1]) / mid * 10000), ord).1 AS `spread_bps`,
    argMax(tuple(if(mid IS NULL, NULL, (bid_qty[1] - ask_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0))), ord).1 AS `top_imbalance`,
    argMax(tuple(if(mid IS NULL, NULL, (bid_px[1] * ask_qty[1] + ask_px[1] * bid_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0))), ord).1 AS `weighted_mid`
  FROM `marketprism_features`.`ubt__books_hot`
  GROUP BY bucket__place, bucket_ts_start, bucket_ts_end
);

CREATE VIEW `marketprism_features`.`book_state` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `mid`,
  `mid_start`,
  `last_valid_mid`,
  `mid_age_ms`,
  `spread_bps`,
  `top_imbalance`,
  `weighted_mid`
FROM `marketprism_features`.`book_state__9bb44e63` FINAL
COMMENT 'The order book as it was known at the end of the bucket - mid, spread, and the sizes at the top';

INSERT INTO `marketprism_features`.`book_state__9bb44e63` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `mid`, `mid_start`, `last_valid_mid`, `mid_age_ms`, `spread_bps`, `top_imbalance`, `weighted_mid`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`mid__of_bucket`)), ifNotFinite(toFloat64(`mid__of_bucket`), 0), NULL) AS Nullable(Float64)) AS `mid`,
  CAST(if(isFinite(toFloat64(`mid_start`)), ifNotFinite(toFloat64(`mid_start`), 0), NULL) AS Nullable(Float64)) AS `mid_start`,
  CAST(if(isFinite(toFloat64(`last_valid_mid`)), ifNotFinite(toFloat64(`last_valid_mid`), 0), NULL) AS Nullable(Float64)) AS `last_valid_mid`,
  CAST(if(isFinite(toFloat64(`mid_age_ms`)), ifNotFinite(toFloat64(`mid_age_ms`), 0), NULL) AS Nullable(Float64)) AS `mid_age_ms`,
  CAST(if(isFinite(toFloat64(`spread_bps`)), ifNotFinite(toFloat64(`spread_bps`), 0), NULL) AS Nullable(Float64)) AS `spread_bps`,
  CAST(if(isFinite(toFloat64(`top_imbalance`)), ifNotFinite(toFloat64(`top_imbalance`), 0), NULL) AS Nullable(Float64)) AS `top_imbalance`,
  CAST(if(isFinite(toFloat64(`weighted_mid`)), ifNotFinite(toFloat64(`weighted_mid`), 0), NULL) AS Nullable(Float64)) AS `weighted_mid`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, bucket_ts_start, bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    argMax(tuple(mid), ord).1 AS `mid__of_bucket`,
    argMaxOrNullIf(mid, ord, timestamp < bucket_ts_start) AS `mid_start`,
    argMax(mid, ord) AS `last_valid_mid`,
    if(count(mid) = 0, NULL, dateDiff('millisecond', argMaxOrNullIf(timestamp, ord, mid IS NOT NULL), bucket_ts_end)) AS `mid_age_ms`,
    argMax(tuple((ask_px[1] - bid_px[1]) / mid * 10000), ord).1 AS `spread_bps`,
    argMax(tuple(if(mid IS NULL, NULL, (bid_qty[1] - ask_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0))), ord).1 AS `top_imbalance`,
    argMax(tuple(if(mid IS NULL, NULL, (bid_px[1] * ask_qty[1] + ask_px[1] * bid_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0))), ord).1 AS `weighted_mid`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM buckets
    ) AS span
    SELECT
      j.exchange AS exchange,
      j.market_type AS market_type,
      j.symbol AS symbol,
      j.bucket_id AS bucket_id,
      j.bucket_ts_start AS bucket_ts_start,
      j.bucket_ts_end AS bucket_ts_end,
      j.prev_ts_end AS prev_ts_end,
      j.available_at AS available_at,
      j.v AS v,
      j.bucket__place AS bucket__place,
      j.timestamp AS timestamp,
      bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.book_seq AS ord,
      CAST(j.bid_px AS Array(Float64)) AS bid_px,
      CAST(j.bid_qty AS Array(Float64)) AS bid_qty,
      CAST(j.ask_px AS Array(Float64)) AS ask_px,
      CAST(j.ask_qty AS Array(Float64)) AS ask_qty,
      if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid
    FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
    CROSS JOIN (
      -- the rows of the interval
      SELECT
        b.exchange AS exchange,
      b.market_type AS market_type,
      b.symbol AS symbol,
      b.bucket_id AS bucket_id,
      b.bucket_ts_start AS bucket_ts_start,
      b.bucket_ts_end AS bucket_ts_end,
      b.prev_ts_end AS prev_ts_end,
      b.available_at AS available_at,
      b.v AS v,
      b.bucket__place AS bucket__place,
        s.timestamp AS timestamp,
        s.book_seq AS book_seq,
        s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
        toUInt8(0) AS carry
      FROM (
        SELECT
          exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(bid_qty, 1, 1) AS bid_qty, arraySlice(ask_px, 1, 1) AS ask_px, arraySlice(ask_qty, 1, 1) AS ask_qty, available_at
        FROM `marketprism_hot`.`orderbooks` FINAL
        WHERE (exchange, market_type, symbol) IN (span.1)
          AND timestamp >= span.2 AND timestamp < span.5
      ) AS s
      ASOF INNER JOIN buckets AS b
        ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
        AND s.timestamp >= b.prev_ts_end
      WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
      UNION ALL
      -- the last snapshot before the interval, of those that were in time for their own bucket
      SELECT
        b.exchange AS exchange,
      b.market_type AS market_type,
      b.symbol AS symbol,
      b.bucket_id AS bucket_id,
      b.bucket_ts_start AS bucket_ts_start,
      b.bucket_ts_end AS bucket_ts_end,
      b.prev_ts_end AS prev_ts_end,
      b.available_at AS available_at,
      b.v AS v,
      b.bucket__place AS bucket__place,
        s.timestamp AS timestamp,
        s.book_seq AS book_seq,
        s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
        toUInt8(1) AS carry
      FROM buckets AS b
      ASOF INNER JOIN (
        SELECT
          s.exchange AS exchange,
          s.market_type AS market_type,
          s.symbol AS symbol,
          s.timestamp AS timestamp,
          s.book_seq AS book_seq,
          s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty
        FROM (
          SELECT
            exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(bid_qty, 1, 1) AS bid_qty, arraySlice(ask_px, 1, 1) AS ask_px, arraySlice(ask_qty, 1, 1) AS ask_qty, available_at
          FROM `marketprism_hot`.`orderbooks` FINAL
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
        ) AS s
        ASOF INNER JOIN (
          SELECT exchange, market_type, symbol, bucket_ts_end, available_at
          FROM `marketprism_features`.`unified_buckets`
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
            AND bucket_ts_end <= span.5
        ) AS own
          ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
          AND s.timestamp < own.bucket_ts_end
        WHERE s.available_at <= own.available_at
        ORDER BY s.book_seq DESC
        LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
      ) AS s
        ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
        AND b.prev_ts_end > s.timestamp
      WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
    ) AS j
  )
  GROUP BY bucket__place, bucket_ts_start, bucket_ts_end
);

-- view corwin_schultz, level 0, look-back 0

CREATE TABLE `marketprism_features`.`corwin_schultz__44d8672e`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `cs_beta` Nullable(Float64) COMMENT 'ln(high / low)^2 of the two newest minutes, added; NULL unless both have trades' CODEC(ZSTD(1)),
    `cs_gamma` Nullable(Float64) COMMENT 'ln(high / low)^2 over the two together' CODEC(ZSTD(1)),
    `cs_alpha` Nullable(Float64) COMMENT 'alpha of Corwin and Schultz 2012, equation 18, for the two' CODEC(ZSTD(1)),
    `cs_raw` Nullable(Float64) COMMENT 'Spread of that pair as a share of the price; may be negative' CODEC(ZSTD(1)),
    `cs_pairs_10m` Nullable(Float64) COMMENT 'Pairs of neighbouring minutes with trades in the last 10, at most 9' CODEC(ZSTD(1)),
    `cs_spread_10m` Nullable(Float64) COMMENT 'Mean spread of the pairs of the last 10 minutes as a share of the price, a negative one counted as 0. Corwin, Schultz 2012; weak where spreads are one tick' CODEC(ZSTD(1)),
    `cs_spread_bps_10m` Nullable(Float64) COMMENT 'The same in 1/10000' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Spread from highs and lows of neighbouring minutes, for venues without quotes';

CREATE MATERIALIZED VIEW `marketprism_features`.`corwin_schultz__44d8672e__mv_lazy` TO `marketprism_features`.`corwin_schultz__44d8672e` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`cs_beta`)), ifNotFinite(toFloat64(`cs_beta`), 0), NULL) AS Nullable(Float64)) AS `cs_beta`,
  CAST(if(isFinite(toFloat64(`cs_gamma`)), ifNotFinite(toFloat64(`cs_gamma`), 0), NULL) AS Nullable(Float64)) AS `cs_gamma`,
  CAST(if(isFinite(toFloat64(`cs_alpha`)), ifNotFinite(toFloat64(`cs_alpha`), 0), NULL) AS Nullable(Float64)) AS `cs_alpha`,
  CAST(if(isFinite(toFloat64(`cs_raw`)), ifNotFinite(toFloat64(`cs_raw`), 0), NULL) AS Nullable(Float64)) AS `cs_raw`,
  CAST(if(isFinite(toFloat64(`cs_pairs_10m`)), ifNotFinite(toFloat64(`cs_pairs_10m`), 0), NULL) AS Nullable(Float64)) AS `cs_pairs_10m`,
  CAST(if(isFinite(toFloat64(`cs_spread_10m`)), ifNotFinite(toFloat64(`cs_spread_10m`), 0), NULL) AS Nullable(Float64)) AS `cs_spread_10m`,
  CAST(if(isFinite(toFloat64(`cs_spread_bps_10m`)), ifNotFinite(toFloat64(`cs_spread_bps_10m`), 0), NULL) AS Nullable(Float64)) AS `cs_spread_bps_10m`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    maxMapIf([intDiv(dateDiff('millisecond', timestamp, bucket_ts_end) - 1, 60000)], [price], timestamp >= bucket_ts_end - toIntervalMillisecond(600000)) AS `highs`,
    minMapIf([intDiv(dateDiff('millisecond', timestamp, bucket_ts_end) - 1, 60000)], [price], timestamp >= bucket_ts_end - toIntervalMillisecond(600000)) AS `lows`,
    arrayMap((h0, l0, h1, l1) -> pow(log(h0 / l0), 2) + pow(log(h1 / l1), 2), arrayPopBack(highs.2), arrayPopBack(lows.2), arrayPopFront(highs.2), arrayPopFront(lows.2)) AS `betas`,
    arrayMap((h0, l0, h1, l1) -> pow(log(if(h0 > h1, h0, h1) / if(l0 < l1, l0, l1)), 2), arrayPopBack(highs.2), arrayPopBack(lows.2), arrayPopFront(highs.2), arrayPopFront(lows.2)) AS `gammas`,
    arrayMap((b, g) -> (sqrt(2 * b) - sqrt(b)) / (3 - 2 * sqrt(2)) - sqrt(g / (3 - 2 * sqrt(2))), betas, gammas) AS `alphas`,
    arrayMap((k0, k1) -> k1 = k0 + 1, arrayPopBack(highs.1), arrayPopFront(highs.1)) AS `is_pair`,
    highs.1 [1] = 0 AND is_pair[1] AS `has_newest`,
    arrayFilter((s, ok) -> ok, arrayMap(a -> 2 * (exp(a) - 1) / (1 + exp(a)), alphas), is_pair) AS `spreads`,
    if(has_newest, betas[1], NULL) AS `cs_beta`,
    if(has_newest, gammas[1], NULL) AS `cs_gamma`,
    if(has_newest, alphas[1], NULL) AS `cs_alpha`,
    if(has_newest, spreads[1], NULL) AS `cs_raw`,
    length(spreads) AS `cs_pairs_10m`,
    arraySum(s -> if(s > 0, s, 0), spreads) / nullIf(length(spreads), 0) AS `cs_spread_10m`,
    cs_spread_10m * 10000 AS `cs_spread_bps_10m`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM `marketprism_features`.`ubt__close_0_lazy`
    ) AS span
    SELECT
      j.exchange AS exchange,
      j.market_type AS market_type,
      j.symbol AS symbol,
      j.bucket_id AS bucket_id,
      j.bucket_ts_start AS bucket_ts_start,
      j.bucket_ts_end AS bucket_ts_end,
      j.prev_ts_end AS prev_ts_end,
      j.available_at AS available_at,
      j.v AS v,
      j.bucket__place AS bucket__place,
      j.timestamp AS timestamp,
      toFloat64(j.price) AS price
    FROM (
      SELECT
        b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
    b.bucket__place AS bucket__place,
        t.timestamp AS timestamp,
        t.trade_seq AS trade_seq,
        t.price AS price,
        t.quantity AS quantity,
        t.side AS side
      -- A bucket's window lies in at most two slots of its own length: an equal-join, where a join by range would pair all with all.
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
          arrayJoin(range(
            toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) - 600000, 600000)),
            toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) - 1, 600000)) + 1
          )) AS slot
        FROM `marketprism_features`.`ubt__close_0_lazy`
      ) AS b
      -- A slot without trades gives a row at the beginning of time, which is in no window: every bucket has a row.
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at,
          toUInt64(intDiv(toUnixTimestamp64Milli(timestamp), 600000)) AS slot
        FROM `marketprism_hot`.`trades` FINAL
        WHERE late = 0
          AND (exchange, market_type, symbol) IN (span.1)
          AND timestamp >= span.4 - toIntervalMillisecond(600000)
          AND timestamp < span.5
      ) AS t
        ON t.exchange = b.exchange AND t.market_type = b.market_type AND t.symbol = b.symbol AND t.slot = b.slot
      WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
    ) AS j
  )
  GROUP BY bucket__place, bucket_ts_end
);

CREATE VIEW `marketprism_features`.`corwin_schultz` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `cs_beta`,
  `cs_gamma`,
  `cs_alpha`,
  `cs_raw`,
  `cs_pairs_10m`,
  `cs_spread_10m`,
  `cs_spread_bps_10m`
FROM `marketprism_features`.`corwin_schultz__44d8672e` FINAL
COMMENT 'Spread from highs and lows of neighbouring minutes, for venues without quotes';

INSERT INTO `marketprism_features`.`corwin_schultz__44d8672e` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `cs_beta`, `cs_gamma`, `cs_alpha`, `cs_raw`, `cs_pairs_10m`, `cs_spread_10m`, `cs_spread_bps_10m`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`cs_beta`)), ifNotFinite(toFloat64(`cs_beta`), 0), NULL) AS Nullable(Float64)) AS `cs_beta`,
  CAST(if(isFinite(toFloat64(`cs_gamma`)), ifNotFinite(toFloat64(`cs_gamma`), 0), NULL) AS Nullable(Float64)) AS `cs_gamma`,
  CAST(if(isFinite(toFloat64(`cs_alpha`)), ifNotFinite(toFloat64(`cs_alpha`), 0), NULL) AS Nullable(Float64)) AS `cs_alpha`,
  CAST(if(isFinite(toFloat64(`cs_raw`)), ifNotFinite(toFloat64(`cs_raw`), 0), NULL) AS Nullable(Float64)) AS `cs_raw`,
  CAST(if(isFinite(toFloat64(`cs_pairs_10m`)), ifNotFinite(toFloat64(`cs_pairs_10m`), 0), NULL) AS Nullable(Float64)) AS `cs_pairs_10m`,
  CAST(if(isFinite(toFloat64(`cs_spread_10m`)), ifNotFinite(toFloat64(`cs_spread_10m`), 0), NULL) AS Nullable(Float64)) AS `cs_spread_10m`,
  CAST(if(isFinite(toFloat64(`cs_spread_bps_10m`)), ifNotFinite(toFloat64(`cs_spread_bps_10m`), 0), NULL) AS Nullable(Float64)) AS `cs_spread_bps_10m`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    maxMapIf([intDiv(dateDiff('millisecond', timestamp, bucket_ts_end) - 1, 60000)], [price], timestamp >= bucket_ts_end - toIntervalMillisecond(600000)) AS `highs`,
    minMapIf([intDiv(dateDiff('millisecond', timestamp, bucket_ts_end) - 1, 60000)], [price], timestamp >= bucket_ts_end - toIntervalMillisecond(600000)) AS `lows`,
    arrayMap((h0, l0, h1, l1) -> pow(log(h0 / l0), 2) + pow(log(h1 / l1), 2), arrayPopBack(highs.2), arrayPopBack(lows.2), arrayPopFront(highs.2), arrayPopFront(lows.2)) AS `betas`,
    arrayMap((h0, l0, h1, l1) -> pow(log(if(h0 > h1, h0, h1) / if(l0 < l1, l0, l1)), 2), arrayPopBack(highs.2), arrayPopBack(lows.2), arrayPopFront(highs.2), arrayPopFront(lows.2)) AS `gammas`,
    arrayMap((b, g) -> (sqrt(2 * b) - sqrt(b)) / (3 - 2 * sqrt(2)) - sqrt(g / (3 - 2 * sqrt(2))), betas, gammas) AS `alphas`,
    arrayMap((k0, k1) -> k1 = k0 + 1, arrayPopBack(highs.1), arrayPopFront(highs.1)) AS `is_pair`,
    highs.1 [1] = 0 AND is_pair[1] AS `has_newest`,
    arrayFilter((s, ok) -> ok, arrayMap(a -> 2 * (exp(a) - 1) / (1 + exp(a)), alphas), is_pair) AS `spreads`,
    if(has_newest, betas[1], NULL) AS `cs_beta`,
    if(has_newest, gammas[1], NULL) AS `cs_gamma`,
    if(has_newest, alphas[1], NULL) AS `cs_alpha`,
    if(has_newest, spreads[1], NULL) AS `cs_raw`,
    length(spreads) AS `cs_pairs_10m`,
    arraySum(s -> if(s > 0, s, 0), spreads) / nullIf(length(spreads), 0) AS `cs_spread_10m`,
    cs_spread_10m * 10000 AS `cs_spread_bps_10m`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM buckets
    ) AS span
    SELECT
      j.exchange AS exchange,
      j.market_type AS market_type,
      j.symbol AS symbol,
      j.bucket_id AS bucket_id,
      j.bucket_ts_start AS bucket_ts_start,
      j.bucket_ts_end AS bucket_ts_end,
      j.prev_ts_end AS prev_ts_end,
      j.available_at AS available_at,
      j.v AS v,
      j.bucket__place AS bucket__place,
      j.timestamp AS timestamp,
      toFloat64(j.price) AS price
    FROM (
      SELECT
        b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
    b.bucket__place AS bucket__place,
        t.timestamp AS timestamp,
        t.trade_seq AS trade_seq,
        t.price AS price,
        t.quantity AS quantity,
        t.side AS side
      -- A bucket's window lies in at most two slots of its own length: an equal-join, where a join by range would pair all with all.
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
          arrayJoin(range(
            toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) - 600000, 600000)),
            toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) - 1, 600000)) + 1
          )) AS slot
        FROM buckets
      ) AS b
      -- A slot without trades gives a row at the beginning of time, which is in no window: every bucket has a row.
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at,
          toUInt64(intDiv(toUnixTimestamp64Milli(timestamp), 600000)) AS slot
        FROM `marketprism_hot`.`trades` FINAL
        WHERE late = 0
          AND (exchange, market_type, symbol) IN (span.1)
          AND timestamp >= span.4 - toIntervalMillisecond(600000)
          AND timestamp < span.5
      ) AS t
        ON t.exchange = b.exchange AND t.market_type = b.market_type AND t.symbol = b.symbol AND t.slot = b.slot
      WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
    ) AS j
  )
  GROUP BY bucket__place, bucket_ts_end
);

-- view flow_windows, level 0, look-back 0

CREATE TABLE `marketprism_features`.`flow_windows__60ff52c5`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `volume_1` Nullable(Float64) COMMENT 'Volume of the last second; 0 without trades' CODEC(ZSTD(1)),
    `signed_volume_1` Nullable(Float64) COMMENT 'Volume bought minus volume sold, by the side of the taker' CODEC(ZSTD(1)),
    `flow_imbalance_1` Nullable(Float64) COMMENT 'Signed share of the volume; NULL without trades' CODEC(ZSTD(1)),
    `vwap_1` Nullable(Float64) COMMENT 'Sum of price times quantity over volume, never a mean of means; NULL without trades' CODEC(ZSTD(1)),
    `seconds_1` Nullable(Float64) COMMENT 'In how many whole UTC seconds of the window there were trades' CODEC(ZSTD(1)),
    `volume_10` Nullable(Float64) COMMENT 'Volume of the last 10 seconds; 0 without trades' CODEC(ZSTD(1)),
    `signed_volume_10` Nullable(Float64) COMMENT 'Volume bought minus volume sold, by the side of the taker' CODEC(ZSTD(1)),
    `flow_imbalance_10` Nullable(Float64) COMMENT 'Signed share of the volume; NULL without trades' CODEC(ZSTD(1)),
    `vwap_10` Nullable(Float64) COMMENT 'Sum of price times quantity over volume, never a mean of means; NULL without trades' CODEC(ZSTD(1)),
    `seconds_10` Nullable(Float64) COMMENT 'In how many whole UTC seconds of the window there were trades' CODEC(ZSTD(1)),
    `volume_60` Nullable(Float64) COMMENT 'Volume of the last 60 seconds; 0 without trades' CODEC(ZSTD(1)),
    `signed_volume_60` Nullable(Float64) COMMENT 'Volume bought minus volume sold, by the side of the taker' CODEC(ZSTD(1)),
    `flow_imbalance_60` Nullable(Float64) COMMENT 'Signed share of the volume; NULL without trades' CODEC(ZSTD(1)),
    `vwap_60` Nullable(Float64) COMMENT 'Sum of price times quantity over volume, never a mean of means; NULL without trades' CODEC(ZSTD(1)),
    `seconds_60` Nullable(Float64) COMMENT 'In how many whole UTC seconds of the window there were trades' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Flow of the last 1, 10 and 60 seconds before the bucket\'s end, whatever buckets the trades belong to';

CREATE MATERIALIZED VIEW `marketprism_features`.`flow_windows__60ff52c5__mv_lazy` TO `marketprism_features`.`flow_windows__60ff52c5` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`volume_1`)), ifNotFinite(toFloat64(`volume_1`), 0), NULL) AS Nullable(Float64)) AS `volume_1`,
  CAST(if(isFinite(toFloat64(`signed_volume_1`)), ifNotFinite(toFloat64(`signed_volume_1`), 0), NULL) AS Nullable(Float64)) AS `signed_volume_1`,
  CAST(if(isFinite(toFloat64(`flow_imbalance_1`)), ifNotFinite(toFloat64(`flow_imbalance_1`), 0), NULL) AS Nullable(Float64)) AS `flow_imbalance_1`,
  CAST(if(isFinite(toFloat64(`vwap_1`)), ifNotFinite(toFloat64(`vwap_1`), 0), NULL) AS Nullable(Float64)) AS `vwap_1`,
  CAST(if(isFinite(toFloat64(`seconds_1`)), ifNotFinite(toFloat64(`seconds_1`), 0), NULL) AS Nullable(Float64)) AS `seconds_1`,
  CAST(if(isFinite(toFloat64(`volume_10`)), ifNotFinite(toFloat64(`volume_10`), 0), NULL) AS Nullable(Float64)) AS `volume_10`,
  CAST(if(isFinite(toFloat64(`signed_volume_10`)), ifNotFinite(toFloat64(`signed_volume_10`), 0), NULL) AS Nullable(Float64)) AS `signed_volume_10`,
  CAST(if(isFinite(toFloat64(`flow_imbalance_10`)), ifNotFinite(toFloat64(`flow_imbalance_10`), 0), NULL) AS Nullable(Float64)) AS `flow_imbalance_10`,
  CAST(if(isFinite(toFloat64(`vwap_10`)), ifNotFinite(toFloat64(`vwap_10`), 0), NULL) AS Nullable(Float64)) AS `vwap_10`,
  CAST(if(isFinite(toFloat64(`seconds_10`)), ifNotFinite(toFloat64(`seconds_10`), 0), NULL) AS Nullable(Float64)) AS `seconds_10`,
  CAST(if(isFinite(toFloat64(`volume_60`)), ifNotFinite(toFloat64(`volume_60`), 0), NULL) AS Nullable(Float64)) AS `volume_60`,
  CAST(if(isFinite(toFloat64(`signed_volume_60`)), ifNotFinite(toFloat64(`signed_volume_60`), 0), NULL) AS Nullable(Float64)) AS `signed_volume_60`,
  CAST(if(isFinite(toFloat64(`flow_imbalance_60`)), ifNotFinite(toFloat64(`flow_imbalance_60`), 0), NULL) AS Nullable(Float64)) AS `flow_imbalance_60`,
  CAST(if(isFinite(toFloat64(`vwap_60`)), ifNotFinite(toFloat64(`vwap_60`), 0), NULL) AS Nullable(Float64)) AS `vwap_60`,
  CAST(if(isFinite(toFloat64(`seconds_60`)), ifNotFinite(toFloat64(`seconds_60`), 0), NULL) AS Nullable(Float64)) AS `seconds_60`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    toFloat64(toString(sumIf(quantity_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(1000)))) AS `volume_1`,
    toFloat64(toString(sumIf(side * quantity_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(1000)))) AS `signed_volume_1`,
    signed_volume_1 / nullIf(volume_1, 0) AS `flow_imbalance_1`,
    toFloat64(toString(sumIf(quote_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(1000)))) / nullIf(volume_1, 0) AS `vwap_1`,
    uniqExactIf(intDiv(toUnixTimestamp64Milli(timestamp), 1000), quantity > 0 AND timestamp >= bucket_ts_end - toIntervalMillisecond(1000)) AS `seconds_1`,
    toFloat64(toString(sumIf(quantity_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(10000)))) AS `volume_10`,
    toFloat64(toString(sumIf(side * quantity_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(10000)))) AS `signed_volume_10`,
    signed_volume_10 / nullIf(volume_10, 0) AS `flow_imbalance_10`,
    toFloat64(toString(sumIf(quote_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(10000)))) / nullIf(volume_10, 0) AS `vwap_10`,
    uniqExactIf(intDiv(toUnixTimestamp64Milli(timestamp), 1000), quantity > 0 AND timestamp >= bucket_ts_end - toIntervalMillisecond(10000)) AS `seconds_10`,
    toFloat64(toString(sumIf(quantity_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(60000)))) AS `volume_60`,
    toFloat64(toString(sumIf(side * quantity_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(60000)))) AS `signed_volume_60`,
    signed_volume_60 / nullIf(volume_60, 0) AS `flow_imbalance_60`,
    toFloat64(toString(sumIf(quote_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(60000)))) / nullIf(volume_60, 0) AS `vwap_60`,
    uniqExactIf(intDiv(toUnixTimestamp64Milli(timestamp), 1000), quantity > 0 AND timestamp >= bucket_ts_end - toIntervalMillisecond(60000)) AS `seconds_60`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM `marketprism_features`.`ubt__close_0_lazy`
    ) AS span
    SELECT
      j.exchange AS exchange,
      j.market_type AS market_type,
      j.symbol AS symbol,
      j.bucket_id AS bucket_id,
      j.bucket_ts_start AS bucket_ts_start,
      j.bucket_ts_end AS bucket_ts_end,
      j.prev_ts_end AS prev_ts_end,
      j.available_at AS available_at,
      j.v AS v,
      j.bucket__place AS bucket__place,
      j.timestamp AS timestamp,
      toFloat64(j.quantity) AS quantity,
      if(j.side = 'buy', 1, -1) AS side,
      toDecimal256(j.quantity, 8) AS quantity_exact,
      toDecimal256(j.price, 8) * toDecimal256(j.quantity, 8) AS quote_exact
    FROM (
      SELECT
        b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
    b.bucket__place AS bucket__place,
        t.timestamp AS timestamp,
        t.trade_seq AS trade_seq,
        t.price AS price,
        t.quantity AS quantity,
        t.side AS side
      -- A bucket's window lies in at most two slots of its own length: an equal-join, where a join by range would pair all with all.
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
          arrayJoin(range(
            toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) - 60000, 60000)),
            toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) - 1, 60000)) + 1
          )) AS slot
        FROM `marketprism_features`.`ubt__close_0_lazy`
      ) AS b
      -- A slot without trades gives a row at the beginning of time, which is in no window: every bucket has a row.
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at,
          toUInt64(intDiv(toUnixTimestamp64Milli(timestamp), 60000)) AS slot
        FROM `marketprism_hot`.`trades` FINAL
        WHERE late = 0
          AND (exchange, market_type, symbol) IN (span.1)
          AND timestamp >= span.4 - toIntervalMillisecond(60000)
          AND timestamp < span.5
      ) AS t
        ON t.exchange = b.exchange AND t.market_type = b.market_type AND t.symbol = b.symbol AND t.slot = b.slot
      WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
    ) AS j
  )
  GROUP BY bucket__place, bucket_ts_end
);

CREATE VIEW `marketprism_features`.`flow_windows` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `volume_1`,
  `signed_volume_1`,
  `flow_imbalance_1`,
  `vwap_1`,
  `seconds_1`,
  `volume_10`,
  `signed_volume_10`,
  `flow_imbalance_10`,
  `vwap_10`,
  `seconds_10`,
  `volume_60`,
  `signed_volume_60`,
  `flow_imbalance_60`,
  `vwap_60`,
  `seconds_60`
FROM `marketprism_features`.`flow_windows__60ff52c5` FINAL
COMMENT 'Flow of the last 1, 10 and 60 seconds before the bucket\'s end, whatever buckets the trades belong to';

INSERT INTO `marketprism_features`.`flow_windows__60ff52c5` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `volume_1`, `signed_volume_1`, `flow_imbalance_1`, `vwap_1`, `seconds_1`, `volume_10`, `signed_volume_10`, `flow_imbalance_10`, `vwap_10`, `seconds_10`, `volume_60`, `signed_volume_60`, `flow_imbalance_60`, `vwap_60`, `seconds_60`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`volume_1`)), ifNotFinite(toFloat64(`volume_1`), 0), NULL) AS Nullable(Float64)) AS `volume_1`,
  CAST(if(isFinite(toFloat64(`signed_volume_1`)), ifNotFinite(toFloat64(`signed_volume_1`), 0), NULL) AS Nullable(Float64)) AS `signed_volume_1`,
  CAST(if(isFinite(toFloat64(`flow_imbalance_1`)), ifNotFinite(toFloat64(`flow_imbalance_1`), 0), NULL) AS Nullable(Float64)) AS `flow_imbalance_1`,
  CAST(if(isFinite(toFloat64(`vwap_1`)), ifNotFinite(toFloat64(`vwap_1`), 0), NULL) AS Nullable(Float64)) AS `vwap_1`,
  CAST(if(isFinite(toFloat64(`seconds_1`)), ifNotFinite(toFloat64(`seconds_1`), 0), NULL) AS Nullable(Float64)) AS `seconds_1`,
  CAST(if(isFinite(toFloat64(`volume_10`)), ifNotFinite(toFloat64(`volume_10`), 0), NULL) AS Nullable(Float64)) AS `volume_10`,
  CAST(if(isFinite(toFloat64(`signed_volume_10`)), ifNotFinite(toFloat64(`signed_volume_10`), 0), NULL) AS Nullable(Float64)) AS `signed_volume_10`,
  CAST(if(isFinite(toFloat64(`flow_imbalance_10`)), ifNotFinite(toFloat64(`flow_imbalance_10`), 0), NULL) AS Nullable(Float64)) AS `flow_imbalance_10`,
  CAST(if(isFinite(toFloat64(`vwap_10`)), ifNotFinite(toFloat64(`vwap_10`), 0), NULL) AS Nullable(Float64)) AS `vwap_10`,
  CAST(if(isFinite(toFloat64(`seconds_10`)), ifNotFinite(toFloat64(`seconds_10`), 0), NULL) AS Nullable(Float64)) AS `seconds_10`,
  CAST(if(isFinite(toFloat64(`volume_60`)), ifNotFinite(toFloat64(`volume_60`), 0), NULL) AS Nullable(Float64)) AS `volume_60`,
  CAST(if(isFinite(toFloat64(`signed_volume_60`)), ifNotFinite(toFloat64(`signed_volume_60`), 0), NULL) AS Nullable(Float64)) AS `signed_volume_60`,
  CAST(if(isFinite(toFloat64(`flow_imbalance_60`)), ifNotFinite(toFloat64(`flow_imbalance_60`), 0), NULL) AS Nullable(Float64)) AS `flow_imbalance_60`,
  CAST(if(isFinite(toFloat64(`vwap_60`)), ifNotFinite(toFloat64(`vwap_60`), 0), NULL) AS Nullable(Float64)) AS `vwap_60`,
  CAST(if(isFinite(toFloat64(`seconds_60`)), ifNotFinite(toFloat64(`seconds_60`), 0), NULL) AS Nullable(Float64)) AS `seconds_60`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    toFloat64(toString(sumIf(quantity_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(1000)))) AS `volume_1`,
    toFloat64(toString(sumIf(side * quantity_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(1000)))) AS `signed_volume_1`,
    signed_volume_1 / nullIf(volume_1, 0) AS `flow_imbalance_1`,
    toFloat64(toString(sumIf(quote_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(1000)))) / nullIf(volume_1, 0) AS `vwap_1`,
    uniqExactIf(intDiv(toUnixTimestamp64Milli(timestamp), 1000), quantity > 0 AND timestamp >= bucket_ts_end - toIntervalMillisecond(1000)) AS `seconds_1`,
    toFloat64(toString(sumIf(quantity_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(10000)))) AS `volume_10`,
    toFloat64(toString(sumIf(side * quantity_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(10000)))) AS `signed_volume_10`,
    signed_volume_10 / nullIf(volume_10, 0) AS `flow_imbalance_10`,
    toFloat64(toString(sumIf(quote_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(10000)))) / nullIf(volume_10, 0) AS `vwap_10`,
    uniqExactIf(intDiv(toUnixTimestamp64Milli(timestamp), 1000), quantity > 0 AND timestamp >= bucket_ts_end - toIntervalMillisecond(10000)) AS `seconds_10`,
    toFloat64(toString(sumIf(quantity_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(60000)))) AS `volume_60`,
    toFloat64(toString(sumIf(side * quantity_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(60000)))) AS `signed_volume_60`,
    signed_volume_60 / nullIf(volume_60, 0) AS `flow_imbalance_60`,
    toFloat64(toString(sumIf(quote_exact, timestamp >= bucket_ts_end - toIntervalMillisecond(60000)))) / nullIf(volume_60, 0) AS `vwap_60`,
    uniqExactIf(intDiv(toUnixTimestamp64Milli(timestamp), 1000), quantity > 0 AND timestamp >= bucket_ts_end - toIntervalMillisecond(60000)) AS `seconds_60`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM buckets
    ) AS span
    SELECT
      j.exchange AS exchange,
      j.market_type AS market_type,
      j.symbol AS symbol,
      j.bucket_id AS bucket_id,
      j.bucket_ts_start AS bucket_ts_start,
      j.bucket_ts_end AS bucket_ts_end,
      j.prev_ts_end AS prev_ts_end,
      j.available_at AS available_at,
      j.v AS v,
      j.bucket__place AS bucket__place,
      j.timestamp AS timestamp,
      toFloat64(j.quantity) AS quantity,
      if(j.side = 'buy', 1, -1) AS side,
      toDecimal256(j.quantity, 8) AS quantity_exact,
      toDecimal256(j.price, 8) * toDecimal256(j.quantity, 8) AS quote_exact
    FROM (
      SELECT
        b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
    b.bucket__place AS bucket__place,
        t.timestamp AS timestamp,
        t.trade_seq AS trade_seq,
        t.price AS price,
        t.quantity AS quantity,
        t.side AS side
      -- A bucket's window lies in at most two slots of its own length: an equal-join, where a join by range would pair all with all.
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
          arrayJoin(range(
            toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) - 60000, 60000)),
            toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) - 1, 60000)) + 1
          )) AS slot
        FROM buckets
      ) AS b
      -- A slot without trades gives a row at the beginning of time, which is in no window: every bucket has a row.
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at,
          toUInt64(intDiv(toUnixTimestamp64Milli(timestamp), 60000)) AS slot
        FROM `marketprism_hot`.`trades` FINAL
        WHERE late = 0
          AND (exchange, market_type, symbol) IN (span.1)
          AND timestamp >= span.4 - toIntervalMillisecond(60000)
          AND timestamp < span.5
      ) AS t
        ON t.exchange = b.exchange AND t.market_type = b.market_type AND t.symbol = b.symbol AND t.slot = b.slot
      WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
    ) AS j
  )
  GROUP BY bucket__place, bucket_ts_end
);

-- view footprint, level 0, look-back 0

CREATE TABLE `marketprism_features`.`footprint__2d93f09b`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `px_bin` Array(Int64) CODEC(ZSTD(1)),
    `bin_buy` Array(Nullable(Float64)) COMMENT 'Volume of the bin in which the taker bought, lifting the ask' CODEC(ZSTD(1)),
    `bin_sell` Array(Nullable(Float64)) COMMENT 'Volume of the bin in which the taker sold, hitting the bid' CODEC(ZSTD(1)),
    `bin_volume` Array(Nullable(Float64)) COMMENT 'All volume of the bin' CODEC(ZSTD(1)),
    `bin_delta` Array(Nullable(Float64)) COMMENT 'Bought minus sold volume of the bin' CODEC(ZSTD(1)),
    `bin_trades` Array(Nullable(Float64)) COMMENT 'Trades of the bin' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Volume of one bucket by price bin and side of the taker';

CREATE MATERIALIZED VIEW `marketprism_features`.`footprint__2d93f09b__mv_lazy` TO `marketprism_features`.`footprint__2d93f09b` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  arrayMap(c -> c.1, cells) AS `px_bin`,
  arrayMap(c -> c.2, cells) AS `bin_buy`,
  arrayMap(c -> c.3, cells) AS `bin_sell`,
  arrayMap(c -> c.4, cells) AS `bin_volume`,
  arrayMap(c -> c.5, cells) AS `bin_delta`,
  arrayMap(c -> c.6, cells) AS `bin_trades`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    -- bins are unique within a bucket: their order does not depend on the order of rows
    arraySort(c -> c.1, groupArray(tuple(`px_bin`, `bin_buy`, `bin_sell`, `bin_volume`, `bin_delta`, `bin_trades`))) AS cells
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
      `px_bin`,
      CAST(if(isFinite(toFloat64(`bin_buy`)), ifNotFinite(toFloat64(`bin_buy`), 0), NULL) AS Nullable(Float64)) AS `bin_buy`,
      CAST(if(isFinite(toFloat64(`bin_sell`)), ifNotFinite(toFloat64(`bin_sell`), 0), NULL) AS Nullable(Float64)) AS `bin_sell`,
      CAST(if(isFinite(toFloat64(`bin_volume`)), ifNotFinite(toFloat64(`bin_volume`), 0), NULL) AS Nullable(Float64)) AS `bin_volume`,
      CAST(if(isFinite(toFloat64(`bin_delta`)), ifNotFinite(toFloat64(`bin_delta`), 0), NULL) AS Nullable(Float64)) AS `bin_delta`,
      CAST(if(isFinite(toFloat64(`bin_trades`)), ifNotFinite(toFloat64(`bin_trades`), 0), NULL) AS Nullable(Float64)) AS `bin_trades`
    FROM (
      SELECT
        any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v, `px_bin`,
        toFloat64(toString(sumIf(quantity_exact, side > 0))) AS `bin_buy`,
        toFloat64(toString(sumIf(quantity_exact, side < 0))) AS `bin_sell`,
        toFloat64(toString(sum(quantity_exact))) AS `bin_volume`,
        toFloat64(toString(sum(side * quantity_exact))) AS `bin_delta`,
        count() AS `bin_trades`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `side`,
          `price_ticks`,
          `quantity_exact`,
          assumeNotNull(px_bin__raw) AS `px_bin`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `side`,
            `price_ticks`,
            `quantity_exact`,
            toInt64(intDiv(price_ticks, 10)) AS `px_bin__raw`
          FROM `marketprism_features`.`ubt__trades_lazy`
        )
        WHERE isNotNull(px_bin__raw)
      )
      GROUP BY bucket__place, `px_bin`
    )
  )
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

CREATE VIEW `marketprism_features`.`footprint` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `px_bin`,
  `bin_buy`,
  `bin_sell`,
  `bin_volume`,
  `bin_delta`,
  `bin_trades`
FROM `marketprism_features`.`footprint__2d93f09b` FINAL
ARRAY JOIN
  `px_bin`,
  `bin_buy`,
  `bin_sell`,
  `bin_volume`,
  `bin_delta`,
  `bin_trades`
COMMENT 'Volume of one bucket by price bin and side of the taker';

INSERT INTO `marketprism_features`.`footprint__2d93f09b` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `px_bin`, `bin_buy`, `bin_sell`, `bin_volume`, `bin_delta`, `bin_trades`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  arrayMap(c -> c.1, cells) AS `px_bin`,
  arrayMap(c -> c.2, cells) AS `bin_buy`,
  arrayMap(c -> c.3, cells) AS `bin_sell`,
  arrayMap(c -> c.4, cells) AS `bin_volume`,
  arrayMap(c -> c.5, cells) AS `bin_delta`,
  arrayMap(c -> c.6, cells) AS `bin_trades`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    -- bins are unique within a bucket: their order does not depend on the order of rows
    arraySort(c -> c.1, groupArray(tuple(`px_bin`, `bin_buy`, `bin_sell`, `bin_volume`, `bin_delta`, `bin_trades`))) AS cells
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
      `px_bin`,
      CAST(if(isFinite(toFloat64(`bin_buy`)), ifNotFinite(toFloat64(`bin_buy`), 0), NULL) AS Nullable(Float64)) AS `bin_buy`,
      CAST(if(isFinite(toFloat64(`bin_sell`)), ifNotFinite(toFloat64(`bin_sell`), 0), NULL) AS Nullable(Float64)) AS `bin_sell`,
      CAST(if(isFinite(toFloat64(`bin_volume`)), ifNotFinite(toFloat64(`bin_volume`), 0), NULL) AS Nullable(Float64)) AS `bin_volume`,
      CAST(if(isFinite(toFloat64(`bin_delta`)), ifNotFinite(toFloat64(`bin_delta`), 0), NULL) AS Nullable(Float64)) AS `bin_delta`,
      CAST(if(isFinite(toFloat64(`bin_trades`)), ifNotFinite(toFloat64(`bin_trades`), 0), NULL) AS Nullable(Float64)) AS `bin_trades`
    FROM (
      SELECT
        any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v, `px_bin`,
        toFloat64(toString(sumIf(quantity_exact, side > 0))) AS `bin_buy`,
        toFloat64(toString(sumIf(quantity_exact, side < 0))) AS `bin_sell`,
        toFloat64(toString(sum(quantity_exact))) AS `bin_volume`,
        toFloat64(toString(sum(side * quantity_exact))) AS `bin_delta`,
        count() AS `bin_trades`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `side`,
          `price_ticks`,
          `quantity_exact`,
          assumeNotNull(px_bin__raw) AS `px_bin`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `side`,
            `price_ticks`,
            `quantity_exact`,
            toInt64(intDiv(price_ticks, 10)) AS `px_bin__raw`
          FROM (
            WITH (
              SELECT tuple(
                groupUniqArray((exchange, market_type, symbol)),
                min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
              )
              FROM buckets
            ) AS span
            SELECT
              j.exchange AS exchange,
              j.market_type AS market_type,
              j.symbol AS symbol,
              j.bucket_id AS bucket_id,
              j.bucket_ts_start AS bucket_ts_start,
              j.bucket_ts_end AS bucket_ts_end,
              j.prev_ts_end AS prev_ts_end,
              j.available_at AS available_at,
              j.v AS v,
              j.bucket__place AS bucket__place,
              if(j.side = 'buy', 1, -1) AS side,
              intDiv(reinterpretAsInt64(toDecimal64(j.price, 8)), nullIf(multiIf(j.exchange = 'binance' AND j.market_type = 'spot' AND j.symbol = 'BTCUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'spot' AND j.symbol = 'ETHUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'BTCUSDT', reinterpretAsInt64(toDecimal64('0.1', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'ETHUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'SOLUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'coinbase' AND j.market_type = 'spot' AND j.symbol = 'BTC-USD', reinterpretAsInt64(toDecimal64('0.01', 8)), toInt64(0)), 0)) AS price_ticks,
              toDecimal256(j.quantity, 8) AS quantity_exact
            FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
            CROSS JOIN (
              SELECT
                b.exchange AS exchange,
                b.market_type AS market_type,
                b.symbol AS symbol,
                b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start,
                b.bucket_ts_end AS bucket_ts_end,
                b.prev_ts_end AS prev_ts_end,
                b.available_at AS available_at,
                b.v AS v,
                b.bucket__place AS bucket__place,
                t.timestamp AS timestamp,
                t.trade_seq AS trade_seq,
                t.price AS price,
                t.quantity AS quantity,
                t.side AS side
              FROM (
                SELECT
                  exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
                FROM `marketprism_hot`.`trades` FINAL
                WHERE late = 0
                  AND (exchange, market_type, symbol) IN (span.1)
                  AND timestamp >= span.2
                  AND timestamp < span.5
              ) AS t
              ASOF INNER JOIN buckets AS b
                ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
                AND t.timestamp >= b.prev_ts_end
              WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
            ) AS j
          )
        )
        WHERE isNotNull(px_bin__raw)
      )
      GROUP BY bucket__place, `px_bin`
    )
  )
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

-- view footprint_poc, level 0, look-back 0

CREATE TABLE `marketprism_features`.`footprint_poc__f3042ad3`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `poc_bin` Nullable(Float64) COMMENT 'Point of control - the bin with the largest volume, of equal ones the lowest. floor(price / bin width)' CODEC(ZSTD(1)),
    `poc_share` Nullable(Float64) COMMENT 'Share of the bucket\'s volume in the point of control' CODEC(ZSTD(1)),
    `bins` Nullable(Float64) COMMENT 'Bins in which there were trades' CODEC(ZSTD(1)),
    `range_bps` Nullable(Float64) COMMENT 'Highest minus lowest price of the bucket, over its volume-weighted price. A property of the bucket, never of a bin' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Where one bucket\'s volume was traded - point of control, its share, and the bucket\'s price range';

CREATE MATERIALIZED VIEW `marketprism_features`.`footprint_poc__f3042ad3__mv_lazy` TO `marketprism_features`.`footprint_poc__f3042ad3` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`poc_bin`)), ifNotFinite(toFloat64(`poc_bin`), 0), NULL) AS Nullable(Float64)) AS `poc_bin`,
  CAST(if(isFinite(toFloat64(`poc_share`)), ifNotFinite(toFloat64(`poc_share`), 0), NULL) AS Nullable(Float64)) AS `poc_share`,
  CAST(if(isFinite(toFloat64(`bins`)), ifNotFinite(toFloat64(`bins`), 0), NULL) AS Nullable(Float64)) AS `bins`,
  CAST(if(isFinite(toFloat64(`range_bps`)), ifNotFinite(toFloat64(`range_bps`), 0), NULL) AS Nullable(Float64)) AS `range_bps`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    argMax(px_bin, (bin_volume, - px_bin)) AS `poc_bin`,
    max(bin_volume) / nullIf(toFloat64(toString(sum(quantity_exact))), 0) AS `poc_share`,
    uniqExact(px_bin) AS `bins`,
    (max(price) - min(price)) / nullIf(toFloat64(toString(sum(quote_exact))) / nullIf(toFloat64(toString(sum(quantity_exact))), 0), 0) * 10000 AS `range_bps`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `ord`,
      `price`,
      `price_ticks`,
      `quantity_exact`,
      `quote_exact`,
      `px_bin`,
      toFloat64(toString(sum(quantity_exact) OVER (PARTITION BY bucket__place, px_bin ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))) AS `bin_volume`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `ord`,
        `price`,
        `price_ticks`,
        `quantity_exact`,
        `quote_exact`,
        intDiv(price_ticks, 10) AS `px_bin`
      FROM `marketprism_features`.`ubt__trades_lazy`
    )
  )
  GROUP BY bucket__place
);

CREATE VIEW `marketprism_features`.`footprint_poc` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `poc_bin`,
  `poc_share`,
  `bins`,
  `range_bps`
FROM `marketprism_features`.`footprint_poc__f3042ad3` FINAL
COMMENT 'Where one bucket\'s volume was traded - point of control, its share, and the bucket\'s price range';

INSERT INTO `marketprism_features`.`footprint_poc__f3042ad3` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `poc_bin`, `poc_share`, `bins`, `range_bps`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`poc_bin`)), ifNotFinite(toFloat64(`poc_bin`), 0), NULL) AS Nullable(Float64)) AS `poc_bin`,
  CAST(if(isFinite(toFloat64(`poc_share`)), ifNotFinite(toFloat64(`poc_share`), 0), NULL) AS Nullable(Float64)) AS `poc_share`,
  CAST(if(isFinite(toFloat64(`bins`)), ifNotFinite(toFloat64(`bins`), 0), NULL) AS Nullable(Float64)) AS `bins`,
  CAST(if(isFinite(toFloat64(`range_bps`)), ifNotFinite(toFloat64(`range_bps`), 0), NULL) AS Nullable(Float64)) AS `range_bps`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    argMax(px_bin, (bin_volume, - px_bin)) AS `poc_bin`,
    max(bin_volume) / nullIf(toFloat64(toString(sum(quantity_exact))), 0) AS `poc_share`,
    uniqExact(px_bin) AS `bins`,
    (max(price) - min(price)) / nullIf(toFloat64(toString(sum(quote_exact))) / nullIf(toFloat64(toString(sum(quantity_exact))), 0), 0) * 10000 AS `range_bps`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `ord`,
      `price`,
      `price_ticks`,
      `quantity_exact`,
      `quote_exact`,
      `px_bin`,
      toFloat64(toString(sum(quantity_exact) OVER (PARTITION BY bucket__place, px_bin ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))) AS `bin_volume`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `ord`,
        `price`,
        `price_ticks`,
        `quantity_exact`,
        `quote_exact`,
        intDiv(price_ticks, 10) AS `px_bin`
      FROM (
        WITH (
          SELECT tuple(
            groupUniqArray((exchange, market_type, symbol)),
            min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
          )
          FROM buckets
        ) AS span
        SELECT
          j.exchange AS exchange,
          j.market_type AS market_type,
          j.symbol AS symbol,
          j.bucket_id AS bucket_id,
          j.bucket_ts_start AS bucket_ts_start,
          j.bucket_ts_end AS bucket_ts_end,
          j.prev_ts_end AS prev_ts_end,
          j.available_at AS available_at,
          j.v AS v,
          j.bucket__place AS bucket__place,
          bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.trade_seq AS ord,
          toFloat64(j.price) AS price,
          intDiv(reinterpretAsInt64(toDecimal64(j.price, 8)), nullIf(multiIf(j.exchange = 'binance' AND j.market_type = 'spot' AND j.symbol = 'BTCUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'spot' AND j.symbol = 'ETHUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'BTCUSDT', reinterpretAsInt64(toDecimal64('0.1', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'ETHUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'SOLUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'coinbase' AND j.market_type = 'spot' AND j.symbol = 'BTC-USD', reinterpretAsInt64(toDecimal64('0.01', 8)), toInt64(0)), 0)) AS price_ticks,
          toDecimal256(j.quantity, 8) AS quantity_exact,
          toDecimal256(j.price, 8) * toDecimal256(j.quantity, 8) AS quote_exact
        FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
        CROSS JOIN (
          SELECT
            b.exchange AS exchange,
            b.market_type AS market_type,
            b.symbol AS symbol,
            b.bucket_id AS bucket_id,
            b.bucket_ts_start AS bucket_ts_start,
            b.bucket_ts_end AS bucket_ts_end,
            b.prev_ts_end AS prev_ts_end,
            b.available_at AS available_at,
            b.v AS v,
            b.bucket__place AS bucket__place,
            t.timestamp AS timestamp,
            t.trade_seq AS trade_seq,
            t.price AS price,
            t.quantity AS quantity,
            t.side AS side
          FROM (
            SELECT
              exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
            FROM `marketprism_hot`.`trades` FINAL
            WHERE late = 0
              AND (exchange, market_type, symbol) IN (span.1)
              AND timestamp >= span.2
              AND timestamp < span.5
          ) AS t
          ASOF INNER JOIN buckets AS b
            ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
            AND t.timestamp >= b.prev_ts_end
          WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
        ) AS j
      )
    )
  )
  GROUP BY bucket__place
);

-- view forward_return, level 0, look-back 0

CREATE TABLE `marketprism_features`.`forward_return__45e6d2ba`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `mid_at_end` Nullable(Float64) COMMENT 'Mid of the last snapshot before the bucket\'s end; NULL if that is invalid or older than a minute' CODEC(ZSTD(1)),
    `mid_60` Nullable(Float64) COMMENT 'The same 60 s after the bucket\'s end' CODEC(ZSTD(1)),
    `forward_return_60` Nullable(Float64) COMMENT 'Log return of the mid over the 60 s that follow the bucket. It is known, and joined by others, only when they have passed' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Where the mid went in the minute after the bucket, known a minute later';

CREATE MATERIALIZED VIEW `marketprism_features`.`forward_return__45e6d2ba__mv_lazy` TO `marketprism_features`.`forward_return__45e6d2ba` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`mid_at_end`)), ifNotFinite(toFloat64(`mid_at_end`), 0), NULL) AS Nullable(Float64)) AS `mid_at_end`,
  CAST(if(isFinite(toFloat64(`mid_60`)), ifNotFinite(toFloat64(`mid_60`), 0), NULL) AS Nullable(Float64)) AS `mid_60`,
  CAST(if(isFinite(toFloat64(`forward_return_60`)), ifNotFinite(toFloat64(`forward_return_60`), 0), NULL) AS Nullable(Float64)) AS `forward_return_60`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    max(`now.mid`) AS `mid_at_end`,
    max(`later.mid`) AS `mid_60`,
    log(mid_60 / nullIf(mid_at_end, 0)) AS `forward_return_60`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `timestamp`,
      `ord`,
      `is_trade`,
      `mid`,
      `now.mid`,
      `later.mid`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `timestamp`,
        `ord`,
        `is_trade`,
        `mid`,
        if(ifNull(toUnixTimestamp64Milli(bucket_ts_end) - toUnixTimestamp64Milli(tupleElement(now__found, 1)) <= 60000, false), tupleElement(now__found, 2), NULL) AS `now.mid`,
        if(ifNull(toUnixTimestamp64Milli(bucket_ts_end) + 60000 - toUnixTimestamp64Milli(tupleElement(later__found, 1)) <= 60000, false), tupleElement(later__found, 2), NULL) AS `later.mid`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `ord`,
          `is_trade`,
          `mid`,
          argMaxIf(tuple(toNullable(timestamp), toNullable(mid)), ord, is_trade = 0 AND timestamp < bucket_ts_end) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `now__found`,
          argMaxIf(tuple(toNullable(timestamp), toNullable(mid)), ord, is_trade = 0 AND timestamp < bucket_ts_end + toIntervalMillisecond(60000)) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `later__found`
        FROM (
          WITH (
            SELECT tuple(
              groupUniqArray((exchange, market_type, symbol)),
              min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
            )
            FROM `marketprism_features`.`ubt__delay_60s_lazy`
          ) AS span
          SELECT
            j.exchange AS exchange,
            j.market_type AS market_type,
            j.symbol AS symbol,
            j.bucket_id AS bucket_id,
            j.bucket_ts_start AS bucket_ts_start,
            j.bucket_ts_end AS bucket_ts_end,
            j.prev_ts_end AS prev_ts_end,
            j.available_at AS available_at,
            j.v AS v,
            j.bucket__place AS bucket__place,
            j.timestamp AS timestamp,
            bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 65) + bitShiftLeft(toUInt128(1 - j.is_trade), 64) + j.seq AS ord,
            j.is_trade AS is_trade,
            if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid
          FROM (SELECT 1 AS one FROM `marketprism_features`.`ubt__delay_60s_lazy` LIMIT 1) AS present
          CROSS JOIN (
            SELECT
              exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
              timestamp,
              toUInt8(1) AS is_trade,
              trade_seq AS seq,
              price, quantity, side,
              [] AS bid_px, [] AS ask_px,
              toUInt8(0) AS carry
            FROM (
              SELECT
                b.exchange AS exchange,
                b.market_type AS market_type,
                b.symbol AS symbol,
                b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start,
                b.bucket_ts_end AS bucket_ts_end,
                b.prev_ts_end AS prev_ts_end,
                b.available_at AS available_at,
                b.v AS v,
                b.bucket__place AS bucket__place,
                t.timestamp AS timestamp,
                t.trade_seq AS trade_seq,
                t.price AS price,
                t.quantity AS quantity,
                t.side AS side
              FROM (
                SELECT
                  exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
                FROM `marketprism_hot`.`trades` FINAL
                WHERE late = 0
                  AND (exchange, market_type, symbol) IN (span.1)
                  AND timestamp >= span.2
                  AND timestamp < span.5
              ) AS t
              ASOF INNER JOIN `marketprism_features`.`ubt__delay_60s_lazy` AS b
                ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
                AND t.timestamp >= b.prev_ts_end
              WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
            )
            UNION ALL
            SELECT
              exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
              timestamp,
              toUInt8(0) AS is_trade,
              book_seq AS seq,
              toDecimal64(0, 8) AS price, toDecimal128(0, 8) AS quantity, '' AS side,
              bid_px, ask_px,
              carry
            FROM (
              WITH known AS (
                -- Like the snapshot that is carried into a bucket, each must have been in time for its own one.
                SELECT
                  s.exchange AS exchange, s.market_type AS market_type, s.symbol AS symbol, s.timestamp AS timestamp, s.book_seq AS book_seq,
                  s.bid_px AS bid_px, s.ask_px AS ask_px
                FROM (
                  SELECT
                    exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(ask_px, 1, 1) AS ask_px, available_at
                  FROM `marketprism_hot`.`orderbooks` FINAL
                  WHERE (exchange, market_type, symbol) IN (span.1)
                    AND timestamp >= span.2 - toIntervalMillisecond(120000)
                    AND timestamp < span.5 + toIntervalMillisecond(60000)
                ) AS s
                ASOF INNER JOIN (
                  SELECT exchange, market_type, symbol, bucket_ts_end, available_at
                  FROM `marketprism_features`.`unified_buckets`
                  WHERE (exchange, market_type, symbol) IN (span.1)
                    AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
                ) AS own
                  ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
                  AND s.timestamp < own.bucket_ts_end
                WHERE s.available_at <= own.available_at
              )
              -- the rows of the interval and of the time after it; a snapshot may belong to several buckets
              SELECT
                b.exchange AS exchange,
              b.market_type AS market_type,
              b.symbol AS symbol,
              b.bucket_id AS bucket_id,
              b.bucket_ts_start AS bucket_ts_start,
              b.bucket_ts_end AS bucket_ts_end,
              b.prev_ts_end AS prev_ts_end,
              b.available_at AS available_at,
              b.v AS v,
              b.bucket__place AS bucket__place,
                s.timestamp AS timestamp,
                s.book_seq AS book_seq,
                s.bid_px AS bid_px, s.ask_px AS ask_px,
                toUInt8(0) AS carry
              FROM (
                SELECT
                  *,
                  toInt64(arrayJoin(range(
                    toUInt64(intDiv(toUnixTimestamp64Milli(prev_ts_end), 10000)),
                    toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) + 60000, 10000) + 1)
                  ))) AS slot
                FROM `marketprism_features`.`ubt__delay_60s_lazy`
              ) AS b
              INNER JOIN (SELECT *, intDiv(toUnixTimestamp64Milli(timestamp), 10000) AS slot FROM known) AS s
                ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol AND b.slot = s.slot
              WHERE s.timestamp >= b.prev_ts_end AND s.timestamp < b.bucket_ts_end + toIntervalMillisecond(60000)
              UNION ALL
              -- the last snapshot before the interval
              SELECT
                b.exchange AS exchange,
              b.market_type AS market_type,
              b.symbol AS symbol,
              b.bucket_id AS bucket_id,
              b.bucket_ts_start AS bucket_ts_start,
              b.bucket_ts_end AS bucket_ts_end,
              b.prev_ts_end AS prev_ts_end,
              b.available_at AS available_at,
              b.v AS v,
              b.bucket__place AS bucket__place,
                s.timestamp AS timestamp,
                s.book_seq AS book_seq,
                s.bid_px AS bid_px, s.ask_px AS ask_px,
                toUInt8(1) AS carry
              FROM `marketprism_features`.`ubt__delay_60s_lazy` AS b
              ASOF INNER JOIN (
                SELECT * FROM known
                ORDER BY book_seq DESC
                LIMIT 1 BY exchange, market_type, symbol, timestamp
              ) AS s
                ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
                AND b.prev_ts_end > s.timestamp
              WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
            )
          ) AS j
        )
      )
    )
    WHERE is_trade = 1
  )
  GROUP BY bucket__place
);

CREATE VIEW `marketprism_features`.`forward_return` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `mid_at_end`,
  `mid_60`,
  `forward_return_60`
FROM `marketprism_features`.`forward_return__45e6d2ba` FINAL
COMMENT 'Where the mid went in the minute after the bucket, known a minute later';

INSERT INTO `marketprism_features`.`forward_return__45e6d2ba` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `mid_at_end`, `mid_60`, `forward_return_60`)
WITH closed AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */),
buckets AS (
  -- Those whose delay is over, known with the first bucket that ends so long after them.
  SELECT
    k.exchange AS exchange,
k.market_type AS market_type,
k.symbol AS symbol,
k.bucket_id AS bucket_id,
k.bucket_ts_start AS bucket_ts_start,
k.bucket_ts_end AS bucket_ts_end,
k.prev_ts_end AS prev_ts_end,
    s.available_at AS available_at,
    k.v AS v, toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place
  FROM (SELECT *, bucket_ts_end + toIntervalMillisecond(60000) AS ripe_at FROM closed) AS k
  ASOF INNER JOIN (
    SELECT exchange, market_type, symbol, bucket_ts_end, available_at
    FROM `marketprism_features`.`unified_buckets` FINAL
    WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM closed)
      AND bucket_ts_end > (SELECT min(bucket_ts_end) FROM closed)
  ) AS s
    ON s.exchange = k.exchange AND s.market_type = k.market_type AND s.symbol = k.symbol
    AND k.ripe_at <= s.bucket_ts_end
)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`mid_at_end`)), ifNotFinite(toFloat64(`mid_at_end`), 0), NULL) AS Nullable(Float64)) AS `mid_at_end`,
  CAST(if(isFinite(toFloat64(`mid_60`)), ifNotFinite(toFloat64(`mid_60`), 0), NULL) AS Nullable(Float64)) AS `mid_60`,
  CAST(if(isFinite(toFloat64(`forward_return_60`)), ifNotFinite(toFloat64(`forward_return_60`), 0), NULL) AS Nullable(Float64)) AS `forward_return_60`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    max(`now.mid`) AS `mid_at_end`,
    max(`later.mid`) AS `mid_60`,
    log(mid_60 / nullIf(mid_at_end, 0)) AS `forward_return_60`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `timestamp`,
      `ord`,
      `is_trade`,
      `mid`,
      `now.mid`,
      `later.mid`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `timestamp`,
        `ord`,
        `is_trade`,
        `mid`,
        if(ifNull(toUnixTimestamp64Milli(bucket_ts_end) - toUnixTimestamp64Milli(tupleElement(now__found, 1)) <= 60000, false), tupleElement(now__found, 2), NULL) AS `now.mid`,
        if(ifNull(toUnixTimestamp64Milli(bucket_ts_end) + 60000 - toUnixTimestamp64Milli(tupleElement(later__found, 1)) <= 60000, false), tupleElement(later__found, 2), NULL) AS `later.mid`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `ord`,
          `is_trade`,
          `mid`,
          argMaxIf(tuple(toNullable(timestamp), toNullable(mid)), ord, is_trade = 0 AND timestamp < bucket_ts_end) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `now__found`,
          argMaxIf(tuple(toNullable(timestamp), toNullable(mid)), ord, is_trade = 0 AND timestamp < bucket_ts_end + toIntervalMillisecond(60000)) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `later__found`
        FROM (
          WITH (
            SELECT tuple(
              groupUniqArray((exchange, market_type, symbol)),
              min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
            )
            FROM buckets
          ) AS span
          SELECT
            j.exchange AS exchange,
            j.market_type AS market_type,
            j.symbol AS symbol,
            j.bucket_id AS bucket_id,
            j.bucket_ts_start AS bucket_ts_start,
            j.bucket_ts_end AS bucket_ts_end,
            j.prev_ts_end AS prev_ts_end,
            j.available_at AS available_at,
            j.v AS v,
            j.bucket__place AS bucket__place,
            j.timestamp AS timestamp,
            bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 65) + bitShiftLeft(toUInt128(1 - j.is_trade), 64) + j.seq AS ord,
            j.is_trade AS is_trade,
            if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid
          FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
          CROSS JOIN (
            SELECT
              exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
              timestamp,
              toUInt8(1) AS is_trade,
              trade_seq AS seq,
              price, quantity, side,
              [] AS bid_px, [] AS ask_px,
              toUInt8(0) AS carry
            FROM (
              SELECT
                b.exchange AS exchange,
                b.market_type AS market_type,
                b.symbol AS symbol,
                b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start,
                b.bucket_ts_end AS bucket_ts_end,
                b.prev_ts_end AS prev_ts_end,
                b.available_at AS available_at,
                b.v AS v,
                b.bucket__place AS bucket__place,
                t.timestamp AS timestamp,
                t.trade_seq AS trade_seq,
                t.price AS price,
                t.quantity AS quantity,
                t.side AS side
              FROM (
                SELECT
                  exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
                FROM `marketprism_hot`.`trades` FINAL
                WHERE late = 0
                  AND (exchange, market_type, symbol) IN (span.1)
                  AND timestamp >= span.2
                  AND timestamp < span.5
              ) AS t
              ASOF INNER JOIN buckets AS b
                ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
                AND t.timestamp >= b.prev_ts_end
              WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
            )
            UNION ALL
            SELECT
              exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
              timestamp,
              toUInt8(0) AS is_trade,
              book_seq AS seq,
              toDecimal64(0, 8) AS price, toDecimal128(0, 8) AS quantity, '' AS side,
              bid_px, ask_px,
              carry
            FROM (
              WITH known AS (
                -- Like the snapshot that is carried into a bucket, each must have been in time for its own one.
                SELECT
                  s.exchange AS exchange, s.market_type AS market_type, s.symbol AS symbol, s.timestamp AS timestamp, s.book_seq AS book_seq,
                  s.bid_px AS bid_px, s.ask_px AS ask_px
                FROM (
                  SELECT
                    exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(ask_px, 1, 1) AS ask_px, available_at
                  FROM `marketprism_hot`.`orderbooks` FINAL
                  WHERE (exchange, market_type, symbol) IN (span.1)
                    AND timestamp >= span.2 - toIntervalMillisecond(120000)
                    AND timestamp < span.5 + toIntervalMillisecond(60000)
                ) AS s
                ASOF INNER JOIN (
                  SELECT exchange, market_type, symbol, bucket_ts_end, available_at
                  FROM `marketprism_features`.`unified_buckets`
                  WHERE (exchange, market_type, symbol) IN (span.1)
                    AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
                ) AS own
                  ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
                  AND s.timestamp < own.bucket_ts_end
                WHERE s.available_at <= own.available_at
              )
              -- the rows of the interval and of the time after it; a snapshot may belong to several buckets
              SELECT
                b.exchange AS exchange,
              b.market_type AS market_type,
              b.symbol AS symbol,
              b.bucket_id AS bucket_id,
              b.bucket_ts_start AS bucket_ts_start,
              b.bucket_ts_end AS bucket_ts_end,
              b.prev_ts_end AS prev_ts_end,
              b.available_at AS available_at,
              b.v AS v,
              b.bucket__place AS bucket__place,
                s.timestamp AS timestamp,
                s.book_seq AS book_seq,
                s.bid_px AS bid_px, s.ask_px AS ask_px,
                toUInt8(0) AS carry
              FROM (
                SELECT
                  *,
                  toInt64(arrayJoin(range(
                    toUInt64(intDiv(toUnixTimestamp64Milli(prev_ts_end), 10000)),
                    toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) + 60000, 10000) + 1)
                  ))) AS slot
                FROM buckets
              ) AS b
              INNER JOIN (SELECT *, intDiv(toUnixTimestamp64Milli(timestamp), 10000) AS slot FROM known) AS s
                ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol AND b.slot = s.slot
              WHERE s.timestamp >= b.prev_ts_end AND s.timestamp < b.bucket_ts_end + toIntervalMillisecond(60000)
              UNION ALL
              -- the last snapshot before the interval
              SELECT
                b.exchange AS exchange,
              b.market_type AS market_type,
              b.symbol AS symbol,
              b.bucket_id AS bucket_id,
              b.bucket_ts_start AS bucket_ts_start,
              b.bucket_ts_end AS bucket_ts_end,
              b.prev_ts_end AS prev_ts_end,
              b.available_at AS available_at,
              b.v AS v,
              b.bucket__place AS bucket__place,
                s.timestamp AS timestamp,
                s.book_seq AS book_seq,
                s.bid_px AS bid_px, s.ask_px AS ask_px,
                toUInt8(1) AS carry
              FROM buckets AS b
              ASOF INNER JOIN (
                SELECT * FROM known
                ORDER BY book_seq DESC
                LIMIT 1 BY exchange, market_type, symbol, timestamp
              ) AS s
                ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
                AND b.prev_ts_end > s.timestamp
              WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
            )
          ) AS j
        )
      )
    )
    WHERE is_trade = 1
  )
  GROUP BY bucket__place
);

-- view funding_shock, level 0, look-back 0

CREATE TABLE `marketprism_features`.`funding_shock__3e5a6e2b`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `funding_rate_8h` Nullable(Float64) COMMENT 'Rate of the last settlement, scaled to eight hours by the time to the next one, or from the one before where that is not known' CODEC(ZSTD(1)),
    `funding_shock` Nullable(Float64) COMMENT 'Its change since the settlement before, both scaled to eight hours' CODEC(ZSTD(1)),
    `funding_shock_sign` Nullable(Float64) COMMENT 'Direction of the change' CODEC(ZSTD(1)),
    `funding_shock_z` Nullable(Float64) COMMENT 'Rate against mean and standard deviation of the six settlements before it; NULL with fewer than three of them, or where they are all the same' CODEC(ZSTD(1)),
    `is_funding_shock` Nullable(Float64) COMMENT 'Whether that is at least `z_critical`' CODEC(ZSTD(1)),
    `funding_shock_decayed` Nullable(Float64) COMMENT 'The change, halved every eight hours that have passed since the settlement' CODEC(ZSTD(1)),
    `settlement_age_s` Nullable(Float64) COMMENT 'From the settlement to the moment at which the bucket was known' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'The last funding settlement that was known with the bucket, against the settlements before it; perpetual contracts only';

CREATE MATERIALIZED VIEW `marketprism_features`.`funding_shock__3e5a6e2b__mv_lazy` TO `marketprism_features`.`funding_shock__3e5a6e2b` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`funding_rate_8h`)), ifNotFinite(toFloat64(`funding_rate_8h`), 0), NULL) AS Nullable(Float64)) AS `funding_rate_8h`,
  CAST(if(isFinite(toFloat64(`funding_shock`)), ifNotFinite(toFloat64(`funding_shock`), 0), NULL) AS Nullable(Float64)) AS `funding_shock`,
  CAST(if(isFinite(toFloat64(`funding_shock_sign`)), ifNotFinite(toFloat64(`funding_shock_sign`), 0), NULL) AS Nullable(Float64)) AS `funding_shock_sign`,
  CAST(if(isFinite(toFloat64(`funding_shock_z`)), ifNotFinite(toFloat64(`funding_shock_z`), 0), NULL) AS Nullable(Float64)) AS `funding_shock_z`,
  CAST(if(isFinite(toFloat64(`is_funding_shock`)), ifNotFinite(toFloat64(`is_funding_shock`), 0), NULL) AS Nullable(Float64)) AS `is_funding_shock`,
  CAST(if(isFinite(toFloat64(`funding_shock_decayed`)), ifNotFinite(toFloat64(`funding_shock_decayed`), 0), NULL) AS Nullable(Float64)) AS `funding_shock_decayed`,
  CAST(if(isFinite(toFloat64(`settlement_age_s`)), ifNotFinite(toFloat64(`settlement_age_s`), 0), NULL) AS Nullable(Float64)) AS `settlement_age_s`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    maxOrNullIf(rate_8h, back = 0) AS `funding_rate_8h`,
    maxOrNullIf(change, back = 0) AS `funding_shock`,
    sign(funding_shock) AS `funding_shock_sign`,
    if(countIf(rate_8h IS NOT NULL AND back BETWEEN 1 AND 6) >= 3, (funding_rate_8h - if(countIf(NOT isFinite(rate_8h) AND (back BETWEEN 1 AND 6)) > 0, nan, toFloat64(toString(sumIf(toDecimal256(ifNotFinite(rate_8h, 0), 30) + isFinite(rate_8h) * 0, back BETWEEN 1 AND 6)))) / nullIf(countIf(isNotNull(rate_8h) AND (back BETWEEN 1 AND 6)), 0)) / nullIf(if(countIf(NOT (abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12)) > 0, nan, sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull(if(back BETWEEN 1 AND 6, rate_8h, NULL)), NULL, abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12, toFloat64(if(back BETWEEN 1 AND 6, rate_8h, NULL)), 0), 20)) * sum(toDecimal256(multiIf(isNull(if(back BETWEEN 1 AND 6, rate_8h, NULL)), NULL, abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12, toFloat64(if(back BETWEEN 1 AND 6, rate_8h, NULL)), 0), 20) * toDecimal256(multiIf(isNull(if(back BETWEEN 1 AND 6, rate_8h, NULL)), NULL, abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12, toFloat64(if(back BETWEEN 1 AND 6, rate_8h, NULL)), 0), 20)) - sum(toDecimal256(multiIf(isNull(if(back BETWEEN 1 AND 6, rate_8h, NULL)), NULL, abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12, toFloat64(if(back BETWEEN 1 AND 6, rate_8h, NULL)), 0), 20)) * sum(toDecimal256(multiIf(isNull(if(back BETWEEN 1 AND 6, rate_8h, NULL)), NULL, abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12, toFloat64(if(back BETWEEN 1 AND 6, rate_8h, NULL)), 0), 20)))) / nullIf(count(toDecimal256(multiIf(isNull(if(back BETWEEN 1 AND 6, rate_8h, NULL)), NULL, abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12, toFloat64(if(back BETWEEN 1 AND 6, rate_8h, NULL)), 0), 20)) * (count(toDecimal256(multiIf(isNull(if(back BETWEEN 1 AND 6, rate_8h, NULL)), NULL, abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12, toFloat64(if(back BETWEEN 1 AND 6, rate_8h, NULL)), 0), 20)) - 1), 0))), 0), NULL) AS `funding_shock_z`,
    abs(funding_shock_z) >= 3 AS `is_funding_shock`,
    funding_shock * exp2(- minOrNullIf(age_ms, back = 0) / 3600000 / 8) AS `funding_shock_decayed`,
    minOrNullIf(age_ms, back = 0) / 1000 AS `settlement_age_s`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `timestamp`,
      `seq`,
      `funding_rate`,
      `predicted_funding_rate`,
      `funding_time`,
      `next_funding_time`,
      `mark_price`,
      `index_price`,
      `age_ms`,
      `is_new`,
      `ord`,
      `is_repeat`,
      `hours`,
      `back`,
      `rate_8h`,
      rate_8h - lagInFrame(toNullable(rate_8h), 1, NULL) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `change`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `timestamp`,
        `seq`,
        `funding_rate`,
        `predicted_funding_rate`,
        `funding_time`,
        `next_funding_time`,
        `mark_price`,
        `index_price`,
        `age_ms`,
        `is_new`,
        `ord`,
        `is_repeat`,
        `hours`,
        `back`,
        funding_rate * 8 / nullIf(hours, 0) AS `rate_8h`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `seq`,
          `funding_rate`,
          `predicted_funding_rate`,
          `funding_time`,
          `next_funding_time`,
          `mark_price`,
          `index_price`,
          `age_ms`,
          `is_new`,
          `ord`,
          `is_repeat`,
          ifNull(dateDiff('millisecond', funding_time, next_funding_time), dateDiff('millisecond', lagInFrame(toNullable(funding_time), 1, NULL) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), funding_time)) / 3600000 AS `hours`,
          count() OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) - count() OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `back`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `seq`,
            `funding_rate`,
            `predicted_funding_rate`,
            `funding_time`,
            `next_funding_time`,
            `mark_price`,
            `index_price`,
            `age_ms`,
            `is_new`,
            `ord`,
            ifNull(funding_time = lagInFrame(toNullable(funding_time), 1, NULL) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), false) AS `is_repeat`
          FROM (
            SELECT
              `exchange`,
              `market_type`,
              `symbol`,
              `bucket_id`,
              `bucket_ts_start`,
              `bucket_ts_end`,
              `prev_ts_end`,
              `available_at`,
              `v`,
              `bucket__place`,
              `timestamp`,
              `seq`,
              `funding_rate`,
              `predicted_funding_rate`,
              `funding_time`,
              `next_funding_time`,
              `mark_price`,
              `index_price`,
              `age_ms`,
              `is_new`,
              `ord`
            FROM (
              SELECT
                b.exchange AS exchange,
              b.market_type AS market_type,
              b.symbol AS symbol,
              b.bucket_id AS bucket_id,
              b.bucket_ts_start AS bucket_ts_start,
              b.bucket_ts_end AS bucket_ts_end,
              b.prev_ts_end AS prev_ts_end,
              b.available_at AS available_at,
              b.v AS v,
              b.bucket__place AS bucket__place,
                s.timestamp__known AS timestamp,
              s.seq__known AS seq,
              s.funding_rate__known AS funding_rate,
              s.predicted_funding_rate__known AS predicted_funding_rate,
              s.funding_time__known AS funding_time,
              s.next_funding_time__known AS next_funding_time,
              s.mark_price__known AS mark_price,
              s.index_price__known AS index_price,
                s.ord AS ord,
                b.known_ms - s.at_ms AS age_ms,
                toUInt8(s.known_at > b.known_before) AS is_new
              -- What a bucket knows lies in at most two slots of the longest age: an equal-join, where a join by range would pair all with all.
              FROM (
                SELECT
                  k.exchange AS exchange,
              k.market_type AS market_type,
              k.symbol AS symbol,
              k.bucket_id AS bucket_id,
              k.bucket_ts_start AS bucket_ts_start,
              k.bucket_ts_end AS bucket_ts_end,
              k.prev_ts_end AS prev_ts_end,
              k.available_at AS available_at,
              k.v AS v,
              k.bucket__place AS bucket__place,
                  toUnixTimestamp64Milli(available_at) AS known_ms,
                  -- The first bucket of an instrument knows as new what came since its interval began.
                  if(p.next_id = 0, k.prev_ts_end, p.known_before) AS known_before,
                  arrayJoin(range(
                    toUInt64(intDiv(known_ms - 259200000, 259200000)),
                    toUInt64(intDiv(known_ms, 259200000)) + 1
                  )) AS slot
                FROM `marketprism_features`.`ubt__close_0_lazy` AS k
                LEFT JOIN (
                  SELECT exchange AS of_exchange, market_type AS of_type, symbol AS of_symbol, bucket_id + 1 AS next_id, available_at AS known_before
                  FROM `marketprism_features`.`unified_buckets` FINAL
                  WHERE (exchange, market_type, symbol, bucket_id) IN (
                    SELECT exchange, market_type, symbol, toUInt64(bucket_id - 1) FROM `marketprism_features`.`ubt__close_0_lazy`
                  )
                ) AS p
                  ON p.of_exchange = k.exchange AND p.of_type = k.market_type AND p.of_symbol = k.symbol AND p.next_id = k.bucket_id
              ) AS b
              INNER JOIN (
                SELECT *, toUInt64(intDiv(at_ms, 259200000)) AS slot
                FROM (
                  SELECT
                    exchange, market_type, symbol, available_at AS known_at,
                    toUnixTimestamp64Milli(timestamp) AS at_ms,
                    tuple(timestamp, seq) AS ord,
                    timestamp AS timestamp__known,
                    toFloat64(seq) AS seq__known,
                    toFloat64(funding_rate) AS funding_rate__known,
                    toFloat64(predicted_funding_rate) AS predicted_funding_rate__known,
                    funding_time AS funding_time__known,
                    next_funding_time AS next_funding_time__known,
                    toFloat64(mark_price) AS mark_price__known,
                    toFloat64(index_price) AS index_price__known
                  FROM `marketprism_hot`.`funding_rates` FINAL
                  WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM `marketprism_features`.`ubt__close_0_lazy`)
                    AND available_at <= (SELECT max(available_at) FROM `marketprism_features`.`ubt__close_0_lazy`)
                    AND timestamp >= (SELECT min(available_at) FROM `marketprism_features`.`ubt__close_0_lazy`) - toIntervalMillisecond(259200000)
                )
              ) AS s
                ON s.exchange = b.exchange AND s.market_type = b.market_type AND s.symbol = b.symbol AND s.slot = b.slot
              WHERE s.known_at <= b.available_at AND s.at_ms >= b.known_ms - 259200000
            )
            WHERE funding_time IS NOT NULL AND funding_rate IS NOT NULL
          )
        )
        WHERE NOT is_repeat
      )
    )
  )
  GROUP BY bucket__place
);

CREATE VIEW `marketprism_features`.`funding_shock` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `funding_rate_8h`,
  `funding_shock`,
  `funding_shock_sign`,
  `funding_shock_z`,
  `is_funding_shock`,
  `funding_shock_decayed`,
  `settlement_age_s`
FROM `marketprism_features`.`funding_shock__3e5a6e2b` FINAL
COMMENT 'The last funding settlement that was known with the bucket, against the settlements before it; perpetual contracts only';

INSERT INTO `marketprism_features`.`funding_shock__3e5a6e2b` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `funding_rate_8h`, `funding_shock`, `funding_shock_sign`, `funding_shock_z`, `is_funding_shock`, `funding_shock_decayed`, `settlement_age_s`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`funding_rate_8h`)), ifNotFinite(toFloat64(`funding_rate_8h`), 0), NULL) AS Nullable(Float64)) AS `funding_rate_8h`,
  CAST(if(isFinite(toFloat64(`funding_shock`)), ifNotFinite(toFloat64(`funding_shock`), 0), NULL) AS Nullable(Float64)) AS `funding_shock`,
  CAST(if(isFinite(toFloat64(`funding_shock_sign`)), ifNotFinite(toFloat64(`funding_shock_sign`), 0), NULL) AS Nullable(Float64)) AS `funding_shock_sign`,
  CAST(if(isFinite(toFloat64(`funding_shock_z`)), ifNotFinite(toFloat64(`funding_shock_z`), 0), NULL) AS Nullable(Float64)) AS `funding_shock_z`,
  CAST(if(isFinite(toFloat64(`is_funding_shock`)), ifNotFinite(toFloat64(`is_funding_shock`), 0), NULL) AS Nullable(Float64)) AS `is_funding_shock`,
  CAST(if(isFinite(toFloat64(`funding_shock_decayed`)), ifNotFinite(toFloat64(`funding_shock_decayed`), 0), NULL) AS Nullable(Float64)) AS `funding_shock_decayed`,
  CAST(if(isFinite(toFloat64(`settlement_age_s`)), ifNotFinite(toFloat64(`settlement_age_s`), 0), NULL) AS Nullable(Float64)) AS `settlement_age_s`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    maxOrNullIf(rate_8h, back = 0) AS `funding_rate_8h`,
    maxOrNullIf(change, back = 0) AS `funding_shock`,
    sign(funding_shock) AS `funding_shock_sign`,
    if(countIf(rate_8h IS NOT NULL AND back BETWEEN 1 AND 6) >= 3, (funding_rate_8h - if(countIf(NOT isFinite(rate_8h) AND (back BETWEEN 1 AND 6)) > 0, nan, toFloat64(toString(sumIf(toDecimal256(ifNotFinite(rate_8h, 0), 30) + isFinite(rate_8h) * 0, back BETWEEN 1 AND 6)))) / nullIf(countIf(isNotNull(rate_8h) AND (back BETWEEN 1 AND 6)), 0)) / nullIf(if(countIf(NOT (abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12)) > 0, nan, sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull(if(back BETWEEN 1 AND 6, rate_8h, NULL)), NULL, abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12, toFloat64(if(back BETWEEN 1 AND 6, rate_8h, NULL)), 0), 20)) * sum(toDecimal256(multiIf(isNull(if(back BETWEEN 1 AND 6, rate_8h, NULL)), NULL, abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12, toFloat64(if(back BETWEEN 1 AND 6, rate_8h, NULL)), 0), 20) * toDecimal256(multiIf(isNull(if(back BETWEEN 1 AND 6, rate_8h, NULL)), NULL, abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12, toFloat64(if(back BETWEEN 1 AND 6, rate_8h, NULL)), 0), 20)) - sum(toDecimal256(multiIf(isNull(if(back BETWEEN 1 AND 6, rate_8h, NULL)), NULL, abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12, toFloat64(if(back BETWEEN 1 AND 6, rate_8h, NULL)), 0), 20)) * sum(toDecimal256(multiIf(isNull(if(back BETWEEN 1 AND 6, rate_8h, NULL)), NULL, abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12, toFloat64(if(back BETWEEN 1 AND 6, rate_8h, NULL)), 0), 20)))) / nullIf(count(toDecimal256(multiIf(isNull(if(back BETWEEN 1 AND 6, rate_8h, NULL)), NULL, abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12, toFloat64(if(back BETWEEN 1 AND 6, rate_8h, NULL)), 0), 20)) * (count(toDecimal256(multiIf(isNull(if(back BETWEEN 1 AND 6, rate_8h, NULL)), NULL, abs(if(back BETWEEN 1 AND 6, rate_8h, NULL)) <= 1e12, toFloat64(if(back BETWEEN 1 AND 6, rate_8h, NULL)), 0), 20)) - 1), 0))), 0), NULL) AS `funding_shock_z`,
    abs(funding_shock_z) >= 3 AS `is_funding_shock`,
    funding_shock * exp2(- minOrNullIf(age_ms, back = 0) / 3600000 / 8) AS `funding_shock_decayed`,
    minOrNullIf(age_ms, back = 0) / 1000 AS `settlement_age_s`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `timestamp`,
      `seq`,
      `funding_rate`,
      `predicted_funding_rate`,
      `funding_time`,
      `next_funding_time`,
      `mark_price`,
      `index_price`,
      `age_ms`,
      `is_new`,
      `ord`,
      `is_repeat`,
      `hours`,
      `back`,
      `rate_8h`,
      rate_8h - lagInFrame(toNullable(rate_8h), 1, NULL) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `change`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `timestamp`,
        `seq`,
        `funding_rate`,
        `predicted_funding_rate`,
        `funding_time`,
        `next_funding_time`,
        `mark_price`,
        `index_price`,
        `age_ms`,
        `is_new`,
        `ord`,
        `is_repeat`,
        `hours`,
        `back`,
        funding_rate * 8 / nullIf(hours, 0) AS `rate_8h`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `seq`,
          `funding_rate`,
          `predicted_funding_rate`,
          `funding_time`,
          `next_funding_time`,
          `mark_price`,
          `index_price`,
          `age_ms`,
          `is_new`,
          `ord`,
          `is_repeat`,
          ifNull(dateDiff('millisecond', funding_time, next_funding_time), dateDiff('millisecond', lagInFrame(toNullable(funding_time), 1, NULL) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), funding_time)) / 3600000 AS `hours`,
          count() OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) - count() OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `back`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `seq`,
            `funding_rate`,
            `predicted_funding_rate`,
            `funding_time`,
            `next_funding_time`,
            `mark_price`,
            `index_price`,
            `age_ms`,
            `is_new`,
            `ord`,
            ifNull(funding_time = lagInFrame(toNullable(funding_time), 1, NULL) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), false) AS `is_repeat`
          FROM (
            SELECT
              `exchange`,
              `market_type`,
              `symbol`,
              `bucket_id`,
              `bucket_ts_start`,
              `bucket_ts_end`,
              `prev_ts_end`,
              `available_at`,
              `v`,
              `bucket__place`,
              `timestamp`,
              `seq`,
              `funding_rate`,
              `predicted_funding_rate`,
              `funding_time`,
              `next_funding_time`,
              `mark_price`,
              `index_price`,
              `age_ms`,
              `is_new`,
              `ord`
            FROM (
              SELECT
                b.exchange AS exchange,
              b.market_type AS market_type,
              b.symbol AS symbol,
              b.bucket_id AS bucket_id,
              b.bucket_ts_start AS bucket_ts_start,
              b.bucket_ts_end AS bucket_ts_end,
              b.prev_ts_end AS prev_ts_end,
              b.available_at AS available_at,
              b.v AS v,
              b.bucket__place AS bucket__place,
                s.timestamp__known AS timestamp,
              s.seq__known AS seq,
              s.funding_rate__known AS funding_rate,
              s.predicted_funding_rate__known AS predicted_funding_rate,
              s.funding_time__known AS funding_time,
              s.next_funding_time__known AS next_funding_time,
              s.mark_price__known AS mark_price,
              s.index_price__known AS index_price,
                s.ord AS ord,
                b.known_ms - s.at_ms AS age_ms,
                toUInt8(s.known_at > b.known_before) AS is_new
              -- What a bucket knows lies in at most two slots of the longest age: an equal-join, where a join by range would pair all with all.
              FROM (
                SELECT
                  k.exchange AS exchange,
              k.market_type AS market_type,
              k.symbol AS symbol,
              k.bucket_id AS bucket_id,
              k.bucket_ts_start AS bucket_ts_start,
              k.bucket_ts_end AS bucket_ts_end,
              k.prev_ts_end AS prev_ts_end,
              k.available_at AS available_at,
              k.v AS v,
              k.bucket__place AS bucket__place,
                  toUnixTimestamp64Milli(available_at) AS known_ms,
                  -- The first bucket of an instrument knows as new what came since its interval began.
                  if(p.next_id = 0, k.prev_ts_end, p.known_before) AS known_before,
                  arrayJoin(range(
                    toUInt64(intDiv(known_ms - 259200000, 259200000)),
                    toUInt64(intDiv(known_ms, 259200000)) + 1
                  )) AS slot
                FROM buckets AS k
                LEFT JOIN (
                  SELECT exchange AS of_exchange, market_type AS of_type, symbol AS of_symbol, bucket_id + 1 AS next_id, available_at AS known_before
                  FROM `marketprism_features`.`unified_buckets` FINAL
                  WHERE (exchange, market_type, symbol, bucket_id) IN (
                    SELECT exchange, market_type, symbol, toUInt64(bucket_id - 1) FROM buckets
                  )
                ) AS p
                  ON p.of_exchange = k.exchange AND p.of_type = k.market_type AND p.of_symbol = k.symbol AND p.next_id = k.bucket_id
              ) AS b
              INNER JOIN (
                SELECT *, toUInt64(intDiv(at_ms, 259200000)) AS slot
                FROM (
                  SELECT
                    exchange, market_type, symbol, available_at AS known_at,
                    toUnixTimestamp64Milli(timestamp) AS at_ms,
                    tuple(timestamp, seq) AS ord,
                    timestamp AS timestamp__known,
                    toFloat64(seq) AS seq__known,
                    toFloat64(funding_rate) AS funding_rate__known,
                    toFloat64(predicted_funding_rate) AS predicted_funding_rate__known,
                    funding_time AS funding_time__known,
                    next_funding_time AS next_funding_time__known,
                    toFloat64(mark_price) AS mark_price__known,
                    toFloat64(index_price) AS index_price__known
                  FROM `marketprism_hot`.`funding_rates` FINAL
                  WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM buckets)
                    AND available_at <= (SELECT max(available_at) FROM buckets)
                    AND timestamp >= (SELECT min(available_at) FROM buckets) - toIntervalMillisecond(259200000)
                )
              ) AS s
                ON s.exchange = b.exchange AND s.market_type = b.market_type AND s.symbol = b.symbol AND s.slot = b.slot
              WHERE s.known_at <= b.available_at AND s.at_ms >= b.known_ms - 259200000
            )
            WHERE funding_time IS NOT NULL AND funding_rate IS NOT NULL
          )
        )
        WHERE NOT is_repeat
      )
    )
  )
  GROUP BY bucket__place
);

-- view funding_state, level 0, look-back 0

CREATE TABLE `marketprism_features`.`funding_state__dd25613d`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `funding_rate` Nullable(Float64) COMMENT 'Last known funding rate, of one funding period; NULL if none is known or it is older than 9 hours' CODEC(ZSTD(1)),
    `basis_bps` Nullable(Float64) COMMENT 'Mark price over index price, in 1/10000; NULL where the source does not say both' CODEC(ZSTD(1)),
    `funding_age_s` Nullable(Float64) COMMENT 'From the row\'s time to the moment at which the bucket was known' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Funding and basis of the instrument as they were known with the bucket; perpetual contracts only';

CREATE MATERIALIZED VIEW `marketprism_features`.`funding_state__dd25613d__mv_lazy` TO `marketprism_features`.`funding_state__dd25613d` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`funding_rate`)), ifNotFinite(toFloat64(`funding_rate`), 0), NULL) AS Nullable(Float64)) AS `funding_rate`,
  CAST(if(isFinite(toFloat64(`basis_bps`)), ifNotFinite(toFloat64(`basis_bps`), 0), NULL) AS Nullable(Float64)) AS `basis_bps`,
  CAST(if(isFinite(toFloat64(`funding_age_s`)), ifNotFinite(toFloat64(`funding_age_s`), 0), NULL) AS Nullable(Float64)) AS `funding_age_s`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    funding_rate AS `funding_rate`,
    (mark_price / nullIf(index_price, 0) - 1) * 10000 AS `basis_bps`,
    age_ms / 1000 AS `funding_age_s`
  FROM (
    SELECT
      b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.timestamp__known, NULL) AS timestamp,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.seq__known, NULL) AS seq,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.funding_rate__known, NULL) AS funding_rate,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.predicted_funding_rate__known, NULL) AS predicted_funding_rate,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.funding_time__known, NULL) AS funding_time,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.next_funding_time__known, NULL) AS next_funding_time,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.mark_price__known, NULL) AS mark_price,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.index_price__known, NULL) AS index_price,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), toUnixTimestamp64Milli(b.available_at) - s.at_ms, NULL) AS age_ms
    FROM `marketprism_features`.`ubt__close_0_lazy` AS b
    ASOF LEFT JOIN (
      -- In the order in which rows became known, those that were the newest by then: of them the last one is the row to use.
      SELECT exchange, market_type, symbol, available_at, at_ms, timestamp__known, seq__known, funding_rate__known, predicted_funding_rate__known, funding_time__known, next_funding_time__known, mark_price__known, index_price__known
      FROM (
        SELECT
          exchange, market_type, symbol, available_at,
          toNullable(toUnixTimestamp64Milli(timestamp)) AS at_ms,
          toNullable(timestamp) AS timestamp__known,
    toNullable(toFloat64(seq)) AS seq__known,
    toNullable(toFloat64(funding_rate)) AS funding_rate__known,
    toNullable(toFloat64(predicted_funding_rate)) AS predicted_funding_rate__known,
    toNullable(funding_time) AS funding_time__known,
    toNullable(next_funding_time) AS next_funding_time__known,
    toNullable(toFloat64(mark_price)) AS mark_price__known,
    toNullable(toFloat64(index_price)) AS index_price__known,
          tuple(timestamp, seq) AS place,
          max(place) OVER known_before AS newest,
          count() OVER known_before AS others
        FROM `marketprism_hot`.`funding_rates` FINAL
        WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM `marketprism_features`.`ubt__close_0_lazy`)
          AND available_at <= (SELECT max(available_at) FROM `marketprism_features`.`ubt__close_0_lazy`)
          AND timestamp >= (SELECT min(available_at) FROM `marketprism_features`.`ubt__close_0_lazy`) - toIntervalMillisecond(32400000)
        WINDOW known_before AS (
          PARTITION BY exchange, market_type, symbol ORDER BY available_at, timestamp, seq
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
      )
      WHERE others = 0 OR place > newest
      -- Of several that became known in one millisecond the newest.
      ORDER BY place DESC
      LIMIT 1 BY exchange, market_type, symbol, available_at
    ) AS s
      ON s.exchange = b.exchange AND s.market_type = b.market_type AND s.symbol = b.symbol AND b.available_at >= s.available_at
  )
);

CREATE VIEW `marketprism_features`.`funding_state` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `funding_rate`,
  `basis_bps`,
  `funding_age_s`
FROM `marketprism_features`.`funding_state__dd25613d` FINAL
COMMENT 'Funding and basis of the instrument as they were known with the bucket; perpetual contracts only';

INSERT INTO `marketprism_features`.`funding_state__dd25613d` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `funding_rate`, `basis_bps`, `funding_age_s`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`funding_rate`)), ifNotFinite(toFloat64(`funding_rate`), 0), NULL) AS Nullable(Float64)) AS `funding_rate`,
  CAST(if(isFinite(toFloat64(`basis_bps`)), ifNotFinite(toFloat64(`basis_bps`), 0), NULL) AS Nullable(Float64)) AS `basis_bps`,
  CAST(if(isFinite(toFloat64(`funding_age_s`)), ifNotFinite(toFloat64(`funding_age_s`), 0), NULL) AS Nullable(Float64)) AS `funding_age_s`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    funding_rate AS `funding_rate`,
    (mark_price / nullIf(index_price, 0) - 1) * 10000 AS `basis_bps`,
    age_ms / 1000 AS `funding_age_s`
  FROM (
    SELECT
      b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.timestamp__known, NULL) AS timestamp,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.seq__known, NULL) AS seq,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.funding_rate__known, NULL) AS funding_rate,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.predicted_funding_rate__known, NULL) AS predicted_funding_rate,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.funding_time__known, NULL) AS funding_time,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.next_funding_time__known, NULL) AS next_funding_time,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.mark_price__known, NULL) AS mark_price,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), s.index_price__known, NULL) AS index_price,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 32400000, false), toUnixTimestamp64Milli(b.available_at) - s.at_ms, NULL) AS age_ms
    FROM buckets AS b
    ASOF LEFT JOIN (
      -- In the order in which rows became known, those that were the newest by then: of them the last one is the row to use.
      SELECT exchange, market_type, symbol, available_at, at_ms, timestamp__known, seq__known, funding_rate__known, predicted_funding_rate__known, funding_time__known, next_funding_time__known, mark_price__known, index_price__known
      FROM (
        SELECT
          exchange, market_type, symbol, available_at,
          toNullable(toUnixTimestamp64Milli(timestamp)) AS at_ms,
          toNullable(timestamp) AS timestamp__known,
    toNullable(toFloat64(seq)) AS seq__known,
    toNullable(toFloat64(funding_rate)) AS funding_rate__known,
    toNullable(toFloat64(predicted_funding_rate)) AS predicted_funding_rate__known,
    toNullable(funding_time) AS funding_time__known,
    toNullable(next_funding_time) AS next_funding_time__known,
    toNullable(toFloat64(mark_price)) AS mark_price__known,
    toNullable(toFloat64(index_price)) AS index_price__known,
          tuple(timestamp, seq) AS place,
          max(place) OVER known_before AS newest,
          count() OVER known_before AS others
        FROM `marketprism_hot`.`funding_rates` FINAL
        WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM buckets)
          AND available_at <= (SELECT max(available_at) FROM buckets)
          AND timestamp >= (SELECT min(available_at) FROM buckets) - toIntervalMillisecond(32400000)
        WINDOW known_before AS (
          PARTITION BY exchange, market_type, symbol ORDER BY available_at, timestamp, seq
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
      )
      WHERE others = 0 OR place > newest
      -- Of several that became known in one millisecond the newest.
      ORDER BY place DESC
      LIMIT 1 BY exchange, market_type, symbol, available_at
    ) AS s
      ON s.exchange = b.exchange AND s.market_type = b.market_type AND s.symbol = b.symbol AND b.available_at >= s.available_at
  )
);

-- view lee_mykland, level 0, look-back 0

CREATE TABLE `marketprism_features`.`lee_mykland__4eb7470c`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `local_sigma_60` Nullable(Float64) COMMENT 'Root of the mean product of neighbouring absolute returns of the 15 seconds before the last one, without pi/2; NULL with fewer' CODEC(ZSTD(1)),
    `lm_60` Nullable(Float64) COMMENT 'Lee and Mykland 2008: return of the last second over local_sigma_60, K = 16; NULL where that is 0' CODEC(ZSTD(1)),
    `lm_centre_60` Nullable(Float64) COMMENT 'C_n for n = 60 tested returns, with c = sqrt(2/pi). Nunes, Ruas 2024' CODEC(ZSTD(1)),
    `lm_scale_60` Nullable(Float64) COMMENT 'S_n of the same' CODEC(ZSTD(1)),
    `lm_critical_60` Nullable(Float64) COMMENT 'C_n + S_n beta*, beyond which |lm_60| is a jump at 1 %' CODEC(ZSTD(1)),
    `is_jump_60` Nullable(Float64) COMMENT '1 where |lm_60| is above the critical value; NULL where lm_60 is' CODEC(ZSTD(1)),
    `local_sigma_300` Nullable(Float64) COMMENT 'Root of the mean product of neighbouring absolute returns of the 59 seconds before the last one, without pi/2; NULL with fewer' CODEC(ZSTD(1)),
    `lm_300` Nullable(Float64) COMMENT 'Lee and Mykland 2008: return of the last second over local_sigma_300, K = 60; NULL where that is 0' CODEC(ZSTD(1)),
    `lm_centre_300` Nullable(Float64) COMMENT 'C_n for n = 300 tested returns, with c = sqrt(2/pi). Nunes, Ruas 2024' CODEC(ZSTD(1)),
    `lm_scale_300` Nullable(Float64) COMMENT 'S_n of the same' CODEC(ZSTD(1)),
    `lm_critical_300` Nullable(Float64) COMMENT 'C_n + S_n beta*, beyond which |lm_300| is a jump at 1 %' CODEC(ZSTD(1)),
    `is_jump_300` Nullable(Float64) COMMENT '1 where |lm_300| is above the critical value; NULL where lm_300 is' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Whether the last second\'s move of the mid was a jump, against the variation before it';

CREATE MATERIALIZED VIEW `marketprism_features`.`lee_mykland__4eb7470c__mv_lazy` TO `marketprism_features`.`lee_mykland__4eb7470c` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`local_sigma_60`)), ifNotFinite(toFloat64(`local_sigma_60`), 0), NULL) AS Nullable(Float64)) AS `local_sigma_60`,
  CAST(if(isFinite(toFloat64(`lm_60`)), ifNotFinite(toFloat64(`lm_60`), 0), NULL) AS Nullable(Float64)) AS `lm_60`,
  CAST(if(isFinite(toFloat64(`lm_centre_60`)), ifNotFinite(toFloat64(`lm_centre_60`), 0), NULL) AS Nullable(Float64)) AS `lm_centre_60`,
  CAST(if(isFinite(toFloat64(`lm_scale_60`)), ifNotFinite(toFloat64(`lm_scale_60`), 0), NULL) AS Nullable(Float64)) AS `lm_scale_60`,
  CAST(if(isFinite(toFloat64(`lm_critical_60`)), ifNotFinite(toFloat64(`lm_critical_60`), 0), NULL) AS Nullable(Float64)) AS `lm_critical_60`,
  CAST(if(isFinite(toFloat64(`is_jump_60`)), ifNotFinite(toFloat64(`is_jump_60`), 0), NULL) AS Nullable(Float64)) AS `is_jump_60`,
  CAST(if(isFinite(toFloat64(`local_sigma_300`)), ifNotFinite(toFloat64(`local_sigma_300`), 0), NULL) AS Nullable(Float64)) AS `local_sigma_300`,
  CAST(if(isFinite(toFloat64(`lm_300`)), ifNotFinite(toFloat64(`lm_300`), 0), NULL) AS Nullable(Float64)) AS `lm_300`,
  CAST(if(isFinite(toFloat64(`lm_centre_300`)), ifNotFinite(toFloat64(`lm_centre_300`), 0), NULL) AS Nullable(Float64)) AS `lm_centre_300`,
  CAST(if(isFinite(toFloat64(`lm_scale_300`)), ifNotFinite(toFloat64(`lm_scale_300`), 0), NULL) AS Nullable(Float64)) AS `lm_scale_300`,
  CAST(if(isFinite(toFloat64(`lm_critical_300`)), ifNotFinite(toFloat64(`lm_critical_300`), 0), NULL) AS Nullable(Float64)) AS `lm_critical_300`,
  CAST(if(isFinite(toFloat64(`is_jump_300`)), ifNotFinite(toFloat64(`is_jump_300`), 0), NULL) AS Nullable(Float64)) AS `is_jump_300`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    arraySlice(grid_mids, - 61) AS `mids_60`,
    arrayMap(r -> assumeNotNull(r), arrayFilter(r -> isNotNull(r), arrayMap((a, b) -> log(b / a), arrayPopBack(mids_60), arrayPopFront(mids_60)))) AS `r_60`,
    arrayMap(r -> abs(r), arraySlice(r_60, - 16, 16 - 1)) AS `before_60`,
    length(r_60) >= 16 AS `is_full_60`,
    arraySlice(grid_mids, - 301) AS `mids_300`,
    arrayMap(r -> assumeNotNull(r), arrayFilter(r -> isNotNull(r), arrayMap((a, b) -> log(b / a), arrayPopBack(mids_300), arrayPopFront(mids_300)))) AS `r_300`,
    arrayMap(r -> abs(r), arraySlice(r_300, - 60, 60 - 1)) AS `before_300`,
    length(r_300) >= 60 AS `is_full_300`,
    if(is_full_60, sqrt(arraySum((x, y) -> x * y, arrayPopBack(before_60), arrayPopFront(before_60)) / (16 - 2)), NULL) AS `local_sigma_60`,
    r_60[- 1] / nullIf(local_sigma_60, 0) AS `lm_60`,
    sqrt(2 * log(60)) / sqrt(2 / pi()) - (log(pi()) + log(log(60))) / (2 * sqrt(2 / pi()) * sqrt(2 * log(60))) AS `lm_centre_60`,
    1 / (sqrt(2 / pi()) * sqrt(2 * log(60))) AS `lm_scale_60`,
    lm_centre_60 + lm_scale_60 * - log(- log(1 - 0.01)) AS `lm_critical_60`,
    if(isNull(lm_60), NULL, toUInt8(abs(lm_60) > lm_critical_60)) AS `is_jump_60`,
    if(is_full_300, sqrt(arraySum((x, y) -> x * y, arrayPopBack(before_300), arrayPopFront(before_300)) / (60 - 2)), NULL) AS `local_sigma_300`,
    r_300[- 1] / nullIf(local_sigma_300, 0) AS `lm_300`,
    sqrt(2 * log(300)) / sqrt(2 / pi()) - (log(pi()) + log(log(300))) / (2 * sqrt(2 / pi()) * sqrt(2 * log(300))) AS `lm_centre_300`,
    1 / (sqrt(2 / pi()) * sqrt(2 * log(300))) AS `lm_scale_300`,
    lm_centre_300 + lm_scale_300 * - log(- log(1 - 0.01)) AS `lm_critical_300`,
    if(isNull(lm_300), NULL, toUInt8(abs(lm_300) > lm_critical_300)) AS `is_jump_300`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM `marketprism_features`.`ubt__close_0_lazy`
    ) AS span
    SELECT
      any(b.exchange) AS exchange,
    any(b.market_type) AS market_type,
    any(b.symbol) AS symbol,
    any(b.bucket_id) AS bucket_id,
    any(b.bucket_ts_start) AS bucket_ts_start,
    any(b.bucket_ts_end) AS bucket_ts_end,
    any(b.prev_ts_end) AS prev_ts_end,
    any(b.available_at) AS available_at,
    any(b.v) AS v,
      arrayMap(point -> point.2, arraySort(point -> point.1, groupArray((g.at, g.mid)))) AS grid_mids
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
        toInt64(arrayJoin(range(toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 - 300000), toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 + 1), 1000))) AS at
      FROM `marketprism_features`.`ubt__close_0_lazy`
    ) AS b
    LEFT JOIN (
      -- each point of the grid once, with the last valid mid before it that is not older than the book gap
      SELECT
        p.exchange AS exchange,
        p.market_type AS market_type,
        p.symbol AS symbol,
        p.at AS at,
        if(m.ms >= p.at - 120000, m.mid, NULL) AS mid
      FROM (
        SELECT DISTINCT exchange, market_type, symbol, toInt64(arrayJoin(range(toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 - 300000), toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 + 1), 1000))) AS at
        FROM `marketprism_features`.`ubt__close_0_lazy`
      ) AS p
      ASOF LEFT JOIN (
        SELECT
          s.exchange AS exchange,
          s.market_type AS market_type,
          s.symbol AS symbol,
          toUnixTimestamp64Milli(s.timestamp) AS ms,
          s.mid AS mid
        FROM (
          SELECT
            exchange, market_type, symbol, timestamp, book_seq, available_at,
            toFloat64(bid_px[1]) AS bid,
            toFloat64(ask_px[1]) AS ask,
            (bid + ask) / 2 AS mid
          FROM `marketprism_hot`.`orderbooks` FINAL
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND timestamp >= span.4 - toIntervalMillisecond(421000)
            AND timestamp < span.5
            AND bid > 0 AND ask > bid
        ) AS s
        -- Like the snapshot that is carried into a bucket, it must have been in time for its own one.
        ASOF INNER JOIN (
          SELECT exchange, market_type, symbol, bucket_ts_end, available_at
          FROM `marketprism_features`.`unified_buckets`
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND bucket_ts_end > span.4 - toIntervalMillisecond(421000)
            AND bucket_ts_end <= span.5
        ) AS own
          ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
          AND s.timestamp < own.bucket_ts_end
        WHERE s.available_at <= own.available_at
        ORDER BY s.book_seq DESC
        LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
      ) AS m
        ON m.exchange = p.exchange AND m.market_type = p.market_type AND m.symbol = p.symbol
        AND p.at > m.ms
    ) AS g
      ON g.exchange = b.exchange AND g.market_type = b.market_type AND g.symbol = b.symbol AND g.at = b.at
    GROUP BY b.bucket__place
  )
);

CREATE VIEW `marketprism_features`.`lee_mykland` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `local_sigma_60`,
  `lm_60`,
  `lm_centre_60`,
  `lm_scale_60`,
  `lm_critical_60`,
  `is_jump_60`,
  `local_sigma_300`,
  `lm_300`,
  `lm_centre_300`,
  `lm_scale_300`,
  `lm_critical_300`,
  `is_jump_300`
FROM `marketprism_features`.`lee_mykland__4eb7470c` FINAL
COMMENT 'Whether the last second\'s move of the mid was a jump, against the variation before it';

INSERT INTO `marketprism_features`.`lee_mykland__4eb7470c` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `local_sigma_60`, `lm_60`, `lm_centre_60`, `lm_scale_60`, `lm_critical_60`, `is_jump_60`, `local_sigma_300`, `lm_300`, `lm_centre_300`, `lm_scale_300`, `lm_critical_300`, `is_jump_300`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`local_sigma_60`)), ifNotFinite(toFloat64(`local_sigma_60`), 0), NULL) AS Nullable(Float64)) AS `local_sigma_60`,
  CAST(if(isFinite(toFloat64(`lm_60`)), ifNotFinite(toFloat64(`lm_60`), 0), NULL) AS Nullable(Float64)) AS `lm_60`,
  CAST(if(isFinite(toFloat64(`lm_centre_60`)), ifNotFinite(toFloat64(`lm_centre_60`), 0), NULL) AS Nullable(Float64)) AS `lm_centre_60`,
  CAST(if(isFinite(toFloat64(`lm_scale_60`)), ifNotFinite(toFloat64(`lm_scale_60`), 0), NULL) AS Nullable(Float64)) AS `lm_scale_60`,
  CAST(if(isFinite(toFloat64(`lm_critical_60`)), ifNotFinite(toFloat64(`lm_critical_60`), 0), NULL) AS Nullable(Float64)) AS `lm_critical_60`,
  CAST(if(isFinite(toFloat64(`is_jump_60`)), ifNotFinite(toFloat64(`is_jump_60`), 0), NULL) AS Nullable(Float64)) AS `is_jump_60`,
  CAST(if(isFinite(toFloat64(`local_sigma_300`)), ifNotFinite(toFloat64(`local_sigma_300`), 0), NULL) AS Nullable(Float64)) AS `local_sigma_300`,
  CAST(if(isFinite(toFloat64(`lm_300`)), ifNotFinite(toFloat64(`lm_300`), 0), NULL) AS Nullable(Float64)) AS `lm_300`,
  CAST(if(isFinite(toFloat64(`lm_centre_300`)), ifNotFinite(toFloat64(`lm_centre_300`), 0), NULL) AS Nullable(Float64)) AS `lm_centre_300`,
  CAST(if(isFinite(toFloat64(`lm_scale_300`)), ifNotFinite(toFloat64(`lm_scale_300`), 0), NULL) AS Nullable(Float64)) AS `lm_scale_300`,
  CAST(if(isFinite(toFloat64(`lm_critical_300`)), ifNotFinite(toFloat64(`lm_critical_300`), 0), NULL) AS Nullable(Float64)) AS `lm_critical_300`,
  CAST(if(isFinite(toFloat64(`is_jump_300`)), ifNotFinite(toFloat64(`is_jump_300`), 0), NULL) AS Nullable(Float64)) AS `is_jump_300`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    arraySlice(grid_mids, - 61) AS `mids_60`,
    arrayMap(r -> assumeNotNull(r), arrayFilter(r -> isNotNull(r), arrayMap((a, b) -> log(b / a), arrayPopBack(mids_60), arrayPopFront(mids_60)))) AS `r_60`,
    arrayMap(r -> abs(r), arraySlice(r_60, - 16, 16 - 1)) AS `before_60`,
    length(r_60) >= 16 AS `is_full_60`,
    arraySlice(grid_mids, - 301) AS `mids_300`,
    arrayMap(r -> assumeNotNull(r), arrayFilter(r -> isNotNull(r), arrayMap((a, b) -> log(b / a), arrayPopBack(mids_300), arrayPopFront(mids_300)))) AS `r_300`,
    arrayMap(r -> abs(r), arraySlice(r_300, - 60, 60 - 1)) AS `before_300`,
    length(r_300) >= 60 AS `is_full_300`,
    if(is_full_60, sqrt(arraySum((x, y) -> x * y, arrayPopBack(before_60), arrayPopFront(before_60)) / (16 - 2)), NULL) AS `local_sigma_60`,
    r_60[- 1] / nullIf(local_sigma_60, 0) AS `lm_60`,
    sqrt(2 * log(60)) / sqrt(2 / pi()) - (log(pi()) + log(log(60))) / (2 * sqrt(2 / pi()) * sqrt(2 * log(60))) AS `lm_centre_60`,
    1 / (sqrt(2 / pi()) * sqrt(2 * log(60))) AS `lm_scale_60`,
    lm_centre_60 + lm_scale_60 * - log(- log(1 - 0.01)) AS `lm_critical_60`,
    if(isNull(lm_60), NULL, toUInt8(abs(lm_60) > lm_critical_60)) AS `is_jump_60`,
    if(is_full_300, sqrt(arraySum((x, y) -> x * y, arrayPopBack(before_300), arrayPopFront(before_300)) / (60 - 2)), NULL) AS `local_sigma_300`,
    r_300[- 1] / nullIf(local_sigma_300, 0) AS `lm_300`,
    sqrt(2 * log(300)) / sqrt(2 / pi()) - (log(pi()) + log(log(300))) / (2 * sqrt(2 / pi()) * sqrt(2 * log(300))) AS `lm_centre_300`,
    1 / (sqrt(2 / pi()) * sqrt(2 * log(300))) AS `lm_scale_300`,
    lm_centre_300 + lm_scale_300 * - log(- log(1 - 0.01)) AS `lm_critical_300`,
    if(isNull(lm_300), NULL, toUInt8(abs(lm_300) > lm_critical_300)) AS `is_jump_300`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM buckets
    ) AS span
    SELECT
      any(b.exchange) AS exchange,
    any(b.market_type) AS market_type,
    any(b.symbol) AS symbol,
    any(b.bucket_id) AS bucket_id,
    any(b.bucket_ts_start) AS bucket_ts_start,
    any(b.bucket_ts_end) AS bucket_ts_end,
    any(b.prev_ts_end) AS prev_ts_end,
    any(b.available_at) AS available_at,
    any(b.v) AS v,
      arrayMap(point -> point.2, arraySort(point -> point.1, groupArray((g.at, g.mid)))) AS grid_mids
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
        toInt64(arrayJoin(range(toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 - 300000), toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 + 1), 1000))) AS at
      FROM buckets
    ) AS b
    LEFT JOIN (
      -- each point of the grid once, with the last valid mid before it that is not older than the book gap
      SELECT
        p.exchange AS exchange,
        p.market_type AS market_type,
        p.symbol AS symbol,
        p.at AS at,
        if(m.ms >= p.at - 120000, m.mid, NULL) AS mid
      FROM (
        SELECT DISTINCT exchange, market_type, symbol, toInt64(arrayJoin(range(toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 - 300000), toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 + 1), 1000))) AS at
        FROM buckets
      ) AS p
      ASOF LEFT JOIN (
        SELECT
          s.exchange AS exchange,
          s.market_type AS market_type,
          s.symbol AS symbol,
          toUnixTimestamp64Milli(s.timestamp) AS ms,
          s.mid AS mid
        FROM (
          SELECT
            exchange, market_type, symbol, timestamp, book_seq, available_at,
            toFloat64(bid_px[1]) AS bid,
            toFloat64(ask_px[1]) AS ask,
            (bid + ask) / 2 AS mid
          FROM `marketprism_hot`.`orderbooks` FINAL
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND timestamp >= span.4 - toIntervalMillisecond(421000)
            AND timestamp < span.5
            AND bid > 0 AND ask > bid
        ) AS s
        -- Like the snapshot that is carried into a bucket, it must have been in time for its own one.
        ASOF INNER JOIN (
          SELECT exchange, market_type, symbol, bucket_ts_end, available_at
          FROM `marketprism_features`.`unified_buckets`
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND bucket_ts_end > span.4 - toIntervalMillisecond(421000)
            AND bucket_ts_end <= span.5
        ) AS own
          ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
          AND s.timestamp < own.bucket_ts_end
        WHERE s.available_at <= own.available_at
        ORDER BY s.book_seq DESC
        LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
      ) AS m
        ON m.exchange = p.exchange AND m.market_type = p.market_type AND m.symbol = p.symbol
        AND p.at > m.ms
    ) AS g
      ON g.exchange = b.exchange AND g.market_type = b.market_type AND g.symbol = b.symbol AND g.at = b.at
    GROUP BY b.bucket__place
  )
);

-- view liquidation_runs, level 0, look-back 0

CREATE TABLE `marketprism_features`.`liquidation_runs__7e7358c2`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `long_events` Nullable(Float64) COMMENT 'Orders of the last cascade of longs, a run with pauses of at most `gap_ms`; NULL if none is in reach' CODEC(ZSTD(1)),
    `long_notional` Nullable(Float64) COMMENT 'Price times quantity of these orders' CODEC(ZSTD(1)),
    `long_from_ms` Nullable(Float64) COMMENT 'Time of its first order' CODEC(ZSTD(1)),
    `long_to_ms` Nullable(Float64) COMMENT 'Time of its last order' CODEC(ZSTD(1)),
    `long_duration_s` Nullable(Float64) COMMENT 'From its first order to its last' CODEC(ZSTD(1)),
    `long_age_s` Nullable(Float64) COMMENT 'From its last order to the moment at which the bucket was known' CODEC(ZSTD(1)),
    `short_events` Nullable(Float64) COMMENT 'The same of shorts' CODEC(ZSTD(1)),
    `short_notional` Nullable(Float64) COMMENT 'The same of shorts' CODEC(ZSTD(1)),
    `short_from_ms` Nullable(Float64) COMMENT 'The same of shorts' CODEC(ZSTD(1)),
    `short_to_ms` Nullable(Float64) COMMENT 'The same of shorts' CODEC(ZSTD(1)),
    `short_duration_s` Nullable(Float64) COMMENT 'The same of shorts' CODEC(ZSTD(1)),
    `short_age_s` Nullable(Float64) COMMENT 'The same of shorts' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'The last cascade of liquidated longs, and of shorts, that was known with the bucket; derivatives only. Venues thin the feed out, so counts and notional are lower bounds';

CREATE MATERIALIZED VIEW `marketprism_features`.`liquidation_runs__7e7358c2__mv_lazy` TO `marketprism_features`.`liquidation_runs__7e7358c2` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`long_events`)), ifNotFinite(toFloat64(`long_events`), 0), NULL) AS Nullable(Float64)) AS `long_events`,
  CAST(if(isFinite(toFloat64(`long_notional`)), ifNotFinite(toFloat64(`long_notional`), 0), NULL) AS Nullable(Float64)) AS `long_notional`,
  CAST(if(isFinite(toFloat64(`long_from_ms`)), ifNotFinite(toFloat64(`long_from_ms`), 0), NULL) AS Nullable(Float64)) AS `long_from_ms`,
  CAST(if(isFinite(toFloat64(`long_to_ms`)), ifNotFinite(toFloat64(`long_to_ms`), 0), NULL) AS Nullable(Float64)) AS `long_to_ms`,
  CAST(if(isFinite(toFloat64(`long_duration_s`)), ifNotFinite(toFloat64(`long_duration_s`), 0), NULL) AS Nullable(Float64)) AS `long_duration_s`,
  CAST(if(isFinite(toFloat64(`long_age_s`)), ifNotFinite(toFloat64(`long_age_s`), 0), NULL) AS Nullable(Float64)) AS `long_age_s`,
  CAST(if(isFinite(toFloat64(`short_events`)), ifNotFinite(toFloat64(`short_events`), 0), NULL) AS Nullable(Float64)) AS `short_events`,
  CAST(if(isFinite(toFloat64(`short_notional`)), ifNotFinite(toFloat64(`short_notional`), 0), NULL) AS Nullable(Float64)) AS `short_notional`,
  CAST(if(isFinite(toFloat64(`short_from_ms`)), ifNotFinite(toFloat64(`short_from_ms`), 0), NULL) AS Nullable(Float64)) AS `short_from_ms`,
  CAST(if(isFinite(toFloat64(`short_to_ms`)), ifNotFinite(toFloat64(`short_to_ms`), 0), NULL) AS Nullable(Float64)) AS `short_to_ms`,
  CAST(if(isFinite(toFloat64(`short_duration_s`)), ifNotFinite(toFloat64(`short_duration_s`), 0), NULL) AS Nullable(Float64)) AS `short_duration_s`,
  CAST(if(isFinite(toFloat64(`short_age_s`)), ifNotFinite(toFloat64(`short_age_s`), 0), NULL) AS Nullable(Float64)) AS `short_age_s`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    argMaxOrNullIf(run_events, ord, is_long) AS `long_events`,
    argMaxOrNullIf(run_notional, ord, is_long) AS `long_notional`,
    argMaxOrNullIf(run_from, ord, is_long) AS `long_from_ms`,
    maxOrNullIf(at_ms, is_long) AS `long_to_ms`,
    (long_to_ms - long_from_ms) / 1000 AS `long_duration_s`,
    minOrNullIf(age_ms, is_long) / 1000 AS `long_age_s`,
    argMaxOrNullIf(run_events, ord, NOT is_long) AS `short_events`,
    argMaxOrNullIf(run_notional, ord, NOT is_long) AS `short_notional`,
    argMaxOrNullIf(run_from, ord, NOT is_long) AS `short_from_ms`,
    maxOrNullIf(at_ms, NOT is_long) AS `short_to_ms`,
    (short_to_ms - short_from_ms) / 1000 AS `short_duration_s`,
    minOrNullIf(age_ms, NOT is_long) / 1000 AS `short_age_s`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `timestamp`,
      `liquidation_id`,
      `side`,
      `price`,
      `quantity`,
      `age_ms`,
      `is_new`,
      `ord`,
      `at_ms`,
      `is_long`,
      `long_ms`,
      `short_ms`,
      `gap`,
      `starts`,
      `run`,
      `run_events`,
      `run_notional`,
      `run_from`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `timestamp`,
        `liquidation_id`,
        `side`,
        `price`,
        `quantity`,
        `age_ms`,
        `is_new`,
        `ord`,
        `at_ms`,
        `is_long`,
        `long_ms`,
        `short_ms`,
        `gap`,
        `starts`,
        `run`,
        toNullable(count() OVER (PARTITION BY bucket__place, is_long, run ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)) AS `run_events`,
        toFloat64(toString(sum(toDecimal256(price * quantity, 30)) OVER (PARTITION BY bucket__place, is_long, run ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))) AS `run_notional`,
        min(at_ms) OVER (PARTITION BY bucket__place, is_long, run ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `run_from`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `liquidation_id`,
          `side`,
          `price`,
          `quantity`,
          `age_ms`,
          `is_new`,
          `ord`,
          `at_ms`,
          `is_long`,
          `long_ms`,
          `short_ms`,
          `gap`,
          `starts`,
          if(countIf(NOT isFinite(starts)) OVER (PARTITION BY bucket__place, is_long ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(starts, 0), 30) + isFinite(starts) * 0) OVER (PARTITION BY bucket__place, is_long ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)))) AS `run`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `liquidation_id`,
            `side`,
            `price`,
            `quantity`,
            `age_ms`,
            `is_new`,
            `ord`,
            `at_ms`,
            `is_long`,
            `long_ms`,
            `short_ms`,
            `gap`,
            ifNull(gap > 30000, true) AS `starts`
          FROM (
            SELECT
              `exchange`,
              `market_type`,
              `symbol`,
              `bucket_id`,
              `bucket_ts_start`,
              `bucket_ts_end`,
              `prev_ts_end`,
              `available_at`,
              `v`,
              `bucket__place`,
              `timestamp`,
              `liquidation_id`,
              `side`,
              `price`,
              `quantity`,
              `age_ms`,
              `is_new`,
              `ord`,
              `at_ms`,
              `is_long`,
              `long_ms`,
              `short_ms`,
              at_ms - if(is_long, lagInFrame(toNullable(long_ms), 1, NULL) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), lagInFrame(toNullable(short_ms), 1, NULL) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)) AS `gap`
            FROM (
              SELECT
                `exchange`,
                `market_type`,
                `symbol`,
                `bucket_id`,
                `bucket_ts_start`,
                `bucket_ts_end`,
                `prev_ts_end`,
                `available_at`,
                `v`,
                `bucket__place`,
                `timestamp`,
                `liquidation_id`,
                `side`,
                `price`,
                `quantity`,
                `age_ms`,
                `is_new`,
                `ord`,
                `at_ms`,
                `is_long`,
                max(if(is_long, at_ms, NULL)) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `long_ms`,
                max(if(is_long, NULL, at_ms)) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `short_ms`
              FROM (
                SELECT
                  `exchange`,
                  `market_type`,
                  `symbol`,
                  `bucket_id`,
                  `bucket_ts_start`,
                  `bucket_ts_end`,
                  `prev_ts_end`,
                  `available_at`,
                  `v`,
                  `bucket__place`,
                  `timestamp`,
                  `liquidation_id`,
                  `side`,
                  `price`,
                  `quantity`,
                  `age_ms`,
                  `is_new`,
                  `ord`,
                  toUnixTimestamp64Milli(timestamp) AS `at_ms`,
                  side = 'sell' AS `is_long`
                FROM (
                  SELECT
                    b.exchange AS exchange,
                  b.market_type AS market_type,
                  b.symbol AS symbol,
                  b.bucket_id AS bucket_id,
                  b.bucket_ts_start AS bucket_ts_start,
                  b.bucket_ts_end AS bucket_ts_end,
                  b.prev_ts_end AS prev_ts_end,
                  b.available_at AS available_at,
                  b.v AS v,
                  b.bucket__place AS bucket__place,
                    s.timestamp__known AS timestamp,
                  s.liquidation_id__known AS liquidation_id,
                  s.side__known AS side,
                  s.price__known AS price,
                  s.quantity__known AS quantity,
                    s.ord AS ord,
                    b.known_ms - s.at_ms AS age_ms,
                    toUInt8(s.known_at > b.known_before) AS is_new
                  -- What a bucket knows lies in at most two slots of the longest age: an equal-join, where a join by range would pair all with all.
                  FROM (
                    SELECT
                      k.exchange AS exchange,
                  k.market_type AS market_type,
                  k.symbol AS symbol,
                  k.bucket_id AS bucket_id,
                  k.bucket_ts_start AS bucket_ts_start,
                  k.bucket_ts_end AS bucket_ts_end,
                  k.prev_ts_end AS prev_ts_end,
                  k.available_at AS available_at,
                  k.v AS v,
                  k.bucket__place AS bucket__place,
                      toUnixTimestamp64Milli(available_at) AS known_ms,
                      -- The first bucket of an instrument knows as new what came since its interval began.
                      if(p.next_id = 0, k.prev_ts_end, p.known_before) AS known_before,
                      arrayJoin(range(
                        toUInt64(intDiv(known_ms - 900000, 900000)),
                        toUInt64(intDiv(known_ms, 900000)) + 1
                      )) AS slot
                    FROM `marketprism_features`.`ubt__close_0_lazy` AS k
                    LEFT JOIN (
                      SELECT exchange AS of_exchange, market_type AS of_type, symbol AS of_symbol, bucket_id + 1 AS next_id, available_at AS known_before
                      FROM `marketprism_features`.`unified_buckets` FINAL
                      WHERE (exchange, market_type, symbol, bucket_id) IN (
                        SELECT exchange, market_type, symbol, toUInt64(bucket_id - 1) FROM `marketprism_features`.`ubt__close_0_lazy`
                      )
                    ) AS p
                      ON p.of_exchange = k.exchange AND p.of_type = k.market_type AND p.of_symbol = k.symbol AND p.next_id = k.bucket_id
                  ) AS b
                  INNER JOIN (
                    SELECT *, toUInt64(intDiv(at_ms, 900000)) AS slot
                    FROM (
                      SELECT
                        exchange, market_type, symbol, available_at AS known_at,
                        toUnixTimestamp64Milli(timestamp) AS at_ms,
                        tuple(timestamp, liquidation_id) AS ord,
                        timestamp AS timestamp__known,
                        toString(liquidation_id) AS liquidation_id__known,
                        toString(side) AS side__known,
                        toFloat64(price) AS price__known,
                        toFloat64(quantity) AS quantity__known
                      FROM `marketprism_hot`.`liquidations` FINAL
                      WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM `marketprism_features`.`ubt__close_0_lazy`)
                        AND available_at <= (SELECT max(available_at) FROM `marketprism_features`.`ubt__close_0_lazy`)
                        AND timestamp >= (SELECT min(available_at) FROM `marketprism_features`.`ubt__close_0_lazy`) - toIntervalMillisecond(900000)
                    )
                  ) AS s
                    ON s.exchange = b.exchange AND s.market_type = b.market_type AND s.symbol = b.symbol AND s.slot = b.slot
                  WHERE s.known_at <= b.available_at AND s.at_ms >= b.known_ms - 900000
                )
              )
            )
          )
        )
      )
    )
    WHERE run_events >= 3 AND round(run_notional, 6) >= 50000
  )
  GROUP BY bucket__place
);

CREATE VIEW `marketprism_features`.`liquidation_runs` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `long_events`,
  `long_notional`,
  `long_from_ms`,
  `long_to_ms`,
  `long_duration_s`,
  `long_age_s`,
  `short_events`,
  `short_notional`,
  `short_from_ms`,
  `short_to_ms`,
  `short_duration_s`,
  `short_age_s`
FROM `marketprism_features`.`liquidation_runs__7e7358c2` FINAL
COMMENT 'The last cascade of liquidated longs, and of shorts, that was known with the bucket; derivatives only. Venues thin the feed out, so counts and notional are lower bounds';

INSERT INTO `marketprism_features`.`liquidation_runs__7e7358c2` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `long_events`, `long_notional`, `long_from_ms`, `long_to_ms`, `long_duration_s`, `long_age_s`, `short_events`, `short_notional`, `short_from_ms`, `short_to_ms`, `short_duration_s`, `short_age_s`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`long_events`)), ifNotFinite(toFloat64(`long_events`), 0), NULL) AS Nullable(Float64)) AS `long_events`,
  CAST(if(isFinite(toFloat64(`long_notional`)), ifNotFinite(toFloat64(`long_notional`), 0), NULL) AS Nullable(Float64)) AS `long_notional`,
  CAST(if(isFinite(toFloat64(`long_from_ms`)), ifNotFinite(toFloat64(`long_from_ms`), 0), NULL) AS Nullable(Float64)) AS `long_from_ms`,
  CAST(if(isFinite(toFloat64(`long_to_ms`)), ifNotFinite(toFloat64(`long_to_ms`), 0), NULL) AS Nullable(Float64)) AS `long_to_ms`,
  CAST(if(isFinite(toFloat64(`long_duration_s`)), ifNotFinite(toFloat64(`long_duration_s`), 0), NULL) AS Nullable(Float64)) AS `long_duration_s`,
  CAST(if(isFinite(toFloat64(`long_age_s`)), ifNotFinite(toFloat64(`long_age_s`), 0), NULL) AS Nullable(Float64)) AS `long_age_s`,
  CAST(if(isFinite(toFloat64(`short_events`)), ifNotFinite(toFloat64(`short_events`), 0), NULL) AS Nullable(Float64)) AS `short_events`,
  CAST(if(isFinite(toFloat64(`short_notional`)), ifNotFinite(toFloat64(`short_notional`), 0), NULL) AS Nullable(Float64)) AS `short_notional`,
  CAST(if(isFinite(toFloat64(`short_from_ms`)), ifNotFinite(toFloat64(`short_from_ms`), 0), NULL) AS Nullable(Float64)) AS `short_from_ms`,
  CAST(if(isFinite(toFloat64(`short_to_ms`)), ifNotFinite(toFloat64(`short_to_ms`), 0), NULL) AS Nullable(Float64)) AS `short_to_ms`,
  CAST(if(isFinite(toFloat64(`short_duration_s`)), ifNotFinite(toFloat64(`short_duration_s`), 0), NULL) AS Nullable(Float64)) AS `short_duration_s`,
  CAST(if(isFinite(toFloat64(`short_age_s`)), ifNotFinite(toFloat64(`short_age_s`), 0), NULL) AS Nullable(Float64)) AS `short_age_s`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    argMaxOrNullIf(run_events, ord, is_long) AS `long_events`,
    argMaxOrNullIf(run_notional, ord, is_long) AS `long_notional`,
    argMaxOrNullIf(run_from, ord, is_long) AS `long_from_ms`,
    maxOrNullIf(at_ms, is_long) AS `long_to_ms`,
    (long_to_ms - long_from_ms) / 1000 AS `long_duration_s`,
    minOrNullIf(age_ms, is_long) / 1000 AS `long_age_s`,
    argMaxOrNullIf(run_events, ord, NOT is_long) AS `short_events`,
    argMaxOrNullIf(run_notional, ord, NOT is_long) AS `short_notional`,
    argMaxOrNullIf(run_from, ord, NOT is_long) AS `short_from_ms`,
    maxOrNullIf(at_ms, NOT is_long) AS `short_to_ms`,
    (short_to_ms - short_from_ms) / 1000 AS `short_duration_s`,
    minOrNullIf(age_ms, NOT is_long) / 1000 AS `short_age_s`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `timestamp`,
      `liquidation_id`,
      `side`,
      `price`,
      `quantity`,
      `age_ms`,
      `is_new`,
      `ord`,
      `at_ms`,
      `is_long`,
      `long_ms`,
      `short_ms`,
      `gap`,
      `starts`,
      `run`,
      `run_events`,
      `run_notional`,
      `run_from`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `timestamp`,
        `liquidation_id`,
        `side`,
        `price`,
        `quantity`,
        `age_ms`,
        `is_new`,
        `ord`,
        `at_ms`,
        `is_long`,
        `long_ms`,
        `short_ms`,
        `gap`,
        `starts`,
        `run`,
        toNullable(count() OVER (PARTITION BY bucket__place, is_long, run ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)) AS `run_events`,
        toFloat64(toString(sum(toDecimal256(price * quantity, 30)) OVER (PARTITION BY bucket__place, is_long, run ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))) AS `run_notional`,
        min(at_ms) OVER (PARTITION BY bucket__place, is_long, run ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `run_from`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `liquidation_id`,
          `side`,
          `price`,
          `quantity`,
          `age_ms`,
          `is_new`,
          `ord`,
          `at_ms`,
          `is_long`,
          `long_ms`,
          `short_ms`,
          `gap`,
          `starts`,
          if(countIf(NOT isFinite(starts)) OVER (PARTITION BY bucket__place, is_long ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(starts, 0), 30) + isFinite(starts) * 0) OVER (PARTITION BY bucket__place, is_long ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)))) AS `run`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `liquidation_id`,
            `side`,
            `price`,
            `quantity`,
            `age_ms`,
            `is_new`,
            `ord`,
            `at_ms`,
            `is_long`,
            `long_ms`,
            `short_ms`,
            `gap`,
            ifNull(gap > 30000, true) AS `starts`
          FROM (
            SELECT
              `exchange`,
              `market_type`,
              `symbol`,
              `bucket_id`,
              `bucket_ts_start`,
              `bucket_ts_end`,
              `prev_ts_end`,
              `available_at`,
              `v`,
              `bucket__place`,
              `timestamp`,
              `liquidation_id`,
              `side`,
              `price`,
              `quantity`,
              `age_ms`,
              `is_new`,
              `ord`,
              `at_ms`,
              `is_long`,
              `long_ms`,
              `short_ms`,
              at_ms - if(is_long, lagInFrame(toNullable(long_ms), 1, NULL) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), lagInFrame(toNullable(short_ms), 1, NULL) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)) AS `gap`
            FROM (
              SELECT
                `exchange`,
                `market_type`,
                `symbol`,
                `bucket_id`,
                `bucket_ts_start`,
                `bucket_ts_end`,
                `prev_ts_end`,
                `available_at`,
                `v`,
                `bucket__place`,
                `timestamp`,
                `liquidation_id`,
                `side`,
                `price`,
                `quantity`,
                `age_ms`,
                `is_new`,
                `ord`,
                `at_ms`,
                `is_long`,
                max(if(is_long, at_ms, NULL)) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `long_ms`,
                max(if(is_long, NULL, at_ms)) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `short_ms`
              FROM (
                SELECT
                  `exchange`,
                  `market_type`,
                  `symbol`,
                  `bucket_id`,
                  `bucket_ts_start`,
                  `bucket_ts_end`,
                  `prev_ts_end`,
                  `available_at`,
                  `v`,
                  `bucket__place`,
                  `timestamp`,
                  `liquidation_id`,
                  `side`,
                  `price`,
                  `quantity`,
                  `age_ms`,
                  `is_new`,
                  `ord`,
                  toUnixTimestamp64Milli(timestamp) AS `at_ms`,
                  side = 'sell' AS `is_long`
                FROM (
                  SELECT
                    b.exchange AS exchange,
                  b.market_type AS market_type,
                  b.symbol AS symbol,
                  b.bucket_id AS bucket_id,
                  b.bucket_ts_start AS bucket_ts_start,
                  b.bucket_ts_end AS bucket_ts_end,
                  b.prev_ts_end AS prev_ts_end,
                  b.available_at AS available_at,
                  b.v AS v,
                  b.bucket__place AS bucket__place,
                    s.timestamp__known AS timestamp,
                  s.liquidation_id__known AS liquidation_id,
                  s.side__known AS side,
                  s.price__known AS price,
                  s.quantity__known AS quantity,
                    s.ord AS ord,
                    b.known_ms - s.at_ms AS age_ms,
                    toUInt8(s.known_at > b.known_before) AS is_new
                  -- What a bucket knows lies in at most two slots of the longest age: an equal-join, where a join by range would pair all with all.
                  FROM (
                    SELECT
                      k.exchange AS exchange,
                  k.market_type AS market_type,
                  k.symbol AS symbol,
                  k.bucket_id AS bucket_id,
                  k.bucket_ts_start AS bucket_ts_start,
                  k.bucket_ts_end AS bucket_ts_end,
                  k.prev_ts_end AS prev_ts_end,
                  k.available_at AS available_at,
                  k.v AS v,
                  k.bucket__place AS bucket__place,
                      toUnixTimestamp64Milli(available_at) AS known_ms,
                      -- The first bucket of an instrument knows as new what came since its interval began.
                      if(p.next_id = 0, k.prev_ts_end, p.known_before) AS known_before,
                      arrayJoin(range(
                        toUInt64(intDiv(known_ms - 900000, 900000)),
                        toUInt64(intDiv(known_ms, 900000)) + 1
                      )) AS slot
                    FROM buckets AS k
                    LEFT JOIN (
                      SELECT exchange AS of_exchange, market_type AS of_type, symbol AS of_symbol, bucket_id + 1 AS next_id, available_at AS known_before
                      FROM `marketprism_features`.`unified_buckets` FINAL
                      WHERE (exchange, market_type, symbol, bucket_id) IN (
                        SELECT exchange, market_type, symbol, toUInt64(bucket_id - 1) FROM buckets
                      )
                    ) AS p
                      ON p.of_exchange = k.exchange AND p.of_type = k.market_type AND p.of_symbol = k.symbol AND p.next_id = k.bucket_id
                  ) AS b
                  INNER JOIN (
                    SELECT *, toUInt64(intDiv(at_ms, 900000)) AS slot
                    FROM (
                      SELECT
                        exchange, market_type, symbol, available_at AS known_at,
                        toUnixTimestamp64Milli(timestamp) AS at_ms,
                        tuple(timestamp, liquidation_id) AS ord,
                        timestamp AS timestamp__known,
                        toString(liquidation_id) AS liquidation_id__known,
                        toString(side) AS side__known,
                        toFloat64(price) AS price__known,
                        toFloat64(quantity) AS quantity__known
                      FROM `marketprism_hot`.`liquidations` FINAL
                      WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM buckets)
                        AND available_at <= (SELECT max(available_at) FROM buckets)
                        AND timestamp >= (SELECT min(available_at) FROM buckets) - toIntervalMillisecond(900000)
                    )
                  ) AS s
                    ON s.exchange = b.exchange AND s.market_type = b.market_type AND s.symbol = b.symbol AND s.slot = b.slot
                  WHERE s.known_at <= b.available_at AND s.at_ms >= b.known_ms - 900000
                )
              )
            )
          )
        )
      )
    )
    WHERE run_events >= 3 AND round(run_notional, 6) >= 50000
  )
  GROUP BY bucket__place
);

-- view mid_changes, level 0, look-back 0

CREATE TABLE `marketprism_features`.`mid_changes__c84d5c56`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `snapshot_ms` Array(Int64) CODEC(ZSTD(1)),
    `snapshot_mid` Array(Nullable(Float64)) COMMENT 'Mid of the last valid snapshot of the millisecond' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'The valid mids of a bucket by the time of their snapshots';

CREATE MATERIALIZED VIEW `marketprism_features`.`mid_changes__c84d5c56__mv_lazy` TO `marketprism_features`.`mid_changes__c84d5c56` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  arrayMap(c -> c.1, cells) AS `snapshot_ms`,
  arrayMap(c -> c.2, cells) AS `snapshot_mid`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    -- bins are unique within a bucket: their order does not depend on the order of rows
    arraySort(c -> c.1, groupArray(tuple(`snapshot_ms`, `snapshot_mid`))) AS cells
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
      `snapshot_ms`,
      CAST(if(isFinite(toFloat64(`snapshot_mid`)), ifNotFinite(toFloat64(`snapshot_mid`), 0), NULL) AS Nullable(Float64)) AS `snapshot_mid`
    FROM (
      SELECT
        any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v, `snapshot_ms`,
        argMax(mid, ord) AS `snapshot_mid`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `ord`,
          `mid`,
          `carry`,
          assumeNotNull(snapshot_ms__raw) AS `snapshot_ms`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `ord`,
            `mid`,
            `carry`,
            toInt64(toUnixTimestamp64Milli(timestamp)) AS `snapshot_ms__raw`
          FROM (
            SELECT
              `exchange`,
              `market_type`,
              `symbol`,
              `bucket_id`,
              `bucket_ts_start`,
              `bucket_ts_end`,
              `prev_ts_end`,
              `available_at`,
              `v`,
              `bucket__place`,
              `timestamp`,
              `ord`,
              `mid`,
              `carry`
            FROM `marketprism_features`.`ubt__books_lazy`
            WHERE carry = 0 AND mid IS NOT NULL
          )
        )
        WHERE isNotNull(snapshot_ms__raw)
      )
      GROUP BY bucket__place, `snapshot_ms`
    )
  )
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

CREATE VIEW `marketprism_features`.`mid_changes` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `snapshot_ms`,
  `snapshot_mid`
FROM `marketprism_features`.`mid_changes__c84d5c56` FINAL
ARRAY JOIN
  `snapshot_ms`,
  `snapshot_mid`
COMMENT 'The valid mids of a bucket by the time of their snapshots';

INSERT INTO `marketprism_features`.`mid_changes__c84d5c56` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `snapshot_ms`, `snapshot_mid`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  arrayMap(c -> c.1, cells) AS `snapshot_ms`,
  arrayMap(c -> c.2, cells) AS `snapshot_mid`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    -- bins are unique within a bucket: their order does not depend on the order of rows
    arraySort(c -> c.1, groupArray(tuple(`snapshot_ms`, `snapshot_mid`))) AS cells
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
      `snapshot_ms`,
      CAST(if(isFinite(toFloat64(`snapshot_mid`)), ifNotFinite(toFloat64(`snapshot_mid`), 0), NULL) AS Nullable(Float64)) AS `snapshot_mid`
    FROM (
      SELECT
        any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v, `snapshot_ms`,
        argMax(mid, ord) AS `snapshot_mid`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `ord`,
          `mid`,
          `carry`,
          assumeNotNull(snapshot_ms__raw) AS `snapshot_ms`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `ord`,
            `mid`,
            `carry`,
            toInt64(toUnixTimestamp64Milli(timestamp)) AS `snapshot_ms__raw`
          FROM (
            SELECT
              `exchange`,
              `market_type`,
              `symbol`,
              `bucket_id`,
              `bucket_ts_start`,
              `bucket_ts_end`,
              `prev_ts_end`,
              `available_at`,
              `v`,
              `bucket__place`,
              `timestamp`,
              `ord`,
              `mid`,
              `carry`
            FROM (
              WITH (
                SELECT tuple(
                  groupUniqArray((exchange, market_type, symbol)),
                  min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
                )
                FROM buckets
              ) AS span
              SELECT
                j.exchange AS exchange,
                j.market_type AS market_type,
                j.symbol AS symbol,
                j.bucket_id AS bucket_id,
                j.bucket_ts_start AS bucket_ts_start,
                j.bucket_ts_end AS bucket_ts_end,
                j.prev_ts_end AS prev_ts_end,
                j.available_at AS available_at,
                j.v AS v,
                j.bucket__place AS bucket__place,
                j.timestamp AS timestamp,
                bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.book_seq AS ord,
                if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid,
                j.carry AS carry
              FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
              CROSS JOIN (
                -- the rows of the interval
                SELECT
                  b.exchange AS exchange,
                b.market_type AS market_type,
                b.symbol AS symbol,
                b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start,
                b.bucket_ts_end AS bucket_ts_end,
                b.prev_ts_end AS prev_ts_end,
                b.available_at AS available_at,
                b.v AS v,
                b.bucket__place AS bucket__place,
                  s.timestamp AS timestamp,
                  s.book_seq AS book_seq,
                  s.bid_px AS bid_px, s.ask_px AS ask_px,
                  toUInt8(0) AS carry
                FROM (
                  SELECT
                    exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(ask_px, 1, 1) AS ask_px, available_at
                  FROM `marketprism_hot`.`orderbooks` FINAL
                  WHERE (exchange, market_type, symbol) IN (span.1)
                    AND timestamp >= span.2 AND timestamp < span.5
                ) AS s
                ASOF INNER JOIN buckets AS b
                  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
                  AND s.timestamp >= b.prev_ts_end
                WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
                UNION ALL
                -- the last snapshot before the interval, of those that were in time for their own bucket
                SELECT
                  b.exchange AS exchange,
                b.market_type AS market_type,
                b.symbol AS symbol,
                b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start,
                b.bucket_ts_end AS bucket_ts_end,
                b.prev_ts_end AS prev_ts_end,
                b.available_at AS available_at,
                b.v AS v,
                b.bucket__place AS bucket__place,
                  s.timestamp AS timestamp,
                  s.book_seq AS book_seq,
                  s.bid_px AS bid_px, s.ask_px AS ask_px,
                  toUInt8(1) AS carry
                FROM buckets AS b
                ASOF INNER JOIN (
                  SELECT
                    s.exchange AS exchange,
                    s.market_type AS market_type,
                    s.symbol AS symbol,
                    s.timestamp AS timestamp,
                    s.book_seq AS book_seq,
                    s.bid_px AS bid_px, s.ask_px AS ask_px
                  FROM (
                    SELECT
                      exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(ask_px, 1, 1) AS ask_px, available_at
                    FROM `marketprism_hot`.`orderbooks` FINAL
                    WHERE (exchange, market_type, symbol) IN (span.1)
                      AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
                  ) AS s
                  ASOF INNER JOIN (
                    SELECT exchange, market_type, symbol, bucket_ts_end, available_at
                    FROM `marketprism_features`.`unified_buckets`
                    WHERE (exchange, market_type, symbol) IN (span.1)
                      AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
                      AND bucket_ts_end <= span.5
                  ) AS own
                    ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
                    AND s.timestamp < own.bucket_ts_end
                  WHERE s.available_at <= own.available_at
                  ORDER BY s.book_seq DESC
                  LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
                ) AS s
                  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
                  AND b.prev_ts_end > s.timestamp
                WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
              ) AS j
            )
            WHERE carry = 0 AND mid IS NOT NULL
          )
        )
        WHERE isNotNull(snapshot_ms__raw)
      )
      GROUP BY bucket__place, `snapshot_ms`
    )
  )
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

-- view mid_grid, level 0, look-back 0

CREATE TABLE `marketprism_features`.`mid_grid__b3ca2a75`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `second` Array(Int64) CODEC(ZSTD(1)),
    `grid_mid` Array(Nullable(Float64)) COMMENT 'Previous tick - mid of the last valid snapshot with a time below the second' CODEC(ZSTD(1)),
    `grid_mid_age_ms` Array(Nullable(Float64)) COMMENT 'From that snapshot to the second' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'The last valid mid before each whole second, the input of realised variance';

CREATE MATERIALIZED VIEW `marketprism_features`.`mid_grid__b3ca2a75__mv_lazy` TO `marketprism_features`.`mid_grid__b3ca2a75` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  arrayMap(c -> c.1, cells) AS `second`,
  arrayMap(c -> c.2, cells) AS `grid_mid`,
  arrayMap(c -> c.3, cells) AS `grid_mid_age_ms`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    -- bins are unique within a bucket: their order does not depend on the order of rows
    arraySort(c -> c.1, groupArray(tuple(`second`, `grid_mid`, `grid_mid_age_ms`))) AS cells
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
      `second`,
      CAST(if(isFinite(toFloat64(`grid_mid`)), ifNotFinite(toFloat64(`grid_mid`), 0), NULL) AS Nullable(Float64)) AS `grid_mid`,
      CAST(if(isFinite(toFloat64(`grid_mid_age_ms`)), ifNotFinite(toFloat64(`grid_mid_age_ms`), 0), NULL) AS Nullable(Float64)) AS `grid_mid_age_ms`
    FROM (
      SELECT
        any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v, `second`,
        argMax(mid, ord) AS `grid_mid`,
        max(grid_ms - toUnixTimestamp64Milli(timestamp)) AS `grid_mid_age_ms`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `mid`,
          `grid_ms`,
          `ord`,
          assumeNotNull(second__raw) AS `second`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `mid`,
            `grid_ms`,
            `ord`,
            toInt64(intDiv(grid_ms, 1000)) AS `second__raw`
          FROM (
            SELECT
              `exchange`,
              `market_type`,
              `symbol`,
              `bucket_id`,
              `bucket_ts_start`,
              `bucket_ts_end`,
              `prev_ts_end`,
              `available_at`,
              `v`,
              `bucket__place`,
              `timestamp`,
              `mid`,
              `grid_ms`,
              toUInt128(grid_ms) AS `ord`
            FROM (
              SELECT
                `exchange`,
                `market_type`,
                `symbol`,
                `bucket_id`,
                `bucket_ts_start`,
                `bucket_ts_end`,
                `prev_ts_end`,
                `available_at`,
                `v`,
                `bucket__place`,
                `timestamp`,
                `ord`,
                `mid`,
                arrayJoin(range(intDiv(greatest(toUnixTimestamp64Milli(timestamp), toUnixTimestamp64Milli(prev_ts_end)), 1000) + 1, greatest(intDiv(until__ms, 1000), intDiv(greatest(toUnixTimestamp64Milli(timestamp), toUnixTimestamp64Milli(prev_ts_end)), 1000)) + 1)) * 1000 AS `grid_ms`
              FROM (
                SELECT
                  `exchange`,
                  `market_type`,
                  `symbol`,
                  `bucket_id`,
                  `bucket_ts_start`,
                  `bucket_ts_end`,
                  `prev_ts_end`,
                  `available_at`,
                  `v`,
                  `bucket__place`,
                  `timestamp`,
                  `ord`,
                  `mid`,
                  leadInFrame(toUnixTimestamp64Milli(timestamp), 1, toUnixTimestamp64Milli(bucket_ts_end)) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `until__ms`
                FROM (
                  SELECT
                    `exchange`,
                    `market_type`,
                    `symbol`,
                    `bucket_id`,
                    `bucket_ts_start`,
                    `bucket_ts_end`,
                    `prev_ts_end`,
                    `available_at`,
                    `v`,
                    `bucket__place`,
                    `timestamp`,
                    `ord`,
                    `mid`
                  FROM `marketprism_features`.`ubt__books_lazy`
                  WHERE mid IS NOT NULL
                )
              )
            )
          )
        )
        WHERE isNotNull(second__raw)
      )
      GROUP BY bucket__place, `second`
    )
  )
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

CREATE VIEW `marketprism_features`.`mid_grid` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `second`,
  `grid_mid`,
  `grid_mid_age_ms`
FROM `marketprism_features`.`mid_grid__b3ca2a75` FINAL
ARRAY JOIN
  `second`,
  `grid_mid`,
  `grid_mid_age_ms`
COMMENT 'The last valid mid before each whole second, the input of realised variance';

INSERT INTO `marketprism_features`.`mid_grid__b3ca2a75` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `second`, `grid_mid`, `grid_mid_age_ms`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  arrayMap(c -> c.1, cells) AS `second`,
  arrayMap(c -> c.2, cells) AS `grid_mid`,
  arrayMap(c -> c.3, cells) AS `grid_mid_age_ms`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    -- bins are unique within a bucket: their order does not depend on the order of rows
    arraySort(c -> c.1, groupArray(tuple(`second`, `grid_mid`, `grid_mid_age_ms`))) AS cells
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
      `second`,
      CAST(if(isFinite(toFloat64(`grid_mid`)), ifNotFinite(toFloat64(`grid_mid`), 0), NULL) AS Nullable(Float64)) AS `grid_mid`,
      CAST(if(isFinite(toFloat64(`grid_mid_age_ms`)), ifNotFinite(toFloat64(`grid_mid_age_ms`), 0), NULL) AS Nullable(Float64)) AS `grid_mid_age_ms`
    FROM (
      SELECT
        any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v, `second`,
        argMax(mid, ord) AS `grid_mid`,
        max(grid_ms - toUnixTimestamp64Milli(timestamp)) AS `grid_mid_age_ms`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `mid`,
          `grid_ms`,
          `ord`,
          assumeNotNull(second__raw) AS `second`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `mid`,
            `grid_ms`,
            `ord`,
            toInt64(intDiv(grid_ms, 1000)) AS `second__raw`
          FROM (
            SELECT
              `exchange`,
              `market_type`,
              `symbol`,
              `bucket_id`,
              `bucket_ts_start`,
              `bucket_ts_end`,
              `prev_ts_end`,
              `available_at`,
              `v`,
              `bucket__place`,
              `timestamp`,
              `mid`,
              `grid_ms`,
              toUInt128(grid_ms) AS `ord`
            FROM (
              SELECT
                `exchange`,
                `market_type`,
                `symbol`,
                `bucket_id`,
                `bucket_ts_start`,
                `bucket_ts_end`,
                `prev_ts_end`,
                `available_at`,
                `v`,
                `bucket__place`,
                `timestamp`,
                `ord`,
                `mid`,
                arrayJoin(range(intDiv(greatest(toUnixTimestamp64Milli(timestamp), toUnixTimestamp64Milli(prev_ts_end)), 1000) + 1, greatest(intDiv(until__ms, 1000), intDiv(greatest(toUnixTimestamp64Milli(timestamp), toUnixTimestamp64Milli(prev_ts_end)), 1000)) + 1)) * 1000 AS `grid_ms`
              FROM (
                SELECT
                  `exchange`,
                  `market_type`,
                  `symbol`,
                  `bucket_id`,
                  `bucket_ts_start`,
                  `bucket_ts_end`,
                  `prev_ts_end`,
                  `available_at`,
                  `v`,
                  `bucket__place`,
                  `timestamp`,
                  `ord`,
                  `mid`,
                  leadInFrame(toUnixTimestamp64Milli(timestamp), 1, toUnixTimestamp64Milli(bucket_ts_end)) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `until__ms`
                FROM (
                  SELECT
                    `exchange`,
                    `market_type`,
                    `symbol`,
                    `bucket_id`,
                    `bucket_ts_start`,
                    `bucket_ts_end`,
                    `prev_ts_end`,
                    `available_at`,
                    `v`,
                    `bucket__place`,
                    `timestamp`,
                    `ord`,
                    `mid`
                  FROM (
                    WITH (
                      SELECT tuple(
                        groupUniqArray((exchange, market_type, symbol)),
                        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
                      )
                      FROM buckets
                    ) AS span
                    SELECT
                      j.exchange AS exchange,
                      j.market_type AS market_type,
                      j.symbol AS symbol,
                      j.bucket_id AS bucket_id,
                      j.bucket_ts_start AS bucket_ts_start,
                      j.bucket_ts_end AS bucket_ts_end,
                      j.prev_ts_end AS prev_ts_end,
                      j.available_at AS available_at,
                      j.v AS v,
                      j.bucket__place AS bucket__place,
                      j.timestamp AS timestamp,
                      bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.book_seq AS ord,
                      if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid
                    FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
                    CROSS JOIN (
                      -- the rows of the interval
                      SELECT
                        b.exchange AS exchange,
                      b.market_type AS market_type,
                      b.symbol AS symbol,
                      b.bucket_id AS bucket_id,
                      b.bucket_ts_start AS bucket_ts_start,
                      b.bucket_ts_end AS bucket_ts_end,
                      b.prev_ts_end AS prev_ts_end,
                      b.available_at AS available_at,
                      b.v AS v,
                      b.bucket__place AS bucket__place,
                        s.timestamp AS timestamp,
                        s.book_seq AS book_seq,
                        s.bid_px AS bid_px, s.ask_px AS ask_px,
                        toUInt8(0) AS carry
                      FROM (
                        SELECT
                          exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(ask_px, 1, 1) AS ask_px, available_at
                        FROM `marketprism_hot`.`orderbooks` FINAL
                        WHERE (exchange, market_type, symbol) IN (span.1)
                          AND timestamp >= span.2 AND timestamp < span.5
                      ) AS s
                      ASOF INNER JOIN buckets AS b
                        ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
                        AND s.timestamp >= b.prev_ts_end
                      WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
                      UNION ALL
                      -- the last snapshot before the interval, of those that were in time for their own bucket
                      SELECT
                        b.exchange AS exchange,
                      b.market_type AS market_type,
                      b.symbol AS symbol,
                      b.bucket_id AS bucket_id,
                      b.bucket_ts_start AS bucket_ts_start,
                      b.bucket_ts_end AS bucket_ts_end,
                      b.prev_ts_end AS prev_ts_end,
                      b.available_at AS available_at,
                      b.v AS v,
                      b.bucket__place AS bucket__place,
                        s.timestamp AS timestamp,
                        s.book_seq AS book_seq,
                        s.bid_px AS bid_px, s.ask_px AS ask_px,
                        toUInt8(1) AS carry
                      FROM buckets AS b
                      ASOF INNER JOIN (
                        SELECT
                          s.exchange AS exchange,
                          s.market_type AS market_type,
                          s.symbol AS symbol,
                          s.timestamp AS timestamp,
                          s.book_seq AS book_seq,
                          s.bid_px AS bid_px, s.ask_px AS ask_px
                        FROM (
                          SELECT
                            exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(ask_px, 1, 1) AS ask_px, available_at
                          FROM `marketprism_hot`.`orderbooks` FINAL
                          WHERE (exchange, market_type, symbol) IN (span.1)
                            AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
                        ) AS s
                        ASOF INNER JOIN (
                          SELECT exchange, market_type, symbol, bucket_ts_end, available_at
                          FROM `marketprism_features`.`unified_buckets`
                          WHERE (exchange, market_type, symbol) IN (span.1)
                            AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
                            AND bucket_ts_end <= span.5
                        ) AS own
                          ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
                          AND s.timestamp < own.bucket_ts_end
                        WHERE s.available_at <= own.available_at
                        ORDER BY s.book_seq DESC
                        LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
                      ) AS s
                        ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
                        AND b.prev_ts_end > s.timestamp
                      WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
                    ) AS j
                  )
                  WHERE mid IS NOT NULL
                )
              )
            )
          )
        )
        WHERE isNotNull(second__raw)
      )
      GROUP BY bucket__place, `second`
    )
  )
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

-- view ofi, level 0, look-back 0

CREATE TABLE `marketprism_features`.`ofi__0b46c571`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `ofi_events` Nullable(Float64) COMMENT 'Changes of the book with both states known at the best prices' CODEC(ZSTD(1)),
    `ofi_1` Nullable(Float64) COMMENT 'Sum of the order-flow imbalance of each change at the best prices; NULL if there is no change' CODEC(ZSTD(1)),
    `avg_depth` Nullable(Float64) COMMENT 'Mean of (bid size + ask size) / 2 at the best prices, over the same changes' CODEC(ZSTD(1)),
    `ofi_normalised` Nullable(Float64) COMMENT 'ofi_1 over avg_depth. Cont, Cucuringu, Zhang 2023' CODEC(ZSTD(1)),
    `ofi_2` Nullable(Float64) COMMENT 'The same on the second level of each side. Xu, Gould, Howison 2018' CODEC(ZSTD(1)),
    `ofi_3` Nullable(Float64) COMMENT 'On the third level' CODEC(ZSTD(1)),
    `ofi_4` Nullable(Float64) COMMENT 'On the fourth level' CODEC(ZSTD(1)),
    `ofi_5` Nullable(Float64) COMMENT 'On the fifth level' CODEC(ZSTD(1)),
    `avg_depth_5` Nullable(Float64) COMMENT 'Mean depth of one side, over changes and five levels; NULL if a level never had one' CODEC(ZSTD(1)),
    `ofi_multi_level` Nullable(Float64) COMMENT 'Mean of the five levels\' imbalances over their mean depth. A fitted first component is a model, not a view' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Order-flow imbalance of one bucket, at the best prices and on five levels';

CREATE MATERIALIZED VIEW `marketprism_features`.`ofi__0b46c571__mv_lazy` TO `marketprism_features`.`ofi__0b46c571` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`ofi_events`)), ifNotFinite(toFloat64(`ofi_events`), 0), NULL) AS Nullable(Float64)) AS `ofi_events`,
  CAST(if(isFinite(toFloat64(`ofi_1`)), ifNotFinite(toFloat64(`ofi_1`), 0), NULL) AS Nullable(Float64)) AS `ofi_1`,
  CAST(if(isFinite(toFloat64(`avg_depth`)), ifNotFinite(toFloat64(`avg_depth`), 0), NULL) AS Nullable(Float64)) AS `avg_depth`,
  CAST(if(isFinite(toFloat64(`ofi_normalised`)), ifNotFinite(toFloat64(`ofi_normalised`), 0), NULL) AS Nullable(Float64)) AS `ofi_normalised`,
  CAST(if(isFinite(toFloat64(`ofi_2`)), ifNotFinite(toFloat64(`ofi_2`), 0), NULL) AS Nullable(Float64)) AS `ofi_2`,
  CAST(if(isFinite(toFloat64(`ofi_3`)), ifNotFinite(toFloat64(`ofi_3`), 0), NULL) AS Nullable(Float64)) AS `ofi_3`,
  CAST(if(isFinite(toFloat64(`ofi_4`)), ifNotFinite(toFloat64(`ofi_4`), 0), NULL) AS Nullable(Float64)) AS `ofi_4`,
  CAST(if(isFinite(toFloat64(`ofi_5`)), ifNotFinite(toFloat64(`ofi_5`), 0), NULL) AS Nullable(Float64)) AS `ofi_5`,
  CAST(if(isFinite(toFloat64(`avg_depth_5`)), ifNotFinite(toFloat64(`avg_depth_5`), 0), NULL) AS Nullable(Float64)) AS `avg_depth_5`,
  CAST(if(isFinite(toFloat64(`ofi_multi_level`)), ifNotFinite(toFloat64(`ofi_multi_level`), 0), NULL) AS Nullable(Float64)) AS `ofi_multi_level`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    count(e[1]) AS `ofi_events`,
    if(countIf(NOT isFinite(e[1])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(e[1], 0), 30) + isFinite(e[1]) * 0)))) AS `ofi_1`,
    if(countIf(NOT isFinite(depth[1])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(depth[1], 0), 30) + isFinite(depth[1]) * 0)))) / nullIf(count(depth[1]), 0) AS `avg_depth`,
    ofi_1 / nullIf(avg_depth, 0) AS `ofi_normalised`,
    if(countIf(NOT isFinite(e[2])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(e[2], 0), 30) + isFinite(e[2]) * 0)))) AS `ofi_2`,
    if(countIf(NOT isFinite(e[3])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(e[3], 0), 30) + isFinite(e[3]) * 0)))) AS `ofi_3`,
    if(countIf(NOT isFinite(e[4])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(e[4], 0), 30) + isFinite(e[4]) * 0)))) AS `ofi_4`,
    if(countIf(NOT isFinite(e[5])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(e[5], 0), 30) + isFinite(e[5]) * 0)))) AS `ofi_5`,
    (if(countIf(NOT isFinite(depth[1])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(depth[1], 0), 30) + isFinite(depth[1]) * 0)))) / nullIf(count(depth[1]), 0) + if(countIf(NOT isFinite(depth[2])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(depth[2], 0), 30) + isFinite(depth[2]) * 0)))) / nullIf(count(depth[2]), 0) + if(countIf(NOT isFinite(depth[3])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(depth[3], 0), 30) + isFinite(depth[3]) * 0)))) / nullIf(count(depth[3]), 0) + if(countIf(NOT isFinite(depth[4])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(depth[4], 0), 30) + isFinite(depth[4]) * 0)))) / nullIf(count(depth[4]), 0) + if(countIf(NOT isFinite(depth[5])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(depth[5], 0), 30) + isFinite(depth[5]) * 0)))) / nullIf(count(depth[5]), 0)) / 5 AS `avg_depth_5`,
    (ofi_1 + ofi_2 + ofi_3 + ofi_4 + ofi_5) / 5 / nullIf(avg_depth_5, 0) AS `ofi_multi_level`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `ord`,
      `bid_px`,
      `bid_qty`,
      `ask_px`,
      `ask_qty`,
      `bid_before`,
      `bid_qty_before`,
      `ask_before`,
      `ask_qty_before`,
      `e`,
      arrayMap((x, i) -> if(x IS NULL, NULL, (bid_qty[i] + ask_qty[i]) / 2), e, range(1, 6)) AS `depth`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `ord`,
        `bid_px`,
        `bid_qty`,
        `ask_px`,
        `ask_qty`,
        `bid_before`,
        `bid_qty_before`,
        `ask_before`,
        `ask_qty_before`,
        arrayMap(i -> if(bid_px[i] > 0 AND ask_px[i] > 0 AND bid_before[i] > 0 AND ask_before[i] > 0, (bid_px[i] >= bid_before[i]) * bid_qty[i] - (bid_px[i] <= bid_before[i]) * bid_qty_before[i] - (ask_px[i] <= ask_before[i]) * ask_qty[i] + (ask_px[i] >= ask_before[i]) * ask_qty_before[i], NULL), range(1, 6)) AS `e`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `ord`,
          `bid_px`,
          `bid_qty`,
          `ask_px`,
          `ask_qty`,
          lagInFrame(bid_px) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `bid_before`,
          lagInFrame(bid_qty) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `bid_qty_before`,
          lagInFrame(ask_px) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `ask_before`,
          lagInFrame(ask_qty) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `ask_qty_before`
        FROM `marketprism_features`.`ubt__books_lazy`
      )
    )
  )
  GROUP BY bucket__place
);

CREATE VIEW `marketprism_features`.`ofi` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `ofi_events`,
  `ofi_1`,
  `avg_depth`,
  `ofi_normalised`,
  `ofi_2`,
  `ofi_3`,
  `ofi_4`,
  `ofi_5`,
  `avg_depth_5`,
  `ofi_multi_level`
FROM `marketprism_features`.`ofi__0b46c571` FINAL
COMMENT 'Order-flow imbalance of one bucket, at the best prices and on five levels';

INSERT INTO `marketprism_features`.`ofi__0b46c571` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `ofi_events`, `ofi_1`, `avg_depth`, `ofi_normalised`, `ofi_2`, `ofi_3`, `ofi_4`, `ofi_5`, `avg_depth_5`, `ofi_multi_level`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`ofi_events`)), ifNotFinite(toFloat64(`ofi_events`), 0), NULL) AS Nullable(Float64)) AS `ofi_events`,
  CAST(if(isFinite(toFloat64(`ofi_1`)), ifNotFinite(toFloat64(`ofi_1`), 0), NULL) AS Nullable(Float64)) AS `ofi_1`,
  CAST(if(isFinite(toFloat64(`avg_depth`)), ifNotFinite(toFloat64(`avg_depth`), 0), NULL) AS Nullable(Float64)) AS `avg_depth`,
  CAST(if(isFinite(toFloat64(`ofi_normalised`)), ifNotFinite(toFloat64(`ofi_normalised`), 0), NULL) AS Nullable(Float64)) AS `ofi_normalised`,
  CAST(if(isFinite(toFloat64(`ofi_2`)), ifNotFinite(toFloat64(`ofi_2`), 0), NULL) AS Nullable(Float64)) AS `ofi_2`,
  CAST(if(isFinite(toFloat64(`ofi_3`)), ifNotFinite(toFloat64(`ofi_3`), 0), NULL) AS Nullable(Float64)) AS `ofi_3`,
  CAST(if(isFinite(toFloat64(`ofi_4`)), ifNotFinite(toFloat64(`ofi_4`), 0), NULL) AS Nullable(Float64)) AS `ofi_4`,
  CAST(if(isFinite(toFloat64(`ofi_5`)), ifNotFinite(toFloat64(`ofi_5`), 0), NULL) AS Nullable(Float64)) AS `ofi_5`,
  CAST(if(isFinite(toFloat64(`avg_depth_5`)), ifNotFinite(toFloat64(`avg_depth_5`), 0), NULL) AS Nullable(Float64)) AS `avg_depth_5`,
  CAST(if(isFinite(toFloat64(`ofi_multi_level`)), ifNotFinite(toFloat64(`ofi_multi_level`), 0), NULL) AS Nullable(Float64)) AS `ofi_multi_level`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    count(e[1]) AS `ofi_events`,
    if(countIf(NOT isFinite(e[1])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(e[1], 0), 30) + isFinite(e[1]) * 0)))) AS `ofi_1`,
    if(countIf(NOT isFinite(depth[1])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(depth[1], 0), 30) + isFinite(depth[1]) * 0)))) / nullIf(count(depth[1]), 0) AS `avg_depth`,
    ofi_1 / nullIf(avg_depth, 0) AS `ofi_normalised`,
    if(countIf(NOT isFinite(e[2])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(e[2], 0), 30) + isFinite(e[2]) * 0)))) AS `ofi_2`,
    if(countIf(NOT isFinite(e[3])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(e[3], 0), 30) + isFinite(e[3]) * 0)))) AS `ofi_3`,
    if(countIf(NOT isFinite(e[4])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(e[4], 0), 30) + isFinite(e[4]) * 0)))) AS `ofi_4`,
    if(countIf(NOT isFinite(e[5])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(e[5], 0), 30) + isFinite(e[5]) * 0)))) AS `ofi_5`,
    (if(countIf(NOT isFinite(depth[1])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(depth[1], 0), 30) + isFinite(depth[1]) * 0)))) / nullIf(count(depth[1]), 0) + if(countIf(NOT isFinite(depth[2])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(depth[2], 0), 30) + isFinite(depth[2]) * 0)))) / nullIf(count(depth[2]), 0) + if(countIf(NOT isFinite(depth[3])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(depth[3], 0), 30) + isFinite(depth[3]) * 0)))) / nullIf(count(depth[3]), 0) + if(countIf(NOT isFinite(depth[4])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(depth[4], 0), 30) + isFinite(depth[4]) * 0)))) / nullIf(count(depth[4]), 0) + if(countIf(NOT isFinite(depth[5])) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(depth[5], 0), 30) + isFinite(depth[5]) * 0)))) / nullIf(count(depth[5]), 0)) / 5 AS `avg_depth_5`,
    (ofi_1 + ofi_2 + ofi_3 + ofi_4 + ofi_5) / 5 / nullIf(avg_depth_5, 0) AS `ofi_multi_level`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `ord`,
      `bid_px`,
      `bid_qty`,
      `ask_px`,
      `ask_qty`,
      `bid_before`,
      `bid_qty_before`,
      `ask_before`,
      `ask_qty_before`,
      `e`,
      arrayMap((x, i) -> if(x IS NULL, NULL, (bid_qty[i] + ask_qty[i]) / 2), e, range(1, 6)) AS `depth`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `ord`,
        `bid_px`,
        `bid_qty`,
        `ask_px`,
        `ask_qty`,
        `bid_before`,
        `bid_qty_before`,
        `ask_before`,
        `ask_qty_before`,
        arrayMap(i -> if(bid_px[i] > 0 AND ask_px[i] > 0 AND bid_before[i] > 0 AND ask_before[i] > 0, (bid_px[i] >= bid_before[i]) * bid_qty[i] - (bid_px[i] <= bid_before[i]) * bid_qty_before[i] - (ask_px[i] <= ask_before[i]) * ask_qty[i] + (ask_px[i] >= ask_before[i]) * ask_qty_before[i], NULL), range(1, 6)) AS `e`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `ord`,
          `bid_px`,
          `bid_qty`,
          `ask_px`,
          `ask_qty`,
          lagInFrame(bid_px) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `bid_before`,
          lagInFrame(bid_qty) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `bid_qty_before`,
          lagInFrame(ask_px) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `ask_before`,
          lagInFrame(ask_qty) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `ask_qty_before`
        FROM (
          WITH (
            SELECT tuple(
              groupUniqArray((exchange, market_type, symbol)),
              min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
            )
            FROM buckets
          ) AS span
          SELECT
            j.exchange AS exchange,
            j.market_type AS market_type,
            j.symbol AS symbol,
            j.bucket_id AS bucket_id,
            j.bucket_ts_start AS bucket_ts_start,
            j.bucket_ts_end AS bucket_ts_end,
            j.prev_ts_end AS prev_ts_end,
            j.available_at AS available_at,
            j.v AS v,
            j.bucket__place AS bucket__place,
            bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.book_seq AS ord,
            CAST(j.bid_px AS Array(Float64)) AS bid_px,
            CAST(j.bid_qty AS Array(Float64)) AS bid_qty,
            CAST(j.ask_px AS Array(Float64)) AS ask_px,
            CAST(j.ask_qty AS Array(Float64)) AS ask_qty
          FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
          CROSS JOIN (
            -- the rows of the interval
            SELECT
              b.exchange AS exchange,
            b.market_type AS market_type,
            b.symbol AS symbol,
            b.bucket_id AS bucket_id,
            b.bucket_ts_start AS bucket_ts_start,
            b.bucket_ts_end AS bucket_ts_end,
            b.prev_ts_end AS prev_ts_end,
            b.available_at AS available_at,
            b.v AS v,
            b.bucket__place AS bucket__place,
              s.timestamp AS timestamp,
              s.book_seq AS book_seq,
              s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
              toUInt8(0) AS carry
            FROM (
              SELECT
                exchange, market_type, symbol, timestamp, book_seq, bid_px, bid_qty, ask_px, ask_qty, available_at
              FROM `marketprism_hot`.`orderbooks` FINAL
              WHERE (exchange, market_type, symbol) IN (span.1)
                AND timestamp >= span.2 AND timestamp < span.5
            ) AS s
            ASOF INNER JOIN buckets AS b
              ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
              AND s.timestamp >= b.prev_ts_end
            WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
            UNION ALL
            -- the last snapshot before the interval, of those that were in time for their own bucket
            SELECT
              b.exchange AS exchange,
            b.market_type AS market_type,
            b.symbol AS symbol,
            b.bucket_id AS bucket_id,
            b.bucket_ts_start AS bucket_ts_start,
            b.bucket_ts_end AS bucket_ts_end,
            b.prev_ts_end AS prev_ts_end,
            b.available_at AS available_at,
            b.v AS v,
            b.bucket__place AS bucket__place,
              s.timestamp AS timestamp,
              s.book_seq AS book_seq,
              s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
              toUInt8(1) AS carry
            FROM buckets AS b
            ASOF INNER JOIN (
              SELECT
                s.exchange AS exchange,
                s.market_type AS market_type,
                s.symbol AS symbol,
                s.timestamp AS timestamp,
                s.book_seq AS book_seq,
                s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty
              FROM (
                SELECT
                  exchange, market_type, symbol, timestamp, book_seq, bid_px, bid_qty, ask_px, ask_qty, available_at
                FROM `marketprism_hot`.`orderbooks` FINAL
                WHERE (exchange, market_type, symbol) IN (span.1)
                  AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
              ) AS s
              ASOF INNER JOIN (
                SELECT exchange, market_type, symbol, bucket_ts_end, available_at
                FROM `marketprism_features`.`unified_buckets`
                WHERE (exchange, market_type, symbol) IN (span.1)
                  AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
                  AND bucket_ts_end <= span.5
              ) AS own
                ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
                AND s.timestamp < own.bucket_ts_end
              WHERE s.available_at <= own.available_at
              ORDER BY s.book_seq DESC
              LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
            ) AS s
              ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
              AND b.prev_ts_end > s.timestamp
            WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
          ) AS j
        )
      )
    )
  )
  GROUP BY bucket__place
);

-- view oi_state, level 0, look-back 0

CREATE TABLE `marketprism_features`.`oi_state__c936f955`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `open_interest` Nullable(Float64) COMMENT 'Last known open interest in units of base, not its value, which moves with the price; NULL if none is known or it is older than 15 minutes' CODEC(ZSTD(1)),
    `open_interest_age_s` Nullable(Float64) COMMENT 'From the row\'s time to the moment at which the bucket was known' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Open interest of the instrument as it was known with the bucket; derivatives only';

CREATE MATERIALIZED VIEW `marketprism_features`.`oi_state__c936f955__mv_lazy` TO `marketprism_features`.`oi_state__c936f955` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`open_interest`)), ifNotFinite(toFloat64(`open_interest`), 0), NULL) AS Nullable(Float64)) AS `open_interest`,
  CAST(if(isFinite(toFloat64(`open_interest_age_s`)), ifNotFinite(toFloat64(`open_interest_age_s`), 0), NULL) AS Nullable(Float64)) AS `open_interest_age_s`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    open_interest AS `open_interest`,
    age_ms / 1000 AS `open_interest_age_s`
  FROM (
    SELECT
      b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.timestamp__known, NULL) AS timestamp,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.seq__known, NULL) AS seq,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.open_interest__known, NULL) AS open_interest,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.open_interest_value__known, NULL) AS open_interest_value,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.count__known, NULL) AS count,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), toUnixTimestamp64Milli(b.available_at) - s.at_ms, NULL) AS age_ms
    FROM `marketprism_features`.`ubt__close_0_lazy` AS b
    ASOF LEFT JOIN (
      -- In the order in which rows became known, those that were the newest by then: of them the last one is the row to use.
      SELECT exchange, market_type, symbol, available_at, at_ms, timestamp__known, seq__known, open_interest__known, open_interest_value__known, count__known
      FROM (
        SELECT
          exchange, market_type, symbol, available_at,
          toNullable(toUnixTimestamp64Milli(timestamp)) AS at_ms,
          toNullable(timestamp) AS timestamp__known,
    toNullable(toFloat64(seq)) AS seq__known,
    toNullable(toFloat64(open_interest)) AS open_interest__known,
    toNullable(toFloat64(open_interest_value)) AS open_interest_value__known,
    toNullable(toFloat64(count)) AS count__known,
          tuple(timestamp, seq) AS place,
          max(place) OVER known_before AS newest,
          count() OVER known_before AS others
        FROM `marketprism_hot`.`open_interests` FINAL
        WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM `marketprism_features`.`ubt__close_0_lazy`)
          AND available_at <= (SELECT max(available_at) FROM `marketprism_features`.`ubt__close_0_lazy`)
          AND timestamp >= (SELECT min(available_at) FROM `marketprism_features`.`ubt__close_0_lazy`) - toIntervalMillisecond(900000)
        WINDOW known_before AS (
          PARTITION BY exchange, market_type, symbol ORDER BY available_at, timestamp, seq
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
      )
      WHERE others = 0 OR place > newest
      -- Of several that became known in one millisecond the newest.
      ORDER BY place DESC
      LIMIT 1 BY exchange, market_type, symbol, available_at
    ) AS s
      ON s.exchange = b.exchange AND s.market_type = b.market_type AND s.symbol = b.symbol AND b.available_at >= s.available_at
  )
);

CREATE VIEW `marketprism_features`.`oi_state` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `open_interest`,
  `open_interest_age_s`
FROM `marketprism_features`.`oi_state__c936f955` FINAL
COMMENT 'Open interest of the instrument as it was known with the bucket; derivatives only';

INSERT INTO `marketprism_features`.`oi_state__c936f955` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `open_interest`, `open_interest_age_s`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`open_interest`)), ifNotFinite(toFloat64(`open_interest`), 0), NULL) AS Nullable(Float64)) AS `open_interest`,
  CAST(if(isFinite(toFloat64(`open_interest_age_s`)), ifNotFinite(toFloat64(`open_interest_age_s`), 0), NULL) AS Nullable(Float64)) AS `open_interest_age_s`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    open_interest AS `open_interest`,
    age_ms / 1000 AS `open_interest_age_s`
  FROM (
    SELECT
      b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.timestamp__known, NULL) AS timestamp,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.seq__known, NULL) AS seq,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.open_interest__known, NULL) AS open_interest,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.open_interest_value__known, NULL) AS open_interest_value,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.count__known, NULL) AS count,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), toUnixTimestamp64Milli(b.available_at) - s.at_ms, NULL) AS age_ms
    FROM buckets AS b
    ASOF LEFT JOIN (
      -- In the order in which rows became known, those that were the newest by then: of them the last one is the row to use.
      SELECT exchange, market_type, symbol, available_at, at_ms, timestamp__known, seq__known, open_interest__known, open_interest_value__known, count__known
      FROM (
        SELECT
          exchange, market_type, symbol, available_at,
          toNullable(toUnixTimestamp64Milli(timestamp)) AS at_ms,
          toNullable(timestamp) AS timestamp__known,
    toNullable(toFloat64(seq)) AS seq__known,
    toNullable(toFloat64(open_interest)) AS open_interest__known,
    toNullable(toFloat64(open_interest_value)) AS open_interest_value__known,
    toNullable(toFloat64(count)) AS count__known,
          tuple(timestamp, seq) AS place,
          max(place) OVER known_before AS newest,
          count() OVER known_before AS others
        FROM `marketprism_hot`.`open_interests` FINAL
        WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM buckets)
          AND available_at <= (SELECT max(available_at) FROM buckets)
          AND timestamp >= (SELECT min(available_at) FROM buckets) - toIntervalMillisecond(900000)
        WINDOW known_before AS (
          PARTITION BY exchange, market_type, symbol ORDER BY available_at, timestamp, seq
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
      )
      WHERE others = 0 OR place > newest
      -- Of several that became known in one millisecond the newest.
      ORDER BY place DESC
      LIMIT 1 BY exchange, market_type, symbol, available_at
    ) AS s
      ON s.exchange = b.exchange AND s.market_type = b.market_type AND s.symbol = b.symbol AND b.available_at >= s.available_at
  )
);

-- view order_flow, level 0, look-back 0

CREATE VIEW `marketprism_features`.`order_flow` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `order_flow__buy_volume` AS `buy_volume`,
  `order_flow__sell_volume` AS `sell_volume`,
  `order_flow__volume` AS `volume`,
  `order_flow__quote_volume` AS `quote_volume`,
  `order_flow__trades` AS `trades`,
  `order_flow__vwap` AS `vwap`,
  `order_flow__open` AS `open`,
  `order_flow__high` AS `high`,
  `order_flow__low` AS `low`,
  `order_flow__close` AS `close`,
  `order_flow__imbalance` AS `imbalance`,
  `order_flow__duration_s` AS `duration_s`
FROM `marketprism_features`.`ubt__trades_fused__1ebe1119` FINAL
COMMENT 'What was traded within one bucket - volumes by the side of the taker, prices, and how long it took';

INSERT INTO `marketprism_features`.`ubt__trades_fused__1ebe1119` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `order_flow__buy_volume`, `order_flow__sell_volume`, `order_flow__volume`, `order_flow__quote_volume`, `order_flow__trades`, `order_flow__vwap`, `order_flow__open`, `order_flow__high`, `order_flow__low`, `order_flow__close`, `order_flow__imbalance`, `order_flow__duration_s`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`buy_volume`)), ifNotFinite(toFloat64(`buy_volume`), 0), NULL) AS Nullable(Float64)) AS `buy_volume`,
  CAST(if(isFinite(toFloat64(`sell_volume`)), ifNotFinite(toFloat64(`sell_volume`), 0), NULL) AS Nullable(Float64)) AS `sell_volume`,
  CAST(if(isFinite(toFloat64(`volume`)), ifNotFinite(toFloat64(`volume`), 0), NULL) AS Nullable(Float64)) AS `volume`,
  CAST(if(isFinite(toFloat64(`quote_volume`)), ifNotFinite(toFloat64(`quote_volume`), 0), NULL) AS Nullable(Float64)) AS `quote_volume`,
  CAST(if(isFinite(toFloat64(`trades`)), ifNotFinite(toFloat64(`trades`), 0), NULL) AS Nullable(Float64)) AS `trades`,
  CAST(if(isFinite(toFloat64(`vwap`)), ifNotFinite(toFloat64(`vwap`), 0), NULL) AS Nullable(Float64)) AS `vwap`,
  CAST(if(isFinite(toFloat64(`open`)), ifNotFinite(toFloat64(`open`), 0), NULL) AS Nullable(Float64)) AS `open`,
  CAST(if(isFinite(toFloat64(`high`)), ifNotFinite(toFloat64(`high`), 0), NULL) AS Nullable(Float64)) AS `high`,
  CAST(if(isFinite(toFloat64(`low`)), ifNotFinite(toFloat64(`low`), 0), NULL) AS Nullable(Float64)) AS `low`,
  CAST(if(isFinite(toFloat64(`close`)), ifNotFinite(toFloat64(`close`), 0), NULL) AS Nullable(Float64)) AS `close`,
  CAST(if(isFinite(toFloat64(`imbalance`)), ifNotFinite(toFloat64(`imbalance`), 0), NULL) AS Nullable(Float64)) AS `imbalance`,
  CAST(if(isFinite(toFloat64(`duration_s`)), ifNotFinite(toFloat64(`duration_s`), 0), NULL) AS Nullable(Float64)) AS `duration_s`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, bucket_ts_start, bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    toFloat64(toString(sumIf(quantity_exact, side > 0))) AS `buy_volume`,
    toFloat64(toString(sumIf(quantity_exact, side < 0))) AS `sell_volume`,
    toFloat64(toString(sum(quantity_exact))) AS `volume`,
    toFloat64(toString(sum(quote_exact))) AS `quote_volume`,
    count() AS `trades`,
    quote_volume / nullIf(volume, 0) AS `vwap`,
    argMin(price, ord) AS `open`,
    max(price) AS `high`,
    min(price) AS `low`,
    argMax(price, ord) AS `close`,
    (buy_volume - sell_volume) / nullIf(volume, 0) AS `imbalance`,
    dateDiff('millisecond', bucket_ts_start, bucket_ts_end) / 1000 AS `duration_s`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM buckets
    ) AS span
    SELECT
      j.exchange AS exchange,
      j.market_type AS market_type,
      j.symbol AS symbol,
      j.bucket_id AS bucket_id,
      j.bucket_ts_start AS bucket_ts_start,
      j.bucket_ts_end AS bucket_ts_end,
      j.prev_ts_end AS prev_ts_end,
      j.available_at AS available_at,
      j.v AS v,
      j.bucket__place AS bucket__place,
      bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.trade_seq AS ord,
      toFloat64(j.price) AS price,
      if(j.side = 'buy', 1, -1) AS side,
      toDecimal256(j.quantity, 8) AS quantity_exact,
      toDecimal256(j.price, 8) * toDecimal256(j.quantity, 8) AS quote_exact
    FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
    CROSS JOIN (
      SELECT
        b.exchange AS exchange,
        b.market_type AS market_type,
        b.symbol AS symbol,
        b.bucket_id AS bucket_id,
        b.bucket_ts_start AS bucket_ts_start,
        b.bucket_ts_end AS bucket_ts_end,
        b.prev_ts_end AS prev_ts_end,
        b.available_at AS available_at,
        b.v AS v,
        b.bucket__place AS bucket__place,
        t.timestamp AS timestamp,
        t.trade_seq AS trade_seq,
        t.price AS price,
        t.quantity AS quantity,
        t.side AS side
      FROM (
        SELECT
          exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
        FROM `marketprism_hot`.`trades` FINAL
        WHERE late = 0
          AND (exchange, market_type, symbol) IN (span.1)
          AND timestamp >= span.2
          AND timestamp < span.5
      ) AS t
      ASOF INNER JOIN buckets AS b
        ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
        AND t.timestamp >= b.prev_ts_end
      WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
    ) AS j
  )
  GROUP BY bucket__place, bucket_ts_start, bucket_ts_end
);

-- view quoted_spread, level 0, look-back 0

CREATE TABLE `marketprism_features`.`quoted_spread__5f9dfd1b`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `quoted_valid_ms` Nullable(Float64) COMMENT 'Time within the bucket in which a valid quote stood' CODEC(ZSTD(1)),
    `quoted_spread_bps` Nullable(Float64) COMMENT '(ask - bid) / mid in 1/10000, weighted by time. Crossed, locked and one-sided quotes are in neither sum' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'The quoted spread over one bucket, weighted by how long each quote stood';

CREATE MATERIALIZED VIEW `marketprism_features`.`quoted_spread__5f9dfd1b__mv_lazy` TO `marketprism_features`.`quoted_spread__5f9dfd1b` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`quoted_valid_ms`)), ifNotFinite(toFloat64(`quoted_valid_ms`), 0), NULL) AS Nullable(Float64)) AS `quoted_valid_ms`,
  CAST(if(isFinite(toFloat64(`quoted_spread_bps`)), ifNotFinite(toFloat64(`quoted_spread_bps`), 0), NULL) AS Nullable(Float64)) AS `quoted_spread_bps`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    round(toFloat64(toString(sumIf(toDecimal256(to_ms - from_ms, 30), mid IS NOT NULL)))) AS `quoted_valid_ms`,
    if(countIf(NOT isFinite((to_ms - from_ms) * spread)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite((to_ms - from_ms) * spread, 0), 30) + isFinite((to_ms - from_ms) * spread) * 0)))) / nullIf(quoted_valid_ms, 0) AS `quoted_spread_bps`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `timestamp`,
      `ord`,
      `bid_px`,
      `ask_px`,
      `mid`,
      `from_ms`,
      `to_ms`,
      if(mid IS NULL, NULL, (ask_px[1] - bid_px[1]) / mid * 10000) AS `spread`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `timestamp`,
        `ord`,
        `bid_px`,
        `ask_px`,
        `mid`,
        greatest(toUnixTimestamp64Milli(timestamp), toUnixTimestamp64Milli(bucket_ts_start)) AS `from_ms`,
        greatest(until__ms, greatest(toUnixTimestamp64Milli(timestamp), toUnixTimestamp64Milli(bucket_ts_start))) AS `to_ms`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `ord`,
          `bid_px`,
          `ask_px`,
          `mid`,
          leadInFrame(toUnixTimestamp64Milli(timestamp), 1, toUnixTimestamp64Milli(bucket_ts_end)) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `until__ms`
        FROM `marketprism_features`.`ubt__books_lazy`
      )
    )
  )
  GROUP BY bucket__place
);

CREATE VIEW `marketprism_features`.`quoted_spread` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `quoted_valid_ms`,
  `quoted_spread_bps`
FROM `marketprism_features`.`quoted_spread__5f9dfd1b` FINAL
COMMENT 'The quoted spread over one bucket, weighted by how long each quote stood';

INSERT INTO `marketprism_features`.`quoted_spread__5f9dfd1b` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `quoted_valid_ms`, `quoted_spread_bps`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`quoted_valid_ms`)), ifNotFinite(toFloat64(`quoted_valid_ms`), 0), NULL) AS Nullable(Float64)) AS `quoted_valid_ms`,
  CAST(if(isFinite(toFloat64(`quoted_spread_bps`)), ifNotFinite(toFloat64(`quoted_spread_bps`), 0), NULL) AS Nullable(Float64)) AS `quoted_spread_bps`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    round(toFloat64(toString(sumIf(toDecimal256(to_ms - from_ms, 30), mid IS NOT NULL)))) AS `quoted_valid_ms`,
    if(countIf(NOT isFinite((to_ms - from_ms) * spread)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite((to_ms - from_ms) * spread, 0), 30) + isFinite((to_ms - from_ms) * spread) * 0)))) / nullIf(quoted_valid_ms, 0) AS `quoted_spread_bps`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `timestamp`,
      `ord`,
      `bid_px`,
      `ask_px`,
      `mid`,
      `from_ms`,
      `to_ms`,
      if(mid IS NULL, NULL, (ask_px[1] - bid_px[1]) / mid * 10000) AS `spread`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `timestamp`,
        `ord`,
        `bid_px`,
        `ask_px`,
        `mid`,
        greatest(toUnixTimestamp64Milli(timestamp), toUnixTimestamp64Milli(bucket_ts_start)) AS `from_ms`,
        greatest(until__ms, greatest(toUnixTimestamp64Milli(timestamp), toUnixTimestamp64Milli(bucket_ts_start))) AS `to_ms`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `ord`,
          `bid_px`,
          `ask_px`,
          `mid`,
          leadInFrame(toUnixTimestamp64Milli(timestamp), 1, toUnixTimestamp64Milli(bucket_ts_end)) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `until__ms`
        FROM (
          WITH (
            SELECT tuple(
              groupUniqArray((exchange, market_type, symbol)),
              min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
            )
            FROM buckets
          ) AS span
          SELECT
            j.exchange AS exchange,
            j.market_type AS market_type,
            j.symbol AS symbol,
            j.bucket_id AS bucket_id,
            j.bucket_ts_start AS bucket_ts_start,
            j.bucket_ts_end AS bucket_ts_end,
            j.prev_ts_end AS prev_ts_end,
            j.available_at AS available_at,
            j.v AS v,
            j.bucket__place AS bucket__place,
            j.timestamp AS timestamp,
            bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.book_seq AS ord,
            CAST(j.bid_px AS Array(Float64)) AS bid_px,
            CAST(j.ask_px AS Array(Float64)) AS ask_px,
            if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid
          FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
          CROSS JOIN (
            -- the rows of the interval
            SELECT
              b.exchange AS exchange,
            b.market_type AS market_type,
            b.symbol AS symbol,
            b.bucket_id AS bucket_id,
            b.bucket_ts_start AS bucket_ts_start,
            b.bucket_ts_end AS bucket_ts_end,
            b.prev_ts_end AS prev_ts_end,
            b.available_at AS available_at,
            b.v AS v,
            b.bucket__place AS bucket__place,
              s.timestamp AS timestamp,
              s.book_seq AS book_seq,
              s.bid_px AS bid_px, s.ask_px AS ask_px,
              toUInt8(0) AS carry
            FROM (
              SELECT
                exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(ask_px, 1, 1) AS ask_px, available_at
              FROM `marketprism_hot`.`orderbooks` FINAL
              WHERE (exchange, market_type, symbol) IN (span.1)
                AND timestamp >= span.2 AND timestamp < span.5
            ) AS s
            ASOF INNER JOIN buckets AS b
              ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
              AND s.timestamp >= b.prev_ts_end
            WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
            UNION ALL
            -- the last snapshot before the interval, of those that were in time for their own bucket
            SELECT
              b.exchange AS exchange,
            b.market_type AS market_type,
            b.symbol AS symbol,
            b.bucket_id AS bucket_id,
            b.bucket_ts_start AS bucket_ts_start,
            b.bucket_ts_end AS bucket_ts_end,
            b.prev_ts_end AS prev_ts_end,
            b.available_at AS available_at,
            b.v AS v,
            b.bucket__place AS bucket__place,
              s.timestamp AS timestamp,
              s.book_seq AS book_seq,
              s.bid_px AS bid_px, s.ask_px AS ask_px,
              toUInt8(1) AS carry
            FROM buckets AS b
            ASOF INNER JOIN (
              SELECT
                s.exchange AS exchange,
                s.market_type AS market_type,
                s.symbol AS symbol,
                s.timestamp AS timestamp,
                s.book_seq AS book_seq,
                s.bid_px AS bid_px, s.ask_px AS ask_px
              FROM (
                SELECT
                  exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(ask_px, 1, 1) AS ask_px, available_at
                FROM `marketprism_hot`.`orderbooks` FINAL
                WHERE (exchange, market_type, symbol) IN (span.1)
                  AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
              ) AS s
              ASOF INNER JOIN (
                SELECT exchange, market_type, symbol, bucket_ts_end, available_at
                FROM `marketprism_features`.`unified_buckets`
                WHERE (exchange, market_type, symbol) IN (span.1)
                  AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
                  AND bucket_ts_end <= span.5
              ) AS own
                ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
                AND s.timestamp < own.bucket_ts_end
              WHERE s.available_at <= own.available_at
              ORDER BY s.book_seq DESC
              LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
            ) AS s
              ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
              AND b.prev_ts_end > s.timestamp
            WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
          ) AS j
        )
      )
    )
  )
  GROUP BY bucket__place
);

-- view realised_spreads, level 0, look-back 0

CREATE TABLE `marketprism_features`.`realised_spreads__8aa68743`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `outcome_trades_1` Nullable(Float64) COMMENT 'Trades with a valid quote before them and 1 s after them' CODEC(ZSTD(1)),
    `outcome_quantity_1` Nullable(Float64) COMMENT 'Quantity of these trades' CODEC(ZSTD(1)),
    `realised_spread_1` Nullable(Float64) COMMENT '2D(P - M), D the side of the taker, M the mid 1 s after the trade; weighted by quantity. Huang, Stoll 1996' CODEC(ZSTD(1)),
    `realised_spread_bps_1` Nullable(Float64) COMMENT 'The same over the mid before the trade, weighted by notional' CODEC(ZSTD(1)),
    `price_impact_1` Nullable(Float64) COMMENT 'Effective minus realised spread, twice the move of the mid in the direction of the taker; weighted by quantity' CODEC(ZSTD(1)),
    `price_impact_bps_1` Nullable(Float64) COMMENT 'The same over the mid before the trade, weighted by notional. Bessembinder 2003' CODEC(ZSTD(1)),
    `outcome_trades_5` Nullable(Float64) COMMENT 'Trades with a valid quote before them and 5 s after them' CODEC(ZSTD(1)),
    `outcome_quantity_5` Nullable(Float64) COMMENT 'Quantity of these trades' CODEC(ZSTD(1)),
    `realised_spread_5` Nullable(Float64) COMMENT '2D(P - M), D the side of the taker, M the mid 5 s after the trade; weighted by quantity. Huang, Stoll 1996' CODEC(ZSTD(1)),
    `realised_spread_bps_5` Nullable(Float64) COMMENT 'The same over the mid before the trade, weighted by notional' CODEC(ZSTD(1)),
    `price_impact_5` Nullable(Float64) COMMENT 'Effective minus realised spread, twice the move of the mid in the direction of the taker; weighted by quantity' CODEC(ZSTD(1)),
    `price_impact_bps_5` Nullable(Float64) COMMENT 'The same over the mid before the trade, weighted by notional. Bessembinder 2003' CODEC(ZSTD(1)),
    `outcome_trades_30` Nullable(Float64) COMMENT 'Trades with a valid quote before them and 30 s after them' CODEC(ZSTD(1)),
    `outcome_quantity_30` Nullable(Float64) COMMENT 'Quantity of these trades' CODEC(ZSTD(1)),
    `realised_spread_30` Nullable(Float64) COMMENT '2D(P - M), D the side of the taker, M the mid 30 s after the trade; weighted by quantity. Huang, Stoll 1996' CODEC(ZSTD(1)),
    `realised_spread_bps_30` Nullable(Float64) COMMENT 'The same over the mid before the trade, weighted by notional' CODEC(ZSTD(1)),
    `price_impact_30` Nullable(Float64) COMMENT 'Effective minus realised spread, twice the move of the mid in the direction of the taker; weighted by quantity' CODEC(ZSTD(1)),
    `price_impact_bps_30` Nullable(Float64) COMMENT 'The same over the mid before the trade, weighted by notional. Bessembinder 2003' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'What takers paid is split into what the other side kept and how far prices moved - realised spread and price impact';

CREATE MATERIALIZED VIEW `marketprism_features`.`realised_spreads__8aa68743__mv_lazy` TO `marketprism_features`.`realised_spreads__8aa68743` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`outcome_trades_1`)), ifNotFinite(toFloat64(`outcome_trades_1`), 0), NULL) AS Nullable(Float64)) AS `outcome_trades_1`,
  CAST(if(isFinite(toFloat64(`outcome_quantity_1`)), ifNotFinite(toFloat64(`outcome_quantity_1`), 0), NULL) AS Nullable(Float64)) AS `outcome_quantity_1`,
  CAST(if(isFinite(toFloat64(`realised_spread_1`)), ifNotFinite(toFloat64(`realised_spread_1`), 0), NULL) AS Nullable(Float64)) AS `realised_spread_1`,
  CAST(if(isFinite(toFloat64(`realised_spread_bps_1`)), ifNotFinite(toFloat64(`realised_spread_bps_1`), 0), NULL) AS Nullable(Float64)) AS `realised_spread_bps_1`,
  CAST(if(isFinite(toFloat64(`price_impact_1`)), ifNotFinite(toFloat64(`price_impact_1`), 0), NULL) AS Nullable(Float64)) AS `price_impact_1`,
  CAST(if(isFinite(toFloat64(`price_impact_bps_1`)), ifNotFinite(toFloat64(`price_impact_bps_1`), 0), NULL) AS Nullable(Float64)) AS `price_impact_bps_1`,
  CAST(if(isFinite(toFloat64(`outcome_trades_5`)), ifNotFinite(toFloat64(`outcome_trades_5`), 0), NULL) AS Nullable(Float64)) AS `outcome_trades_5`,
  CAST(if(isFinite(toFloat64(`outcome_quantity_5`)), ifNotFinite(toFloat64(`outcome_quantity_5`), 0), NULL) AS Nullable(Float64)) AS `outcome_quantity_5`,
  CAST(if(isFinite(toFloat64(`realised_spread_5`)), ifNotFinite(toFloat64(`realised_spread_5`), 0), NULL) AS Nullable(Float64)) AS `realised_spread_5`,
  CAST(if(isFinite(toFloat64(`realised_spread_bps_5`)), ifNotFinite(toFloat64(`realised_spread_bps_5`), 0), NULL) AS Nullable(Float64)) AS `realised_spread_bps_5`,
  CAST(if(isFinite(toFloat64(`price_impact_5`)), ifNotFinite(toFloat64(`price_impact_5`), 0), NULL) AS Nullable(Float64)) AS `price_impact_5`,
  CAST(if(isFinite(toFloat64(`price_impact_bps_5`)), ifNotFinite(toFloat64(`price_impact_bps_5`), 0), NULL) AS Nullable(Float64)) AS `price_impact_bps_5`,
  CAST(if(isFinite(toFloat64(`outcome_trades_30`)), ifNotFinite(toFloat64(`outcome_trades_30`), 0), NULL) AS Nullable(Float64)) AS `outcome_trades_30`,
  CAST(if(isFinite(toFloat64(`outcome_quantity_30`)), ifNotFinite(toFloat64(`outcome_quantity_30`), 0), NULL) AS Nullable(Float64)) AS `outcome_quantity_30`,
  CAST(if(isFinite(toFloat64(`realised_spread_30`)), ifNotFinite(toFloat64(`realised_spread_30`), 0), NULL) AS Nullable(Float64)) AS `realised_spread_30`,
  CAST(if(isFinite(toFloat64(`realised_spread_bps_30`)), ifNotFinite(toFloat64(`realised_spread_bps_30`), 0), NULL) AS Nullable(Float64)) AS `realised_spread_bps_30`,
  CAST(if(isFinite(toFloat64(`price_impact_30`)), ifNotFinite(toFloat64(`price_impact_30`), 0), NULL) AS Nullable(Float64)) AS `price_impact_30`,
  CAST(if(isFinite(toFloat64(`price_impact_bps_30`)), ifNotFinite(toFloat64(`price_impact_bps_30`), 0), NULL) AS Nullable(Float64)) AS `price_impact_bps_30`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    count(realised_1) AS `outcome_trades_1`,
    toFloat64(toString(sumIf(quantity_exact, realised_1 IS NOT NULL))) AS `outcome_quantity_1`,
    if(countIf(NOT isFinite(quantity * realised_1)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * realised_1, 0), 30) + isFinite(quantity * realised_1) * 0)))) / nullIf(outcome_quantity_1, 0) AS `realised_spread_1`,
    if(countIf(NOT isFinite(quote * realised_1 / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quote * realised_1 / `q.mid` * 10000, 0), 30) + isFinite(quote * realised_1 / `q.mid` * 10000) * 0)))) / nullIf(toFloat64(toString(sumIf(quote_exact, realised_1 IS NOT NULL))), 0) AS `realised_spread_bps_1`,
    if(countIf(NOT isFinite(quantity * impact_1)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * impact_1, 0), 30) + isFinite(quantity * impact_1) * 0)))) / nullIf(outcome_quantity_1, 0) AS `price_impact_1`,
    if(countIf(NOT isFinite(quote * impact_1 / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quote * impact_1 / `q.mid` * 10000, 0), 30) + isFinite(quote * impact_1 / `q.mid` * 10000) * 0)))) / nullIf(toFloat64(toString(sumIf(quote_exact, impact_1 IS NOT NULL))), 0) AS `price_impact_bps_1`,
    count(realised_5) AS `outcome_trades_5`,
    toFloat64(toString(sumIf(quantity_exact, realised_5 IS NOT NULL))) AS `outcome_quantity_5`,
    if(countIf(NOT isFinite(quantity * realised_5)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * realised_5, 0), 30) + isFinite(quantity * realised_5) * 0)))) / nullIf(outcome_quantity_5, 0) AS `realised_spread_5`,
    if(countIf(NOT isFinite(quote * realised_5 / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quote * realised_5 / `q.mid` * 10000, 0), 30) + isFinite(quote * realised_5 / `q.mid` * 10000) * 0)))) / nullIf(toFloat64(toString(sumIf(quote_exact, realised_5 IS NOT NULL))), 0) AS `realised_spread_bps_5`,
    if(countIf(NOT isFinite(quantity * impact_5)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * impact_5, 0), 30) + isFinite(quantity * impact_5) * 0)))) / nullIf(outcome_quantity_5, 0) AS `price_impact_5`,
    if(countIf(NOT isFinite(quote * impact_5 / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quote * impact_5 / `q.mid` * 10000, 0), 30) + isFinite(quote * impact_5 / `q.mid` * 10000) * 0)))) / nullIf(toFloat64(toString(sumIf(quote_exact, impact_5 IS NOT NULL))), 0) AS `price_impact_bps_5`,
    count(realised_30) AS `outcome_trades_30`,
    toFloat64(toString(sumIf(quantity_exact, realised_30 IS NOT NULL))) AS `outcome_quantity_30`,
    if(countIf(NOT isFinite(quantity * realised_30)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * realised_30, 0), 30) + isFinite(quantity * realised_30) * 0)))) / nullIf(outcome_quantity_30, 0) AS `realised_spread_30`,
    if(countIf(NOT isFinite(quote * realised_30 / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quote * realised_30 / `q.mid` * 10000, 0), 30) + isFinite(quote * realised_30 / `q.mid` * 10000) * 0)))) / nullIf(toFloat64(toString(sumIf(quote_exact, realised_30 IS NOT NULL))), 0) AS `realised_spread_bps_30`,
    if(countIf(NOT isFinite(quantity * impact_30)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * impact_30, 0), 30) + isFinite(quantity * impact_30) * 0)))) / nullIf(outcome_quantity_30, 0) AS `price_impact_30`,
    if(countIf(NOT isFinite(quote * impact_30 / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quote * impact_30 / `q.mid` * 10000, 0), 30) + isFinite(quote * impact_30 / `q.mid` * 10000) * 0)))) / nullIf(toFloat64(toString(sumIf(quote_exact, impact_30 IS NOT NULL))), 0) AS `price_impact_bps_30`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `timestamp`,
      `ord`,
      `is_trade`,
      `price`,
      `quantity`,
      `quote`,
      `side`,
      `quantity_exact`,
      `quote_exact`,
      `mid`,
      `q.mid`,
      `h1.mid`,
      `h5.mid`,
      `h30.mid`,
      2 * side * if(`q.mid` IS NULL, NULL, price - `h1.mid`) AS `realised_1`,
      2 * side * (`h1.mid` - `q.mid`) AS `impact_1`,
      2 * side * if(`q.mid` IS NULL, NULL, price - `h5.mid`) AS `realised_5`,
      2 * side * (`h5.mid` - `q.mid`) AS `impact_5`,
      2 * side * if(`q.mid` IS NULL, NULL, price - `h30.mid`) AS `realised_30`,
      2 * side * (`h30.mid` - `q.mid`) AS `impact_30`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `timestamp`,
        `ord`,
        `is_trade`,
        `price`,
        `quantity`,
        `quote`,
        `side`,
        `quantity_exact`,
        `quote_exact`,
        `mid`,
        `q.mid`,
        `h1.mid`,
        `h5.mid`,
        `h30.mid`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `ord`,
          `is_trade`,
          `price`,
          `quantity`,
          `quote`,
          `side`,
          `quantity_exact`,
          `quote_exact`,
          `mid`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) - toUnixTimestamp64Milli(tupleElement(q__found, 1)) <= 60000, false), tupleElement(q__found, 2), NULL) AS `q.mid`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) + 1000 - toUnixTimestamp64Milli(tupleElement(h1__found, 1)) <= 60000, false), tupleElement(h1__found, 2), NULL) AS `h1.mid`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) + 5000 - toUnixTimestamp64Milli(tupleElement(h5__found, 1)) <= 60000, false), tupleElement(h5__found, 2), NULL) AS `h5.mid`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) + 30000 - toUnixTimestamp64Milli(tupleElement(h30__found, 1)) <= 60000, false), tupleElement(h30__found, 2), NULL) AS `h30.mid`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `ord`,
            `is_trade`,
            `price`,
            `quantity`,
            `quote`,
            `side`,
            `quantity_exact`,
            `quote_exact`,
            `mid`,
            argMaxIf(tuple(toNullable(timestamp), toNullable(mid)), ord, is_trade = 0) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `q__found`,
            argMaxIf(tuple(toNullable(timestamp), toNullable(mid)), ord, is_trade = 0) OVER (PARTITION BY bucket__place ORDER BY toUnixTimestamp64Milli(timestamp) RANGE BETWEEN UNBOUNDED PRECEDING AND 1000 FOLLOWING) AS `h1__found`,
            argMaxIf(tuple(toNullable(timestamp), toNullable(mid)), ord, is_trade = 0) OVER (PARTITION BY bucket__place ORDER BY toUnixTimestamp64Milli(timestamp) RANGE BETWEEN UNBOUNDED PRECEDING AND 5000 FOLLOWING) AS `h5__found`,
            argMaxIf(tuple(toNullable(timestamp), toNullable(mid)), ord, is_trade = 0) OVER (PARTITION BY bucket__place ORDER BY toUnixTimestamp64Milli(timestamp) RANGE BETWEEN UNBOUNDED PRECEDING AND 30000 FOLLOWING) AS `h30__found`
          FROM (
            WITH (
              SELECT tuple(
                groupUniqArray((exchange, market_type, symbol)),
                min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
              )
              FROM `marketprism_features`.`ubt__delay_30s_lazy`
            ) AS span
            SELECT
              j.exchange AS exchange,
              j.market_type AS market_type,
              j.symbol AS symbol,
              j.bucket_id AS bucket_id,
              j.bucket_ts_start AS bucket_ts_start,
              j.bucket_ts_end AS bucket_ts_end,
              j.prev_ts_end AS prev_ts_end,
              j.available_at AS available_at,
              j.v AS v,
              j.bucket__place AS bucket__place,
              j.timestamp AS timestamp,
              bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 65) + bitShiftLeft(toUInt128(1 - j.is_trade), 64) + j.seq AS ord,
              j.is_trade AS is_trade,
              if(j.is_trade = 1, toFloat64(j.price), NULL) AS price,
              if(j.is_trade = 1, toFloat64(j.quantity), NULL) AS quantity,
              if(j.is_trade = 1, toFloat64(toDecimal256(j.price, 8) * j.quantity), NULL) AS quote,
              if(j.is_trade = 1, if(j.side = 'buy', 1, -1), NULL) AS side,
              if(j.is_trade = 1, toDecimal256(j.quantity, 8), NULL) AS quantity_exact,
              if(j.is_trade = 1, toDecimal256(j.price, 8) * toDecimal256(j.quantity, 8), NULL) AS quote_exact,
              if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid
            FROM (SELECT 1 AS one FROM `marketprism_features`.`ubt__delay_30s_lazy` LIMIT 1) AS present
            CROSS JOIN (
              SELECT
                exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
                timestamp,
                toUInt8(1) AS is_trade,
                trade_seq AS seq,
                price, quantity, side,
                [] AS bid_px, [] AS ask_px,
                toUInt8(0) AS carry
              FROM (
                SELECT
                  b.exchange AS exchange,
                  b.market_type AS market_type,
                  b.symbol AS symbol,
                  b.bucket_id AS bucket_id,
                  b.bucket_ts_start AS bucket_ts_start,
                  b.bucket_ts_end AS bucket_ts_end,
                  b.prev_ts_end AS prev_ts_end,
                  b.available_at AS available_at,
                  b.v AS v,
                  b.bucket__place AS bucket__place,
                  t.timestamp AS timestamp,
                  t.trade_seq AS trade_seq,
                  t.price AS price,
                  t.quantity AS quantity,
                  t.side AS side
                FROM (
                  SELECT
                    exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
                  FROM `marketprism_hot`.`trades` FINAL
                  WHERE late = 0
                    AND (exchange, market_type, symbol) IN (span.1)
                    AND timestamp >= span.2
                    AND timestamp < span.5
                ) AS t
                ASOF INNER JOIN `marketprism_features`.`ubt__delay_30s_lazy` AS b
                  ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
                  AND t.timestamp >= b.prev_ts_end
                WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
              )
              UNION ALL
              SELECT
                exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
                timestamp,
                toUInt8(0) AS is_trade,
                book_seq AS seq,
                toDecimal64(0, 8) AS price, toDecimal128(0, 8) AS quantity, '' AS side,
                bid_px, ask_px,
                carry
              FROM (
                WITH known AS (
                  -- Like the snapshot that is carried into a bucket, each must have been in time for its own one.
                  SELECT
                    s.exchange AS exchange, s.market_type AS market_type, s.symbol AS symbol, s.timestamp AS timestamp, s.book_seq AS book_seq,
                    s.bid_px AS bid_px, s.ask_px AS ask_px
                  FROM (
                    SELECT
                      exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(ask_px, 1, 1) AS ask_px, available_at
                    FROM `marketprism_hot`.`orderbooks` FINAL
                    WHERE (exchange, market_type, symbol) IN (span.1)
                      AND timestamp >= span.2 - toIntervalMillisecond(120000)
                      AND timestamp < span.5 + toIntervalMillisecond(30000)
                  ) AS s
                  ASOF INNER JOIN (
                    SELECT exchange, market_type, symbol, bucket_ts_end, available_at
                    FROM `marketprism_features`.`unified_buckets`
                    WHERE (exchange, market_type, symbol) IN (span.1)
                      AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
                  ) AS own
                    ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
                    AND s.timestamp < own.bucket_ts_end
                  WHERE s.available_at <= own.available_at
                )
                -- the rows of the interval and of the time after it; a snapshot may belong to several buckets
                SELECT
                  b.exchange AS exchange,
                b.market_type AS market_type,
                b.symbol AS symbol,
                b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start,
                b.bucket_ts_end AS bucket_ts_end,
                b.prev_ts_end AS prev_ts_end,
                b.available_at AS available_at,
                b.v AS v,
                b.bucket__place AS bucket__place,
                  s.timestamp AS timestamp,
                  s.book_seq AS book_seq,
                  s.bid_px AS bid_px, s.ask_px AS ask_px,
                  toUInt8(0) AS carry
                FROM (
                  SELECT
                    *,
                    toInt64(arrayJoin(range(
                      toUInt64(intDiv(toUnixTimestamp64Milli(prev_ts_end), 10000)),
                      toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) + 30000, 10000) + 1)
                    ))) AS slot
                  FROM `marketprism_features`.`ubt__delay_30s_lazy`
                ) AS b
                INNER JOIN (SELECT *, intDiv(toUnixTimestamp64Milli(timestamp), 10000) AS slot FROM known) AS s
                  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol AND b.slot = s.slot
                WHERE s.timestamp >= b.prev_ts_end AND s.timestamp < b.bucket_ts_end + toIntervalMillisecond(30000)
                UNION ALL
                -- the last snapshot before the interval
                SELECT
                  b.exchange AS exchange,
                b.market_type AS market_type,
                b.symbol AS symbol,
                b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start,
                b.bucket_ts_end AS bucket_ts_end,
                b.prev_ts_end AS prev_ts_end,
                b.available_at AS available_at,
                b.v AS v,
                b.bucket__place AS bucket__place,
                  s.timestamp AS timestamp,
                  s.book_seq AS book_seq,
                  s.bid_px AS bid_px, s.ask_px AS ask_px,
                  toUInt8(1) AS carry
                FROM `marketprism_features`.`ubt__delay_30s_lazy` AS b
                ASOF INNER JOIN (
                  SELECT * FROM known
                  ORDER BY book_seq DESC
                  LIMIT 1 BY exchange, market_type, symbol, timestamp
                ) AS s
                  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
                  AND b.prev_ts_end > s.timestamp
                WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
              )
            ) AS j
          )
        )
      )
      WHERE is_trade = 1
    )
  )
  GROUP BY bucket__place
);

CREATE VIEW `marketprism_features`.`realised_spreads` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `outcome_trades_1`,
  `outcome_quantity_1`,
  `realised_spread_1`,
  `realised_spread_bps_1`,
  `price_impact_1`,
  `price_impact_bps_1`,
  `outcome_trades_5`,
  `outcome_quantity_5`,
  `realised_spread_5`,
  `realised_spread_bps_5`,
  `price_impact_5`,
  `price_impact_bps_5`,
  `outcome_trades_30`,
  `outcome_quantity_30`,
  `realised_spread_30`,
  `realised_spread_bps_30`,
  `price_impact_30`,
  `price_impact_bps_30`
FROM `marketprism_features`.`realised_spreads__8aa68743` FINAL
COMMENT 'What takers paid is split into what the other side kept and how far prices moved - realised spread and price impact';

INSERT INTO `marketprism_features`.`realised_spreads__8aa68743` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `outcome_trades_1`, `outcome_quantity_1`, `realised_spread_1`, `realised_spread_bps_1`, `price_impact_1`, `price_impact_bps_1`, `outcome_trades_5`, `outcome_quantity_5`, `realised_spread_5`, `realised_spread_bps_5`, `price_impact_5`, `price_impact_bps_5`, `outcome_trades_30`, `outcome_quantity_30`, `realised_spread_30`, `realised_spread_bps_30`, `price_impact_30`, `price_impact_bps_30`)
WITH closed AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */),
buckets AS (
  -- Those whose delay is over, known with the first bucket that ends so long after them.
  SELECT
    k.exchange AS exchange,
k.market_type AS market_type,
k.symbol AS symbol,
k.bucket_id AS bucket_id,
k.bucket_ts_start AS bucket_ts_start,
k.bucket_ts_end AS bucket_ts_end,
k.prev_ts_end AS prev_ts_end,
    s.available_at AS available_at,
    k.v AS v, toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place
  FROM (SELECT *, bucket_ts_end + toIntervalMillisecond(30000) AS ripe_at FROM closed) AS k
  ASOF INNER JOIN (
    SELECT exchange, market_type, symbol, bucket_ts_end, available_at
    FROM `marketprism_features`.`unified_buckets` FINAL
    WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM closed)
      AND bucket_ts_end > (SELECT min(bucket_ts_end) FROM closed)
  ) AS s
    ON s.exchange = k.exchange AND s.market_type = k.market_type AND s.symbol = k.symbol
    AND k.ripe_at <= s.bucket_ts_end
)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`outcome_trades_1`)), ifNotFinite(toFloat64(`outcome_trades_1`), 0), NULL) AS Nullable(Float64)) AS `outcome_trades_1`,
  CAST(if(isFinite(toFloat64(`outcome_quantity_1`)), ifNotFinite(toFloat64(`outcome_quantity_1`), 0), NULL) AS Nullable(Float64)) AS `outcome_quantity_1`,
  CAST(if(isFinite(toFloat64(`realised_spread_1`)), ifNotFinite(toFloat64(`realised_spread_1`), 0), NULL) AS Nullable(Float64)) AS `realised_spread_1`,
  CAST(if(isFinite(toFloat64(`realised_spread_bps_1`)), ifNotFinite(toFloat64(`realised_spread_bps_1`), 0), NULL) AS Nullable(Float64)) AS `realised_spread_bps_1`,
  CAST(if(isFinite(toFloat64(`price_impact_1`)), ifNotFinite(toFloat64(`price_impact_1`), 0), NULL) AS Nullable(Float64)) AS `price_impact_1`,
  CAST(if(isFinite(toFloat64(`price_impact_bps_1`)), ifNotFinite(toFloat64(`price_impact_bps_1`), 0), NULL) AS Nullable(Float64)) AS `price_impact_bps_1`,
  CAST(if(isFinite(toFloat64(`outcome_trades_5`)), ifNotFinite(toFloat64(`outcome_trades_5`), 0), NULL) AS Nullable(Float64)) AS `outcome_trades_5`,
  CAST(if(isFinite(toFloat64(`outcome_quantity_5`)), ifNotFinite(toFloat64(`outcome_quantity_5`), 0), NULL) AS Nullable(Float64)) AS `outcome_quantity_5`,
  CAST(if(isFinite(toFloat64(`realised_spread_5`)), ifNotFinite(toFloat64(`realised_spread_5`), 0), NULL) AS Nullable(Float64)) AS `realised_spread_5`,
  CAST(if(isFinite(toFloat64(`realised_spread_bps_5`)), ifNotFinite(toFloat64(`realised_spread_bps_5`), 0), NULL) AS Nullable(Float64)) AS `realised_spread_bps_5`,
  CAST(if(isFinite(toFloat64(`price_impact_5`)), ifNotFinite(toFloat64(`price_impact_5`), 0), NULL) AS Nullable(Float64)) AS `price_impact_5`,
  CAST(if(isFinite(toFloat64(`price_impact_bps_5`)), ifNotFinite(toFloat64(`price_impact_bps_5`), 0), NULL) AS Nullable(Float64)) AS `price_impact_bps_5`,
  CAST(if(isFinite(toFloat64(`outcome_trades_30`)), ifNotFinite(toFloat64(`outcome_trades_30`), 0), NULL) AS Nullable(Float64)) AS `outcome_trades_30`,
  CAST(if(isFinite(toFloat64(`outcome_quantity_30`)), ifNotFinite(toFloat64(`outcome_quantity_30`), 0), NULL) AS Nullable(Float64)) AS `outcome_quantity_30`,
  CAST(if(isFinite(toFloat64(`realised_spread_30`)), ifNotFinite(toFloat64(`realised_spread_30`), 0), NULL) AS Nullable(Float64)) AS `realised_spread_30`,
  CAST(if(isFinite(toFloat64(`realised_spread_bps_30`)), ifNotFinite(toFloat64(`realised_spread_bps_30`), 0), NULL) AS Nullable(Float64)) AS `realised_spread_bps_30`,
  CAST(if(isFinite(toFloat64(`price_impact_30`)), ifNotFinite(toFloat64(`price_impact_30`), 0), NULL) AS Nullable(Float64)) AS `price_impact_30`,
  CAST(if(isFinite(toFloat64(`price_impact_bps_30`)), ifNotFinite(toFloat64(`price_impact_bps_30`), 0), NULL) AS Nullable(Float64)) AS `price_impact_bps_30`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    count(realised_1) AS `outcome_trades_1`,
    toFloat64(toString(sumIf(quantity_exact, realised_1 IS NOT NULL))) AS `outcome_quantity_1`,
    if(countIf(NOT isFinite(quantity * realised_1)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * realised_1, 0), 30) + isFinite(quantity * realised_1) * 0)))) / nullIf(outcome_quantity_1, 0) AS `realised_spread_1`,
    if(countIf(NOT isFinite(quote * realised_1 / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quote * realised_1 / `q.mid` * 10000, 0), 30) + isFinite(quote * realised_1 / `q.mid` * 10000) * 0)))) / nullIf(toFloat64(toString(sumIf(quote_exact, realised_1 IS NOT NULL))), 0) AS `realised_spread_bps_1`,
    if(countIf(NOT isFinite(quantity * impact_1)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * impact_1, 0), 30) + isFinite(quantity * impact_1) * 0)))) / nullIf(outcome_quantity_1, 0) AS `price_impact_1`,
    if(countIf(NOT isFinite(quote * impact_1 / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quote * impact_1 / `q.mid` * 10000, 0), 30) + isFinite(quote * impact_1 / `q.mid` * 10000) * 0)))) / nullIf(toFloat64(toString(sumIf(quote_exact, impact_1 IS NOT NULL))), 0) AS `price_impact_bps_1`,
    count(realised_5) AS `outcome_trades_5`,
    toFloat64(toString(sumIf(quantity_exact, realised_5 IS NOT NULL))) AS `outcome_quantity_5`,
    if(countIf(NOT isFinite(quantity * realised_5)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * realised_5, 0), 30) + isFinite(quantity * realised_5) * 0)))) / nullIf(outcome_quantity_5, 0) AS `realised_spread_5`,
    if(countIf(NOT isFinite(quote * realised_5 / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quote * realised_5 / `q.mid` * 10000, 0), 30) + isFinite(quote * realised_5 / `q.mid` * 10000) * 0)))) / nullIf(toFloat64(toString(sumIf(quote_exact, realised_5 IS NOT NULL))), 0) AS `realised_spread_bps_5`,
    if(countIf(NOT isFinite(quantity * impact_5)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * impact_5, 0), 30) + isFinite(quantity * impact_5) * 0)))) / nullIf(outcome_quantity_5, 0) AS `price_impact_5`,
    if(countIf(NOT isFinite(quote * impact_5 / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quote * impact_5 / `q.mid` * 10000, 0), 30) + isFinite(quote * impact_5 / `q.mid` * 10000) * 0)))) / nullIf(toFloat64(toString(sumIf(quote_exact, impact_5 IS NOT NULL))), 0) AS `price_impact_bps_5`,
    count(realised_30) AS `outcome_trades_30`,
    toFloat64(toString(sumIf(quantity_exact, realised_30 IS NOT NULL))) AS `outcome_quantity_30`,
    if(countIf(NOT isFinite(quantity * realised_30)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * realised_30, 0), 30) + isFinite(quantity * realised_30) * 0)))) / nullIf(outcome_quantity_30, 0) AS `realised_spread_30`,
    if(countIf(NOT isFinite(quote * realised_30 / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quote * realised_30 / `q.mid` * 10000, 0), 30) + isFinite(quote * realised_30 / `q.mid` * 10000) * 0)))) / nullIf(toFloat64(toString(sumIf(quote_exact, realised_30 IS NOT NULL))), 0) AS `realised_spread_bps_30`,
    if(countIf(NOT isFinite(quantity * impact_30)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * impact_30, 0), 30) + isFinite(quantity * impact_30) * 0)))) / nullIf(outcome_quantity_30, 0) AS `price_impact_30`,
    if(countIf(NOT isFinite(quote * impact_30 / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quote * impact_30 / `q.mid` * 10000, 0), 30) + isFinite(quote * impact_30 / `q.mid` * 10000) * 0)))) / nullIf(toFloat64(toString(sumIf(quote_exact, impact_30 IS NOT NULL))), 0) AS `price_impact_bps_30`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `timestamp`,
      `ord`,
      `is_trade`,
      `price`,
      `quantity`,
      `quote`,
      `side`,
      `quantity_exact`,
      `quote_exact`,
      `mid`,
      `q.mid`,
      `h1.mid`,
      `h5.mid`,
      `h30.mid`,
      2 * side * if(`q.mid` IS NULL, NULL, price - `h1.mid`) AS `realised_1`,
      2 * side * (`h1.mid` - `q.mid`) AS `impact_1`,
      2 * side * if(`q.mid` IS NULL, NULL, price - `h5.mid`) AS `realised_5`,
      2 * side * (`h5.mid` - `q.mid`) AS `impact_5`,
      2 * side * if(`q.mid` IS NULL, NULL, price - `h30.mid`) AS `realised_30`,
      2 * side * (`h30.mid` - `q.mid`) AS `impact_30`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `timestamp`,
        `ord`,
        `is_trade`,
        `price`,
        `quantity`,
        `quote`,
        `side`,
        `quantity_exact`,
        `quote_exact`,
        `mid`,
        `q.mid`,
        `h1.mid`,
        `h5.mid`,
        `h30.mid`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `ord`,
          `is_trade`,
          `price`,
          `quantity`,
          `quote`,
          `side`,
          `quantity_exact`,
          `quote_exact`,
          `mid`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) - toUnixTimestamp64Milli(tupleElement(q__found, 1)) <= 60000, false), tupleElement(q__found, 2), NULL) AS `q.mid`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) + 1000 - toUnixTimestamp64Milli(tupleElement(h1__found, 1)) <= 60000, false), tupleElement(h1__found, 2), NULL) AS `h1.mid`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) + 5000 - toUnixTimestamp64Milli(tupleElement(h5__found, 1)) <= 60000, false), tupleElement(h5__found, 2), NULL) AS `h5.mid`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) + 30000 - toUnixTimestamp64Milli(tupleElement(h30__found, 1)) <= 60000, false), tupleElement(h30__found, 2), NULL) AS `h30.mid`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `ord`,
            `is_trade`,
            `price`,
            `quantity`,
            `quote`,
            `side`,
            `quantity_exact`,
            `quote_exact`,
            `mid`,
            argMaxIf(tuple(toNullable(timestamp), toNullable(mid)), ord, is_trade = 0) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `q__found`,
            argMaxIf(tuple(toNullable(timestamp), toNullable(mid)), ord, is_trade = 0) OVER (PARTITION BY bucket__place ORDER BY toUnixTimestamp64Milli(timestamp) RANGE BETWEEN UNBOUNDED PRECEDING AND 1000 FOLLOWING) AS `h1__found`,
            argMaxIf(tuple(toNullable(timestamp), toNullable(mid)), ord, is_trade = 0) OVER (PARTITION BY bucket__place ORDER BY toUnixTimestamp64Milli(timestamp) RANGE BETWEEN UNBOUNDED PRECEDING AND 5000 FOLLOWING) AS `h5__found`,
            argMaxIf(tuple(toNullable(timestamp), toNullable(mid)), ord, is_trade = 0) OVER (PARTITION BY bucket__place ORDER BY toUnixTimestamp64Milli(timestamp) RANGE BETWEEN UNBOUNDED PRECEDING AND 30000 FOLLOWING) AS `h30__found`
          FROM (
            WITH (
              SELECT tuple(
                groupUniqArray((exchange, market_type, symbol)),
                min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
              )
              FROM buckets
            ) AS span
            SELECT
              j.exchange AS exchange,
              j.market_type AS market_type,
              j.symbol AS symbol,
              j.bucket_id AS bucket_id,
              j.bucket_ts_start AS bucket_ts_start,
              j.bucket_ts_end AS bucket_ts_end,
              j.prev_ts_end AS prev_ts_end,
              j.available_at AS available_at,
              j.v AS v,
              j.bucket__place AS bucket__place,
              j.timestamp AS timestamp,
              bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 65) + bitShiftLeft(toUInt128(1 - j.is_trade), 64) + j.seq AS ord,
              j.is_trade AS is_trade,
              if(j.is_trade = 1, toFloat64(j.price), NULL) AS price,
              if(j.is_trade = 1, toFloat64(j.quantity), NULL) AS quantity,
              if(j.is_trade = 1, toFloat64(toDecimal256(j.price, 8) * j.quantity), NULL) AS quote,
              if(j.is_trade = 1, if(j.side = 'buy', 1, -1), NULL) AS side,
              if(j.is_trade = 1, toDecimal256(j.quantity, 8), NULL) AS quantity_exact,
              if(j.is_trade = 1, toDecimal256(j.price, 8) * toDecimal256(j.quantity, 8), NULL) AS quote_exact,
              if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid
            FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
            CROSS JOIN (
              SELECT
                exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
                timestamp,
                toUInt8(1) AS is_trade,
                trade_seq AS seq,
                price, quantity, side,
                [] AS bid_px, [] AS ask_px,
                toUInt8(0) AS carry
              FROM (
                SELECT
                  b.exchange AS exchange,
                  b.market_type AS market_type,
                  b.symbol AS symbol,
                  b.bucket_id AS bucket_id,
                  b.bucket_ts_start AS bucket_ts_start,
                  b.bucket_ts_end AS bucket_ts_end,
                  b.prev_ts_end AS prev_ts_end,
                  b.available_at AS available_at,
                  b.v AS v,
                  b.bucket__place AS bucket__place,
                  t.timestamp AS timestamp,
                  t.trade_seq AS trade_seq,
                  t.price AS price,
                  t.quantity AS quantity,
                  t.side AS side
                FROM (
                  SELECT
                    exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
                  FROM `marketprism_hot`.`trades` FINAL
                  WHERE late = 0
                    AND (exchange, market_type, symbol) IN (span.1)
                    AND timestamp >= span.2
                    AND timestamp < span.5
                ) AS t
                ASOF INNER JOIN buckets AS b
                  ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
                  AND t.timestamp >= b.prev_ts_end
                WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
              )
              UNION ALL
              SELECT
                exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
                timestamp,
                toUInt8(0) AS is_trade,
                book_seq AS seq,
                toDecimal64(0, 8) AS price, toDecimal128(0, 8) AS quantity, '' AS side,
                bid_px, ask_px,
                carry
              FROM (
                WITH known AS (
                  -- Like the snapshot that is carried into a bucket, each must have been in time for its own one.
                  SELECT
                    s.exchange AS exchange, s.market_type AS market_type, s.symbol AS symbol, s.timestamp AS timestamp, s.book_seq AS book_seq,
                    s.bid_px AS bid_px, s.ask_px AS ask_px
                  FROM (
                    SELECT
                      exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(ask_px, 1, 1) AS ask_px, available_at
                    FROM `marketprism_hot`.`orderbooks` FINAL
                    WHERE (exchange, market_type, symbol) IN (span.1)
                      AND timestamp >= span.2 - toIntervalMillisecond(120000)
                      AND timestamp < span.5 + toIntervalMillisecond(30000)
                  ) AS s
                  ASOF INNER JOIN (
                    SELECT exchange, market_type, symbol, bucket_ts_end, available_at
                    FROM `marketprism_features`.`unified_buckets`
                    WHERE (exchange, market_type, symbol) IN (span.1)
                      AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
                  ) AS own
                    ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
                    AND s.timestamp < own.bucket_ts_end
                  WHERE s.available_at <= own.available_at
                )
                -- the rows of the interval and of the time after it; a snapshot may belong to several buckets
                SELECT
                  b.exchange AS exchange,
                b.market_type AS market_type,
                b.symbol AS symbol,
                b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start,
                b.bucket_ts_end AS bucket_ts_end,
                b.prev_ts_end AS prev_ts_end,
                b.available_at AS available_at,
                b.v AS v,
                b.bucket__place AS bucket__place,
                  s.timestamp AS timestamp,
                  s.book_seq AS book_seq,
                  s.bid_px AS bid_px, s.ask_px AS ask_px,
                  toUInt8(0) AS carry
                FROM (
                  SELECT
                    *,
                    toInt64(arrayJoin(range(
                      toUInt64(intDiv(toUnixTimestamp64Milli(prev_ts_end), 10000)),
                      toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end) + 30000, 10000) + 1)
                    ))) AS slot
                  FROM buckets
                ) AS b
                INNER JOIN (SELECT *, intDiv(toUnixTimestamp64Milli(timestamp), 10000) AS slot FROM known) AS s
                  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol AND b.slot = s.slot
                WHERE s.timestamp >= b.prev_ts_end AND s.timestamp < b.bucket_ts_end + toIntervalMillisecond(30000)
                UNION ALL
                -- the last snapshot before the interval
                SELECT
                  b.exchange AS exchange,
                b.market_type AS market_type,
                b.symbol AS symbol,
                b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start,
                b.bucket_ts_end AS bucket_ts_end,
                b.prev_ts_end AS prev_ts_end,
                b.available_at AS available_at,
                b.v AS v,
                b.bucket__place AS bucket__place,
                  s.timestamp AS timestamp,
                  s.book_seq AS book_seq,
                  s.bid_px AS bid_px, s.ask_px AS ask_px,
                  toUInt8(1) AS carry
                FROM buckets AS b
                ASOF INNER JOIN (
                  SELECT * FROM known
                  ORDER BY book_seq DESC
                  LIMIT 1 BY exchange, market_type, symbol, timestamp
                ) AS s
                  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
                  AND b.prev_ts_end > s.timestamp
                WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
              )
            ) AS j
          )
        )
      )
      WHERE is_trade = 1
    )
  )
  GROUP BY bucket__place
);

-- view realised_volatility, level 0, look-back 0

CREATE TABLE `marketprism_features`.`realised_volatility__3261ca12`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `returns_60` Nullable(Float64) COMMENT 'Log returns of the mid at whole seconds that are known in the last 60 s, at most 60' CODEC(ZSTD(1)),
    `nonzero_share_60` Nullable(Float64) COMMENT 'Share of returns that are not 0. Where it is low, bipower variation is near 0 and jumps are an artefact' CODEC(ZSTD(1)),
    `rv_60` Nullable(Float64) COMMENT 'Realised variance, the sum of squared returns; per window, not annualised' CODEC(ZSTD(1)),
    `rvol_60` Nullable(Float64) COMMENT 'Realised volatility, the root of rv' CODEC(ZSTD(1)),
    `bv_60` Nullable(Float64) COMMENT 'Bipower variation with n/(n-1), variance without jumps; NULL with fewer than 3 returns. Barndorff-Nielsen, Shephard 2004' CODEC(ZSTD(1)),
    `tripower_60` Nullable(Float64) COMMENT 'Tri-power quarticity' CODEC(ZSTD(1)),
    `medrv_60` Nullable(Float64) COMMENT 'Median realised variance, less moved by zero returns. Andersen, Dobrev, Schaumburg 2012' CODEC(ZSTD(1)),
    `rs_up_60` Nullable(Float64) COMMENT 'Realised semivariance of returns above 0' CODEC(ZSTD(1)),
    `rs_down_60` Nullable(Float64) COMMENT 'Realised semivariance of returns below 0' CODEC(ZSTD(1)),
    `jump_z_60` Nullable(Float64) COMMENT 'Ratio statistic of Huang and Tauchen 2005; NULL where rv or bv is 0 or unknown' CODEC(ZSTD(1)),
    `jump_p_60` Nullable(Float64) COMMENT 'One-sided p value of jump_z' CODEC(ZSTD(1)),
    `jump_raw_60` Nullable(Float64) COMMENT 'max(rv - bv, 0), significant or not' CODEC(ZSTD(1)),
    `jump_share_60` Nullable(Float64) COMMENT 'jump_raw over rv' CODEC(ZSTD(1)),
    `jump_60` Nullable(Float64) COMMENT 'Jump part of rv where it is significant at 1 %, else 0; 0 where jump_z is undefined' CODEC(ZSTD(1)),
    `continuous_60` Nullable(Float64) COMMENT 'rv without the significant jump part' CODEC(ZSTD(1)),
    `returns_300` Nullable(Float64) COMMENT 'As returns_60, over 300 s' CODEC(ZSTD(1)),
    `nonzero_share_300` Nullable(Float64) COMMENT 'As nonzero_share_60, over 300 s' CODEC(ZSTD(1)),
    `rv_300` Nullable(Float64) COMMENT 'As rv_60, over 300 s' CODEC(ZSTD(1)),
    `rvol_300` Nullable(Float64) COMMENT 'As rvol_60, over 300 s' CODEC(ZSTD(1)),
    `bv_300` Nullable(Float64) COMMENT 'As bv_60, over 300 s' CODEC(ZSTD(1)),
    `tripower_300` Nullable(Float64) COMMENT 'As tripower_60, over 300 s' CODEC(ZSTD(1)),
    `medrv_300` Nullable(Float64) COMMENT 'As medrv_60, over 300 s' CODEC(ZSTD(1)),
    `rs_up_300` Nullable(Float64) COMMENT 'As rs_up_60, over 300 s' CODEC(ZSTD(1)),
    `rs_down_300` Nullable(Float64) COMMENT 'As rs_down_60, over 300 s' CODEC(ZSTD(1)),
    `jump_z_300` Nullable(Float64) COMMENT 'As jump_z_60, over 300 s' CODEC(ZSTD(1)),
    `jump_p_300` Nullable(Float64) COMMENT 'As jump_p_60, over 300 s' CODEC(ZSTD(1)),
    `jump_raw_300` Nullable(Float64) COMMENT 'As jump_raw_60, over 300 s' CODEC(ZSTD(1)),
    `jump_share_300` Nullable(Float64) COMMENT 'As jump_share_60, over 300 s' CODEC(ZSTD(1)),
    `jump_300` Nullable(Float64) COMMENT 'As jump_60, over 300 s' CODEC(ZSTD(1)),
    `continuous_300` Nullable(Float64) COMMENT 'As continuous_60, over 300 s' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Realised variance of the mid over the last 60 and 300 seconds, and how much of it came in jumps';

CREATE MATERIALIZED VIEW `marketprism_features`.`realised_volatility__3261ca12__mv_lazy` TO `marketprism_features`.`realised_volatility__3261ca12` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`returns_60`)), ifNotFinite(toFloat64(`returns_60`), 0), NULL) AS Nullable(Float64)) AS `returns_60`,
  CAST(if(isFinite(toFloat64(`nonzero_share_60`)), ifNotFinite(toFloat64(`nonzero_share_60`), 0), NULL) AS Nullable(Float64)) AS `nonzero_share_60`,
  CAST(if(isFinite(toFloat64(`rv_60`)), ifNotFinite(toFloat64(`rv_60`), 0), NULL) AS Nullable(Float64)) AS `rv_60`,
  CAST(if(isFinite(toFloat64(`rvol_60`)), ifNotFinite(toFloat64(`rvol_60`), 0), NULL) AS Nullable(Float64)) AS `rvol_60`,
  CAST(if(isFinite(toFloat64(`bv_60`)), ifNotFinite(toFloat64(`bv_60`), 0), NULL) AS Nullable(Float64)) AS `bv_60`,
  CAST(if(isFinite(toFloat64(`tripower_60`)), ifNotFinite(toFloat64(`tripower_60`), 0), NULL) AS Nullable(Float64)) AS `tripower_60`,
  CAST(if(isFinite(toFloat64(`medrv_60`)), ifNotFinite(toFloat64(`medrv_60`), 0), NULL) AS Nullable(Float64)) AS `medrv_60`,
  CAST(if(isFinite(toFloat64(`rs_up_60`)), ifNotFinite(toFloat64(`rs_up_60`), 0), NULL) AS Nullable(Float64)) AS `rs_up_60`,
  CAST(if(isFinite(toFloat64(`rs_down_60`)), ifNotFinite(toFloat64(`rs_down_60`), 0), NULL) AS Nullable(Float64)) AS `rs_down_60`,
  CAST(if(isFinite(toFloat64(`jump_z_60`)), ifNotFinite(toFloat64(`jump_z_60`), 0), NULL) AS Nullable(Float64)) AS `jump_z_60`,
  CAST(if(isFinite(toFloat64(`jump_p_60`)), ifNotFinite(toFloat64(`jump_p_60`), 0), NULL) AS Nullable(Float64)) AS `jump_p_60`,
  CAST(if(isFinite(toFloat64(`jump_raw_60`)), ifNotFinite(toFloat64(`jump_raw_60`), 0), NULL) AS Nullable(Float64)) AS `jump_raw_60`,
  CAST(if(isFinite(toFloat64(`jump_share_60`)), ifNotFinite(toFloat64(`jump_share_60`), 0), NULL) AS Nullable(Float64)) AS `jump_share_60`,
  CAST(if(isFinite(toFloat64(`jump_60`)), ifNotFinite(toFloat64(`jump_60`), 0), NULL) AS Nullable(Float64)) AS `jump_60`,
  CAST(if(isFinite(toFloat64(`continuous_60`)), ifNotFinite(toFloat64(`continuous_60`), 0), NULL) AS Nullable(Float64)) AS `continuous_60`,
  CAST(if(isFinite(toFloat64(`returns_300`)), ifNotFinite(toFloat64(`returns_300`), 0), NULL) AS Nullable(Float64)) AS `returns_300`,
  CAST(if(isFinite(toFloat64(`nonzero_share_300`)), ifNotFinite(toFloat64(`nonzero_share_300`), 0), NULL) AS Nullable(Float64)) AS `nonzero_share_300`,
  CAST(if(isFinite(toFloat64(`rv_300`)), ifNotFinite(toFloat64(`rv_300`), 0), NULL) AS Nullable(Float64)) AS `rv_300`,
  CAST(if(isFinite(toFloat64(`rvol_300`)), ifNotFinite(toFloat64(`rvol_300`), 0), NULL) AS Nullable(Float64)) AS `rvol_300`,
  CAST(if(isFinite(toFloat64(`bv_300`)), ifNotFinite(toFloat64(`bv_300`), 0), NULL) AS Nullable(Float64)) AS `bv_300`,
  CAST(if(isFinite(toFloat64(`tripower_300`)), ifNotFinite(toFloat64(`tripower_300`), 0), NULL) AS Nullable(Float64)) AS `tripower_300`,
  CAST(if(isFinite(toFloat64(`medrv_300`)), ifNotFinite(toFloat64(`medrv_300`), 0), NULL) AS Nullable(Float64)) AS `medrv_300`,
  CAST(if(isFinite(toFloat64(`rs_up_300`)), ifNotFinite(toFloat64(`rs_up_300`), 0), NULL) AS Nullable(Float64)) AS `rs_up_300`,
  CAST(if(isFinite(toFloat64(`rs_down_300`)), ifNotFinite(toFloat64(`rs_down_300`), 0), NULL) AS Nullable(Float64)) AS `rs_down_300`,
  CAST(if(isFinite(toFloat64(`jump_z_300`)), ifNotFinite(toFloat64(`jump_z_300`), 0), NULL) AS Nullable(Float64)) AS `jump_z_300`,
  CAST(if(isFinite(toFloat64(`jump_p_300`)), ifNotFinite(toFloat64(`jump_p_300`), 0), NULL) AS Nullable(Float64)) AS `jump_p_300`,
  CAST(if(isFinite(toFloat64(`jump_raw_300`)), ifNotFinite(toFloat64(`jump_raw_300`), 0), NULL) AS Nullable(Float64)) AS `jump_raw_300`,
  CAST(if(isFinite(toFloat64(`jump_share_300`)), ifNotFinite(toFloat64(`jump_share_300`), 0), NULL) AS Nullable(Float64)) AS `jump_share_300`,
  CAST(if(isFinite(toFloat64(`jump_300`)), ifNotFinite(toFloat64(`jump_300`), 0), NULL) AS Nullable(Float64)) AS `jump_300`,
  CAST(if(isFinite(toFloat64(`continuous_300`)), ifNotFinite(toFloat64(`continuous_300`), 0), NULL) AS Nullable(Float64)) AS `continuous_300`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    arraySlice(grid_mids, - 61) AS `mids_60`,
    arrayMap(r -> assumeNotNull(r), arrayFilter(r -> isNotNull(r), arrayMap((a, b) -> log(b / a), arrayPopBack(mids_60), arrayPopFront(mids_60)))) AS `r_60`,
    arrayMap(r -> abs(r), r_60) AS `a_60`,
    length(r_60) AS `n_60`,
    arraySlice(grid_mids, - 301) AS `mids_300`,
    arrayMap(r -> assumeNotNull(r), arrayFilter(r -> isNotNull(r), arrayMap((a, b) -> log(b / a), arrayPopBack(mids_300), arrayPopFront(mids_300)))) AS `r_300`,
    arrayMap(r -> abs(r), r_300) AS `a_300`,
    length(r_300) AS `n_300`,
    n_60 AS `returns_60`,
    arrayCount(r -> r != 0, r_60) / nullIf(n_60, 0) AS `nonzero_share_60`,
    if(n_60 = 0, NULL, arraySum(r -> r * r, r_60)) AS `rv_60`,
    sqrt(rv_60) AS `rvol_60`,
    if(n_60 < 3, NULL, pi() / 2 * n_60 / (n_60 - 1) * arraySum((x, y) -> x * y, arrayPopBack(a_60), arrayPopFront(a_60))) AS `bv_60`,
    if(n_60 < 3, NULL, n_60 * pow(0.8308609250295592, - 3) * n_60 / (n_60 - 2) * arraySum((x, y, z) -> pow(x * y * z, 4 / 3), arraySlice(a_60, 1, n_60 - 2), arraySlice(a_60, 2, n_60 - 2), arraySlice(a_60, 3, n_60 - 2))) AS `tripower_60`,
    if(n_60 < 3, NULL, pi() / (6 - 4 * sqrt(3) + pi()) * n_60 / (n_60 - 2) * arraySum((x, y, z) -> pow(x + y + z - if(x > y, if(x > z, x, z), if(y > z, y, z)) - if(x < y, if(x < z, x, z), if(y < z, y, z)), 2), arraySlice(a_60, 1, n_60 - 2), arraySlice(a_60, 2, n_60 - 2), arraySlice(a_60, 3, n_60 - 2))) AS `medrv_60`,
    if(n_60 = 0, NULL, arraySum(r -> if(r > 0, r * r, 0), r_60)) AS `rs_up_60`,
    if(n_60 = 0, NULL, arraySum(r -> if(r < 0, r * r, 0), r_60)) AS `rs_down_60`,
    (rv_60 - bv_60) / nullIf(rv_60, 0) / sqrt((pi() * pi() / 4 + pi() - 5) / nullIf(n_60, 0) * if(tripower_60 > bv_60 * bv_60, tripower_60 / nullIf(bv_60 * bv_60, 0), if(bv_60 > 0, 1, NULL))) AS `jump_z_60`,
    erfc(jump_z_60 / sqrt(2)) / 2 AS `jump_p_60`,
    if(rv_60 > bv_60, rv_60 - bv_60, if(isNull(bv_60), NULL, 0)) AS `jump_raw_60`,
    jump_raw_60 / nullIf(rv_60, 0) AS `jump_share_60`,
    if(isNull(jump_raw_60), NULL, if(jump_z_60 > 2.3263478740408408, jump_raw_60, 0)) AS `jump_60`,
    rv_60 - jump_60 AS `continuous_60`,
    n_300 AS `returns_300`,
    arrayCount(r -> r != 0, r_300) / nullIf(n_300, 0) AS `nonzero_share_300`,
    if(n_300 = 0, NULL, arraySum(r -> r * r, r_300)) AS `rv_300`,
    sqrt(rv_300) AS `rvol_300`,
    if(n_300 < 3, NULL, pi() / 2 * n_300 / (n_300 - 1) * arraySum((x, y) -> x * y, arrayPopBack(a_300), arrayPopFront(a_300))) AS `bv_300`,
    if(n_300 < 3, NULL, n_300 * pow(0.8308609250295592, - 3) * n_300 / (n_300 - 2) * arraySum((x, y, z) -> pow(x * y * z, 4 / 3), arraySlice(a_300, 1, n_300 - 2), arraySlice(a_300, 2, n_300 - 2), arraySlice(a_300, 3, n_300 - 2))) AS `tripower_300`,
    if(n_300 < 3, NULL, pi() / (6 - 4 * sqrt(3) + pi()) * n_300 / (n_300 - 2) * arraySum((x, y, z) -> pow(x + y + z - if(x > y, if(x > z, x, z), if(y > z, y, z)) - if(x < y, if(x < z, x, z), if(y < z, y, z)), 2), arraySlice(a_300, 1, n_300 - 2), arraySlice(a_300, 2, n_300 - 2), arraySlice(a_300, 3, n_300 - 2))) AS `medrv_300`,
    if(n_300 = 0, NULL, arraySum(r -> if(r > 0, r * r, 0), r_300)) AS `rs_up_300`,
    if(n_300 = 0, NULL, arraySum(r -> if(r < 0, r * r, 0), r_300)) AS `rs_down_300`,
    (rv_300 - bv_300) / nullIf(rv_300, 0) / sqrt((pi() * pi() / 4 + pi() - 5) / nullIf(n_300, 0) * if(tripower_300 > bv_300 * bv_300, tripower_300 / nullIf(bv_300 * bv_300, 0), if(bv_300 > 0, 1, NULL))) AS `jump_z_300`,
    erfc(jump_z_300 / sqrt(2)) / 2 AS `jump_p_300`,
    if(rv_300 > bv_300, rv_300 - bv_300, if(isNull(bv_300), NULL, 0)) AS `jump_raw_300`,
    jump_raw_300 / nullIf(rv_300, 0) AS `jump_share_300`,
    if(isNull(jump_raw_300), NULL, if(jump_z_300 > 2.3263478740408408, jump_raw_300, 0)) AS `jump_300`,
    rv_300 - jump_300 AS `continuous_300`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM `marketprism_features`.`ubt__close_0_lazy`
    ) AS span
    SELECT
      any(b.exchange) AS exchange,
    any(b.market_type) AS market_type,
    any(b.symbol) AS symbol,
    any(b.bucket_id) AS bucket_id,
    any(b.bucket_ts_start) AS bucket_ts_start,
    any(b.bucket_ts_end) AS bucket_ts_end,
    any(b.prev_ts_end) AS prev_ts_end,
    any(b.available_at) AS available_at,
    any(b.v) AS v,
      arrayMap(point -> point.2, arraySort(point -> point.1, groupArray((g.at, g.mid)))) AS grid_mids
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
        toInt64(arrayJoin(range(toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 - 300000), toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 + 1), 1000))) AS at
      FROM `marketprism_features`.`ubt__close_0_lazy`
    ) AS b
    LEFT JOIN (
      -- each point of the grid once, with the last valid mid before it that is not older than the book gap
      SELECT
        p.exchange AS exchange,
        p.market_type AS market_type,
        p.symbol AS symbol,
        p.at AS at,
        if(m.ms >= p.at - 120000, m.mid, NULL) AS mid
      FROM (
        SELECT DISTINCT exchange, market_type, symbol, toInt64(arrayJoin(range(toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 - 300000), toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 + 1), 1000))) AS at
        FROM `marketprism_features`.`ubt__close_0_lazy`
      ) AS p
      ASOF LEFT JOIN (
        SELECT
          s.exchange AS exchange,
          s.market_type AS market_type,
          s.symbol AS symbol,
          toUnixTimestamp64Milli(s.timestamp) AS ms,
          s.mid AS mid
        FROM (
          SELECT
            exchange, market_type, symbol, timestamp, book_seq, available_at,
            toFloat64(bid_px[1]) AS bid,
            toFloat64(ask_px[1]) AS ask,
            (bid + ask) / 2 AS mid
          FROM `marketprism_hot`.`orderbooks` FINAL
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND timestamp >= span.4 - toIntervalMillisecond(421000)
            AND timestamp < span.5
            AND bid > 0 AND ask > bid
        ) AS s
        -- Like the snapshot that is carried into a bucket, it must have been in time for its own one.
        ASOF INNER JOIN (
          SELECT exchange, market_type, symbol, bucket_ts_end, available_at
          FROM `marketprism_features`.`unified_buckets`
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND bucket_ts_end > span.4 - toIntervalMillisecond(421000)
            AND bucket_ts_end <= span.5
        ) AS own
          ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
          AND s.timestamp < own.bucket_ts_end
        WHERE s.available_at <= own.available_at
        ORDER BY s.book_seq DESC
        LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
      ) AS m
        ON m.exchange = p.exchange AND m.market_type = p.market_type AND m.symbol = p.symbol
        AND p.at > m.ms
    ) AS g
      ON g.exchange = b.exchange AND g.market_type = b.market_type AND g.symbol = b.symbol AND g.at = b.at
    GROUP BY b.bucket__place
  )
);

CREATE VIEW `marketprism_features`.`realised_volatility` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `returns_60`,
  `nonzero_share_60`,
  `rv_60`,
  `rvol_60`,
  `bv_60`,
  `tripower_60`,
  `medrv_60`,
  `rs_up_60`,
  `rs_down_60`,
  `jump_z_60`,
  `jump_p_60`,
  `jump_raw_60`,
  `jump_share_60`,
  `jump_60`,
  `continuous_60`,
  `returns_300`,
  `nonzero_share_300`,
  `rv_300`,
  `rvol_300`,
  `bv_300`,
  `tripower_300`,
  `medrv_300`,
  `rs_up_300`,
  `rs_down_300`,
  `jump_z_300`,
  `jump_p_300`,
  `jump_raw_300`,
  `jump_share_300`,
  `jump_300`,
  `continuous_300`
FROM `marketprism_features`.`realised_volatility__3261ca12` FINAL
COMMENT 'Realised variance of the mid over the last 60 and 300 seconds, and how much of it came in jumps';

INSERT INTO `marketprism_features`.`realised_volatility__3261ca12` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `returns_60`, `nonzero_share_60`, `rv_60`, `rvol_60`, `bv_60`, `tripower_60`, `medrv_60`, `rs_up_60`, `rs_down_60`, `jump_z_60`, `jump_p_60`, `jump_raw_60`, `jump_share_60`, `jump_60`, `continuous_60`, `returns_300`, `nonzero_share_300`, `rv_300`, `rvol_300`, `bv_300`, `tripower_300`, `medrv_300`, `rs_up_300`, `rs_down_300`, `jump_z_300`, `jump_p_300`, `jump_raw_300`, `jump_share_300`, `jump_300`, `continuous_300`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`returns_60`)), ifNotFinite(toFloat64(`returns_60`), 0), NULL) AS Nullable(Float64)) AS `returns_60`,
  CAST(if(isFinite(toFloat64(`nonzero_share_60`)), ifNotFinite(toFloat64(`nonzero_share_60`), 0), NULL) AS Nullable(Float64)) AS `nonzero_share_60`,
  CAST(if(isFinite(toFloat64(`rv_60`)), ifNotFinite(toFloat64(`rv_60`), 0), NULL) AS Nullable(Float64)) AS `rv_60`,
  CAST(if(isFinite(toFloat64(`rvol_60`)), ifNotFinite(toFloat64(`rvol_60`), 0), NULL) AS Nullable(Float64)) AS `rvol_60`,
  CAST(if(isFinite(toFloat64(`bv_60`)), ifNotFinite(toFloat64(`bv_60`), 0), NULL) AS Nullable(Float64)) AS `bv_60`,
  CAST(if(isFinite(toFloat64(`tripower_60`)), ifNotFinite(toFloat64(`tripower_60`), 0), NULL) AS Nullable(Float64)) AS `tripower_60`,
  CAST(if(isFinite(toFloat64(`medrv_60`)), ifNotFinite(toFloat64(`medrv_60`), 0), NULL) AS Nullable(Float64)) AS `medrv_60`,
  CAST(if(isFinite(toFloat64(`rs_up_60`)), ifNotFinite(toFloat64(`rs_up_60`), 0), NULL) AS Nullable(Float64)) AS `rs_up_60`,
  CAST(if(isFinite(toFloat64(`rs_down_60`)), ifNotFinite(toFloat64(`rs_down_60`), 0), NULL) AS Nullable(Float64)) AS `rs_down_60`,
  CAST(if(isFinite(toFloat64(`jump_z_60`)), ifNotFinite(toFloat64(`jump_z_60`), 0), NULL) AS Nullable(Float64)) AS `jump_z_60`,
  CAST(if(isFinite(toFloat64(`jump_p_60`)), ifNotFinite(toFloat64(`jump_p_60`), 0), NULL) AS Nullable(Float64)) AS `jump_p_60`,
  CAST(if(isFinite(toFloat64(`jump_raw_60`)), ifNotFinite(toFloat64(`jump_raw_60`), 0), NULL) AS Nullable(Float64)) AS `jump_raw_60`,
  CAST(if(isFinite(toFloat64(`jump_share_60`)), ifNotFinite(toFloat64(`jump_share_60`), 0), NULL) AS Nullable(Float64)) AS `jump_share_60`,
  CAST(if(isFinite(toFloat64(`jump_60`)), ifNotFinite(toFloat64(`jump_60`), 0), NULL) AS Nullable(Float64)) AS `jump_60`,
  CAST(if(isFinite(toFloat64(`continuous_60`)), ifNotFinite(toFloat64(`continuous_60`), 0), NULL) AS Nullable(Float64)) AS `continuous_60`,
  CAST(if(isFinite(toFloat64(`returns_300`)), ifNotFinite(toFloat64(`returns_300`), 0), NULL) AS Nullable(Float64)) AS `returns_300`,
  CAST(if(isFinite(toFloat64(`nonzero_share_300`)), ifNotFinite(toFloat64(`nonzero_share_300`), 0), NULL) AS Nullable(Float64)) AS `nonzero_share_300`,
  CAST(if(isFinite(toFloat64(`rv_300`)), ifNotFinite(toFloat64(`rv_300`), 0), NULL) AS Nullable(Float64)) AS `rv_300`,
  CAST(if(isFinite(toFloat64(`rvol_300`)), ifNotFinite(toFloat64(`rvol_300`), 0), NULL) AS Nullable(Float64)) AS `rvol_300`,
  CAST(if(isFinite(toFloat64(`bv_300`)), ifNotFinite(toFloat64(`bv_300`), 0), NULL) AS Nullable(Float64)) AS `bv_300`,
  CAST(if(isFinite(toFloat64(`tripower_300`)), ifNotFinite(toFloat64(`tripower_300`), 0), NULL) AS Nullable(Float64)) AS `tripower_300`,
  CAST(if(isFinite(toFloat64(`medrv_300`)), ifNotFinite(toFloat64(`medrv_300`), 0), NULL) AS Nullable(Float64)) AS `medrv_300`,
  CAST(if(isFinite(toFloat64(`rs_up_300`)), ifNotFinite(toFloat64(`rs_up_300`), 0), NULL) AS Nullable(Float64)) AS `rs_up_300`,
  CAST(if(isFinite(toFloat64(`rs_down_300`)), ifNotFinite(toFloat64(`rs_down_300`), 0), NULL) AS Nullable(Float64)) AS `rs_down_300`,
  CAST(if(isFinite(toFloat64(`jump_z_300`)), ifNotFinite(toFloat64(`jump_z_300`), 0), NULL) AS Nullable(Float64)) AS `jump_z_300`,
  CAST(if(isFinite(toFloat64(`jump_p_300`)), ifNotFinite(toFloat64(`jump_p_300`), 0), NULL) AS Nullable(Float64)) AS `jump_p_300`,
  CAST(if(isFinite(toFloat64(`jump_raw_300`)), ifNotFinite(toFloat64(`jump_raw_300`), 0), NULL) AS Nullable(Float64)) AS `jump_raw_300`,
  CAST(if(isFinite(toFloat64(`jump_share_300`)), ifNotFinite(toFloat64(`jump_share_300`), 0), NULL) AS Nullable(Float64)) AS `jump_share_300`,
  CAST(if(isFinite(toFloat64(`jump_300`)), ifNotFinite(toFloat64(`jump_300`), 0), NULL) AS Nullable(Float64)) AS `jump_300`,
  CAST(if(isFinite(toFloat64(`continuous_300`)), ifNotFinite(toFloat64(`continuous_300`), 0), NULL) AS Nullable(Float64)) AS `continuous_300`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    arraySlice(grid_mids, - 61) AS `mids_60`,
    arrayMap(r -> assumeNotNull(r), arrayFilter(r -> isNotNull(r), arrayMap((a, b) -> log(b / a), arrayPopBack(mids_60), arrayPopFront(mids_60)))) AS `r_60`,
    arrayMap(r -> abs(r), r_60) AS `a_60`,
    length(r_60) AS `n_60`,
    arraySlice(grid_mids, - 301) AS `mids_300`,
    arrayMap(r -> assumeNotNull(r), arrayFilter(r -> isNotNull(r), arrayMap((a, b) -> log(b / a), arrayPopBack(mids_300), arrayPopFront(mids_300)))) AS `r_300`,
    arrayMap(r -> abs(r), r_300) AS `a_300`,
    length(r_300) AS `n_300`,
    n_60 AS `returns_60`,
    arrayCount(r -> r != 0, r_60) / nullIf(n_60, 0) AS `nonzero_share_60`,
    if(n_60 = 0, NULL, arraySum(r -> r * r, r_60)) AS `rv_60`,
    sqrt(rv_60) AS `rvol_60`,
    if(n_60 < 3, NULL, pi() / 2 * n_60 / (n_60 - 1) * arraySum((x, y) -> x * y, arrayPopBack(a_60), arrayPopFront(a_60))) AS `bv_60`,
    if(n_60 < 3, NULL, n_60 * pow(0.8308609250295592, - 3) * n_60 / (n_60 - 2) * arraySum((x, y, z) -> pow(x * y * z, 4 / 3), arraySlice(a_60, 1, n_60 - 2), arraySlice(a_60, 2, n_60 - 2), arraySlice(a_60, 3, n_60 - 2))) AS `tripower_60`,
    if(n_60 < 3, NULL, pi() / (6 - 4 * sqrt(3) + pi()) * n_60 / (n_60 - 2) * arraySum((x, y, z) -> pow(x + y + z - if(x > y, if(x > z, x, z), if(y > z, y, z)) - if(x < y, if(x < z, x, z), if(y < z, y, z)), 2), arraySlice(a_60, 1, n_60 - 2), arraySlice(a_60, 2, n_60 - 2), arraySlice(a_60, 3, n_60 - 2))) AS `medrv_60`,
    if(n_60 = 0, NULL, arraySum(r -> if(r > 0, r * r, 0), r_60)) AS `rs_up_60`,
    if(n_60 = 0, NULL, arraySum(r -> if(r < 0, r * r, 0), r_60)) AS `rs_down_60`,
    (rv_60 - bv_60) / nullIf(rv_60, 0) / sqrt((pi() * pi() / 4 + pi() - 5) / nullIf(n_60, 0) * if(tripower_60 > bv_60 * bv_60, tripower_60 / nullIf(bv_60 * bv_60, 0), if(bv_60 > 0, 1, NULL))) AS `jump_z_60`,
    erfc(jump_z_60 / sqrt(2)) / 2 AS `jump_p_60`,
    if(rv_60 > bv_60, rv_60 - bv_60, if(isNull(bv_60), NULL, 0)) AS `jump_raw_60`,
    jump_raw_60 / nullIf(rv_60, 0) AS `jump_share_60`,
    if(isNull(jump_raw_60), NULL, if(jump_z_60 > 2.3263478740408408, jump_raw_60, 0)) AS `jump_60`,
    rv_60 - jump_60 AS `continuous_60`,
    n_300 AS `returns_300`,
    arrayCount(r -> r != 0, r_300) / nullIf(n_300, 0) AS `nonzero_share_300`,
    if(n_300 = 0, NULL, arraySum(r -> r * r, r_300)) AS `rv_300`,
    sqrt(rv_300) AS `rvol_300`,
    if(n_300 < 3, NULL, pi() / 2 * n_300 / (n_300 - 1) * arraySum((x, y) -> x * y, arrayPopBack(a_300), arrayPopFront(a_300))) AS `bv_300`,
    if(n_300 < 3, NULL, n_300 * pow(0.8308609250295592, - 3) * n_300 / (n_300 - 2) * arraySum((x, y, z) -> pow(x * y * z, 4 / 3), arraySlice(a_300, 1, n_300 - 2), arraySlice(a_300, 2, n_300 - 2), arraySlice(a_300, 3, n_300 - 2))) AS `tripower_300`,
    if(n_300 < 3, NULL, pi() / (6 - 4 * sqrt(3) + pi()) * n_300 / (n_300 - 2) * arraySum((x, y, z) -> pow(x + y + z - if(x > y, if(x > z, x, z), if(y > z, y, z)) - if(x < y, if(x < z, x, z), if(y < z, y, z)), 2), arraySlice(a_300, 1, n_300 - 2), arraySlice(a_300, 2, n_300 - 2), arraySlice(a_300, 3, n_300 - 2))) AS `medrv_300`,
    if(n_300 = 0, NULL, arraySum(r -> if(r > 0, r * r, 0), r_300)) AS `rs_up_300`,
    if(n_300 = 0, NULL, arraySum(r -> if(r < 0, r * r, 0), r_300)) AS `rs_down_300`,
    (rv_300 - bv_300) / nullIf(rv_300, 0) / sqrt((pi() * pi() / 4 + pi() - 5) / nullIf(n_300, 0) * if(tripower_300 > bv_300 * bv_300, tripower_300 / nullIf(bv_300 * bv_300, 0), if(bv_300 > 0, 1, NULL))) AS `jump_z_300`,
    erfc(jump_z_300 / sqrt(2)) / 2 AS `jump_p_300`,
    if(rv_300 > bv_300, rv_300 - bv_300, if(isNull(bv_300), NULL, 0)) AS `jump_raw_300`,
    jump_raw_300 / nullIf(rv_300, 0) AS `jump_share_300`,
    if(isNull(jump_raw_300), NULL, if(jump_z_300 > 2.3263478740408408, jump_raw_300, 0)) AS `jump_300`,
    rv_300 - jump_300 AS `continuous_300`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM buckets
    ) AS span
    SELECT
      any(b.exchange) AS exchange,
    any(b.market_type) AS market_type,
    any(b.symbol) AS symbol,
    any(b.bucket_id) AS bucket_id,
    any(b.bucket_ts_start) AS bucket_ts_start,
    any(b.bucket_ts_end) AS bucket_ts_end,
    any(b.prev_ts_end) AS prev_ts_end,
    any(b.available_at) AS available_at,
    any(b.v) AS v,
      arrayMap(point -> point.2, arraySort(point -> point.1, groupArray((g.at, g.mid)))) AS grid_mids
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
        toInt64(arrayJoin(range(toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 - 300000), toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 + 1), 1000))) AS at
      FROM buckets
    ) AS b
    LEFT JOIN (
      -- each point of the grid once, with the last valid mid before it that is not older than the book gap
      SELECT
        p.exchange AS exchange,
        p.market_type AS market_type,
        p.symbol AS symbol,
        p.at AS at,
        if(m.ms >= p.at - 120000, m.mid, NULL) AS mid
      FROM (
        SELECT DISTINCT exchange, market_type, symbol, toInt64(arrayJoin(range(toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 - 300000), toUInt64(intDiv(toUnixTimestamp64Milli(bucket_ts_end), 1000) * 1000 + 1), 1000))) AS at
        FROM buckets
      ) AS p
      ASOF LEFT JOIN (
        SELECT
          s.exchange AS exchange,
          s.market_type AS market_type,
          s.symbol AS symbol,
          toUnixTimestamp64Milli(s.timestamp) AS ms,
          s.mid AS mid
        FROM (
          SELECT
            exchange, market_type, symbol, timestamp, book_seq, available_at,
            toFloat64(bid_px[1]) AS bid,
            toFloat64(ask_px[1]) AS ask,
            (bid + ask) / 2 AS mid
          FROM `marketprism_hot`.`orderbooks` FINAL
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND timestamp >= span.4 - toIntervalMillisecond(421000)
            AND timestamp < span.5
            AND bid > 0 AND ask > bid
        ) AS s
        -- Like the snapshot that is carried into a bucket, it must have been in time for its own one.
        ASOF INNER JOIN (
          SELECT exchange, market_type, symbol, bucket_ts_end, available_at
          FROM `marketprism_features`.`unified_buckets`
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND bucket_ts_end > span.4 - toIntervalMillisecond(421000)
            AND bucket_ts_end <= span.5
        ) AS own
          ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
          AND s.timestamp < own.bucket_ts_end
        WHERE s.available_at <= own.available_at
        ORDER BY s.book_seq DESC
        LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
      ) AS m
        ON m.exchange = p.exchange AND m.market_type = p.market_type AND m.symbol = p.symbol
        AND p.at > m.ms
    ) AS g
      ON g.exchange = b.exchange AND g.market_type = b.market_type AND g.symbol = b.symbol AND g.at = b.at
    GROUP BY b.bucket__place
  )
);

-- view spreads, level 0, look-back 0

CREATE TABLE `marketprism_features`.`spreads__cb20632e`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `valid_trades` Nullable(Float64) COMMENT 'Trades with a valid quote' CODEC(ZSTD(1)),
    `invalid_trades` Nullable(Float64) COMMENT 'Trades without one; they are in no other column' CODEC(ZSTD(1)),
    `valid_quantity` Nullable(Float64) COMMENT 'Quantity of the trades with a valid quote' CODEC(ZSTD(1)),
    `matched_mid` Nullable(Float64) COMMENT 'Mid of the quotes before the trades, weighted by quantity' CODEC(ZSTD(1)),
    `effective_spread` Nullable(Float64) COMMENT '2D(P - M), D the side of the taker, M the mid strictly before; weighted by quantity' CODEC(ZSTD(1)),
    `effective_spread_bps` Nullable(Float64) COMMENT 'The same over M, weighted by notional. Holden, Jacobsen 2014' CODEC(ZSTD(1)),
    `effective_spread_bps_simple` Nullable(Float64) COMMENT 'The same without weights' CODEC(ZSTD(1)),
    `quoted_at_trades` Nullable(Float64) COMMENT 'Ask minus bid of the same quotes, weighted by quantity' CODEC(ZSTD(1)),
    `spread_ratio` Nullable(Float64) COMMENT 'Effective over quoted spread, as a ratio of sums' CODEC(ZSTD(1)),
    `price_improvement` Nullable(Float64) COMMENT 'How much better than the touch of their side trades were; below 0 where they walked the book. Weighted by quantity' CODEC(ZSTD(1)),
    `quote_age_ms` Nullable(Float64) COMMENT 'From the quote\'s snapshot to the trade, on average. Old quotes make the effective spread noisy' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'What takers paid against the quote before each trade - effective spread and price improvement';

CREATE MATERIALIZED VIEW `marketprism_features`.`spreads__cb20632e__mv_lazy` TO `marketprism_features`.`spreads__cb20632e` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`valid_trades`)), ifNotFinite(toFloat64(`valid_trades`), 0), NULL) AS Nullable(Float64)) AS `valid_trades`,
  CAST(if(isFinite(toFloat64(`invalid_trades`)), ifNotFinite(toFloat64(`invalid_trades`), 0), NULL) AS Nullable(Float64)) AS `invalid_trades`,
  CAST(if(isFinite(toFloat64(`valid_quantity`)), ifNotFinite(toFloat64(`valid_quantity`), 0), NULL) AS Nullable(Float64)) AS `valid_quantity`,
  CAST(if(isFinite(toFloat64(`matched_mid`)), ifNotFinite(toFloat64(`matched_mid`), 0), NULL) AS Nullable(Float64)) AS `matched_mid`,
  CAST(if(isFinite(toFloat64(`effective_spread`)), ifNotFinite(toFloat64(`effective_spread`), 0), NULL) AS Nullable(Float64)) AS `effective_spread`,
  CAST(if(isFinite(toFloat64(`effective_spread_bps`)), ifNotFinite(toFloat64(`effective_spread_bps`), 0), NULL) AS Nullable(Float64)) AS `effective_spread_bps`,
  CAST(if(isFinite(toFloat64(`effective_spread_bps_simple`)), ifNotFinite(toFloat64(`effective_spread_bps_simple`), 0), NULL) AS Nullable(Float64)) AS `effective_spread_bps_simple`,
  CAST(if(isFinite(toFloat64(`quoted_at_trades`)), ifNotFinite(toFloat64(`quoted_at_trades`), 0), NULL) AS Nullable(Float64)) AS `quoted_at_trades`,
  CAST(if(isFinite(toFloat64(`spread_ratio`)), ifNotFinite(toFloat64(`spread_ratio`), 0), NULL) AS Nullable(Float64)) AS `spread_ratio`,
  CAST(if(isFinite(toFloat64(`price_improvement`)), ifNotFinite(toFloat64(`price_improvement`), 0), NULL) AS Nullable(Float64)) AS `price_improvement`,
  CAST(if(isFinite(toFloat64(`quote_age_ms`)), ifNotFinite(toFloat64(`quote_age_ms`), 0), NULL) AS Nullable(Float64)) AS `quote_age_ms`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    count(effective) AS `valid_trades`,
    count() - count(effective) AS `invalid_trades`,
    toFloat64(toString(sumIf(quantity_exact, effective IS NOT NULL))) AS `valid_quantity`,
    toFloat64(toString(sum(toDecimal256(quantity * `q.mid`, 30)))) / nullIf(valid_quantity, 0) AS `matched_mid`,
    if(countIf(NOT isFinite(quantity * effective)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * effective, 0), 30) + isFinite(quantity * effective) * 0)))) / nullIf(valid_quantity, 0) AS `effective_spread`,
    if(countIf(NOT isFinite(quote * effective / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quote * effective / `q.mid` * 10000, 0), 30) + isFinite(quote * effective / `q.mid` * 10000) * 0)))) / nullIf(toFloat64(toString(sumIf(quote_exact, effective IS NOT NULL))), 0) AS `effective_spread_bps`,
    if(countIf(NOT isFinite(effective / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(effective / `q.mid` * 10000, 0), 30) + isFinite(effective / `q.mid` * 10000) * 0)))) / nullIf(count(effective / `q.mid` * 10000), 0) AS `effective_spread_bps_simple`,
    if(countIf(NOT isFinite(quantity * quoted)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * quoted, 0), 30) + isFinite(quantity * quoted) * 0)))) / nullIf(valid_quantity, 0) AS `quoted_at_trades`,
    if(countIf(NOT isFinite(quantity * effective)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * effective, 0), 30) + isFinite(quantity * effective) * 0)))) / nullIf(if(countIf(NOT isFinite(quantity * quoted)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * quoted, 0), 30) + isFinite(quantity * quoted) * 0)))), 0) AS `spread_ratio`,
    if(countIf(NOT isFinite(quantity * improvement)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * improvement, 0), 30) + isFinite(quantity * improvement) * 0)))) / nullIf(valid_quantity, 0) AS `price_improvement`,
    if(countIf(NOT isFinite(age_ms)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(age_ms, 0), 30) + isFinite(age_ms) * 0)))) / nullIf(count(age_ms), 0) AS `quote_age_ms`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `timestamp`,
      `ord`,
      `is_trade`,
      `price`,
      `quantity`,
      `quote`,
      `side`,
      `quantity_exact`,
      `quote_exact`,
      `bid_px`,
      `ask_px`,
      `mid`,
      `q.mid`,
      `q.ask_px[1]`,
      `q.bid_px[1]`,
      `q.timestamp`,
      2 * side * (price - `q.mid`) AS `effective`,
      if(`q.mid` IS NULL, NULL, `q.ask_px[1]` - `q.bid_px[1]`) AS `quoted`,
      if(`q.mid` IS NULL, NULL, if(side > 0, `q.ask_px[1]` - price, price - `q.bid_px[1]`)) AS `improvement`,
      if(`q.mid` IS NULL, NULL, dateDiff('millisecond', `q.timestamp`, timestamp)) AS `age_ms`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `timestamp`,
        `ord`,
        `is_trade`,
        `price`,
        `quantity`,
        `quote`,
        `side`,
        `quantity_exact`,
        `quote_exact`,
        `bid_px`,
        `ask_px`,
        `mid`,
        `q.mid`,
        `q.ask_px[1]`,
        `q.bid_px[1]`,
        `q.timestamp`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `ord`,
          `is_trade`,
          `price`,
          `quantity`,
          `quote`,
          `side`,
          `quantity_exact`,
          `quote_exact`,
          `bid_px`,
          `ask_px`,
          `mid`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) - toUnixTimestamp64Milli(tupleElement(q__found, 1)) <= 60000, false), tupleElement(q__found, 2), NULL) AS `q.mid`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) - toUnixTimestamp64Milli(tupleElement(q__found, 1)) <= 60000, false), tupleElement(q__found, 3), NULL) AS `q.ask_px[1]`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) - toUnixTimestamp64Milli(tupleElement(q__found, 1)) <= 60000, false), tupleElement(q__found, 4), NULL) AS `q.bid_px[1]`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) - toUnixTimestamp64Milli(tupleElement(q__found, 1)) <= 60000, false), tupleElement(q__found, 5), NULL) AS `q.timestamp`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `ord`,
            `is_trade`,
            `price`,
            `quantity`,
            `quote`,
            `side`,
            `quantity_exact`,
            `quote_exact`,
            `bid_px`,
            `ask_px`,
            `mid`,
            argMaxIf(tuple(toNullable(timestamp), toNullable(mid), toNullable(ask_px[1]), toNullable(bid_px[1]), toNullable(timestamp)), ord, is_trade = 0) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `q__found`
          FROM `marketprism_features`.`ubt__events_lazy`
        )
      )
      WHERE is_trade = 1
    )
  )
  GROUP BY bucket__place
);

CREATE VIEW `marketprism_features`.`spreads` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `valid_trades`,
  `invalid_trades`,
  `valid_quantity`,
  `matched_mid`,
  `effective_spread`,
  `effective_spread_bps`,
  `effective_spread_bps_simple`,
  `quoted_at_trades`,
  `spread_ratio`,
  `price_improvement`,
  `quote_age_ms`
FROM `marketprism_features`.`spreads__cb20632e` FINAL
COMMENT 'What takers paid against the quote before each trade - effective spread and price improvement';

INSERT INTO `marketprism_features`.`spreads__cb20632e` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `valid_trades`, `invalid_trades`, `valid_quantity`, `matched_mid`, `effective_spread`, `effective_spread_bps`, `effective_spread_bps_simple`, `quoted_at_trades`, `spread_ratio`, `price_improvement`, `quote_age_ms`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`valid_trades`)), ifNotFinite(toFloat64(`valid_trades`), 0), NULL) AS Nullable(Float64)) AS `valid_trades`,
  CAST(if(isFinite(toFloat64(`invalid_trades`)), ifNotFinite(toFloat64(`invalid_trades`), 0), NULL) AS Nullable(Float64)) AS `invalid_trades`,
  CAST(if(isFinite(toFloat64(`valid_quantity`)), ifNotFinite(toFloat64(`valid_quantity`), 0), NULL) AS Nullable(Float64)) AS `valid_quantity`,
  CAST(if(isFinite(toFloat64(`matched_mid`)), ifNotFinite(toFloat64(`matched_mid`), 0), NULL) AS Nullable(Float64)) AS `matched_mid`,
  CAST(if(isFinite(toFloat64(`effective_spread`)), ifNotFinite(toFloat64(`effective_spread`), 0), NULL) AS Nullable(Float64)) AS `effective_spread`,
  CAST(if(isFinite(toFloat64(`effective_spread_bps`)), ifNotFinite(toFloat64(`effective_spread_bps`), 0), NULL) AS Nullable(Float64)) AS `effective_spread_bps`,
  CAST(if(isFinite(toFloat64(`effective_spread_bps_simple`)), ifNotFinite(toFloat64(`effective_spread_bps_simple`), 0), NULL) AS Nullable(Float64)) AS `effective_spread_bps_simple`,
  CAST(if(isFinite(toFloat64(`quoted_at_trades`)), ifNotFinite(toFloat64(`quoted_at_trades`), 0), NULL) AS Nullable(Float64)) AS `quoted_at_trades`,
  CAST(if(isFinite(toFloat64(`spread_ratio`)), ifNotFinite(toFloat64(`spread_ratio`), 0), NULL) AS Nullable(Float64)) AS `spread_ratio`,
  CAST(if(isFinite(toFloat64(`price_improvement`)), ifNotFinite(toFloat64(`price_improvement`), 0), NULL) AS Nullable(Float64)) AS `price_improvement`,
  CAST(if(isFinite(toFloat64(`quote_age_ms`)), ifNotFinite(toFloat64(`quote_age_ms`), 0), NULL) AS Nullable(Float64)) AS `quote_age_ms`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    count(effective) AS `valid_trades`,
    count() - count(effective) AS `invalid_trades`,
    toFloat64(toString(sumIf(quantity_exact, effective IS NOT NULL))) AS `valid_quantity`,
    toFloat64(toString(sum(toDecimal256(quantity * `q.mid`, 30)))) / nullIf(valid_quantity, 0) AS `matched_mid`,
    if(countIf(NOT isFinite(quantity * effective)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * effective, 0), 30) + isFinite(quantity * effective) * 0)))) / nullIf(valid_quantity, 0) AS `effective_spread`,
    if(countIf(NOT isFinite(quote * effective / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quote * effective / `q.mid` * 10000, 0), 30) + isFinite(quote * effective / `q.mid` * 10000) * 0)))) / nullIf(toFloat64(toString(sumIf(quote_exact, effective IS NOT NULL))), 0) AS `effective_spread_bps`,
    if(countIf(NOT isFinite(effective / `q.mid` * 10000)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(effective / `q.mid` * 10000, 0), 30) + isFinite(effective / `q.mid` * 10000) * 0)))) / nullIf(count(effective / `q.mid` * 10000), 0) AS `effective_spread_bps_simple`,
    if(countIf(NOT isFinite(quantity * quoted)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * quoted, 0), 30) + isFinite(quantity * quoted) * 0)))) / nullIf(valid_quantity, 0) AS `quoted_at_trades`,
    if(countIf(NOT isFinite(quantity * effective)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * effective, 0), 30) + isFinite(quantity * effective) * 0)))) / nullIf(if(countIf(NOT isFinite(quantity * quoted)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * quoted, 0), 30) + isFinite(quantity * quoted) * 0)))), 0) AS `spread_ratio`,
    if(countIf(NOT isFinite(quantity * improvement)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(quantity * improvement, 0), 30) + isFinite(quantity * improvement) * 0)))) / nullIf(valid_quantity, 0) AS `price_improvement`,
    if(countIf(NOT isFinite(age_ms)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(age_ms, 0), 30) + isFinite(age_ms) * 0)))) / nullIf(count(age_ms), 0) AS `quote_age_ms`
  FROM (
    SELECT
      `exchange`,
      `market_type`,
      `symbol`,
      `bucket_id`,
      `bucket_ts_start`,
      `bucket_ts_end`,
      `prev_ts_end`,
      `available_at`,
      `v`,
      `bucket__place`,
      `timestamp`,
      `ord`,
      `is_trade`,
      `price`,
      `quantity`,
      `quote`,
      `side`,
      `quantity_exact`,
      `quote_exact`,
      `bid_px`,
      `ask_px`,
      `mid`,
      `q.mid`,
      `q.ask_px[1]`,
      `q.bid_px[1]`,
      `q.timestamp`,
      2 * side * (price - `q.mid`) AS `effective`,
      if(`q.mid` IS NULL, NULL, `q.ask_px[1]` - `q.bid_px[1]`) AS `quoted`,
      if(`q.mid` IS NULL, NULL, if(side > 0, `q.ask_px[1]` - price, price - `q.bid_px[1]`)) AS `improvement`,
      if(`q.mid` IS NULL, NULL, dateDiff('millisecond', `q.timestamp`, timestamp)) AS `age_ms`
    FROM (
      SELECT
        `exchange`,
        `market_type`,
        `symbol`,
        `bucket_id`,
        `bucket_ts_start`,
        `bucket_ts_end`,
        `prev_ts_end`,
        `available_at`,
        `v`,
        `bucket__place`,
        `timestamp`,
        `ord`,
        `is_trade`,
        `price`,
        `quantity`,
        `quote`,
        `side`,
        `quantity_exact`,
        `quote_exact`,
        `bid_px`,
        `ask_px`,
        `mid`,
        `q.mid`,
        `q.ask_px[1]`,
        `q.bid_px[1]`,
        `q.timestamp`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `ord`,
          `is_trade`,
          `price`,
          `quantity`,
          `quote`,
          `side`,
          `quantity_exact`,
          `quote_exact`,
          `bid_px`,
          `ask_px`,
          `mid`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) - toUnixTimestamp64Milli(tupleElement(q__found, 1)) <= 60000, false), tupleElement(q__found, 2), NULL) AS `q.mid`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) - toUnixTimestamp64Milli(tupleElement(q__found, 1)) <= 60000, false), tupleElement(q__found, 3), NULL) AS `q.ask_px[1]`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) - toUnixTimestamp64Milli(tupleElement(q__found, 1)) <= 60000, false), tupleElement(q__found, 4), NULL) AS `q.bid_px[1]`,
          if(ifNull(toUnixTimestamp64Milli(timestamp) - toUnixTimestamp64Milli(tupleElement(q__found, 1)) <= 60000, false), tupleElement(q__found, 5), NULL) AS `q.timestamp`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `ord`,
            `is_trade`,
            `price`,
            `quantity`,
            `quote`,
            `side`,
            `quantity_exact`,
            `quote_exact`,
            `bid_px`,
            `ask_px`,
            `mid`,
            argMaxIf(tuple(toNullable(timestamp), toNullable(mid), toNullable(ask_px[1]), toNullable(bid_px[1]), toNullable(timestamp)), ord, is_trade = 0) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `q__found`
          FROM (
            WITH (
              SELECT tuple(
                groupUniqArray((exchange, market_type, symbol)),
                min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
              )
              FROM buckets
            ) AS span
            SELECT
              j.exchange AS exchange,
              j.market_type AS market_type,
              j.symbol AS symbol,
              j.bucket_id AS bucket_id,
              j.bucket_ts_start AS bucket_ts_start,
              j.bucket_ts_end AS bucket_ts_end,
              j.prev_ts_end AS prev_ts_end,
              j.available_at AS available_at,
              j.v AS v,
              j.bucket__place AS bucket__place,
              j.timestamp AS timestamp,
              bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 65) + bitShiftLeft(toUInt128(1 - j.is_trade), 64) + j.seq AS ord,
              j.is_trade AS is_trade,
              if(j.is_trade = 1, toFloat64(j.price), NULL) AS price,
              if(j.is_trade = 1, toFloat64(j.quantity), NULL) AS quantity,
              if(j.is_trade = 1, toFloat64(toDecimal256(j.price, 8) * j.quantity), NULL) AS quote,
              if(j.is_trade = 1, if(j.side = 'buy', 1, -1), NULL) AS side,
              if(j.is_trade = 1, toDecimal256(j.quantity, 8), NULL) AS quantity_exact,
              if(j.is_trade = 1, toDecimal256(j.price, 8) * toDecimal256(j.quantity, 8), NULL) AS quote_exact,
              CAST(j.bid_px AS Array(Float64)) AS bid_px,
              CAST(j.ask_px AS Array(Float64)) AS ask_px,
              if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid
            FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
            CROSS JOIN (
              SELECT
                exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
                timestamp,
                toUInt8(1) AS is_trade,
                trade_seq AS seq,
                price, quantity, side,
                [] AS bid_px, [] AS ask_px,
                toUInt8(0) AS carry
              FROM (
                SELECT
                  b.exchange AS exchange,
                  b.market_type AS market_type,
                  b.symbol AS symbol,
                  b.bucket_id AS bucket_id,
                  b.bucket_ts_start AS bucket_ts_start,
                  b.bucket_ts_end AS bucket_ts_end,
                  b.prev_ts_end AS prev_ts_end,
                  b.available_at AS available_at,
                  b.v AS v,
                  b.bucket__place AS bucket__place,
                  t.timestamp AS timestamp,
                  t.trade_seq AS trade_seq,
                  t.price AS price,
                  t.quantity AS quantity,
                  t.side AS side
                FROM (
                  SELECT
                    exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
                  FROM `marketprism_hot`.`trades` FINAL
                  WHERE late = 0
                    AND (exchange, market_type, symbol) IN (span.1)
                    AND timestamp >= span.2
                    AND timestamp < span.5
                ) AS t
                ASOF INNER JOIN buckets AS b
                  ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
                  AND t.timestamp >= b.prev_ts_end
                WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
              )
              UNION ALL
              SELECT
                exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
                timestamp,
                toUInt8(0) AS is_trade,
                book_seq AS seq,
                toDecimal64(0, 8) AS price, toDecimal128(0, 8) AS quantity, '' AS side,
                bid_px, ask_px,
                carry
              FROM (
                -- the rows of the interval
                SELECT
                  b.exchange AS exchange,
                b.market_type AS market_type,
                b.symbol AS symbol,
                b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start,
                b.bucket_ts_end AS bucket_ts_end,
                b.prev_ts_end AS prev_ts_end,
                b.available_at AS available_at,
                b.v AS v,
                b.bucket__place AS bucket__place,
                  s.timestamp AS timestamp,
                  s.book_seq AS book_seq,
                  s.bid_px AS bid_px, s.ask_px AS ask_px,
                  toUInt8(0) AS carry
                FROM (
                  SELECT
                    exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(ask_px, 1, 1) AS ask_px, available_at
                  FROM `marketprism_hot`.`orderbooks` FINAL
                  WHERE (exchange, market_type, symbol) IN (span.1)
                    AND timestamp >= span.2 AND timestamp < span.5
                ) AS s
                ASOF INNER JOIN buckets AS b
                  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
                  AND s.timestamp >= b.prev_ts_end
                WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
                UNION ALL
                -- the last snapshot before the interval, of those that were in time for their own bucket
                SELECT
                  b.exchange AS exchange,
                b.market_type AS market_type,
                b.symbol AS symbol,
                b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start,
                b.bucket_ts_end AS bucket_ts_end,
                b.prev_ts_end AS prev_ts_end,
                b.available_at AS available_at,
                b.v AS v,
                b.bucket__place AS bucket__place,
                  s.timestamp AS timestamp,
                  s.book_seq AS book_seq,
                  s.bid_px AS bid_px, s.ask_px AS ask_px,
                  toUInt8(1) AS carry
                FROM buckets AS b
                ASOF INNER JOIN (
                  SELECT
                    s.exchange AS exchange,
                    s.market_type AS market_type,
                    s.symbol AS symbol,
                    s.timestamp AS timestamp,
                    s.book_seq AS book_seq,
                    s.bid_px AS bid_px, s.ask_px AS ask_px
                  FROM (
                    SELECT
                      exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(ask_px, 1, 1) AS ask_px, available_at
                    FROM `marketprism_hot`.`orderbooks` FINAL
                    WHERE (exchange, market_type, symbol) IN (span.1)
                      AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
                  ) AS s
                  ASOF INNER JOIN (
                    SELECT exchange, market_type, symbol, bucket_ts_end, available_at
                    FROM `marketprism_features`.`unified_buckets`
                    WHERE (exchange, market_type, symbol) IN (span.1)
                      AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
                      AND bucket_ts_end <= span.5
                  ) AS own
                    ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
                    AND s.timestamp < own.bucket_ts_end
                  WHERE s.available_at <= own.available_at
                  ORDER BY s.book_seq DESC
                  LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
                ) AS s
                  ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
                  AND b.prev_ts_end > s.timestamp
                WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
              )
            ) AS j
          )
        )
      )
      WHERE is_trade = 1
    )
  )
  GROUP BY bucket__place
);

-- view trade_impact, level 0, look-back 0

CREATE VIEW `marketprism_features`.`trade_impact` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `trade_impact__price_change` AS `price_change`,
  `trade_impact__signed_volume` AS `signed_volume`,
  `trade_impact__trade_impact_ratio` AS `trade_impact_ratio`
FROM `marketprism_features`.`ubt__trades_fused__1ebe1119` FINAL
COMMENT 'How far trade prices move per unit of signed volume, within one bucket';

INSERT INTO `marketprism_features`.`ubt__trades_fused__1ebe1119` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `trade_impact__price_change`, `trade_impact__signed_volume`, `trade_impact__trade_impact_ratio`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`price_change`)), ifNotFinite(toFloat64(`price_change`), 0), NULL) AS Nullable(Float64)) AS `price_change`,
  CAST(if(isFinite(toFloat64(`signed_volume`)), ifNotFinite(toFloat64(`signed_volume`), 0), NULL) AS Nullable(Float64)) AS `signed_volume`,
  CAST(if(isFinite(toFloat64(`trade_impact_ratio`)), ifNotFinite(toFloat64(`trade_impact_ratio`), 0), NULL) AS Nullable(Float64)) AS `trade_impact_ratio`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    argMax(price, ord) - argMin(price, ord) AS `price_change`,
    toFloat64(toString(sum(side * quantity_exact))) AS `signed_volume`,
    price_change / nullIf(signed_volume, 0) AS `trade_impact_ratio`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM buckets
    ) AS span
    SELECT
      j.exchange AS exchange,
      j.market_type AS market_type,
      j.symbol AS symbol,
      j.bucket_id AS bucket_id,
      j.bucket_ts_start AS bucket_ts_start,
      j.bucket_ts_end AS bucket_ts_end,
      j.prev_ts_end AS prev_ts_end,
      j.available_at AS available_at,
      j.v AS v,
      j.bucket__place AS bucket__place,
      bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.trade_seq AS ord,
      toFloat64(j.price) AS price,
      if(j.side = 'buy', 1, -1) AS side,
      toDecimal256(j.quantity, 8) AS quantity_exact
    FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
    CROSS JOIN (
      SELECT
        b.exchange AS exchange,
        b.market_type AS market_type,
        b.symbol AS symbol,
        b.bucket_id AS bucket_id,
        b.bucket_ts_start AS bucket_ts_start,
        b.bucket_ts_end AS bucket_ts_end,
        b.prev_ts_end AS prev_ts_end,
        b.available_at AS available_at,
        b.v AS v,
        b.bucket__place AS bucket__place,
        t.timestamp AS timestamp,
        t.trade_seq AS trade_seq,
        t.price AS price,
        t.quantity AS quantity,
        t.side AS side
      FROM (
        SELECT
          exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
        FROM `marketprism_hot`.`trades` FINAL
        WHERE late = 0
          AND (exchange, market_type, symbol) IN (span.1)
          AND timestamp >= span.2
          AND timestamp < span.5
      ) AS t
      ASOF INNER JOIN buckets AS b
        ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
        AND t.timestamp >= b.prev_ts_end
      WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
    ) AS j
  )
  GROUP BY bucket__place
);

-- view trade_pressure, level 0, look-back 0

CREATE TABLE `marketprism_features`.`trade_pressure__2c532614`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `signed_sqrt_notional` Nullable(Float64) COMMENT 'Sum of +-sqrt(price times quantity), + where the taker bought. Hasbrouck 2009' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Signed size of the trades of one bucket on the scale on which prices are expected to react to it';

CREATE MATERIALIZED VIEW `marketprism_features`.`trade_pressure__2c532614__mv_lazy` TO `marketprism_features`.`trade_pressure__2c532614` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`signed_sqrt_notional`)), ifNotFinite(toFloat64(`signed_sqrt_notional`), 0), NULL) AS Nullable(Float64)) AS `signed_sqrt_notional`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    if(countIf(NOT isFinite(side * sqrt(quote))) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(side * sqrt(quote), 0), 30) + isFinite(side * sqrt(quote)) * 0)))) AS `signed_sqrt_notional`
  FROM `marketprism_features`.`ubt__trades_lazy`
  GROUP BY bucket__place
);

CREATE VIEW `marketprism_features`.`trade_pressure` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `signed_sqrt_notional`
FROM `marketprism_features`.`trade_pressure__2c532614` FINAL
COMMENT 'Signed size of the trades of one bucket on the scale on which prices are expected to react to it';

INSERT INTO `marketprism_features`.`trade_pressure__2c532614` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `signed_sqrt_notional`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`signed_sqrt_notional`)), ifNotFinite(toFloat64(`signed_sqrt_notional`), 0), NULL) AS Nullable(Float64)) AS `signed_sqrt_notional`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    if(countIf(NOT isFinite(side * sqrt(quote))) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(side * sqrt(quote), 0), 30) + isFinite(side * sqrt(quote)) * 0)))) AS `signed_sqrt_notional`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM buckets
    ) AS span
    SELECT
      j.exchange AS exchange,
      j.market_type AS market_type,
      j.symbol AS symbol,
      j.bucket_id AS bucket_id,
      j.bucket_ts_start AS bucket_ts_start,
      j.bucket_ts_end AS bucket_ts_end,
      j.prev_ts_end AS prev_ts_end,
      j.available_at AS available_at,
      j.v AS v,
      j.bucket__place AS bucket__place,
      toFloat64(toDecimal256(j.price, 8) * j.quantity) AS quote,
      if(j.side = 'buy', 1, -1) AS side
    FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
    CROSS JOIN (
      SELECT
        b.exchange AS exchange,
        b.market_type AS market_type,
        b.symbol AS symbol,
        b.bucket_id AS bucket_id,
        b.bucket_ts_start AS bucket_ts_start,
        b.bucket_ts_end AS bucket_ts_end,
        b.prev_ts_end AS prev_ts_end,
        b.available_at AS available_at,
        b.v AS v,
        b.bucket__place AS bucket__place,
        t.timestamp AS timestamp,
        t.trade_seq AS trade_seq,
        t.price AS price,
        t.quantity AS quantity,
        t.side AS side
      FROM (
        SELECT
          exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
        FROM `marketprism_hot`.`trades` FINAL
        WHERE late = 0
          AND (exchange, market_type, symbol) IN (span.1)
          AND timestamp >= span.2
          AND timestamp < span.5
      ) AS t
      ASOF INNER JOIN buckets AS b
        ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
        AND t.timestamp >= b.prev_ts_end
      WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
    ) AS j
  )
  GROUP BY bucket__place
);

-- view volatility_index, level 0, look-back 0

CREATE TABLE `marketprism_features`.`volatility_index__d5faa7fc`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `implied_volatility` Nullable(Float64) COMMENT 'Last known index of implied volatility, annualised, in percent as Deribit\'s DVOL; NULL if none is known or it is older than 15 minutes' CODEC(ZSTD(1)),
    `implied_age_s` Nullable(Float64) COMMENT 'From the row\'s time to the moment at which the bucket was known' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Index of implied volatility of the instrument as it was known with the bucket';

CREATE MATERIALIZED VIEW `marketprism_features`.`volatility_index__d5faa7fc__mv_lazy` TO `marketprism_features`.`volatility_index__d5faa7fc` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`implied_volatility`)), ifNotFinite(toFloat64(`implied_volatility`), 0), NULL) AS Nullable(Float64)) AS `implied_volatility`,
  CAST(if(isFinite(toFloat64(`implied_age_s`)), ifNotFinite(toFloat64(`implied_age_s`), 0), NULL) AS Nullable(Float64)) AS `implied_age_s`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    index_value AS `implied_volatility`,
    age_ms / 1000 AS `implied_age_s`
  FROM (
    SELECT
      b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.timestamp__known, NULL) AS timestamp,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.seq__known, NULL) AS seq,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.index_value__known, NULL) AS index_value,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.underlying_asset__known, NULL) AS underlying_asset,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.maturity_date__known, NULL) AS maturity_date,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), toUnixTimestamp64Milli(b.available_at) - s.at_ms, NULL) AS age_ms
    FROM `marketprism_features`.`ubt__close_0_lazy` AS b
    ASOF LEFT JOIN (
      -- In the order in which rows became known, those that were the newest by then: of them the last one is the row to use.
      SELECT exchange, market_type, symbol, available_at, at_ms, timestamp__known, seq__known, index_value__known, underlying_asset__known, maturity_date__known
      FROM (
        SELECT
          exchange, market_type, symbol, available_at,
          toNullable(toUnixTimestamp64Milli(timestamp)) AS at_ms,
          toNullable(timestamp) AS timestamp__known,
    toNullable(toFloat64(seq)) AS seq__known,
    toNullable(toFloat64(index_value)) AS index_value__known,
    toNullable(toString(underlying_asset)) AS underlying_asset__known,
    toNullable(maturity_date) AS maturity_date__known,
          tuple(timestamp, seq, underlying_asset, maturity_date) AS place,
          max(place) OVER known_before AS newest,
          count() OVER known_before AS others
        FROM `marketprism_hot`.`volatility_indices` FINAL
        WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM `marketprism_features`.`ubt__close_0_lazy`)
          AND available_at <= (SELECT max(available_at) FROM `marketprism_features`.`ubt__close_0_lazy`)
          AND timestamp >= (SELECT min(available_at) FROM `marketprism_features`.`ubt__close_0_lazy`) - toIntervalMillisecond(900000)
        WINDOW known_before AS (
          PARTITION BY exchange, market_type, symbol ORDER BY available_at, timestamp, seq, underlying_asset, maturity_date
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
      )
      WHERE others = 0 OR place > newest
      -- Of several that became known in one millisecond the newest.
      ORDER BY place DESC
      LIMIT 1 BY exchange, market_type, symbol, available_at
    ) AS s
      ON s.exchange = b.exchange AND s.market_type = b.market_type AND s.symbol = b.symbol AND b.available_at >= s.available_at
  )
);

CREATE VIEW `marketprism_features`.`volatility_index` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `implied_volatility`,
  `implied_age_s`
FROM `marketprism_features`.`volatility_index__d5faa7fc` FINAL
COMMENT 'Index of implied volatility of the instrument as it was known with the bucket';

INSERT INTO `marketprism_features`.`volatility_index__d5faa7fc` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `implied_volatility`, `implied_age_s`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`implied_volatility`)), ifNotFinite(toFloat64(`implied_volatility`), 0), NULL) AS Nullable(Float64)) AS `implied_volatility`,
  CAST(if(isFinite(toFloat64(`implied_age_s`)), ifNotFinite(toFloat64(`implied_age_s`), 0), NULL) AS Nullable(Float64)) AS `implied_age_s`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    index_value AS `implied_volatility`,
    age_ms / 1000 AS `implied_age_s`
  FROM (
    SELECT
      b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.timestamp__known, NULL) AS timestamp,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.seq__known, NULL) AS seq,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.index_value__known, NULL) AS index_value,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.underlying_asset__known, NULL) AS underlying_asset,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), s.maturity_date__known, NULL) AS maturity_date,
      if(ifNull(toUnixTimestamp64Milli(b.available_at) - s.at_ms <= 900000, false), toUnixTimestamp64Milli(b.available_at) - s.at_ms, NULL) AS age_ms
    FROM buckets AS b
    ASOF LEFT JOIN (
      -- In the order in which rows became known, those that were the newest by then: of them the last one is the row to use.
      SELECT exchange, market_type, symbol, available_at, at_ms, timestamp__known, seq__known, index_value__known, underlying_asset__known, maturity_date__known
      FROM (
        SELECT
          exchange, market_type, symbol, available_at,
          toNullable(toUnixTimestamp64Milli(timestamp)) AS at_ms,
          toNullable(timestamp) AS timestamp__known,
    toNullable(toFloat64(seq)) AS seq__known,
    toNullable(toFloat64(index_value)) AS index_value__known,
    toNullable(toString(underlying_asset)) AS underlying_asset__known,
    toNullable(maturity_date) AS maturity_date__known,
          tuple(timestamp, seq, underlying_asset, maturity_date) AS place,
          max(place) OVER known_before AS newest,
          count() OVER known_before AS others
        FROM `marketprism_hot`.`volatility_indices` FINAL
        WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM buckets)
          AND available_at <= (SELECT max(available_at) FROM buckets)
          AND timestamp >= (SELECT min(available_at) FROM buckets) - toIntervalMillisecond(900000)
        WINDOW known_before AS (
          PARTITION BY exchange, market_type, symbol ORDER BY available_at, timestamp, seq, underlying_asset, maturity_date
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
      )
      WHERE others = 0 OR place > newest
      -- Of several that became known in one millisecond the newest.
      ORDER BY place DESC
      LIMIT 1 BY exchange, market_type, symbol, available_at
    ) AS s
      ON s.exchange = b.exchange AND s.market_type = b.market_type AND s.symbol = b.symbol AND b.available_at >= s.available_at
  )
);

-- view volume_buckets, level 0, look-back 0

CREATE TABLE `marketprism_features`.`volume_buckets__2fe0f7cb`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `volume_bucket` Array(Int64) CODEC(ZSTD(1)),
    `slice_buy` Array(Nullable(Float64)) COMMENT 'Volume of this part in which the taker bought' CODEC(ZSTD(1)),
    `slice_sell` Array(Nullable(Float64)) COMMENT 'Volume of this part in which the taker sold' CODEC(ZSTD(1)),
    `is_first_part` Array(Nullable(Float64)) COMMENT '1 where the volume bucket begins with this part' CODEC(ZSTD(1)),
    `is_last_part` Array(Nullable(Float64)) COMMENT '1 where this part fills the volume bucket; a day\'s last one is never filled' CODEC(ZSTD(1)),
    `last_ms` Array(Nullable(Float64)) COMMENT 'Time of the part\'s last trade, epoch milliseconds' CODEC(ZSTD(1)),
    `last_trade_seq` Array(Nullable(Float64)) COMMENT 'The venue\'s number of that trade' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Buckets of exactly equal volume, counted from 00:00 UTC - what one bucket of the clock adds to each of them';

CREATE MATERIALIZED VIEW `marketprism_features`.`volume_buckets__2fe0f7cb__mv_lazy` TO `marketprism_features`.`volume_buckets__2fe0f7cb` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  arrayMap(c -> c.1, cells) AS `volume_bucket`,
  arrayMap(c -> c.2, cells) AS `slice_buy`,
  arrayMap(c -> c.3, cells) AS `slice_sell`,
  arrayMap(c -> c.4, cells) AS `is_first_part`,
  arrayMap(c -> c.5, cells) AS `is_last_part`,
  arrayMap(c -> c.6, cells) AS `last_ms`,
  arrayMap(c -> c.7, cells) AS `last_trade_seq`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    -- bins are unique within a bucket: their order does not depend on the order of rows
    arraySort(c -> c.1, groupArray(tuple(`volume_bucket`, `slice_buy`, `slice_sell`, `is_first_part`, `is_last_part`, `last_ms`, `last_trade_seq`))) AS cells
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
      `volume_bucket`,
      CAST(if(isFinite(toFloat64(`slice_buy`)), ifNotFinite(toFloat64(`slice_buy`), 0), NULL) AS Nullable(Float64)) AS `slice_buy`,
      CAST(if(isFinite(toFloat64(`slice_sell`)), ifNotFinite(toFloat64(`slice_sell`), 0), NULL) AS Nullable(Float64)) AS `slice_sell`,
      CAST(if(isFinite(toFloat64(`is_first_part`)), ifNotFinite(toFloat64(`is_first_part`), 0), NULL) AS Nullable(Float64)) AS `is_first_part`,
      CAST(if(isFinite(toFloat64(`is_last_part`)), ifNotFinite(toFloat64(`is_last_part`), 0), NULL) AS Nullable(Float64)) AS `is_last_part`,
      CAST(if(isFinite(toFloat64(`last_ms`)), ifNotFinite(toFloat64(`last_ms`), 0), NULL) AS Nullable(Float64)) AS `last_ms`,
      CAST(if(isFinite(toFloat64(`last_trade_seq`)), ifNotFinite(toFloat64(`last_trade_seq`), 0), NULL) AS Nullable(Float64)) AS `last_trade_seq`
    FROM (
      SELECT
        any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v, `volume_bucket`,
        toFloat64(toString(sumIf(toDecimal256(slice_lots, 30), side > 0))) / 100000000 AS `slice_buy`,
        toFloat64(toString(sumIf(toDecimal256(slice_lots, 30), side < 0))) / 100000000 AS `slice_sell`,
        max(slice_is_start) AS `is_first_part`,
        max(slice_is_end) AS `is_last_part`,
        toUnixTimestamp64Milli(max(timestamp)) AS `last_ms`,
        reinterpretAsUInt64(max(ord)) AS `last_trade_seq`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `ord`,
          `side`,
          `quantity_lots`,
          `slice`,
          `slice_lots`,
          `slice_is_start`,
          `slice_is_end`,
          assumeNotNull(volume_bucket__raw) AS `volume_bucket`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `ord`,
            `side`,
            `quantity_lots`,
            `slice`,
            `slice_lots`,
            `slice_is_start`,
            `slice_is_end`,
            toInt64(slice) AS `volume_bucket__raw`
          FROM (
            SELECT
              `exchange`,
              `market_type`,
              `symbol`,
              `bucket_id`,
              `bucket_ts_start`,
              `bucket_ts_end`,
              `prev_ts_end`,
              `available_at`,
              `v`,
              `bucket__place`,
              `timestamp`,
              `ord`,
              `side`,
              `quantity_lots`,
              split__day * 1000000000 + split__slice AS `slice`,
              least(split__end, (split__slice + 1) * split__size) - greatest(split__end - quantity_lots, split__slice * split__size) AS `slice_lots`,
              split__end - quantity_lots <= split__slice * split__size AS `slice_is_start`,
              split__end >= (split__slice + 1) * split__size AS `slice_is_end`
            FROM (
              SELECT
                `exchange`,
                `market_type`,
                `symbol`,
                `bucket_id`,
                `bucket_ts_start`,
                `bucket_ts_end`,
                `prev_ts_end`,
                `available_at`,
                `v`,
                `bucket__place`,
                `timestamp`,
                `ord`,
                `side`,
                `quantity_lots`,
                `split__day`,
                `split__before`,
                `split__size`,
                `split__end`,
                `split__last`,
                toInt64(arrayJoin(range(toUInt64(greatest(intDiv(split__end - quantity_lots, split__size), intDiv(split__last - 1, split__size) - 99)), toUInt64(greatest(intDiv(split__end - 1, split__size) + 1, intDiv(split__last - 1, split__size) - 99))))) AS `split__slice`
              FROM (
                SELECT
                  `exchange`,
                  `market_type`,
                  `symbol`,
                  `bucket_id`,
                  `bucket_ts_start`,
                  `bucket_ts_end`,
                  `prev_ts_end`,
                  `available_at`,
                  `v`,
                  `bucket__place`,
                  `timestamp`,
                  `ord`,
                  `side`,
                  `quantity_lots`,
                  `split__day`,
                  `split__before`,
                  `split__size`,
                  `split__end`,
                  max(split__end) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `split__last`
                FROM (
                  SELECT
                    `exchange`,
                    `market_type`,
                    `symbol`,
                    `bucket_id`,
                    `bucket_ts_start`,
                    `bucket_ts_end`,
                    `prev_ts_end`,
                    `available_at`,
                    `v`,
                    `bucket__place`,
                    `timestamp`,
                    `ord`,
                    `side`,
                    `quantity_lots`,
                    `split__day`,
                    `split__before`,
                    `split__size`,
                    split__before + sum(quantity_lots) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `split__end`
                  FROM (
                    SELECT
                      s.exchange AS exchange,
                    s.market_type AS market_type,
                    s.symbol AS symbol,
                    s.bucket_id AS bucket_id,
                    s.bucket_ts_start AS bucket_ts_start,
                    s.bucket_ts_end AS bucket_ts_end,
                    s.prev_ts_end AS prev_ts_end,
                    s.available_at AS available_at,
                    s.v AS v,
                    s.bucket__place AS bucket__place,
                    s.timestamp AS timestamp,
                    s.ord AS ord,
                    s.side AS side,
                    s.quantity_lots AS quantity_lots,
                      d.day AS split__day,
                      d.lots_before AS split__before,
                      d.size_lots AS split__size
                    FROM `marketprism_features`.`ubt__trades_lazy` AS s
                    INNER JOIN (
                      -- What was traded since 00:00 UTC before each bucket. Closed buckets keep their volume, so it is the same whenever it is asked for.
                      SELECT
                        exchange, market_type, symbol, bucket_id, day,
                        sum(lots) OVER so_far - lots AS lots_before,
                        argMin(first_size, bucket_id) OVER so_far AS size_lots
                      FROM (
                        SELECT
                          exchange, market_type, symbol, bucket_id,
                          intDiv(toUnixTimestamp64Milli(bucket_ts_end) - 1, 86400000) AS day,
                          reinterpretAsInt128(vol) AS lots,
                          reinterpretAsInt128(size) AS first_size
                        FROM `marketprism_features`.`unified_buckets` FINAL
                        WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM `marketprism_features`.`ubt__trades_lazy`)
                          -- In milliseconds: toStartOfDay gives whole seconds, and the comparison with an index would lose the day's first one.
                          AND bucket_ts_end > (
                            SELECT fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(min(bucket_ts_end)) - 1, 86400000) * 86400000, 'UTC')
                            FROM `marketprism_features`.`ubt__trades_lazy`
                          )
                          AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM `marketprism_features`.`ubt__trades_lazy`)
                      )
                      WINDOW so_far AS (
                        PARTITION BY exchange, market_type, symbol, day ORDER BY bucket_id
                        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                      )
                    ) AS d
                      ON d.exchange = s.exchange AND d.market_type = s.market_type AND d.symbol = s.symbol AND d.bucket_id = s.bucket_id
                  )
                )
              )
            )
          )
        )
        WHERE isNotNull(volume_bucket__raw)
      )
      GROUP BY bucket__place, `volume_bucket`
    )
  )
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

CREATE VIEW `marketprism_features`.`volume_buckets` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `volume_bucket`,
  `slice_buy`,
  `slice_sell`,
  `is_first_part`,
  `is_last_part`,
  `last_ms`,
  `last_trade_seq`
FROM `marketprism_features`.`volume_buckets__2fe0f7cb` FINAL
ARRAY JOIN
  `volume_bucket`,
  `slice_buy`,
  `slice_sell`,
  `is_first_part`,
  `is_last_part`,
  `last_ms`,
  `last_trade_seq`
COMMENT 'Buckets of exactly equal volume, counted from 00:00 UTC - what one bucket of the clock adds to each of them';

INSERT INTO `marketprism_features`.`volume_buckets__2fe0f7cb` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `volume_bucket`, `slice_buy`, `slice_sell`, `is_first_part`, `is_last_part`, `last_ms`, `last_trade_seq`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  arrayMap(c -> c.1, cells) AS `volume_bucket`,
  arrayMap(c -> c.2, cells) AS `slice_buy`,
  arrayMap(c -> c.3, cells) AS `slice_sell`,
  arrayMap(c -> c.4, cells) AS `is_first_part`,
  arrayMap(c -> c.5, cells) AS `is_last_part`,
  arrayMap(c -> c.6, cells) AS `last_ms`,
  arrayMap(c -> c.7, cells) AS `last_trade_seq`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    -- bins are unique within a bucket: their order does not depend on the order of rows
    arraySort(c -> c.1, groupArray(tuple(`volume_bucket`, `slice_buy`, `slice_sell`, `is_first_part`, `is_last_part`, `last_ms`, `last_trade_seq`))) AS cells
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
      `volume_bucket`,
      CAST(if(isFinite(toFloat64(`slice_buy`)), ifNotFinite(toFloat64(`slice_buy`), 0), NULL) AS Nullable(Float64)) AS `slice_buy`,
      CAST(if(isFinite(toFloat64(`slice_sell`)), ifNotFinite(toFloat64(`slice_sell`), 0), NULL) AS Nullable(Float64)) AS `slice_sell`,
      CAST(if(isFinite(toFloat64(`is_first_part`)), ifNotFinite(toFloat64(`is_first_part`), 0), NULL) AS Nullable(Float64)) AS `is_first_part`,
      CAST(if(isFinite(toFloat64(`is_last_part`)), ifNotFinite(toFloat64(`is_last_part`), 0), NULL) AS Nullable(Float64)) AS `is_last_part`,
      CAST(if(isFinite(toFloat64(`last_ms`)), ifNotFinite(toFloat64(`last_ms`), 0), NULL) AS Nullable(Float64)) AS `last_ms`,
      CAST(if(isFinite(toFloat64(`last_trade_seq`)), ifNotFinite(toFloat64(`last_trade_seq`), 0), NULL) AS Nullable(Float64)) AS `last_trade_seq`
    FROM (
      SELECT
        any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v, `volume_bucket`,
        toFloat64(toString(sumIf(toDecimal256(slice_lots, 30), side > 0))) / 100000000 AS `slice_buy`,
        toFloat64(toString(sumIf(toDecimal256(slice_lots, 30), side < 0))) / 100000000 AS `slice_sell`,
        max(slice_is_start) AS `is_first_part`,
        max(slice_is_end) AS `is_last_part`,
        toUnixTimestamp64Milli(max(timestamp)) AS `last_ms`,
        reinterpretAsUInt64(max(ord)) AS `last_trade_seq`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `timestamp`,
          `ord`,
          `side`,
          `quantity_lots`,
          `slice`,
          `slice_lots`,
          `slice_is_start`,
          `slice_is_end`,
          assumeNotNull(volume_bucket__raw) AS `volume_bucket`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `timestamp`,
            `ord`,
            `side`,
            `quantity_lots`,
            `slice`,
            `slice_lots`,
            `slice_is_start`,
            `slice_is_end`,
            toInt64(slice) AS `volume_bucket__raw`
          FROM (
            SELECT
              `exchange`,
              `market_type`,
              `symbol`,
              `bucket_id`,
              `bucket_ts_start`,
              `bucket_ts_end`,
              `prev_ts_end`,
              `available_at`,
              `v`,
              `bucket__place`,
              `timestamp`,
              `ord`,
              `side`,
              `quantity_lots`,
              split__day * 1000000000 + split__slice AS `slice`,
              least(split__end, (split__slice + 1) * split__size) - greatest(split__end - quantity_lots, split__slice * split__size) AS `slice_lots`,
              split__end - quantity_lots <= split__slice * split__size AS `slice_is_start`,
              split__end >= (split__slice + 1) * split__size AS `slice_is_end`
            FROM (
              SELECT
                `exchange`,
                `market_type`,
                `symbol`,
                `bucket_id`,
                `bucket_ts_start`,
                `bucket_ts_end`,
                `prev_ts_end`,
                `available_at`,
                `v`,
                `bucket__place`,
                `timestamp`,
                `ord`,
                `side`,
                `quantity_lots`,
                `split__day`,
                `split__before`,
                `split__size`,
                `split__end`,
                `split__last`,
                toInt64(arrayJoin(range(toUInt64(greatest(intDiv(split__end - quantity_lots, split__size), intDiv(split__last - 1, split__size) - 99)), toUInt64(greatest(intDiv(split__end - 1, split__size) + 1, intDiv(split__last - 1, split__size) - 99))))) AS `split__slice`
              FROM (
                SELECT
                  `exchange`,
                  `market_type`,
                  `symbol`,
                  `bucket_id`,
                  `bucket_ts_start`,
                  `bucket_ts_end`,
                  `prev_ts_end`,
                  `available_at`,
                  `v`,
                  `bucket__place`,
                  `timestamp`,
                  `ord`,
                  `side`,
                  `quantity_lots`,
                  `split__day`,
                  `split__before`,
                  `split__size`,
                  `split__end`,
                  max(split__end) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `split__last`
                FROM (
                  SELECT
                    `exchange`,
                    `market_type`,
                    `symbol`,
                    `bucket_id`,
                    `bucket_ts_start`,
                    `bucket_ts_end`,
                    `prev_ts_end`,
                    `available_at`,
                    `v`,
                    `bucket__place`,
                    `timestamp`,
                    `ord`,
                    `side`,
                    `quantity_lots`,
                    `split__day`,
                    `split__before`,
                    `split__size`,
                    split__before + sum(quantity_lots) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `split__end`
                  FROM (
                    SELECT
                      s.exchange AS exchange,
                    s.market_type AS market_type,
                    s.symbol AS symbol,
                    s.bucket_id AS bucket_id,
                    s.bucket_ts_start AS bucket_ts_start,
                    s.bucket_ts_end AS bucket_ts_end,
                    s.prev_ts_end AS prev_ts_end,
                    s.available_at AS available_at,
                    s.v AS v,
                    s.bucket__place AS bucket__place,
                    s.timestamp AS timestamp,
                    s.ord AS ord,
                    s.side AS side,
                    s.quantity_lots AS quantity_lots,
                      d.day AS split__day,
                      d.lots_before AS split__before,
                      d.size_lots AS split__size
                    FROM (
                      WITH (
                        SELECT tuple(
                          groupUniqArray((exchange, market_type, symbol)),
                          min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
                        )
                        FROM buckets
                      ) AS span
                      SELECT
                        j.exchange AS exchange,
                        j.market_type AS market_type,
                        j.symbol AS symbol,
                        j.bucket_id AS bucket_id,
                        j.bucket_ts_start AS bucket_ts_start,
                        j.bucket_ts_end AS bucket_ts_end,
                        j.prev_ts_end AS prev_ts_end,
                        j.available_at AS available_at,
                        j.v AS v,
                        j.bucket__place AS bucket__place,
                        j.timestamp AS timestamp,
                        bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.trade_seq AS ord,
                        if(j.side = 'buy', 1, -1) AS side,
                        reinterpretAsInt128(toDecimal128(j.quantity, 8)) AS quantity_lots
                      FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
                      CROSS JOIN (
                        SELECT
                          b.exchange AS exchange,
                          b.market_type AS market_type,
                          b.symbol AS symbol,
                          b.bucket_id AS bucket_id,
                          b.bucket_ts_start AS bucket_ts_start,
                          b.bucket_ts_end AS bucket_ts_end,
                          b.prev_ts_end AS prev_ts_end,
                          b.available_at AS available_at,
                          b.v AS v,
                          b.bucket__place AS bucket__place,
                          t.timestamp AS timestamp,
                          t.trade_seq AS trade_seq,
                          t.price AS price,
                          t.quantity AS quantity,
                          t.side AS side
                        FROM (
                          SELECT
                            exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
                          FROM `marketprism_hot`.`trades` FINAL
                          WHERE late = 0
                            AND (exchange, market_type, symbol) IN (span.1)
                            AND timestamp >= span.2
                            AND timestamp < span.5
                        ) AS t
                        ASOF INNER JOIN buckets AS b
                          ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
                          AND t.timestamp >= b.prev_ts_end
                        WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
                      ) AS j
                    ) AS s
                    INNER JOIN (
                      -- What was traded since 00:00 UTC before each bucket. Closed buckets keep their volume, so it is the same whenever it is asked for.
                      SELECT
                        exchange, market_type, symbol, bucket_id, day,
                        sum(lots) OVER so_far - lots AS lots_before,
                        argMin(first_size, bucket_id) OVER so_far AS size_lots
                      FROM (
                        SELECT
                          exchange, market_type, symbol, bucket_id,
                          intDiv(toUnixTimestamp64Milli(bucket_ts_end) - 1, 86400000) AS day,
                          reinterpretAsInt128(vol) AS lots,
                          reinterpretAsInt128(size) AS first_size
                        FROM `marketprism_features`.`unified_buckets` FINAL
                        WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM buckets)
                          -- In milliseconds: toStartOfDay gives whole seconds, and the comparison with an index would lose the day's first one.
                          AND bucket_ts_end > (
                            SELECT fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(min(bucket_ts_end)) - 1, 86400000) * 86400000, 'UTC')
                            FROM buckets
                          )
                          AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM buckets)
                      )
                      WINDOW so_far AS (
                        PARTITION BY exchange, market_type, symbol, day ORDER BY bucket_id
                        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                      )
                    ) AS d
                      ON d.exchange = s.exchange AND d.market_type = s.market_type AND d.symbol = s.symbol AND d.bucket_id = s.bucket_id
                  )
                )
              )
            )
          )
        )
        WHERE isNotNull(volume_bucket__raw)
      )
      GROUP BY bucket__place, `volume_bucket`
    )
  )
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

-- view bucket_returns, level 1, look-back 2

CREATE TABLE `marketprism_features`.`bucket_returns__04eda3b9`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `previous_close` Nullable(Float64) COMMENT 'Price of the previous bucket\'s last trade; NULL for an instrument\'s first bucket' CODEC(ZSTD(1)),
    `price_change` Nullable(Float64) COMMENT 'Close minus previous close, so that what happens between two buckets is not lost' CODEC(ZSTD(1)),
    `log_return` Nullable(Float64) COMMENT 'ln(close / previous close)' CODEC(ZSTD(1)),
    `previous_price_change` Nullable(Float64) COMMENT 'price_change of the previous bucket, for serial covariances' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'How far the price moved from one bucket\'s last trade to the next one\'s';

CREATE MATERIALIZED VIEW `marketprism_features`.`bucket_returns__04eda3b9__mv_lazy` TO `marketprism_features`.`bucket_returns__04eda3b9` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`previous_close` AS `previous_close`,
  u.`price_change` AS `price_change`,
  u.`log_return` AS `log_return`,
  u.`previous_price_change` AS `previous_price_change`
FROM `marketprism_features`.`ubt__close_1_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`previous_close`)), ifNotFinite(toFloat64(`previous_close`), 0), NULL) AS Nullable(Float64)) AS `previous_close`,
    CAST(if(isFinite(toFloat64(`price_change`)), ifNotFinite(toFloat64(`price_change`), 0), NULL) AS Nullable(Float64)) AS `price_change`,
    CAST(if(isFinite(toFloat64(`log_return`)), ifNotFinite(toFloat64(`log_return`), 0), NULL) AS Nullable(Float64)) AS `log_return`,
    CAST(if(isFinite(toFloat64(`previous_price_change`)), ifNotFinite(toFloat64(`previous_price_change`), 0), NULL) AS Nullable(Float64)) AS `previous_price_change`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(count() OVER before >= 1, max(close) OVER before, NULL) AS `previous_close`,
      close - previous_close AS `price_change`,
      log(close / nullIf(previous_close, 0)) AS `log_return`,
      previous_close - if(count() OVER before_2 >= 2, argMin(close, bucket_id) OVER before_2, NULL) AS `previous_price_change`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        `order_flow__buy_volume` AS `buy_volume`,
        `order_flow__sell_volume` AS `sell_volume`,
        `order_flow__volume` AS `volume`,
        `order_flow__quote_volume` AS `quote_volume`,
        `order_flow__trades` AS `trades`,
        `order_flow__vwap` AS `vwap`,
        `order_flow__open` AS `open`,
        `order_flow__high` AS `high`,
        `order_flow__low` AS `low`,
        `order_flow__close` AS `close`,
        `order_flow__imbalance` AS `imbalance`,
        `order_flow__duration_s` AS `duration_s`
      FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT DISTINCT
          exchange, market_type, symbol,
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 2, 1)), bucket_id + 1)) AS bucket_id
        FROM `marketprism_features`.`ubt__close_1_lazy`
      )
      ORDER BY v DESC
      LIMIT 1 BY exchange, market_type, symbol, bucket_id
    )
      WINDOW
        before AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING),
        before_2 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 2 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`bucket_returns` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `previous_close`,
  `price_change`,
  `log_return`,
  `previous_price_change`
FROM `marketprism_features`.`bucket_returns__04eda3b9` FINAL
COMMENT 'How far the price moved from one bucket\'s last trade to the next one\'s';

INSERT INTO `marketprism_features`.`bucket_returns__04eda3b9` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `previous_close`, `price_change`, `log_return`, `previous_price_change`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`previous_close` AS `previous_close`,
  u.`price_change` AS `price_change`,
  u.`log_return` AS `log_return`,
  u.`previous_price_change` AS `previous_price_change`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`previous_close`)), ifNotFinite(toFloat64(`previous_close`), 0), NULL) AS Nullable(Float64)) AS `previous_close`,
    CAST(if(isFinite(toFloat64(`price_change`)), ifNotFinite(toFloat64(`price_change`), 0), NULL) AS Nullable(Float64)) AS `price_change`,
    CAST(if(isFinite(toFloat64(`log_return`)), ifNotFinite(toFloat64(`log_return`), 0), NULL) AS Nullable(Float64)) AS `log_return`,
    CAST(if(isFinite(toFloat64(`previous_price_change`)), ifNotFinite(toFloat64(`previous_price_change`), 0), NULL) AS Nullable(Float64)) AS `previous_price_change`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(count() OVER before >= 1, max(close) OVER before, NULL) AS `previous_close`,
      close - previous_close AS `price_change`,
      log(close / nullIf(previous_close, 0)) AS `log_return`,
      previous_close - if(count() OVER before_2 >= 2, argMin(close, bucket_id) OVER before_2, NULL) AS `previous_price_change`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        `order_flow__buy_volume` AS `buy_volume`,
        `order_flow__sell_volume` AS `sell_volume`,
        `order_flow__volume` AS `volume`,
        `order_flow__quote_volume` AS `quote_volume`,
        `order_flow__trades` AS `trades`,
        `order_flow__vwap` AS `vwap`,
        `order_flow__open` AS `open`,
        `order_flow__high` AS `high`,
        `order_flow__low` AS `low`,
        `order_flow__close` AS `close`,
        `order_flow__imbalance` AS `imbalance`,
        `order_flow__duration_s` AS `duration_s`
      FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT DISTINCT
          exchange, market_type, symbol,
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 2, 1)), bucket_id + 1)) AS bucket_id
        FROM buckets
      )
      ORDER BY v DESC
      LIMIT 1 BY exchange, market_type, symbol, bucket_id
    )
      WINDOW
        before AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING),
        before_2 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 2 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view flow_cvd_vwap, level 1, look-back 20

CREATE TABLE `marketprism_features`.`flow_cvd_vwap__f74c0128`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `delta` Nullable(Float64) COMMENT 'Volume bought minus volume sold, by the side of the taker' CODEC(ZSTD(1)),
    `cvd` Nullable(Float64) COMMENT 'Sum of delta since 00:00 UTC; the level depends on that anchor, so models should be given its changes' CODEC(ZSTD(1)),
    `cvd_change_3` Nullable(Float64) COMMENT 'Change of the cumulative delta over 3 buckets, across midnight too; NULL for an instrument\'s first 3' CODEC(ZSTD(1)),
    `delta_z_20` Nullable(Float64) COMMENT 'Delta against mean and standard deviation of the 20 buckets before it; NULL with fewer than 10 of them' CODEC(ZSTD(1)),
    `volume_spike_20` Nullable(Float64) COMMENT 'Volume over its mean in the 20 buckets before; NULL with fewer than 10 of them' CODEC(ZSTD(1)),
    `vwap_20` Nullable(Float64) COMMENT 'Volume-weighted price of the last 20 buckets, from sums' CODEC(ZSTD(1)),
    `sigma_vwap_20` Nullable(Float64) COMMENT 'Volume-weighted standard deviation of the buckets\' own VWAPs around vwap_20; what is below 1e-12 of the price is rounding and counts as 0' CODEC(ZSTD(1)),
    `vwap_dev_20` Nullable(Float64) COMMENT 'Distance of the last traded bucket\'s VWAP from vwap_20 in units of sigma_vwap_20; NULL where that is 0' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Cumulative delta since midnight UTC, this bucket\'s flow against the buckets before it, and its price against their VWAP';

CREATE MATERIALIZED VIEW `marketprism_features`.`flow_cvd_vwap__f74c0128__mv_lazy` TO `marketprism_features`.`flow_cvd_vwap__f74c0128` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`delta` AS `delta`,
  u.`cvd` AS `cvd`,
  u.`cvd_change_3` AS `cvd_change_3`,
  u.`delta_z_20` AS `delta_z_20`,
  u.`volume_spike_20` AS `volume_spike_20`,
  u.`vwap_20` AS `vwap_20`,
  u.`sigma_vwap_20` AS `sigma_vwap_20`,
  u.`vwap_dev_20` AS `vwap_dev_20`
FROM `marketprism_features`.`ubt__close_1_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`delta`)), ifNotFinite(toFloat64(`delta`), 0), NULL) AS Nullable(Float64)) AS `delta`,
    CAST(if(isFinite(toFloat64(`cvd`)), ifNotFinite(toFloat64(`cvd`), 0), NULL) AS Nullable(Float64)) AS `cvd`,
    CAST(if(isFinite(toFloat64(`cvd_change_3`)), ifNotFinite(toFloat64(`cvd_change_3`), 0), NULL) AS Nullable(Float64)) AS `cvd_change_3`,
    CAST(if(isFinite(toFloat64(`delta_z_20`)), ifNotFinite(toFloat64(`delta_z_20`), 0), NULL) AS Nullable(Float64)) AS `delta_z_20`,
    CAST(if(isFinite(toFloat64(`volume_spike_20`)), ifNotFinite(toFloat64(`volume_spike_20`), 0), NULL) AS Nullable(Float64)) AS `volume_spike_20`,
    CAST(if(isFinite(toFloat64(`vwap_20`)), ifNotFinite(toFloat64(`vwap_20`), 0), NULL) AS Nullable(Float64)) AS `vwap_20`,
    CAST(if(isFinite(toFloat64(`sigma_vwap_20`)), ifNotFinite(toFloat64(`sigma_vwap_20`), 0), NULL) AS Nullable(Float64)) AS `sigma_vwap_20`,
    CAST(if(isFinite(toFloat64(`vwap_dev_20`)), ifNotFinite(toFloat64(`vwap_dev_20`), 0), NULL) AS Nullable(Float64)) AS `vwap_dev_20`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      arrayMap(t -> t.1, groupArray(tuple(vwap)) OVER w20) AS `prices_20`,
      arrayMap(t -> t.1, groupArray(tuple(volume)) OVER w20) AS `volumes_20`,
      sqrt(arraySum((p, q) -> ifNull(q * (p - vwap_20) * (p - vwap_20), 0), prices_20, volumes_20) / nullIf(if(count() OVER w20 >= 1, toFloat64(toString(sum(toDecimal256(volume, 30)) OVER w20)), NULL), 0)) AS `raw_sigma_20`,
      buy_volume - sell_volume AS `delta`,
      if(count() OVER day >= 1, toFloat64(toString(sum(toDecimal256(buy_volume - sell_volume, 30)) OVER day)), NULL) AS `cvd`,
      if(isNull(if(count() OVER last4 >= 4, count(volume) OVER last4, NULL)), NULL, if(count() OVER last3 >= 3, toFloat64(toString(sum(toDecimal256(buy_volume - sell_volume, 30)) OVER last3)), NULL)) AS `cvd_change_3`,
      (buy_volume - sell_volume - if(count() OVER before20 >= 10, toFloat64(toString(sum(toDecimal256(buy_volume - sell_volume, 30)) OVER before20)) / nullIf(count(buy_volume - sell_volume) OVER before20, 0), NULL)) / nullIf(if(count() OVER before20 >= 10, if(countIf(NOT (abs((buy_volume - sell_volume)) <= 1e12)) OVER before20 > 0, nan, sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((buy_volume - sell_volume)), NULL, abs((buy_volume - sell_volume)) <= 1e12, toFloat64((buy_volume - sell_volume)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((buy_volume - sell_volume)), NULL, abs((buy_volume - sell_volume)) <= 1e12, toFloat64((buy_volume - sell_volume)), 0), 20) * toDecimal256(multiIf(isNull((buy_volume - sell_volume)), NULL, abs((buy_volume - sell_volume)) <= 1e12, toFloat64((buy_volume - sell_volume)), 0), 20)) OVER before20 - sum(toDecimal256(multiIf(isNull((buy_volume - sell_volume)), NULL, abs((buy_volume - sell_volume)) <= 1e12, toFloat64((buy_volume - sell_volume)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((buy_volume - sell_volume)), NULL, abs((buy_volume - sell_volume)) <= 1e12, toFloat64((buy_volume - sell_volume)), 0), 20)) OVER before20)) / nullIf(count(toDecimal256(multiIf(isNull((buy_volume - sell_volume)), NULL, abs((buy_volume - sell_volume)) <= 1e12, toFloat64((buy_volume - sell_volume)), 0), 20)) OVER before20 * (count(toDecimal256(multiIf(isNull((buy_volume - sell_volume)), NULL, abs((buy_volume - sell_volume)) <= 1e12, toFloat64((buy_volume - sell_volume)), 0), 20)) OVER before20 - 1), 0))), NULL), 0) AS `delta_z_20`,
      volume / nullIf(if(count() OVER before20 >= 10, toFloat64(toString(sum(toDecimal256(volume, 30)) OVER before20)) / nullIf(count(volume) OVER before20, 0), NULL), 0) AS `volume_spike_20`,
      if(count() OVER w20 >= 1, toFloat64(toString(sum(toDecimal256(quote_volume, 30)) OVER w20)), NULL) / nullIf(if(count() OVER w20 >= 1, toFloat64(toString(sum(toDecimal256(volume, 30)) OVER w20)), NULL), 0) AS `vwap_20`,
      if(raw_sigma_20 < 1e-12 * vwap_20, 0, raw_sigma_20) AS `sigma_vwap_20`,
      abs(if(count() OVER w20 >= 1, argMaxOrNullIf(vwap, bucket_id, volume > 0) OVER w20, NULL) - vwap_20) / nullIf(sigma_vwap_20, 0) AS `vwap_dev_20`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id, bucket_ts_end,
        `order_flow__buy_volume` AS `buy_volume`,
        `order_flow__sell_volume` AS `sell_volume`,
        `order_flow__volume` AS `volume`,
        `order_flow__quote_volume` AS `quote_volume`,
        `order_flow__trades` AS `trades`,
        `order_flow__vwap` AS `vwap`,
        `order_flow__open` AS `open`,
        `order_flow__high` AS `high`,
        `order_flow__low` AS `low`,
        `order_flow__close` AS `close`,
        `order_flow__imbalance` AS `imbalance`,
        `order_flow__duration_s` AS `duration_s`
      FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT DISTINCT
          exchange, market_type, symbol,
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 20, 1)), bucket_id + 1)) AS bucket_id
        FROM `marketprism_features`.`ubt__close_1_lazy`
        UNION DISTINCT
        SELECT exchange, market_type, symbol, bucket_id
        FROM `marketprism_features`.`unified_buckets`
        WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM `marketprism_features`.`ubt__close_1_lazy`)
          AND bucket_ts_end > (SELECT min(bucket_ts_end) FROM `marketprism_features`.`ubt__close_1_lazy`) - toIntervalMillisecond(86400000)
          AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM `marketprism_features`.`ubt__close_1_lazy`)
      )
      ORDER BY v DESC
      LIMIT 1 BY exchange, market_type, symbol, bucket_id
    )
      WINDOW
        day AS (PARTITION BY exchange, market_type, symbol, toDate(bucket_ts_end - toIntervalMillisecond(1)) ORDER BY bucket_id RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
        last3 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 2 PRECEDING AND CURRENT ROW),
        last4 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 3 PRECEDING AND CURRENT ROW),
        before20 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 20 PRECEDING AND 1 PRECEDING),
        w20 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 19 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`flow_cvd_vwap` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `delta`,
  `cvd`,
  `cvd_change_3`,
  `delta_z_20`,
  `volume_spike_20`,
  `vwap_20`,
  `sigma_vwap_20`,
  `vwap_dev_20`
FROM `marketprism_features`.`flow_cvd_vwap__f74c0128` FINAL
COMMENT 'Cumulative delta since midnight UTC, this bucket\'s flow against the buckets before it, and its price against their VWAP';

INSERT INTO `marketprism_features`.`flow_cvd_vwap__f74c0128` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `delta`, `cvd`, `cvd_change_3`, `delta_z_20`, `volume_spike_20`, `vwap_20`, `sigma_vwap_20`, `vwap_dev_20`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`delta` AS `delta`,
  u.`cvd` AS `cvd`,
  u.`cvd_change_3` AS `cvd_change_3`,
  u.`delta_z_20` AS `delta_z_20`,
  u.`volume_spike_20` AS `volume_spike_20`,
  u.`vwap_20` AS `vwap_20`,
  u.`sigma_vwap_20` AS `sigma_vwap_20`,
  u.`vwap_dev_20` AS `vwap_dev_20`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`delta`)), ifNotFinite(toFloat64(`delta`), 0), NULL) AS Nullable(Float64)) AS `delta`,
    CAST(if(isFinite(toFloat64(`cvd`)), ifNotFinite(toFloat64(`cvd`), 0), NULL) AS Nullable(Float64)) AS `cvd`,
    CAST(if(isFinite(toFloat64(`cvd_change_3`)), ifNotFinite(toFloat64(`cvd_change_3`), 0), NULL) AS Nullable(Float64)) AS `cvd_change_3`,
    CAST(if(isFinite(toFloat64(`delta_z_20`)), ifNotFinite(toFloat64(`delta_z_20`), 0), NULL) AS Nullable(Float64)) AS `delta_z_20`,
    CAST(if(isFinite(toFloat64(`volume_spike_20`)), ifNotFinite(toFloat64(`volume_spike_20`), 0), NULL) AS Nullable(Float64)) AS `volume_spike_20`,
    CAST(if(isFinite(toFloat64(`vwap_20`)), ifNotFinite(toFloat64(`vwap_20`), 0), NULL) AS Nullable(Float64)) AS `vwap_20`,
    CAST(if(isFinite(toFloat64(`sigma_vwap_20`)), ifNotFinite(toFloat64(`sigma_vwap_20`), 0), NULL) AS Nullable(Float64)) AS `sigma_vwap_20`,
    CAST(if(isFinite(toFloat64(`vwap_dev_20`)), ifNotFinite(toFloat64(`vwap_dev_20`), 0), NULL) AS Nullable(Float64)) AS `vwap_dev_20`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      arrayMap(t -> t.1, groupArray(tuple(vwap)) OVER w20) AS `prices_20`,
      arrayMap(t -> t.1, groupArray(tuple(volume)) OVER w20) AS `volumes_20`,
      sqrt(arraySum((p, q) -> ifNull(q * (p - vwap_20) * (p - vwap_20), 0), prices_20, volumes_20) / nullIf(if(count() OVER w20 >= 1, toFloat64(toString(sum(toDecimal256(volume, 30)) OVER w20)), NULL), 0)) AS `raw_sigma_20`,
      buy_volume - sell_volume AS `delta`,
      if(count() OVER day >= 1, toFloat64(toString(sum(toDecimal256(buy_volume - sell_volume, 30)) OVER day)), NULL) AS `cvd`,
      if(isNull(if(count() OVER last4 >= 4, count(volume) OVER last4, NULL)), NULL, if(count() OVER last3 >= 3, toFloat64(toString(sum(toDecimal256(buy_volume - sell_volume, 30)) OVER last3)), NULL)) AS `cvd_change_3`,
      (buy_volume - sell_volume - if(count() OVER before20 >= 10, toFloat64(toString(sum(toDecimal256(buy_volume - sell_volume, 30)) OVER before20)) / nullIf(count(buy_volume - sell_volume) OVER before20, 0), NULL)) / nullIf(if(count() OVER before20 >= 10, if(countIf(NOT (abs((buy_volume - sell_volume)) <= 1e12)) OVER before20 > 0, nan, sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((buy_volume - sell_volume)), NULL, abs((buy_volume - sell_volume)) <= 1e12, toFloat64((buy_volume - sell_volume)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((buy_volume - sell_volume)), NULL, abs((buy_volume - sell_volume)) <= 1e12, toFloat64((buy_volume - sell_volume)), 0), 20) * toDecimal256(multiIf(isNull((buy_volume - sell_volume)), NULL, abs((buy_volume - sell_volume)) <= 1e12, toFloat64((buy_volume - sell_volume)), 0), 20)) OVER before20 - sum(toDecimal256(multiIf(isNull((buy_volume - sell_volume)), NULL, abs((buy_volume - sell_volume)) <= 1e12, toFloat64((buy_volume - sell_volume)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((buy_volume - sell_volume)), NULL, abs((buy_volume - sell_volume)) <= 1e12, toFloat64((buy_volume - sell_volume)), 0), 20)) OVER before20)) / nullIf(count(toDecimal256(multiIf(isNull((buy_volume - sell_volume)), NULL, abs((buy_volume - sell_volume)) <= 1e12, toFloat64((buy_volume - sell_volume)), 0), 20)) OVER before20 * (count(toDecimal256(multiIf(isNull((buy_volume - sell_volume)), NULL, abs((buy_volume - sell_volume)) <= 1e12, toFloat64((buy_volume - sell_volume)), 0), 20)) OVER before20 - 1), 0))), NULL), 0) AS `delta_z_20`,
      volume / nullIf(if(count() OVER before20 >= 10, toFloat64(toString(sum(toDecimal256(volume, 30)) OVER before20)) / nullIf(count(volume) OVER before20, 0), NULL), 0) AS `volume_spike_20`,
      if(count() OVER w20 >= 1, toFloat64(toString(sum(toDecimal256(quote_volume, 30)) OVER w20)), NULL) / nullIf(if(count() OVER w20 >= 1, toFloat64(toString(sum(toDecimal256(volume, 30)) OVER w20)), NULL), 0) AS `vwap_20`,
      if(raw_sigma_20 < 1e-12 * vwap_20, 0, raw_sigma_20) AS `sigma_vwap_20`,
      abs(if(count() OVER w20 >= 1, argMaxOrNullIf(vwap, bucket_id, volume > 0) OVER w20, NULL) - vwap_20) / nullIf(sigma_vwap_20, 0) AS `vwap_dev_20`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id, bucket_ts_end,
        `order_flow__buy_volume` AS `buy_volume`,
        `order_flow__sell_volume` AS `sell_volume`,
        `order_flow__volume` AS `volume`,
        `order_flow__quote_volume` AS `quote_volume`,
        `order_flow__trades` AS `trades`,
        `order_flow__vwap` AS `vwap`,
        `order_flow__open` AS `open`,
        `order_flow__high` AS `high`,
        `order_flow__low` AS `low`,
        `order_flow__close` AS `close`,
        `order_flow__imbalance` AS `imbalance`,
        `order_flow__duration_s` AS `duration_s`
      FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT DISTINCT
          exchange, market_type, symbol,
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 20, 1)), bucket_id + 1)) AS bucket_id
        FROM buckets
        UNION DISTINCT
        SELECT exchange, market_type, symbol, bucket_id
        FROM `marketprism_features`.`unified_buckets`
        WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM buckets)
          AND bucket_ts_end > (SELECT min(bucket_ts_end) FROM buckets) - toIntervalMillisecond(86400000)
          AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM buckets)
      )
      ORDER BY v DESC
      LIMIT 1 BY exchange, market_type, symbol, bucket_id
    )
      WINDOW
        day AS (PARTITION BY exchange, market_type, symbol, toDate(bucket_ts_end - toIntervalMillisecond(1)) ORDER BY bucket_id RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
        last3 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 2 PRECEDING AND CURRENT ROW),
        last4 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 3 PRECEDING AND CURRENT ROW),
        before20 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 20 PRECEDING AND 1 PRECEDING),
        w20 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 19 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view footprint_levels, level 1, look-back 29

CREATE TABLE `marketprism_features`.`footprint_levels__dadf54de`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `px_bin` Array(Int64) CODEC(ZSTD(1)),
    `level_volume` Array(Nullable(Float64)) COMMENT 'Volume of the bin over the buckets' CODEC(ZSTD(1)),
    `level_delta` Array(Nullable(Float64)) COMMENT 'Bought minus sold volume' CODEC(ZSTD(1)),
    `level_lean` Array(Nullable(Float64)) COMMENT '|delta| over volume; NULL where there was no volume' CODEC(ZSTD(1)),
    `level_range_bps` Array(Nullable(Float64)) COMMENT 'Price range of the buckets that traded in the bin, weighted by their volume in it' CODEC(ZSTD(1)),
    `level_forward_return` Array(Nullable(Float64)) COMMENT 'Return of the mid in the minute after these buckets, weighted by their volume in the bin. Only minutes that have passed; NULL if none has' CODEC(ZSTD(1)),
    `seen_ago_ms` Array(Nullable(Float64)) COMMENT 'From the end of the last bucket that traded in the bin to this one\'s' CODEC(ZSTD(1)),
    `volume_threshold` Array(Nullable(Float64)) COMMENT 'Quantile of the bins\' volumes, interpolated between neighbours; the same for all bins of a bucket' CODEC(ZSTD(1)),
    `is_absorption` Array(Nullable(Float64)) COMMENT 'Much volume from both sides, and the price did not move. A practitioner\'s term; the thresholds are to be fitted for each instrument' CODEC(ZSTD(1)),
    `is_exhaustion` Array(Nullable(Float64)) COMMENT 'Much volume from one side, and the price then went the other way. Known after the fact only, a minute after the bucket' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Price bins of the last 30 buckets, and which of them absorbed or exhausted the flow that came to them';

CREATE MATERIALIZED VIEW `marketprism_features`.`footprint_levels__dadf54de__mv_lazy` TO `marketprism_features`.`footprint_levels__dadf54de` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  arrayMap(c -> c.1, cells) AS `px_bin`,
  arrayMap(c -> c.2, cells) AS `level_volume`,
  arrayMap(c -> c.3, cells) AS `level_delta`,
  arrayMap(c -> c.4, cells) AS `level_lean`,
  arrayMap(c -> c.5, cells) AS `level_range_bps`,
  arrayMap(c -> c.6, cells) AS `level_forward_return`,
  arrayMap(c -> c.7, cells) AS `seen_ago_ms`,
  arrayMap(c -> c.8, cells) AS `volume_threshold`,
  arrayMap(c -> c.9, cells) AS `is_absorption`,
  arrayMap(c -> c.10, cells) AS `is_exhaustion`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    -- bins are unique within a bucket: their order does not depend on the order of rows
    arraySort(c -> c.1, groupArray(tuple(`px_bin`, `level_volume`, `level_delta`, `level_lean`, `level_range_bps`, `level_forward_return`, `seen_ago_ms`, `volume_threshold`, `is_absorption`, `is_exhaustion`))) AS cells
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
      `px_bin`,
      CAST(if(isFinite(toFloat64(`level_volume`)), ifNotFinite(toFloat64(`level_volume`), 0), NULL) AS Nullable(Float64)) AS `level_volume`,
      CAST(if(isFinite(toFloat64(`level_delta`)), ifNotFinite(toFloat64(`level_delta`), 0), NULL) AS Nullable(Float64)) AS `level_delta`,
      CAST(if(isFinite(toFloat64(`level_lean`)), ifNotFinite(toFloat64(`level_lean`), 0), NULL) AS Nullable(Float64)) AS `level_lean`,
      CAST(if(isFinite(toFloat64(`level_range_bps`)), ifNotFinite(toFloat64(`level_range_bps`), 0), NULL) AS Nullable(Float64)) AS `level_range_bps`,
      CAST(if(isFinite(toFloat64(`level_forward_return`)), ifNotFinite(toFloat64(`level_forward_return`), 0), NULL) AS Nullable(Float64)) AS `level_forward_return`,
      CAST(if(isFinite(toFloat64(`seen_ago_ms`)), ifNotFinite(toFloat64(`seen_ago_ms`), 0), NULL) AS Nullable(Float64)) AS `seen_ago_ms`,
      CAST(if(isFinite(toFloat64(`volume_threshold`)), ifNotFinite(toFloat64(`volume_threshold`), 0), NULL) AS Nullable(Float64)) AS `volume_threshold`,
      CAST(if(isFinite(toFloat64(`is_absorption`)), ifNotFinite(toFloat64(`is_absorption`), 0), NULL) AS Nullable(Float64)) AS `is_absorption`,
      CAST(if(isFinite(toFloat64(`is_exhaustion`)), ifNotFinite(toFloat64(`is_exhaustion`), 0), NULL) AS Nullable(Float64)) AS `is_exhaustion`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, `px_bin`,
        volume AS `level_volume`,
        delta AS `level_delta`,
        abs(delta) / nullIf(volume, 0) AS `level_lean`,
        range_vw AS `level_range_bps`,
        forward_vw AS `level_forward_return`,
        seen_ms_ago AS `seen_ago_ms`,
        threshold AS `volume_threshold`,
        if(volume IS NULL, NULL, toUInt8(is_level AND ifNull(range_vw <= 8, 0) AND ifNull(level_lean <= 0.2, 0))) AS `is_absorption`,
        if(volume IS NULL, NULL, toUInt8(is_level AND is_absorption = 0 AND ifNull(level_lean >= 0.7, 0) AND ifNull(forward_vw * delta < 0, 0))) AS `is_exhaustion`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `px_bin`,
          `ord`,
          `volume`,
          `delta`,
          `range_vw`,
          `forward_vw`,
          `seen_ms_ago`,
          `threshold`,
          volume >= threshold AS `is_level`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `px_bin`,
            `ord`,
            `volume`,
            `delta`,
            `range_vw`,
            `forward_vw`,
            `seen_ms_ago`,
            quantileExactInclusive(0.8)(volume) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `threshold`
          FROM (
            SELECT
              exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
              `px_bin`,
              `px_bin` AS ord,
              round(if(countIf(NOT isFinite(footprint.bin_volume)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(footprint.bin_volume, 0), 30) + isFinite(footprint.bin_volume) * 0)))), 8) AS `volume`,
              round(if(countIf(NOT isFinite(footprint.bin_delta)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(footprint.bin_delta, 0), 30) + isFinite(footprint.bin_delta) * 0)))), 8) AS `delta`,
              if(countIf(NOT isFinite(footprint.bin_volume * footprint_poc.range_bps)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(footprint.bin_volume * footprint_poc.range_bps, 0), 30) + isFinite(footprint.bin_volume * footprint_poc.range_bps) * 0)))) / nullIf(if(countIf(NOT isFinite(footprint.bin_volume) AND (footprint_poc.range_bps IS NOT NULL)) > 0, nan, toFloat64(toString(sumIf(toDecimal256(ifNotFinite(footprint.bin_volume, 0), 30) + isFinite(footprint.bin_volume) * 0, footprint_poc.range_bps IS NOT NULL)))), 0) AS `range_vw`,
              if(countIf(NOT isFinite(footprint.bin_volume * forward_return.forward_return_60)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(footprint.bin_volume * forward_return.forward_return_60, 0), 30) + isFinite(footprint.bin_volume * forward_return.forward_return_60) * 0)))) / nullIf(if(countIf(NOT isFinite(footprint.bin_volume) AND (forward_return.forward_return_60 IS NOT NULL)) > 0, nan, toFloat64(toString(sumIf(toDecimal256(ifNotFinite(footprint.bin_volume, 0), 30) + isFinite(footprint.bin_volume) * 0, forward_return.forward_return_60 IS NOT NULL)))), 0) AS `forward_vw`,
              min(ago_ms) AS `seen_ms_ago`
            FROM (
              SELECT
                c.exchange AS exchange,
              c.market_type AS market_type,
              c.symbol AS symbol,
              c.bucket_id AS bucket_id,
              c.bucket_ts_start AS bucket_ts_start,
              c.bucket_ts_end AS bucket_ts_end,
              c.prev_ts_end AS prev_ts_end,
              c.available_at AS available_at,
              c.v AS v,
              c.bucket__place AS bucket__place,
                toUnixTimestamp64Milli(c.bucket_ts_end) - toUnixTimestamp64Milli(cells.bucket_ts_end) AS ago_ms,
                toInt64(c.bucket_id) - toInt64(cells.bucket_id) AS ago_buckets,
                cells.`px_bin` AS `px_bin`,
                cells.`bin_buy` AS `footprint.bin_buy`,
                cells.`bin_sell` AS `footprint.bin_sell`,
                cells.`bin_volume` AS `footprint.bin_volume`,
                cells.`bin_delta` AS `footprint.bin_delta`,
                cells.`bin_trades` AS `footprint.bin_trades`,
                `footprint_poc`.`poc_bin` AS `footprint_poc.poc_bin`,
                `footprint_poc`.`poc_share` AS `footprint_poc.poc_share`,
                `footprint_poc`.`bins` AS `footprint_poc.bins`,
                `footprint_poc`.`range_bps` AS `footprint_poc.range_bps`,
                if(cells.bucket_ts_end + toIntervalMillisecond(60000) <= c.bucket_ts_end, `forward_return`.`mid_at_end`, NULL) AS `forward_return.mid_at_end`,
                if(cells.bucket_ts_end + toIntervalMillisecond(60000) <= c.bucket_ts_end, `forward_return`.`mid_60`, NULL) AS `forward_return.mid_60`,
                if(cells.bucket_ts_end + toIntervalMillisecond(60000) <= c.bucket_ts_end, `forward_return`.`forward_return_60`, NULL) AS `forward_return.forward_return_60`
              FROM (
                SELECT *, arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 29, 1)), bucket_id + 1)) AS cell_id
                FROM `marketprism_features`.`ubt__close_1_lazy`
              ) AS c
              INNER JOIN (
                SELECT * FROM (
                  SELECT
                    exchange, market_type, symbol, bucket_id, bucket_ts_end,
                    `px_bin`,
                    `bin_buy`,
                    `bin_sell`,
                    `bin_volume`,
                    `bin_delta`,
                    `bin_trades`
                  FROM `marketprism_features`.`footprint__2d93f09b`
                  WHERE (exchange, market_type, symbol, bucket_id) IN (
                    SELECT DISTINCT
                      exchange, market_type, symbol,
                      arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 29, 1)), bucket_id + 1)) AS bucket_id
                    FROM `marketprism_features`.`ubt__close_1_lazy`
                  )
                  ORDER BY v DESC
                  LIMIT 1 BY exchange, market_type, symbol, bucket_id
                )
                ARRAY JOIN
                  `px_bin`,
                  `bin_buy`,
                  `bin_sell`,
                  `bin_volume`,
                  `bin_delta`,
                  `bin_trades`
              ) AS cells
                ON cells.exchange = c.exchange AND cells.market_type = c.market_type AND cells.symbol = c.symbol AND cells.bucket_id = c.cell_id
              LEFT JOIN (
                SELECT
                  exchange, market_type, symbol, bucket_id,
                  `poc_bin`,
                  `poc_share`,
                  `bins`,
                  `range_bps`
                FROM `marketprism_features`.`footprint_poc__f3042ad3`
                WHERE (exchange, market_type, symbol, bucket_id) IN (
                  SELECT DISTINCT
                    exchange, market_type, symbol,
                    arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 29, 1)), bucket_id + 1)) AS bucket_id
                  FROM `marketprism_features`.`ubt__close_1_lazy`
                )
                ORDER BY v DESC
                LIMIT 1 BY exchange, market_type, symbol, bucket_id
              ) AS `footprint_poc`
                ON `footprint_poc`.exchange = c.exchange AND `footprint_poc`.market_type = c.market_type AND `footprint_poc`.symbol = c.symbol AND `footprint_poc`.bucket_id = c.cell_id
              LEFT JOIN (
                SELECT
                  exchange, market_type, symbol, bucket_id,
                  `mid_at_end`,
                  `mid_60`,
                  `forward_return_60`
                FROM `marketprism_features`.`forward_return__45e6d2ba`
                WHERE (exchange, market_type, symbol, bucket_id) IN (
                  SELECT DISTINCT
                    exchange, market_type, symbol,
                    arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 29, 1)), bucket_id + 1)) AS bucket_id
                  FROM `marketprism_features`.`ubt__close_1_lazy`
                )
                ORDER BY v DESC
                LIMIT 1 BY exchange, market_type, symbol, bucket_id
              ) AS `forward_return`
                ON `forward_return`.exchange = c.exchange AND `forward_return`.market_type = c.market_type AND `forward_return`.symbol = c.symbol AND `forward_return`.bucket_id = c.cell_id
            )
            GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place, `px_bin`
          )
        )
      )
    )
  )
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

CREATE VIEW `marketprism_features`.`footprint_levels` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `px_bin`,
  `level_volume`,
  `level_delta`,
  `level_lean`,
  `level_range_bps`,
  `level_forward_return`,
  `seen_ago_ms`,
  `volume_threshold`,
  `is_absorption`,
  `is_exhaustion`
FROM `marketprism_features`.`footprint_levels__dadf54de` FINAL
ARRAY JOIN
  `px_bin`,
  `level_volume`,
  `level_delta`,
  `level_lean`,
  `level_range_bps`,
  `level_forward_return`,
  `seen_ago_ms`,
  `volume_threshold`,
  `is_absorption`,
  `is_exhaustion`
COMMENT 'Price bins of the last 30 buckets, and which of them absorbed or exhausted the flow that came to them';

INSERT INTO `marketprism_features`.`footprint_levels__dadf54de` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `px_bin`, `level_volume`, `level_delta`, `level_lean`, `level_range_bps`, `level_forward_return`, `seen_ago_ms`, `volume_threshold`, `is_absorption`, `is_exhaustion`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  arrayMap(c -> c.1, cells) AS `px_bin`,
  arrayMap(c -> c.2, cells) AS `level_volume`,
  arrayMap(c -> c.3, cells) AS `level_delta`,
  arrayMap(c -> c.4, cells) AS `level_lean`,
  arrayMap(c -> c.5, cells) AS `level_range_bps`,
  arrayMap(c -> c.6, cells) AS `level_forward_return`,
  arrayMap(c -> c.7, cells) AS `seen_ago_ms`,
  arrayMap(c -> c.8, cells) AS `volume_threshold`,
  arrayMap(c -> c.9, cells) AS `is_absorption`,
  arrayMap(c -> c.10, cells) AS `is_exhaustion`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    -- bins are unique within a bucket: their order does not depend on the order of rows
    arraySort(c -> c.1, groupArray(tuple(`px_bin`, `level_volume`, `level_delta`, `level_lean`, `level_range_bps`, `level_forward_return`, `seen_ago_ms`, `volume_threshold`, `is_absorption`, `is_exhaustion`))) AS cells
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
      `px_bin`,
      CAST(if(isFinite(toFloat64(`level_volume`)), ifNotFinite(toFloat64(`level_volume`), 0), NULL) AS Nullable(Float64)) AS `level_volume`,
      CAST(if(isFinite(toFloat64(`level_delta`)), ifNotFinite(toFloat64(`level_delta`), 0), NULL) AS Nullable(Float64)) AS `level_delta`,
      CAST(if(isFinite(toFloat64(`level_lean`)), ifNotFinite(toFloat64(`level_lean`), 0), NULL) AS Nullable(Float64)) AS `level_lean`,
      CAST(if(isFinite(toFloat64(`level_range_bps`)), ifNotFinite(toFloat64(`level_range_bps`), 0), NULL) AS Nullable(Float64)) AS `level_range_bps`,
      CAST(if(isFinite(toFloat64(`level_forward_return`)), ifNotFinite(toFloat64(`level_forward_return`), 0), NULL) AS Nullable(Float64)) AS `level_forward_return`,
      CAST(if(isFinite(toFloat64(`seen_ago_ms`)), ifNotFinite(toFloat64(`seen_ago_ms`), 0), NULL) AS Nullable(Float64)) AS `seen_ago_ms`,
      CAST(if(isFinite(toFloat64(`volume_threshold`)), ifNotFinite(toFloat64(`volume_threshold`), 0), NULL) AS Nullable(Float64)) AS `volume_threshold`,
      CAST(if(isFinite(toFloat64(`is_absorption`)), ifNotFinite(toFloat64(`is_absorption`), 0), NULL) AS Nullable(Float64)) AS `is_absorption`,
      CAST(if(isFinite(toFloat64(`is_exhaustion`)), ifNotFinite(toFloat64(`is_exhaustion`), 0), NULL) AS Nullable(Float64)) AS `is_exhaustion`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, `px_bin`,
        volume AS `level_volume`,
        delta AS `level_delta`,
        abs(delta) / nullIf(volume, 0) AS `level_lean`,
        range_vw AS `level_range_bps`,
        forward_vw AS `level_forward_return`,
        seen_ms_ago AS `seen_ago_ms`,
        threshold AS `volume_threshold`,
        if(volume IS NULL, NULL, toUInt8(is_level AND ifNull(range_vw <= 8, 0) AND ifNull(level_lean <= 0.2, 0))) AS `is_absorption`,
        if(volume IS NULL, NULL, toUInt8(is_level AND is_absorption = 0 AND ifNull(level_lean >= 0.7, 0) AND ifNull(forward_vw * delta < 0, 0))) AS `is_exhaustion`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `px_bin`,
          `ord`,
          `volume`,
          `delta`,
          `range_vw`,
          `forward_vw`,
          `seen_ms_ago`,
          `threshold`,
          volume >= threshold AS `is_level`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `px_bin`,
            `ord`,
            `volume`,
            `delta`,
            `range_vw`,
            `forward_vw`,
            `seen_ms_ago`,
            quantileExactInclusive(0.8)(volume) OVER (PARTITION BY bucket__place ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `threshold`
          FROM (
            SELECT
              exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
              `px_bin`,
              `px_bin` AS ord,
              round(if(countIf(NOT isFinite(footprint.bin_volume)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(footprint.bin_volume, 0), 30) + isFinite(footprint.bin_volume) * 0)))), 8) AS `volume`,
              round(if(countIf(NOT isFinite(footprint.bin_delta)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(footprint.bin_delta, 0), 30) + isFinite(footprint.bin_delta) * 0)))), 8) AS `delta`,
              if(countIf(NOT isFinite(footprint.bin_volume * footprint_poc.range_bps)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(footprint.bin_volume * footprint_poc.range_bps, 0), 30) + isFinite(footprint.bin_volume * footprint_poc.range_bps) * 0)))) / nullIf(if(countIf(NOT isFinite(footprint.bin_volume) AND (footprint_poc.range_bps IS NOT NULL)) > 0, nan, toFloat64(toString(sumIf(toDecimal256(ifNotFinite(footprint.bin_volume, 0), 30) + isFinite(footprint.bin_volume) * 0, footprint_poc.range_bps IS NOT NULL)))), 0) AS `range_vw`,
              if(countIf(NOT isFinite(footprint.bin_volume * forward_return.forward_return_60)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(footprint.bin_volume * forward_return.forward_return_60, 0), 30) + isFinite(footprint.bin_volume * forward_return.forward_return_60) * 0)))) / nullIf(if(countIf(NOT isFinite(footprint.bin_volume) AND (forward_return.forward_return_60 IS NOT NULL)) > 0, nan, toFloat64(toString(sumIf(toDecimal256(ifNotFinite(footprint.bin_volume, 0), 30) + isFinite(footprint.bin_volume) * 0, forward_return.forward_return_60 IS NOT NULL)))), 0) AS `forward_vw`,
              min(ago_ms) AS `seen_ms_ago`
            FROM (
              SELECT
                c.exchange AS exchange,
              c.market_type AS market_type,
              c.symbol AS symbol,
              c.bucket_id AS bucket_id,
              c.bucket_ts_start AS bucket_ts_start,
              c.bucket_ts_end AS bucket_ts_end,
              c.prev_ts_end AS prev_ts_end,
              c.available_at AS available_at,
              c.v AS v,
              c.bucket__place AS bucket__place,
                toUnixTimestamp64Milli(c.bucket_ts_end) - toUnixTimestamp64Milli(cells.bucket_ts_end) AS ago_ms,
                toInt64(c.bucket_id) - toInt64(cells.bucket_id) AS ago_buckets,
                cells.`px_bin` AS `px_bin`,
                cells.`bin_buy` AS `footprint.bin_buy`,
                cells.`bin_sell` AS `footprint.bin_sell`,
                cells.`bin_volume` AS `footprint.bin_volume`,
                cells.`bin_delta` AS `footprint.bin_delta`,
                cells.`bin_trades` AS `footprint.bin_trades`,
                `footprint_poc`.`poc_bin` AS `footprint_poc.poc_bin`,
                `footprint_poc`.`poc_share` AS `footprint_poc.poc_share`,
                `footprint_poc`.`bins` AS `footprint_poc.bins`,
                `footprint_poc`.`range_bps` AS `footprint_poc.range_bps`,
                if(cells.bucket_ts_end + toIntervalMillisecond(60000) <= c.bucket_ts_end, `forward_return`.`mid_at_end`, NULL) AS `forward_return.mid_at_end`,
                if(cells.bucket_ts_end + toIntervalMillisecond(60000) <= c.bucket_ts_end, `forward_return`.`mid_60`, NULL) AS `forward_return.mid_60`,
                if(cells.bucket_ts_end + toIntervalMillisecond(60000) <= c.bucket_ts_end, `forward_return`.`forward_return_60`, NULL) AS `forward_return.forward_return_60`
              FROM (
                SELECT *, arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 29, 1)), bucket_id + 1)) AS cell_id
                FROM buckets
              ) AS c
              INNER JOIN (
                SELECT * FROM (
                  SELECT
                    exchange, market_type, symbol, bucket_id, bucket_ts_end,
                    `px_bin`,
                    `bin_buy`,
                    `bin_sell`,
                    `bin_volume`,
                    `bin_delta`,
                    `bin_trades`
                  FROM `marketprism_features`.`footprint__2d93f09b`
                  WHERE (exchange, market_type, symbol, bucket_id) IN (
                    SELECT DISTINCT
                      exchange, market_type, symbol,
                      arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 29, 1)), bucket_id + 1)) AS bucket_id
                    FROM buckets
                  )
                  ORDER BY v DESC
                  LIMIT 1 BY exchange, market_type, symbol, bucket_id
                )
                ARRAY JOIN
                  `px_bin`,
                  `bin_buy`,
                  `bin_sell`,
                  `bin_volume`,
                  `bin_delta`,
                  `bin_trades`
              ) AS cells
                ON cells.exchange = c.exchange AND cells.market_type = c.market_type AND cells.symbol = c.symbol AND cells.bucket_id = c.cell_id
              LEFT JOIN (
                SELECT
                  exchange, market_type, symbol, bucket_id,
                  `poc_bin`,
                  `poc_share`,
                  `bins`,
                  `range_bps`
                FROM `marketprism_features`.`footprint_poc__f3042ad3`
                WHERE (exchange, market_type, symbol, bucket_id) IN (
                  SELECT DISTINCT
                    exchange, market_type, symbol,
                    arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 29, 1)), bucket_id + 1)) AS bucket_id
                  FROM buckets
                )
                ORDER BY v DESC
                LIMIT 1 BY exchange, market_type, symbol, bucket_id
              ) AS `footprint_poc`
                ON `footprint_poc`.exchange = c.exchange AND `footprint_poc`.market_type = c.market_type AND `footprint_poc`.symbol = c.symbol AND `footprint_poc`.bucket_id = c.cell_id
              LEFT JOIN (
                SELECT
                  exchange, market_type, symbol, bucket_id,
                  `mid_at_end`,
                  `mid_60`,
                  `forward_return_60`
                FROM `marketprism_features`.`forward_return__45e6d2ba`
                WHERE (exchange, market_type, symbol, bucket_id) IN (
                  SELECT DISTINCT
                    exchange, market_type, symbol,
                    arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 29, 1)), bucket_id + 1)) AS bucket_id
                  FROM buckets
                )
                ORDER BY v DESC
                LIMIT 1 BY exchange, market_type, symbol, bucket_id
              ) AS `forward_return`
                ON `forward_return`.exchange = c.exchange AND `forward_return`.market_type = c.market_type AND `forward_return`.symbol = c.symbol AND `forward_return`.bucket_id = c.cell_id
            )
            GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place, `px_bin`
          )
        )
      )
    )
  )
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

-- view funding_pressure, level 1, look-back 0

CREATE TABLE `marketprism_features`.`funding_pressure__ce34b9f2`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `funding_pressure` Nullable(Float64) COMMENT 'Direction of the last funding shock times the order imbalance; above 0 the taker buys while funding rises, or sells while it falls' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Whether the flow of a bucket goes with the last change of funding; perpetual contracts only';

CREATE MATERIALIZED VIEW `marketprism_features`.`funding_pressure__ce34b9f2__mv_lazy` TO `marketprism_features`.`funding_pressure__ce34b9f2` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`funding_pressure` AS `funding_pressure`
FROM `marketprism_features`.`ubt__close_1_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`funding_pressure`)), ifNotFinite(toFloat64(`funding_pressure`), 0), NULL) AS Nullable(Float64)) AS `funding_pressure`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      sign(funding_shock.funding_shock) * order_flow.imbalance AS `funding_pressure`
    FROM (
      SELECT `order_flow`.exchange AS exchange, `order_flow`.market_type AS market_type, `order_flow`.symbol AS symbol, `order_flow`.bucket_id AS bucket_id,
        `order_flow`.`buy_volume` AS `order_flow.buy_volume`,
        `order_flow`.`sell_volume` AS `order_flow.sell_volume`,
        `order_flow`.`volume` AS `order_flow.volume`,
        `order_flow`.`quote_volume` AS `order_flow.quote_volume`,
        `order_flow`.`trades` AS `order_flow.trades`,
        `order_flow`.`vwap` AS `order_flow.vwap`,
        `order_flow`.`open` AS `order_flow.open`,
        `order_flow`.`high` AS `order_flow.high`,
        `order_flow`.`low` AS `order_flow.low`,
        `order_flow`.`close` AS `order_flow.close`,
        `order_flow`.`imbalance` AS `order_flow.imbalance`,
        `order_flow`.`duration_s` AS `order_flow.duration_s`,
        `funding_shock`.`funding_rate_8h` AS `funding_shock.funding_rate_8h`,
        `funding_shock`.`funding_shock` AS `funding_shock.funding_shock`,
        `funding_shock`.`funding_shock_sign` AS `funding_shock.funding_shock_sign`,
        `funding_shock`.`funding_shock_z` AS `funding_shock.funding_shock_z`,
        `funding_shock`.`is_funding_shock` AS `funding_shock.is_funding_shock`,
        `funding_shock`.`funding_shock_decayed` AS `funding_shock.funding_shock_decayed`,
        `funding_shock`.`settlement_age_s` AS `funding_shock.settlement_age_s`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `order_flow__buy_volume` AS `buy_volume`,
          `order_flow__sell_volume` AS `sell_volume`,
          `order_flow__volume` AS `volume`,
          `order_flow__quote_volume` AS `quote_volume`,
          `order_flow__trades` AS `trades`,
          `order_flow__vwap` AS `vwap`,
          `order_flow__open` AS `open`,
          `order_flow__high` AS `high`,
          `order_flow__low` AS `low`,
          `order_flow__close` AS `close`,
          `order_flow__imbalance` AS `imbalance`,
          `order_flow__duration_s` AS `duration_s`
        FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT exchange, market_type, symbol, bucket_id
          FROM `marketprism_features`.`ubt__close_1_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `order_flow`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `funding_rate_8h`,
          `funding_shock`,
          `funding_shock_sign`,
          `funding_shock_z`,
          `is_funding_shock`,
          `funding_shock_decayed`,
          `settlement_age_s`
        FROM `marketprism_features`.`funding_shock__3e5a6e2b`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT exchange, market_type, symbol, bucket_id
          FROM `marketprism_features`.`ubt__close_1_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `funding_shock`
        ON `funding_shock`.exchange = `order_flow`.exchange AND `funding_shock`.market_type = `order_flow`.market_type AND `funding_shock`.symbol = `order_flow`.symbol AND `funding_shock`.bucket_id = `order_flow`.bucket_id
    )
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`funding_pressure` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `funding_pressure`
FROM `marketprism_features`.`funding_pressure__ce34b9f2` FINAL
COMMENT 'Whether the flow of a bucket goes with the last change of funding; perpetual contracts only';

INSERT INTO `marketprism_features`.`funding_pressure__ce34b9f2` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `funding_pressure`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`funding_pressure` AS `funding_pressure`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`funding_pressure`)), ifNotFinite(toFloat64(`funding_pressure`), 0), NULL) AS Nullable(Float64)) AS `funding_pressure`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      sign(funding_shock.funding_shock) * order_flow.imbalance AS `funding_pressure`
    FROM (
      SELECT `order_flow`.exchange AS exchange, `order_flow`.market_type AS market_type, `order_flow`.symbol AS symbol, `order_flow`.bucket_id AS bucket_id,
        `order_flow`.`buy_volume` AS `order_flow.buy_volume`,
        `order_flow`.`sell_volume` AS `order_flow.sell_volume`,
        `order_flow`.`volume` AS `order_flow.volume`,
        `order_flow`.`quote_volume` AS `order_flow.quote_volume`,
        `order_flow`.`trades` AS `order_flow.trades`,
        `order_flow`.`vwap` AS `order_flow.vwap`,
        `order_flow`.`open` AS `order_flow.open`,
        `order_flow`.`high` AS `order_flow.high`,
        `order_flow`.`low` AS `order_flow.low`,
        `order_flow`.`close` AS `order_flow.close`,
        `order_flow`.`imbalance` AS `order_flow.imbalance`,
        `order_flow`.`duration_s` AS `order_flow.duration_s`,
        `funding_shock`.`funding_rate_8h` AS `funding_shock.funding_rate_8h`,
        `funding_shock`.`funding_shock` AS `funding_shock.funding_shock`,
        `funding_shock`.`funding_shock_sign` AS `funding_shock.funding_shock_sign`,
        `funding_shock`.`funding_shock_z` AS `funding_shock.funding_shock_z`,
        `funding_shock`.`is_funding_shock` AS `funding_shock.is_funding_shock`,
        `funding_shock`.`funding_shock_decayed` AS `funding_shock.funding_shock_decayed`,
        `funding_shock`.`settlement_age_s` AS `funding_shock.settlement_age_s`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `order_flow__buy_volume` AS `buy_volume`,
          `order_flow__sell_volume` AS `sell_volume`,
          `order_flow__volume` AS `volume`,
          `order_flow__quote_volume` AS `quote_volume`,
          `order_flow__trades` AS `trades`,
          `order_flow__vwap` AS `vwap`,
          `order_flow__open` AS `open`,
          `order_flow__high` AS `high`,
          `order_flow__low` AS `low`,
          `order_flow__close` AS `close`,
          `order_flow__imbalance` AS `imbalance`,
          `order_flow__duration_s` AS `duration_s`
        FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT exchange, market_type, symbol, bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `order_flow`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `funding_rate_8h`,
          `funding_shock`,
          `funding_shock_sign`,
          `funding_shock_z`,
          `is_funding_shock`,
          `funding_shock_decayed`,
          `settlement_age_s`
        FROM `marketprism_features`.`funding_shock__3e5a6e2b`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT exchange, market_type, symbol, bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `funding_shock`
        ON `funding_shock`.exchange = `order_flow`.exchange AND `funding_shock`.market_type = `order_flow`.market_type AND `funding_shock`.symbol = `order_flow`.symbol AND `funding_shock`.bucket_id = `order_flow`.bucket_id
    )
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view iv_rv_spread, level 1, look-back 20

CREATE TABLE `marketprism_features`.`iv_rv_spread__43223948`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `realised_annual` Nullable(Float64) COMMENT 'Realised volatility of the last 300 s per year of 365 days, in percent, from the mean of squared returns' CODEC(ZSTD(1)),
    `iv_minus_rv` Nullable(Float64) COMMENT 'Implied minus realised volatility, both annualised' CODEC(ZSTD(1)),
    `iv_over_rv` Nullable(Float64) COMMENT 'Implied over realised volatility; NULL where nothing moved' CODEC(ZSTD(1)),
    `variance_premium` Nullable(Float64) COMMENT 'Implied minus realised variance, annualised. Carr, Wu 2009; Bollerslev, Tauchen, Zhou 2009' CODEC(ZSTD(1)),
    `iv_rv_z_20` Nullable(Float64) COMMENT 'iv_minus_rv against mean and standard deviation of the 20 buckets before it; NULL with fewer than 10 values' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Implied against realised volatility. The index looks 30 days ahead, what was realised is of the last 300 seconds';

CREATE MATERIALIZED VIEW `marketprism_features`.`iv_rv_spread__43223948__mv_lazy` TO `marketprism_features`.`iv_rv_spread__43223948` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`realised_annual` AS `realised_annual`,
  u.`iv_minus_rv` AS `iv_minus_rv`,
  u.`iv_over_rv` AS `iv_over_rv`,
  u.`variance_premium` AS `variance_premium`,
  u.`iv_rv_z_20` AS `iv_rv_z_20`
FROM `marketprism_features`.`ubt__close_1_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`realised_annual`)), ifNotFinite(toFloat64(`realised_annual`), 0), NULL) AS Nullable(Float64)) AS `realised_annual`,
    CAST(if(isFinite(toFloat64(`iv_minus_rv`)), ifNotFinite(toFloat64(`iv_minus_rv`), 0), NULL) AS Nullable(Float64)) AS `iv_minus_rv`,
    CAST(if(isFinite(toFloat64(`iv_over_rv`)), ifNotFinite(toFloat64(`iv_over_rv`), 0), NULL) AS Nullable(Float64)) AS `iv_over_rv`,
    CAST(if(isFinite(toFloat64(`variance_premium`)), ifNotFinite(toFloat64(`variance_premium`), 0), NULL) AS Nullable(Float64)) AS `variance_premium`,
    CAST(if(isFinite(toFloat64(`iv_rv_z_20`)), ifNotFinite(toFloat64(`iv_rv_z_20`), 0), NULL) AS Nullable(Float64)) AS `iv_rv_z_20`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      100 * sqrt(365 * 86400 / 1 * realised_volatility.rv_300 / nullIf(realised_volatility.returns_300, 0)) AS `realised_annual`,
      volatility_index.implied_volatility - realised_annual AS `iv_minus_rv`,
      volatility_index.implied_volatility / nullIf(realised_annual, 0) AS `iv_over_rv`,
      pow(volatility_index.implied_volatility / 100, 2) - pow(realised_annual / 100, 2) AS `variance_premium`,
      if(if(count() OVER before20 >= 1, count(iv_minus_rv) OVER before20, NULL) >= 10, (iv_minus_rv - if(count() OVER before20 >= 1, if(countIf(NOT isFinite(iv_minus_rv)) OVER before20 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(iv_minus_rv, 0), 30) + isFinite(iv_minus_rv) * 0) OVER before20))) / nullIf(count(iv_minus_rv) OVER before20, 0), NULL)) / nullIf(if(count() OVER before20 >= 1, if(countIf(NOT (abs((iv_minus_rv)) <= 1e12)) OVER before20 > 0, nan, sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((iv_minus_rv)), NULL, abs((iv_minus_rv)) <= 1e12, toFloat64((iv_minus_rv)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((iv_minus_rv)), NULL, abs((iv_minus_rv)) <= 1e12, toFloat64((iv_minus_rv)), 0), 20) * toDecimal256(multiIf(isNull((iv_minus_rv)), NULL, abs((iv_minus_rv)) <= 1e12, toFloat64((iv_minus_rv)), 0), 20)) OVER before20 - sum(toDecimal256(multiIf(isNull((iv_minus_rv)), NULL, abs((iv_minus_rv)) <= 1e12, toFloat64((iv_minus_rv)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((iv_minus_rv)), NULL, abs((iv_minus_rv)) <= 1e12, toFloat64((iv_minus_rv)), 0), 20)) OVER before20)) / nullIf(count(toDecimal256(multiIf(isNull((iv_minus_rv)), NULL, abs((iv_minus_rv)) <= 1e12, toFloat64((iv_minus_rv)), 0), 20)) OVER before20 * (count(toDecimal256(multiIf(isNull((iv_minus_rv)), NULL, abs((iv_minus_rv)) <= 1e12, toFloat64((iv_minus_rv)), 0), 20)) OVER before20 - 1), 0))), NULL), 0), NULL) AS `iv_rv_z_20`
    FROM (
      SELECT `realised_volatility`.exchange AS exchange, `realised_volatility`.market_type AS market_type, `realised_volatility`.symbol AS symbol, `realised_volatility`.bucket_id AS bucket_id,
        `realised_volatility`.`returns_60` AS `realised_volatility.returns_60`,
        `realised_volatility`.`nonzero_share_60` AS `realised_volatility.nonzero_share_60`,
        `realised_volatility`.`rv_60` AS `realised_volatility.rv_60`,
        `realised_volatility`.`rvol_60` AS `realised_volatility.rvol_60`,
        `realised_volatility`.`bv_60` AS `realised_volatility.bv_60`,
        `realised_volatility`.`tripower_60` AS `realised_volatility.tripower_60`,
        `realised_volatility`.`medrv_60` AS `realised_volatility.medrv_60`,
        `realised_volatility`.`rs_up_60` AS `realised_volatility.rs_up_60`,
        `realised_volatility`.`rs_down_60` AS `realised_volatility.rs_down_60`,
        `realised_volatility`.`jump_z_60` AS `realised_volatility.jump_z_60`,
        `realised_volatility`.`jump_p_60` AS `realised_volatility.jump_p_60`,
        `realised_volatility`.`jump_raw_60` AS `realised_volatility.jump_raw_60`,
        `realised_volatility`.`jump_share_60` AS `realised_volatility.jump_share_60`,
        `realised_volatility`.`jump_60` AS `realised_volatility.jump_60`,
        `realised_volatility`.`continuous_60` AS `realised_volatility.continuous_60`,
        `realised_volatility`.`returns_300` AS `realised_volatility.returns_300`,
        `realised_volatility`.`nonzero_share_300` AS `realised_volatility.nonzero_share_300`,
        `realised_volatility`.`rv_300` AS `realised_volatility.rv_300`,
        `realised_volatility`.`rvol_300` AS `realised_volatility.rvol_300`,
        `realised_volatility`.`bv_300` AS `realised_volatility.bv_300`,
        `realised_volatility`.`tripower_300` AS `realised_volatility.tripower_300`,
        `realised_volatility`.`medrv_300` AS `realised_volatility.medrv_300`,
        `realised_volatility`.`rs_up_300` AS `realised_volatility.rs_up_300`,
        `realised_volatility`.`rs_down_300` AS `realised_volatility.rs_down_300`,
        `realised_volatility`.`jump_z_300` AS `realised_volatility.jump_z_300`,
        `realised_volatility`.`jump_p_300` AS `realised_volatility.jump_p_300`,
        `realised_volatility`.`jump_raw_300` AS `realised_volatility.jump_raw_300`,
        `realised_volatility`.`jump_share_300` AS `realised_volatility.jump_share_300`,
        `realised_volatility`.`jump_300` AS `realised_volatility.jump_300`,
        `realised_volatility`.`continuous_300` AS `realised_volatility.continuous_300`,
        `volatility_index`.`implied_volatility` AS `volatility_index.implied_volatility`,
        `volatility_index`.`implied_age_s` AS `volatility_index.implied_age_s`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `returns_60`,
          `nonzero_share_60`,
          `rv_60`,
          `rvol_60`,
          `bv_60`,
          `tripower_60`,
          `medrv_60`,
          `rs_up_60`,
          `rs_down_60`,
          `jump_z_60`,
          `jump_p_60`,
          `jump_raw_60`,
          `jump_share_60`,
          `jump_60`,
          `continuous_60`,
          `returns_300`,
          `nonzero_share_300`,
          `rv_300`,
          `rvol_300`,
          `bv_300`,
          `tripower_300`,
          `medrv_300`,
          `rs_up_300`,
          `rs_down_300`,
          `jump_z_300`,
          `jump_p_300`,
          `jump_raw_300`,
          `jump_share_300`,
          `jump_300`,
          `continuous_300`
        FROM `marketprism_features`.`realised_volatility__3261ca12`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 20, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_1_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `realised_volatility`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `implied_volatility`,
          `implied_age_s`
        FROM `marketprism_features`.`volatility_index__d5faa7fc`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 20, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_1_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `volatility_index`
        ON `volatility_index`.exchange = `realised_volatility`.exchange AND `volatility_index`.market_type = `realised_volatility`.market_type AND `volatility_index`.symbol = `realised_volatility`.symbol AND `volatility_index`.bucket_id = `realised_volatility`.bucket_id
    )
      WINDOW
        before20 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 20 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`iv_rv_spread` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `realised_annual`,
  `iv_minus_rv`,
  `iv_over_rv`,
  `variance_premium`,
  `iv_rv_z_20`
FROM `marketprism_features`.`iv_rv_spread__43223948` FINAL
COMMENT 'Implied against realised volatility. The index looks 30 days ahead, what was realised is of the last 300 seconds';

INSERT INTO `marketprism_features`.`iv_rv_spread__43223948` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `realised_annual`, `iv_minus_rv`, `iv_over_rv`, `variance_premium`, `iv_rv_z_20`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`realised_annual` AS `realised_annual`,
  u.`iv_minus_rv` AS `iv_minus_rv`,
  u.`iv_over_rv` AS `iv_over_rv`,
  u.`variance_premium` AS `variance_premium`,
  u.`iv_rv_z_20` AS `iv_rv_z_20`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`realised_annual`)), ifNotFinite(toFloat64(`realised_annual`), 0), NULL) AS Nullable(Float64)) AS `realised_annual`,
    CAST(if(isFinite(toFloat64(`iv_minus_rv`)), ifNotFinite(toFloat64(`iv_minus_rv`), 0), NULL) AS Nullable(Float64)) AS `iv_minus_rv`,
    CAST(if(isFinite(toFloat64(`iv_over_rv`)), ifNotFinite(toFloat64(`iv_over_rv`), 0), NULL) AS Nullable(Float64)) AS `iv_over_rv`,
    CAST(if(isFinite(toFloat64(`variance_premium`)), ifNotFinite(toFloat64(`variance_premium`), 0), NULL) AS Nullable(Float64)) AS `variance_premium`,
    CAST(if(isFinite(toFloat64(`iv_rv_z_20`)), ifNotFinite(toFloat64(`iv_rv_z_20`), 0), NULL) AS Nullable(Float64)) AS `iv_rv_z_20`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      100 * sqrt(365 * 86400 / 1 * realised_volatility.rv_300 / nullIf(realised_volatility.returns_300, 0)) AS `realised_annual`,
      volatility_index.implied_volatility - realised_annual AS `iv_minus_rv`,
      volatility_index.implied_volatility / nullIf(realised_annual, 0) AS `iv_over_rv`,
      pow(volatility_index.implied_volatility / 100, 2) - pow(realised_annual / 100, 2) AS `variance_premium`,
      if(if(count() OVER before20 >= 1, count(iv_minus_rv) OVER before20, NULL) >= 10, (iv_minus_rv - if(count() OVER before20 >= 1, if(countIf(NOT isFinite(iv_minus_rv)) OVER before20 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(iv_minus_rv, 0), 30) + isFinite(iv_minus_rv) * 0) OVER before20))) / nullIf(count(iv_minus_rv) OVER before20, 0), NULL)) / nullIf(if(count() OVER before20 >= 1, if(countIf(NOT (abs((iv_minus_rv)) <= 1e12)) OVER before20 > 0, nan, sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((iv_minus_rv)), NULL, abs((iv_minus_rv)) <= 1e12, toFloat64((iv_minus_rv)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((iv_minus_rv)), NULL, abs((iv_minus_rv)) <= 1e12, toFloat64((iv_minus_rv)), 0), 20) * toDecimal256(multiIf(isNull((iv_minus_rv)), NULL, abs((iv_minus_rv)) <= 1e12, toFloat64((iv_minus_rv)), 0), 20)) OVER before20 - sum(toDecimal256(multiIf(isNull((iv_minus_rv)), NULL, abs((iv_minus_rv)) <= 1e12, toFloat64((iv_minus_rv)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((iv_minus_rv)), NULL, abs((iv_minus_rv)) <= 1e12, toFloat64((iv_minus_rv)), 0), 20)) OVER before20)) / nullIf(count(toDecimal256(multiIf(isNull((iv_minus_rv)), NULL, abs((iv_minus_rv)) <= 1e12, toFloat64((iv_minus_rv)), 0), 20)) OVER before20 * (count(toDecimal256(multiIf(isNull((iv_minus_rv)), NULL, abs((iv_minus_rv)) <= 1e12, toFloat64((iv_minus_rv)), 0), 20)) OVER before20 - 1), 0))), NULL), 0), NULL) AS `iv_rv_z_20`
    FROM (
      SELECT `realised_volatility`.exchange AS exchange, `realised_volatility`.market_type AS market_type, `realised_volatility`.symbol AS symbol, `realised_volatility`.bucket_id AS bucket_id,
        `realised_volatility`.`returns_60` AS `realised_volatility.returns_60`,
        `realised_volatility`.`nonzero_share_60` AS `realised_volatility.nonzero_share_60`,
        `realised_volatility`.`rv_60` AS `realised_volatility.rv_60`,
        `realised_volatility`.`rvol_60` AS `realised_volatility.rvol_60`,
        `realised_volatility`.`bv_60` AS `realised_volatility.bv_60`,
        `realised_volatility`.`tripower_60` AS `realised_volatility.tripower_60`,
        `realised_volatility`.`medrv_60` AS `realised_volatility.medrv_60`,
        `realised_volatility`.`rs_up_60` AS `realised_volatility.rs_up_60`,
        `realised_volatility`.`rs_down_60` AS `realised_volatility.rs_down_60`,
        `realised_volatility`.`jump_z_60` AS `realised_volatility.jump_z_60`,
        `realised_volatility`.`jump_p_60` AS `realised_volatility.jump_p_60`,
        `realised_volatility`.`jump_raw_60` AS `realised_volatility.jump_raw_60`,
        `realised_volatility`.`jump_share_60` AS `realised_volatility.jump_share_60`,
        `realised_volatility`.`jump_60` AS `realised_volatility.jump_60`,
        `realised_volatility`.`continuous_60` AS `realised_volatility.continuous_60`,
        `realised_volatility`.`returns_300` AS `realised_volatility.returns_300`,
        `realised_volatility`.`nonzero_share_300` AS `realised_volatility.nonzero_share_300`,
        `realised_volatility`.`rv_300` AS `realised_volatility.rv_300`,
        `realised_volatility`.`rvol_300` AS `realised_volatility.rvol_300`,
        `realised_volatility`.`bv_300` AS `realised_volatility.bv_300`,
        `realised_volatility`.`tripower_300` AS `realised_volatility.tripower_300`,
        `realised_volatility`.`medrv_300` AS `realised_volatility.medrv_300`,
        `realised_volatility`.`rs_up_300` AS `realised_volatility.rs_up_300`,
        `realised_volatility`.`rs_down_300` AS `realised_volatility.rs_down_300`,
        `realised_volatility`.`jump_z_300` AS `realised_volatility.jump_z_300`,
        `realised_volatility`.`jump_p_300` AS `realised_volatility.jump_p_300`,
        `realised_volatility`.`jump_raw_300` AS `realised_volatility.jump_raw_300`,
        `realised_volatility`.`jump_share_300` AS `realised_volatility.jump_share_300`,
        `realised_volatility`.`jump_300` AS `realised_volatility.jump_300`,
        `realised_volatility`.`continuous_300` AS `realised_volatility.continuous_300`,
        `volatility_index`.`implied_volatility` AS `volatility_index.implied_volatility`,
        `volatility_index`.`implied_age_s` AS `volatility_index.implied_age_s`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `returns_60`,
          `nonzero_share_60`,
          `rv_60`,
          `rvol_60`,
          `bv_60`,
          `tripower_60`,
          `medrv_60`,
          `rs_up_60`,
          `rs_down_60`,
          `jump_z_60`,
          `jump_p_60`,
          `jump_raw_60`,
          `jump_share_60`,
          `jump_60`,
          `continuous_60`,
          `returns_300`,
          `nonzero_share_300`,
          `rv_300`,
          `rvol_300`,
          `bv_300`,
          `tripower_300`,
          `medrv_300`,
          `rs_up_300`,
          `rs_down_300`,
          `jump_z_300`,
          `jump_p_300`,
          `jump_raw_300`,
          `jump_share_300`,
          `jump_300`,
          `continuous_300`
        FROM `marketprism_features`.`realised_volatility__3261ca12`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 20, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `realised_volatility`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `implied_volatility`,
          `implied_age_s`
        FROM `marketprism_features`.`volatility_index__d5faa7fc`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 20, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `volatility_index`
        ON `volatility_index`.exchange = `realised_volatility`.exchange AND `volatility_index`.market_type = `realised_volatility`.market_type AND `volatility_index`.symbol = `realised_volatility`.symbol AND `volatility_index`.bucket_id = `realised_volatility`.bucket_id
    )
      WINDOW
        before20 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 20 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view kyle_lambda, level 1, look-back 99

CREATE TABLE `marketprism_features`.`kyle_lambda__292836a3`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `mid_change` Nullable(Float64) COMMENT 'Last valid mid before the bucket\'s end minus last valid mid before its start' CODEC(ZSTD(1)),
    `log_mid_return` Nullable(Float64) COMMENT 'ln of the same two mids' CODEC(ZSTD(1)),
    `kyle_ratio` Nullable(Float64) COMMENT 'This bucket\'s mid change per unit of signed volume; NULL when buys equal sells. Diagnostic, heavy tails' CODEC(ZSTD(1)),
    `kyle_lambda_50` Nullable(Float64) COMMENT 'Slope of mid_change on signed volume, OLS with intercept, 50 buckets. NULL with fewer than min_obs pairs or without variance. Kyle 1985' CODEC(ZSTD(1)),
    `kyle_alpha_50` Nullable(Float64) COMMENT 'Intercept of that regression, the drift of a bucket without signed volume' CODEC(ZSTD(1)),
    `kyle_t_50` Nullable(Float64) COMMENT 't statistic of kyle_lambda_50; NULL where the fit is exact' CODEC(ZSTD(1)),
    `kyle_r2_50` Nullable(Float64) COMMENT 'Share of the variance of mid changes that signed volume explains' CODEC(ZSTD(1)),
    `kyle_noint_50` Nullable(Float64) COMMENT 'sum(dm Q) / sum(Q^2), the slope without an intercept, of however few buckets' CODEC(ZSTD(1)),
    `hasbrouck_lambda_50` Nullable(Float64) COMMENT 'Slope of the log mid return on the sum of +-sqrt(notional), times 1e6. Hasbrouck 2009' CODEC(ZSTD(1)),
    `kyle_lambda_100` Nullable(Float64) COMMENT 'As kyle_lambda_50, over 100 buckets' CODEC(ZSTD(1)),
    `kyle_t_100` Nullable(Float64) COMMENT 't statistic of kyle_lambda_100' CODEC(ZSTD(1)),
    `kyle_r2_100` Nullable(Float64) COMMENT 'As kyle_r2_50, over 100 buckets' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Price impact of signed volume - Kyle\'s and Hasbrouck\'s lambda over the last 50 and 100 buckets, from mids';

CREATE MATERIALIZED VIEW `marketprism_features`.`kyle_lambda__292836a3__mv_lazy` TO `marketprism_features`.`kyle_lambda__292836a3` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`mid_change` AS `mid_change`,
  u.`log_mid_return` AS `log_mid_return`,
  u.`kyle_ratio` AS `kyle_ratio`,
  u.`kyle_lambda_50` AS `kyle_lambda_50`,
  u.`kyle_alpha_50` AS `kyle_alpha_50`,
  u.`kyle_t_50` AS `kyle_t_50`,
  u.`kyle_r2_50` AS `kyle_r2_50`,
  u.`kyle_noint_50` AS `kyle_noint_50`,
  u.`hasbrouck_lambda_50` AS `hasbrouck_lambda_50`,
  u.`kyle_lambda_100` AS `kyle_lambda_100`,
  u.`kyle_t_100` AS `kyle_t_100`,
  u.`kyle_r2_100` AS `kyle_r2_100`
FROM `marketprism_features`.`ubt__close_1_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`mid_change`)), ifNotFinite(toFloat64(`mid_change`), 0), NULL) AS Nullable(Float64)) AS `mid_change`,
    CAST(if(isFinite(toFloat64(`log_mid_return`)), ifNotFinite(toFloat64(`log_mid_return`), 0), NULL) AS Nullable(Float64)) AS `log_mid_return`,
    CAST(if(isFinite(toFloat64(`kyle_ratio`)), ifNotFinite(toFloat64(`kyle_ratio`), 0), NULL) AS Nullable(Float64)) AS `kyle_ratio`,
    CAST(if(isFinite(toFloat64(`kyle_lambda_50`)), ifNotFinite(toFloat64(`kyle_lambda_50`), 0), NULL) AS Nullable(Float64)) AS `kyle_lambda_50`,
    CAST(if(isFinite(toFloat64(`kyle_alpha_50`)), ifNotFinite(toFloat64(`kyle_alpha_50`), 0), NULL) AS Nullable(Float64)) AS `kyle_alpha_50`,
    CAST(if(isFinite(toFloat64(`kyle_t_50`)), ifNotFinite(toFloat64(`kyle_t_50`), 0), NULL) AS Nullable(Float64)) AS `kyle_t_50`,
    CAST(if(isFinite(toFloat64(`kyle_r2_50`)), ifNotFinite(toFloat64(`kyle_r2_50`), 0), NULL) AS Nullable(Float64)) AS `kyle_r2_50`,
    CAST(if(isFinite(toFloat64(`kyle_noint_50`)), ifNotFinite(toFloat64(`kyle_noint_50`), 0), NULL) AS Nullable(Float64)) AS `kyle_noint_50`,
    CAST(if(isFinite(toFloat64(`hasbrouck_lambda_50`)), ifNotFinite(toFloat64(`hasbrouck_lambda_50`), 0), NULL) AS Nullable(Float64)) AS `hasbrouck_lambda_50`,
    CAST(if(isFinite(toFloat64(`kyle_lambda_100`)), ifNotFinite(toFloat64(`kyle_lambda_100`), 0), NULL) AS Nullable(Float64)) AS `kyle_lambda_100`,
    CAST(if(isFinite(toFloat64(`kyle_t_100`)), ifNotFinite(toFloat64(`kyle_t_100`), 0), NULL) AS Nullable(Float64)) AS `kyle_t_100`,
    CAST(if(isFinite(toFloat64(`kyle_r2_100`)), ifNotFinite(toFloat64(`kyle_r2_100`), 0), NULL) AS Nullable(Float64)) AS `kyle_r2_100`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      book_state.last_valid_mid - book_state.mid_start AS `mid_change`,
      log(book_state.last_valid_mid / book_state.mid_start) AS `log_mid_return`,
      mid_change / nullIf(trade_impact.signed_volume, 0) AS `kyle_ratio`,
      if(if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50)), 0)), NULL), NULL) AS `kyle_lambda_50`,
      if(if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, (toFloat64(toString(sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) - toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50)), 0) * toFloat64(toString(sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50))) / nullIf(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50, 0)), NULL), NULL) AS `kyle_alpha_50`,
      if(if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, if(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 > 2 AND toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)), 0) < 1 - 1e-12, toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) / nullIf(sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50))) * sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50))), 0) * sqrt((count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - 2) / (1 - toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)), 0))), NULL)), NULL), NULL) AS `kyle_t_50`,
      if(if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)), 0)), NULL), NULL) AS `kyle_r2_50`,
      if(count() OVER w50 >= 1, toFloat64(toString(sum(toDecimal256(mid_change * trade_impact.signed_volume, 30)) OVER w50)), NULL) / nullIf(if(count() OVER w50 >= 1, if(countIf(NOT isFinite(if(isNull(mid_change), NULL, trade_impact.signed_volume * trade_impact.signed_volume))) OVER w50 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(if(isNull(mid_change), NULL, trade_impact.signed_volume * trade_impact.signed_volume), 0), 30) + isFinite(if(isNull(mid_change), NULL, trade_impact.signed_volume * trade_impact.signed_volume)) * 0) OVER w50))), NULL), 0) AS `kyle_noint_50`,
      if(if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_pressure.signed_sqrt_notional)) <= 1e12) OR NOT (abs((log_mid_return)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_pressure.signed_sqrt_notional)) <= 1e12) OR NOT (abs((log_mid_return)) <= 1e12)) OVER w50 > 0, nan, toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20) * toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((log_mid_return)) <= 1e12, toFloat64((log_mid_return)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((log_mid_return)) <= 1e12, toFloat64((log_mid_return)), 0), 20)) OVER w50)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20) * toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50)), 0)), NULL) * 1e6, NULL) AS `hasbrouck_lambda_50`,
      if(if(count() OVER w100 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100), NULL) >= 3, if(count() OVER w100 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100)), 0)), NULL), NULL) AS `kyle_lambda_100`,
      if(if(count() OVER w100 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100), NULL) >= 3, if(count() OVER w100 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, if(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 > 2 AND toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)), 0) < 1 - 1e-12, toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) / nullIf(sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100))) * sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100))), 0) * sqrt((count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - 2) / (1 - toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)), 0))), NULL)), NULL), NULL) AS `kyle_t_100`,
      if(if(count() OVER w100 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100), NULL) >= 3, if(count() OVER w100 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)), 0)), NULL), NULL) AS `kyle_r2_100`
    FROM (
      SELECT `trade_impact`.exchange AS exchange, `trade_impact`.market_type AS market_type, `trade_impact`.symbol AS symbol, `trade_impact`.bucket_id AS bucket_id,
        `trade_impact`.`price_change` AS `trade_impact.price_change`,
        `trade_impact`.`signed_volume` AS `trade_impact.signed_volume`,
        `trade_impact`.`trade_impact_ratio` AS `trade_impact.trade_impact_ratio`,
        `book_state`.`mid` AS `book_state.mid`,
        `book_state`.`mid_start` AS `book_state.mid_start`,
        `book_state`.`last_valid_mid` AS `book_state.last_valid_mid`,
        `book_state`.`mid_age_ms` AS `book_state.mid_age_ms`,
        `book_state`.`spread_bps` AS `book_state.spread_bps`,
        `book_state`.`top_imbalance` AS `book_state.top_imbalance`,
        `book_state`.`weighted_mid` AS `book_state.weighted_mid`,
        `trade_pressure`.`signed_sqrt_notional` AS `trade_pressure.signed_sqrt_notional`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `trade_impact__price_change` AS `price_change`,
          `trade_impact__signed_volume` AS `signed_volume`,
          `trade_impact__trade_impact_ratio` AS `trade_impact_ratio`
        FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 99, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_1_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `trade_impact`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `mid`,
          `mid_start`,
          `last_valid_mid`,
          `mid_age_ms`,
          `spread_bps`,
          `top_imbalance`,
          `weighted_mid`
        FROM `marketprism_features`.`book_state__9bb44e63`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 99, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_1_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `book_state`
        ON `book_state`.exchange = `trade_impact`.exchange AND `book_state`.market_type = `trade_impact`.market_type AND `book_state`.symbol = `trade_impact`.symbol AND `book_state`.bucket_id = `trade_impact`.bucket_id
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `signed_sqrt_notional`
        FROM `marketprism_features`.`trade_pressure__2c532614`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 99, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_1_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `trade_pressure`
        ON `trade_pressure`.exchange = `trade_impact`.exchange AND `trade_pressure`.market_type = `trade_impact`.market_type AND `trade_pressure`.symbol = `trade_impact`.symbol AND `trade_pressure`.bucket_id = `trade_impact`.bucket_id
    )
      WINDOW
        w50 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 49 PRECEDING AND CURRENT ROW),
        w100 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 99 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`kyle_lambda` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `mid_change`,
  `log_mid_return`,
  `kyle_ratio`,
  `kyle_lambda_50`,
  `kyle_alpha_50`,
  `kyle_t_50`,
  `kyle_r2_50`,
  `kyle_noint_50`,
  `hasbrouck_lambda_50`,
  `kyle_lambda_100`,
  `kyle_t_100`,
  `kyle_r2_100`
FROM `marketprism_features`.`kyle_lambda__292836a3` FINAL
COMMENT 'Price impact of signed volume - Kyle\'s and Hasbrouck\'s lambda over the last 50 and 100 buckets, from mids';

INSERT INTO `marketprism_features`.`kyle_lambda__292836a3` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `mid_change`, `log_mid_return`, `kyle_ratio`, `kyle_lambda_50`, `kyle_alpha_50`, `kyle_t_50`, `kyle_r2_50`, `kyle_noint_50`, `hasbrouck_lambda_50`, `kyle_lambda_100`, `kyle_t_100`, `kyle_r2_100`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`mid_change` AS `mid_change`,
  u.`log_mid_return` AS `log_mid_return`,
  u.`kyle_ratio` AS `kyle_ratio`,
  u.`kyle_lambda_50` AS `kyle_lambda_50`,
  u.`kyle_alpha_50` AS `kyle_alpha_50`,
  u.`kyle_t_50` AS `kyle_t_50`,
  u.`kyle_r2_50` AS `kyle_r2_50`,
  u.`kyle_noint_50` AS `kyle_noint_50`,
  u.`hasbrouck_lambda_50` AS `hasbrouck_lambda_50`,
  u.`kyle_lambda_100` AS `kyle_lambda_100`,
  u.`kyle_t_100` AS `kyle_t_100`,
  u.`kyle_r2_100` AS `kyle_r2_100`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`mid_change`)), ifNotFinite(toFloat64(`mid_change`), 0), NULL) AS Nullable(Float64)) AS `mid_change`,
    CAST(if(isFinite(toFloat64(`log_mid_return`)), ifNotFinite(toFloat64(`log_mid_return`), 0), NULL) AS Nullable(Float64)) AS `log_mid_return`,
    CAST(if(isFinite(toFloat64(`kyle_ratio`)), ifNotFinite(toFloat64(`kyle_ratio`), 0), NULL) AS Nullable(Float64)) AS `kyle_ratio`,
    CAST(if(isFinite(toFloat64(`kyle_lambda_50`)), ifNotFinite(toFloat64(`kyle_lambda_50`), 0), NULL) AS Nullable(Float64)) AS `kyle_lambda_50`,
    CAST(if(isFinite(toFloat64(`kyle_alpha_50`)), ifNotFinite(toFloat64(`kyle_alpha_50`), 0), NULL) AS Nullable(Float64)) AS `kyle_alpha_50`,
    CAST(if(isFinite(toFloat64(`kyle_t_50`)), ifNotFinite(toFloat64(`kyle_t_50`), 0), NULL) AS Nullable(Float64)) AS `kyle_t_50`,
    CAST(if(isFinite(toFloat64(`kyle_r2_50`)), ifNotFinite(toFloat64(`kyle_r2_50`), 0), NULL) AS Nullable(Float64)) AS `kyle_r2_50`,
    CAST(if(isFinite(toFloat64(`kyle_noint_50`)), ifNotFinite(toFloat64(`kyle_noint_50`), 0), NULL) AS Nullable(Float64)) AS `kyle_noint_50`,
    CAST(if(isFinite(toFloat64(`hasbrouck_lambda_50`)), ifNotFinite(toFloat64(`hasbrouck_lambda_50`), 0), NULL) AS Nullable(Float64)) AS `hasbrouck_lambda_50`,
    CAST(if(isFinite(toFloat64(`kyle_lambda_100`)), ifNotFinite(toFloat64(`kyle_lambda_100`), 0), NULL) AS Nullable(Float64)) AS `kyle_lambda_100`,
    CAST(if(isFinite(toFloat64(`kyle_t_100`)), ifNotFinite(toFloat64(`kyle_t_100`), 0), NULL) AS Nullable(Float64)) AS `kyle_t_100`,
    CAST(if(isFinite(toFloat64(`kyle_r2_100`)), ifNotFinite(toFloat64(`kyle_r2_100`), 0), NULL) AS Nullable(Float64)) AS `kyle_r2_100`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      book_state.last_valid_mid - book_state.mid_start AS `mid_change`,
      log(book_state.last_valid_mid / book_state.mid_start) AS `log_mid_return`,
      mid_change / nullIf(trade_impact.signed_volume, 0) AS `kyle_ratio`,
      if(if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50)), 0)), NULL), NULL) AS `kyle_lambda_50`,
      if(if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, (toFloat64(toString(sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) - toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50)), 0) * toFloat64(toString(sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50))) / nullIf(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50, 0)), NULL), NULL) AS `kyle_alpha_50`,
      if(if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, if(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 > 2 AND toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)), 0) < 1 - 1e-12, toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) / nullIf(sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50))) * sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50))), 0) * sqrt((count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - 2) / (1 - toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)), 0))), NULL)), NULL), NULL) AS `kyle_t_50`,
      if(if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)), 0)), NULL), NULL) AS `kyle_r2_50`,
      if(count() OVER w50 >= 1, toFloat64(toString(sum(toDecimal256(mid_change * trade_impact.signed_volume, 30)) OVER w50)), NULL) / nullIf(if(count() OVER w50 >= 1, if(countIf(NOT isFinite(if(isNull(mid_change), NULL, trade_impact.signed_volume * trade_impact.signed_volume))) OVER w50 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(if(isNull(mid_change), NULL, trade_impact.signed_volume * trade_impact.signed_volume), 0), 30) + isFinite(if(isNull(mid_change), NULL, trade_impact.signed_volume * trade_impact.signed_volume)) * 0) OVER w50))), NULL), 0) AS `kyle_noint_50`,
      if(if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_pressure.signed_sqrt_notional)) <= 1e12) OR NOT (abs((log_mid_return)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 1, if(countIf(NOT (abs((trade_pressure.signed_sqrt_notional)) <= 1e12) OR NOT (abs((log_mid_return)) <= 1e12)) OVER w50 > 0, nan, toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20) * toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((log_mid_return)) <= 1e12, toFloat64((log_mid_return)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((log_mid_return)) <= 1e12, toFloat64((log_mid_return)), 0), 20)) OVER w50)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20) * toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50)), 0)), NULL) * 1e6, NULL) AS `hasbrouck_lambda_50`,
      if(if(count() OVER w100 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100), NULL) >= 3, if(count() OVER w100 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100)), 0)), NULL), NULL) AS `kyle_lambda_100`,
      if(if(count() OVER w100 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100), NULL) >= 3, if(count() OVER w100 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, if(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 > 2 AND toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)), 0) < 1 - 1e-12, toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) / nullIf(sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100))) * sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100))), 0) * sqrt((count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - 2) / (1 - toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)), 0))), NULL)), NULL), NULL) AS `kyle_t_100`,
      if(if(count() OVER w100 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100), NULL) >= 3, if(count() OVER w100 >= 1, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)) / nullIf(toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100)) * toFloat64(toString(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)), 0)), NULL), NULL) AS `kyle_r2_100`
    FROM (
      SELECT `trade_impact`.exchange AS exchange, `trade_impact`.market_type AS market_type, `trade_impact`.symbol AS symbol, `trade_impact`.bucket_id AS bucket_id,
        `trade_impact`.`price_change` AS `trade_impact.price_change`,
        `trade_impact`.`signed_volume` AS `trade_impact.signed_volume`,
        `trade_impact`.`trade_impact_ratio` AS `trade_impact.trade_impact_ratio`,
        `book_state`.`mid` AS `book_state.mid`,
        `book_state`.`mid_start` AS `book_state.mid_start`,
        `book_state`.`last_valid_mid` AS `book_state.last_valid_mid`,
        `book_state`.`mid_age_ms` AS `book_state.mid_age_ms`,
        `book_state`.`spread_bps` AS `book_state.spread_bps`,
        `book_state`.`top_imbalance` AS `book_state.top_imbalance`,
        `book_state`.`weighted_mid` AS `book_state.weighted_mid`,
        `trade_pressure`.`signed_sqrt_notional` AS `trade_pressure.signed_sqrt_notional`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `trade_impact__price_change` AS `price_change`,
          `trade_impact__signed_volume` AS `signed_volume`,
          `trade_impact__trade_impact_ratio` AS `trade_impact_ratio`
        FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 99, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `trade_impact`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `mid`,
          `mid_start`,
          `last_valid_mid`,
          `mid_age_ms`,
          `spread_bps`,
          `top_imbalance`,
          `weighted_mid`
        FROM `marketprism_features`.`book_state__9bb44e63`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 99, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `book_state`
        ON `book_state`.exchange = `trade_impact`.exchange AND `book_state`.market_type = `trade_impact`.market_type AND `book_state`.symbol = `trade_impact`.symbol AND `book_state`.bucket_id = `trade_impact`.bucket_id
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `signed_sqrt_notional`
        FROM `marketprism_features`.`trade_pressure__2c532614`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 99, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `trade_pressure`
        ON `trade_pressure`.exchange = `trade_impact`.exchange AND `trade_pressure`.market_type = `trade_impact`.market_type AND `trade_pressure`.symbol = `trade_impact`.symbol AND `trade_pressure`.bucket_id = `trade_impact`.bucket_id
    )
      WINDOW
        w50 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 49 PRECEDING AND CURRENT ROW),
        w100 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 99 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view liquidation_cascade, level 1, look-back 0

CREATE TABLE `marketprism_features`.`liquidation_cascade__082784c0`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `long_pre_mid` Nullable(Float64) COMMENT 'Last valid mid before the cascade\'s first order, not older than 900 s' CODEC(ZSTD(1)),
    `long_extreme_mid` Nullable(Float64) COMMENT 'Lowest valid mid from its first order to its last' CODEC(ZSTD(1)),
    `long_impact_bps` Nullable(Float64) COMMENT 'How far the mid went with the cascade; NULL where either is not known' CODEC(ZSTD(1)),
    `long_half_recovery_s` Nullable(Float64) COMMENT 'From the last extreme to the first mid that was halfway back, up to `horizon_ms` after the last order; NULL as long as there is none' CODEC(ZSTD(1)),
    `short_pre_mid` Nullable(Float64) COMMENT 'Last valid mid before the cascade\'s first order, not older than 900 s' CODEC(ZSTD(1)),
    `short_extreme_mid` Nullable(Float64) COMMENT 'Highest valid mid from its first order to its last' CODEC(ZSTD(1)),
    `short_impact_bps` Nullable(Float64) COMMENT 'How far the mid went with the cascade; NULL where either is not known' CODEC(ZSTD(1)),
    `short_half_recovery_s` Nullable(Float64) COMMENT 'From the last extreme to the first mid that was halfway back, up to `horizon_ms` after the last order; NULL as long as there is none' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'How far the mid went with the last cascade of liquidations of each side, and how soon half of it came back';

CREATE MATERIALIZED VIEW `marketprism_features`.`liquidation_cascade__082784c0__mv_lazy` TO `marketprism_features`.`liquidation_cascade__082784c0` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`long_pre_mid` AS `long_pre_mid`,
  u.`long_extreme_mid` AS `long_extreme_mid`,
  u.`long_impact_bps` AS `long_impact_bps`,
  u.`long_half_recovery_s` AS `long_half_recovery_s`,
  u.`short_pre_mid` AS `short_pre_mid`,
  u.`short_extreme_mid` AS `short_extreme_mid`,
  u.`short_impact_bps` AS `short_impact_bps`,
  u.`short_half_recovery_s` AS `short_half_recovery_s`
FROM `marketprism_features`.`ubt__close_1_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`long_pre_mid`)), ifNotFinite(toFloat64(`long_pre_mid`), 0), NULL) AS Nullable(Float64)) AS `long_pre_mid`,
    CAST(if(isFinite(toFloat64(`long_extreme_mid`)), ifNotFinite(toFloat64(`long_extreme_mid`), 0), NULL) AS Nullable(Float64)) AS `long_extreme_mid`,
    CAST(if(isFinite(toFloat64(`long_impact_bps`)), ifNotFinite(toFloat64(`long_impact_bps`), 0), NULL) AS Nullable(Float64)) AS `long_impact_bps`,
    CAST(if(isFinite(toFloat64(`long_half_recovery_s`)), ifNotFinite(toFloat64(`long_half_recovery_s`), 0), NULL) AS Nullable(Float64)) AS `long_half_recovery_s`,
    CAST(if(isFinite(toFloat64(`short_pre_mid`)), ifNotFinite(toFloat64(`short_pre_mid`), 0), NULL) AS Nullable(Float64)) AS `short_pre_mid`,
    CAST(if(isFinite(toFloat64(`short_extreme_mid`)), ifNotFinite(toFloat64(`short_extreme_mid`), 0), NULL) AS Nullable(Float64)) AS `short_extreme_mid`,
    CAST(if(isFinite(toFloat64(`short_impact_bps`)), ifNotFinite(toFloat64(`short_impact_bps`), 0), NULL) AS Nullable(Float64)) AS `short_impact_bps`,
    CAST(if(isFinite(toFloat64(`short_half_recovery_s`)), ifNotFinite(toFloat64(`short_half_recovery_s`), 0), NULL) AS Nullable(Float64)) AS `short_half_recovery_s`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      arrayZip(arrayFlatten(arrayMap(t -> t.1, groupArray(tuple(mid_changes.snapshot_ms)) OVER w900)), arrayMap(m -> assumeNotNull(m), arrayFlatten(arrayMap(t -> t.1, groupArray(tuple(mid_changes.snapshot_mid)) OVER w900)))) AS `snapshots`,
      ifNull(liquidation_runs.long_from_ms, 0) AS `long_from`,
      ifNull(liquidation_runs.long_to_ms, 0) AS `long_to`,
      arrayFilter(x -> x.1 < long_from, snapshots) AS `long_before`,
      arrayFilter(x -> x.1 >= long_from AND x.1 <= long_to, snapshots) AS `long_mids`,
      arrayMin(x -> x.2, long_mids) AS `long_extreme`,
      arrayMax(x -> if(x.2 = long_extreme, x.1, 0), long_mids) AS `long_extreme_ms`,
      arrayFilter(x -> x.1 > long_extreme_ms AND x.1 <= long_to + 60000 AND x.2 >= (long_extreme + long_before[- 1].2) / 2, snapshots) AS `long_back`,
      ifNull(liquidation_runs.short_from_ms, 0) AS `short_from`,
      ifNull(liquidation_runs.short_to_ms, 0) AS `short_to`,
      arrayFilter(x -> x.1 < short_from, snapshots) AS `short_before`,
      arrayFilter(x -> x.1 >= short_from AND x.1 <= short_to, snapshots) AS `short_mids`,
      arrayMax(x -> x.2, short_mids) AS `short_extreme`,
      arrayMax(x -> if(x.2 = short_extreme, x.1, 0), short_mids) AS `short_extreme_ms`,
      arrayFilter(x -> x.1 > short_extreme_ms AND x.1 <= short_to + 60000 AND x.2 <= (short_extreme + short_before[- 1].2) / 2, snapshots) AS `short_back`,
      if(empty(long_before), NULL, long_before[- 1].2) AS `long_pre_mid`,
      if(empty(long_mids), NULL, long_extreme) AS `long_extreme_mid`,
      (1 - long_extreme_mid / nullIf(long_pre_mid, 0)) * 10000 AS `long_impact_bps`,
      if(empty(long_mids) OR empty(long_before) OR empty(long_back), NULL, (arrayMin(x -> x.1, long_back) - long_extreme_ms) / 1000) AS `long_half_recovery_s`,
      if(empty(short_before), NULL, short_before[- 1].2) AS `short_pre_mid`,
      if(empty(short_mids), NULL, short_extreme) AS `short_extreme_mid`,
      (short_extreme_mid / nullIf(short_pre_mid, 0) - 1) * 10000 AS `short_impact_bps`,
      if(empty(short_mids) OR empty(short_before) OR empty(short_back), NULL, (arrayMin(x -> x.1, short_back) - short_extreme_ms) / 1000) AS `short_half_recovery_s`
    FROM (
      SELECT `order_flow`.exchange AS exchange, `order_flow`.market_type AS market_type, `order_flow`.symbol AS symbol, `order_flow`.bucket_id AS bucket_id, `order_flow`.bucket_ts_end AS bucket_ts_end,
        `order_flow`.`buy_volume` AS `order_flow.buy_volume`,
        `order_flow`.`sell_volume` AS `order_flow.sell_volume`,
        `order_flow`.`volume` AS `order_flow.volume`,
        `order_flow`.`quote_volume` AS `order_flow.quote_volume`,
        `order_flow`.`trades` AS `order_flow.trades`,
        `order_flow`.`vwap` AS `order_flow.vwap`,
        `order_flow`.`open` AS `order_flow.open`,
        `order_flow`.`high` AS `order_flow.high`,
        `order_flow`.`low` AS `order_flow.low`,
        `order_flow`.`close` AS `order_flow.close`,
        `order_flow`.`imbalance` AS `order_flow.imbalance`,
        `order_flow`.`duration_s` AS `order_flow.duration_s`,
        `liquidation_runs`.`long_events` AS `liquidation_runs.long_events`,
        `liquidation_runs`.`long_notional` AS `liquidation_runs.long_notional`,
        `liquidation_runs`.`long_from_ms` AS `liquidation_runs.long_from_ms`,
        `liquidation_runs`.`long_to_ms` AS `liquidation_runs.long_to_ms`,
        `liquidation_runs`.`long_duration_s` AS `liquidation_runs.long_duration_s`,
        `liquidation_runs`.`long_age_s` AS `liquidation_runs.long_age_s`,
        `liquidation_runs`.`short_events` AS `liquidation_runs.short_events`,
        `liquidation_runs`.`short_notional` AS `liquidation_runs.short_notional`,
        `liquidation_runs`.`short_from_ms` AS `liquidation_runs.short_from_ms`,
        `liquidation_runs`.`short_to_ms` AS `liquidation_runs.short_to_ms`,
        `liquidation_runs`.`short_duration_s` AS `liquidation_runs.short_duration_s`,
        `liquidation_runs`.`short_age_s` AS `liquidation_runs.short_age_s`,
        `mid_changes`.`snapshot_ms` AS `mid_changes.snapshot_ms`,
        `mid_changes`.`snapshot_mid` AS `mid_changes.snapshot_mid`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id, bucket_ts_end,
          `order_flow__buy_volume` AS `buy_volume`,
          `order_flow__sell_volume` AS `sell_volume`,
          `order_flow__volume` AS `volume`,
          `order_flow__quote_volume` AS `quote_volume`,
          `order_flow__trades` AS `trades`,
          `order_flow__vwap` AS `vwap`,
          `order_flow__open` AS `open`,
          `order_flow__high` AS `high`,
          `order_flow__low` AS `low`,
          `order_flow__close` AS `close`,
          `order_flow__imbalance` AS `imbalance`,
          `order_flow__duration_s` AS `duration_s`
        FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT exchange, market_type, symbol, bucket_id
          FROM `marketprism_features`.`unified_buckets`
          WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM `marketprism_features`.`ubt__close_1_lazy`)
            AND bucket_ts_end > (SELECT min(bucket_ts_end) FROM `marketprism_features`.`ubt__close_1_lazy`) - toIntervalMillisecond(900000)
            AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM `marketprism_features`.`ubt__close_1_lazy`)
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `order_flow`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id, bucket_ts_end,
          `long_events`,
          `long_notional`,
          `long_from_ms`,
          `long_to_ms`,
          `long_duration_s`,
          `long_age_s`,
          `short_events`,
          `short_notional`,
          `short_from_ms`,
          `short_to_ms`,
          `short_duration_s`,
          `short_age_s`
        FROM `marketprism_features`.`liquidation_runs__7e7358c2`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT exchange, market_type, symbol, bucket_id
          FROM `marketprism_features`.`unified_buckets`
          WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM `marketprism_features`.`ubt__close_1_lazy`)
            AND bucket_ts_end > (SELECT min(bucket_ts_end) FROM `marketprism_features`.`ubt__close_1_lazy`) - toIntervalMillisecond(900000)
            AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM `marketprism_features`.`ubt__close_1_lazy`)
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `liquidation_runs`
        ON `liquidation_runs`.exchange = `order_flow`.exchange AND `liquidation_runs`.market_type = `order_flow`.market_type AND `liquidation_runs`.symbol = `order_flow`.symbol AND `liquidation_runs`.bucket_id = `order_flow`.bucket_id
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id, bucket_ts_end,
          `snapshot_ms`,
          `snapshot_mid`
        FROM `marketprism_features`.`mid_changes__c84d5c56`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT exchange, market_type, symbol, bucket_id
          FROM `marketprism_features`.`unified_buckets`
          WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM `marketprism_features`.`ubt__close_1_lazy`)
            AND bucket_ts_end > (SELECT min(bucket_ts_end) FROM `marketprism_features`.`ubt__close_1_lazy`) - toIntervalMillisecond(900000)
            AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM `marketprism_features`.`ubt__close_1_lazy`)
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `mid_changes`
        ON `mid_changes`.exchange = `order_flow`.exchange AND `mid_changes`.market_type = `order_flow`.market_type AND `mid_changes`.symbol = `order_flow`.symbol AND `mid_changes`.bucket_id = `order_flow`.bucket_id
    )
      WINDOW
        w900 AS (PARTITION BY exchange, market_type, symbol ORDER BY toUnixTimestamp64Milli(bucket_ts_end) RANGE BETWEEN 899999 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`liquidation_cascade` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `long_pre_mid`,
  `long_extreme_mid`,
  `long_impact_bps`,
  `long_half_recovery_s`,
  `short_pre_mid`,
  `short_extreme_mid`,
  `short_impact_bps`,
  `short_half_recovery_s`
FROM `marketprism_features`.`liquidation_cascade__082784c0` FINAL
COMMENT 'How far the mid went with the last cascade of liquidations of each side, and how soon half of it came back';

INSERT INTO `marketprism_features`.`liquidation_cascade__082784c0` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `long_pre_mid`, `long_extreme_mid`, `long_impact_bps`, `long_half_recovery_s`, `short_pre_mid`, `short_extreme_mid`, `short_impact_bps`, `short_half_recovery_s`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`long_pre_mid` AS `long_pre_mid`,
  u.`long_extreme_mid` AS `long_extreme_mid`,
  u.`long_impact_bps` AS `long_impact_bps`,
  u.`long_half_recovery_s` AS `long_half_recovery_s`,
  u.`short_pre_mid` AS `short_pre_mid`,
  u.`short_extreme_mid` AS `short_extreme_mid`,
  u.`short_impact_bps` AS `short_impact_bps`,
  u.`short_half_recovery_s` AS `short_half_recovery_s`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`long_pre_mid`)), ifNotFinite(toFloat64(`long_pre_mid`), 0), NULL) AS Nullable(Float64)) AS `long_pre_mid`,
    CAST(if(isFinite(toFloat64(`long_extreme_mid`)), ifNotFinite(toFloat64(`long_extreme_mid`), 0), NULL) AS Nullable(Float64)) AS `long_extreme_mid`,
    CAST(if(isFinite(toFloat64(`long_impact_bps`)), ifNotFinite(toFloat64(`long_impact_bps`), 0), NULL) AS Nullable(Float64)) AS `long_impact_bps`,
    CAST(if(isFinite(toFloat64(`long_half_recovery_s`)), ifNotFinite(toFloat64(`long_half_recovery_s`), 0), NULL) AS Nullable(Float64)) AS `long_half_recovery_s`,
    CAST(if(isFinite(toFloat64(`short_pre_mid`)), ifNotFinite(toFloat64(`short_pre_mid`), 0), NULL) AS Nullable(Float64)) AS `short_pre_mid`,
    CAST(if(isFinite(toFloat64(`short_extreme_mid`)), ifNotFinite(toFloat64(`short_extreme_mid`), 0), NULL) AS Nullable(Float64)) AS `short_extreme_mid`,
    CAST(if(isFinite(toFloat64(`short_impact_bps`)), ifNotFinite(toFloat64(`short_impact_bps`), 0), NULL) AS Nullable(Float64)) AS `short_impact_bps`,
    CAST(if(isFinite(toFloat64(`short_half_recovery_s`)), ifNotFinite(toFloat64(`short_half_recovery_s`), 0), NULL) AS Nullable(Float64)) AS `short_half_recovery_s`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      arrayZip(arrayFlatten(arrayMap(t -> t.1, groupArray(tuple(mid_changes.snapshot_ms)) OVER w900)), arrayMap(m -> assumeNotNull(m), arrayFlatten(arrayMap(t -> t.1, groupArray(tuple(mid_changes.snapshot_mid)) OVER w900)))) AS `snapshots`,
      ifNull(liquidation_runs.long_from_ms, 0) AS `long_from`,
      ifNull(liquidation_runs.long_to_ms, 0) AS `long_to`,
      arrayFilter(x -> x.1 < long_from, snapshots) AS `long_before`,
      arrayFilter(x -> x.1 >= long_from AND x.1 <= long_to, snapshots) AS `long_mids`,
      arrayMin(x -> x.2, long_mids) AS `long_extreme`,
      arrayMax(x -> if(x.2 = long_extreme, x.1, 0), long_mids) AS `long_extreme_ms`,
      arrayFilter(x -> x.1 > long_extreme_ms AND x.1 <= long_to + 60000 AND x.2 >= (long_extreme + long_before[- 1].2) / 2, snapshots) AS `long_back`,
      ifNull(liquidation_runs.short_from_ms, 0) AS `short_from`,
      ifNull(liquidation_runs.short_to_ms, 0) AS `short_to`,
      arrayFilter(x -> x.1 < short_from, snapshots) AS `short_before`,
      arrayFilter(x -> x.1 >= short_from AND x.1 <= short_to, snapshots) AS `short_mids`,
      arrayMax(x -> x.2, short_mids) AS `short_extreme`,
      arrayMax(x -> if(x.2 = short_extreme, x.1, 0), short_mids) AS `short_extreme_ms`,
      arrayFilter(x -> x.1 > short_extreme_ms AND x.1 <= short_to + 60000 AND x.2 <= (short_extreme + short_before[- 1].2) / 2, snapshots) AS `short_back`,
      if(empty(long_before), NULL, long_before[- 1].2) AS `long_pre_mid`,
      if(empty(long_mids), NULL, long_extreme) AS `long_extreme_mid`,
      (1 - long_extreme_mid / nullIf(long_pre_mid, 0)) * 10000 AS `long_impact_bps`,
      if(empty(long_mids) OR empty(long_before) OR empty(long_back), NULL, (arrayMin(x -> x.1, long_back) - long_extreme_ms) / 1000) AS `long_half_recovery_s`,
      if(empty(short_before), NULL, short_before[- 1].2) AS `short_pre_mid`,
      if(empty(short_mids), NULL, short_extreme) AS `short_extreme_mid`,
      (short_extreme_mid / nullIf(short_pre_mid, 0) - 1) * 10000 AS `short_impact_bps`,
      if(empty(short_mids) OR empty(short_before) OR empty(short_back), NULL, (arrayMin(x -> x.1, short_back) - short_extreme_ms) / 1000) AS `short_half_recovery_s`
    FROM (
      SELECT `order_flow`.exchange AS exchange, `order_flow`.market_type AS market_type, `order_flow`.symbol AS symbol, `order_flow`.bucket_id AS bucket_id, `order_flow`.bucket_ts_end AS bucket_ts_end,
        `order_flow`.`buy_volume` AS `order_flow.buy_volume`,
        `order_flow`.`sell_volume` AS `order_flow.sell_volume`,
        `order_flow`.`volume` AS `order_flow.volume`,
        `order_flow`.`quote_volume` AS `order_flow.quote_volume`,
        `order_flow`.`trades` AS `order_flow.trades`,
        `order_flow`.`vwap` AS `order_flow.vwap`,
        `order_flow`.`open` AS `order_flow.open`,
        `order_flow`.`high` AS `order_flow.high`,
        `order_flow`.`low` AS `order_flow.low`,
        `order_flow`.`close` AS `order_flow.close`,
        `order_flow`.`imbalance` AS `order_flow.imbalance`,
        `order_flow`.`duration_s` AS `order_flow.duration_s`,
        `liquidation_runs`.`long_events` AS `liquidation_runs.long_events`,
        `liquidation_runs`.`long_notional` AS `liquidation_runs.long_notional`,
        `liquidation_runs`.`long_from_ms` AS `liquidation_runs.long_from_ms`,
        `liquidation_runs`.`long_to_ms` AS `liquidation_runs.long_to_ms`,
        `liquidation_runs`.`long_duration_s` AS `liquidation_runs.long_duration_s`,
        `liquidation_runs`.`long_age_s` AS `liquidation_runs.long_age_s`,
        `liquidation_runs`.`short_events` AS `liquidation_runs.short_events`,
        `liquidation_runs`.`short_notional` AS `liquidation_runs.short_notional`,
        `liquidation_runs`.`short_from_ms` AS `liquidation_runs.short_from_ms`,
        `liquidation_runs`.`short_to_ms` AS `liquidation_runs.short_to_ms`,
        `liquidation_runs`.`short_duration_s` AS `liquidation_runs.short_duration_s`,
        `liquidation_runs`.`short_age_s` AS `liquidation_runs.short_age_s`,
        `mid_changes`.`snapshot_ms` AS `mid_changes.snapshot_ms`,
        `mid_changes`.`snapshot_mid` AS `mid_changes.snapshot_mid`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id, bucket_ts_end,
          `order_flow__buy_volume` AS `buy_volume`,
          `order_flow__sell_volume` AS `sell_volume`,
          `order_flow__volume` AS `volume`,
          `order_flow__quote_volume` AS `quote_volume`,
          `order_flow__trades` AS `trades`,
          `order_flow__vwap` AS `vwap`,
          `order_flow__open` AS `open`,
          `order_flow__high` AS `high`,
          `order_flow__low` AS `low`,
          `order_flow__close` AS `close`,
          `order_flow__imbalance` AS `imbalance`,
          `order_flow__duration_s` AS `duration_s`
        FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT exchange, market_type, symbol, bucket_id
          FROM `marketprism_features`.`unified_buckets`
          WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM buckets)
            AND bucket_ts_end > (SELECT min(bucket_ts_end) FROM buckets) - toIntervalMillisecond(900000)
            AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM buckets)
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `order_flow`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id, bucket_ts_end,
          `long_events`,
          `long_notional`,
          `long_from_ms`,
          `long_to_ms`,
          `long_duration_s`,
          `long_age_s`,
          `short_events`,
          `short_notional`,
          `short_from_ms`,
          `short_to_ms`,
          `short_duration_s`,
          `short_age_s`
        FROM `marketprism_features`.`liquidation_runs__7e7358c2`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT exchange, market_type, symbol, bucket_id
          FROM `marketprism_features`.`unified_buckets`
          WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM buckets)
            AND bucket_ts_end > (SELECT min(bucket_ts_end) FROM buckets) - toIntervalMillisecond(900000)
            AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM buckets)
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `liquidation_runs`
        ON `liquidation_runs`.exchange = `order_flow`.exchange AND `liquidation_runs`.market_type = `order_flow`.market_type AND `liquidation_runs`.symbol = `order_flow`.symbol AND `liquidation_runs`.bucket_id = `order_flow`.bucket_id
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id, bucket_ts_end,
          `snapshot_ms`,
          `snapshot_mid`
        FROM `marketprism_features`.`mid_changes__c84d5c56`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT exchange, market_type, symbol, bucket_id
          FROM `marketprism_features`.`unified_buckets`
          WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM buckets)
            AND bucket_ts_end > (SELECT min(bucket_ts_end) FROM buckets) - toIntervalMillisecond(900000)
            AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM buckets)
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `mid_changes`
        ON `mid_changes`.exchange = `order_flow`.exchange AND `mid_changes`.market_type = `order_flow`.market_type AND `mid_changes`.symbol = `order_flow`.symbol AND `mid_changes`.bucket_id = `order_flow`.bucket_id
    )
      WINDOW
        w900 AS (PARTITION BY exchange, market_type, symbol ORDER BY toUnixTimestamp64Milli(bucket_ts_end) RANGE BETWEEN 899999 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view microprice, level 1, look-back 0

CREATE TABLE `marketprism_features`.`microprice__1ee6f810`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `imbalance_bucket` Nullable(Float64) COMMENT 'Which bucket of the fit the bid size\'s share of both sizes at the best prices lies in, from 0; NULL before the first fit' CODEC(ZSTD(1)),
    `spread_ticks` Nullable(Float64) COMMENT 'Ask minus bid of the last snapshot; NULL before the first fit, which says how large a tick is' CODEC(ZSTD(1)),
    `microprice_adjustment` Nullable(Float64) COMMENT 'Expected move of the mid by imbalance and spread. Stoikov 2018. NULL where the spread is wider than the fit knows' CODEC(ZSTD(1)),
    `microprice` Nullable(Float64) COMMENT 'The mid plus that. It is a martingale by construction, which the weighted mid is not' CODEC(ZSTD(1)),
    `microprice_bps` Nullable(Float64) COMMENT 'Micro-price over the mid' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Stoikov\'s micro-price - the mid, and where it is expected to go from the state of the book';

CREATE MATERIALIZED VIEW `marketprism_features`.`microprice__1ee6f810__mv_lazy` TO `marketprism_features`.`microprice__1ee6f810` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`imbalance_bucket` AS `imbalance_bucket`,
  u.`spread_ticks` AS `spread_ticks`,
  u.`microprice_adjustment` AS `microprice_adjustment`,
  u.`microprice` AS `microprice`,
  u.`microprice_bps` AS `microprice_bps`
FROM `marketprism_features`.`ubt__close_1_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`imbalance_bucket`)), ifNotFinite(toFloat64(`imbalance_bucket`), 0), NULL) AS Nullable(Float64)) AS `imbalance_bucket`,
    CAST(if(isFinite(toFloat64(`spread_ticks`)), ifNotFinite(toFloat64(`spread_ticks`), 0), NULL) AS Nullable(Float64)) AS `spread_ticks`,
    CAST(if(isFinite(toFloat64(`microprice_adjustment`)), ifNotFinite(toFloat64(`microprice_adjustment`), 0), NULL) AS Nullable(Float64)) AS `microprice_adjustment`,
    CAST(if(isFinite(toFloat64(`microprice`)), ifNotFinite(toFloat64(`microprice`), 0), NULL) AS Nullable(Float64)) AS `microprice`,
    CAST(if(isFinite(toFloat64(`microprice_bps`)), ifNotFinite(toFloat64(`microprice_bps`), 0), NULL) AS Nullable(Float64)) AS `microprice_bps`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(empty(`microprice_fit.adjustments`) OR top_imbalance IS NULL, NULL, arrayCount(edge -> (1 + assumeNotNull(top_imbalance)) / 2 > edge, `microprice_fit.imbalance_edges`)) AS `imbalance_bucket`,
      round(spread_bps * mid / 10000 / nullIf(`microprice_fit.tick_size`[1], 0)) AS `spread_ticks`,
      if(spread_ticks >= 1 AND spread_ticks <= `microprice_fit.spreads`[1], `microprice_fit.adjustments`[toUInt32(assumeNotNull((spread_ticks - 1) * `microprice_fit.imbalances`[1] + imbalance_bucket + 1))], NULL) AS `microprice_adjustment`,
      mid + microprice_adjustment AS `microprice`,
      microprice_adjustment / nullIf(mid, 0) * 10000 AS `microprice_bps`
    FROM (
      -- The fit that was known when each bucket was; empty lists where there was none.
      SELECT
        r.*,
        t.fitted['adjustments'] AS `microprice_fit.adjustments`,
        t.fitted['imbalance_edges'] AS `microprice_fit.imbalance_edges`,
        t.fitted['imbalances'] AS `microprice_fit.imbalances`,
        t.fitted['spreads'] AS `microprice_fit.spreads`,
        t.fitted['tick_size'] AS `microprice_fit.tick_size`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `mid`,
          `mid_start`,
          `last_valid_mid`,
          `mid_age_ms`,
          `spread_bps`,
          `top_imbalance`,
          `weighted_mid`
        FROM `marketprism_features`.`book_state__9bb44e63`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT exchange, market_type, symbol, bucket_id
          FROM `marketprism_features`.`ubt__close_1_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS r
      LEFT JOIN (
        SELECT
          c.exchange AS fit_exchange, c.market_type AS fit_market_type, c.symbol AS fit_symbol, c.bucket_id AS fit_bucket_id,
          f.fitted AS fitted
        FROM (SELECT exchange, market_type, symbol, bucket_id, available_at FROM `marketprism_features`.`ubt__close_1_lazy`) AS c
        ASOF INNER JOIN (
          SELECT exchange, market_type, symbol, available_at, fitted
          FROM `marketprism_features`.`fits` FINAL
          WHERE fit = 'microprice_fit'
            AND exchange IN (SELECT exchange FROM `marketprism_features`.`ubt__close_1_lazy`)
            AND market_type IN (SELECT market_type FROM `marketprism_features`.`ubt__close_1_lazy`)
            AND symbol IN (SELECT symbol FROM `marketprism_features`.`ubt__close_1_lazy`)
        ) AS f
          ON f.exchange = c.exchange AND f.market_type = c.market_type AND f.symbol = c.symbol AND c.available_at >= f.available_at
      ) AS t
        ON t.fit_exchange = r.exchange AND t.fit_market_type = r.market_type AND t.fit_symbol = r.symbol AND t.fit_bucket_id = r.bucket_id
    )
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`microprice` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `imbalance_bucket`,
  `spread_ticks`,
  `microprice_adjustment`,
  `microprice`,
  `microprice_bps`
FROM `marketprism_features`.`microprice__1ee6f810` FINAL
COMMENT 'Stoikov\'s micro-price - the mid, and where it is expected to go from the state of the book';

INSERT INTO `marketprism_features`.`microprice__1ee6f810` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `imbalance_bucket`, `spread_ticks`, `microprice_adjustment`, `microprice`, `microprice_bps`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`imbalance_bucket` AS `imbalance_bucket`,
  u.`spread_ticks` AS `spread_ticks`,
  u.`microprice_adjustment` AS `microprice_adjustment`,
  u.`microprice` AS `microprice`,
  u.`microprice_bps` AS `microprice_bps`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`imbalance_bucket`)), ifNotFinite(toFloat64(`imbalance_bucket`), 0), NULL) AS Nullable(Float64)) AS `imbalance_bucket`,
    CAST(if(isFinite(toFloat64(`spread_ticks`)), ifNotFinite(toFloat64(`spread_ticks`), 0), NULL) AS Nullable(Float64)) AS `spread_ticks`,
    CAST(if(isFinite(toFloat64(`microprice_adjustment`)), ifNotFinite(toFloat64(`microprice_adjustment`), 0), NULL) AS Nullable(Float64)) AS `microprice_adjustment`,
    CAST(if(isFinite(toFloat64(`microprice`)), ifNotFinite(toFloat64(`microprice`), 0), NULL) AS Nullable(Float64)) AS `microprice`,
    CAST(if(isFinite(toFloat64(`microprice_bps`)), ifNotFinite(toFloat64(`microprice_bps`), 0), NULL) AS Nullable(Float64)) AS `microprice_bps`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(empty(`microprice_fit.adjustments`) OR top_imbalance IS NULL, NULL, arrayCount(edge -> (1 + assumeNotNull(top_imbalance)) / 2 > edge, `microprice_fit.imbalance_edges`)) AS `imbalance_bucket`,
      round(spread_bps * mid / 10000 / nullIf(`microprice_fit.tick_size`[1], 0)) AS `spread_ticks`,
      if(spread_ticks >= 1 AND spread_ticks <= `microprice_fit.spreads`[1], `microprice_fit.adjustments`[toUInt32(assumeNotNull((spread_ticks - 1) * `microprice_fit.imbalances`[1] + imbalance_bucket + 1))], NULL) AS `microprice_adjustment`,
      mid + microprice_adjustment AS `microprice`,
      microprice_adjustment / nullIf(mid, 0) * 10000 AS `microprice_bps`
    FROM (
      -- The fit that was known when each bucket was; empty lists where there was none.
      SELECT
        r.*,
        t.fitted['adjustments'] AS `microprice_fit.adjustments`,
        t.fitted['imbalance_edges'] AS `microprice_fit.imbalance_edges`,
        t.fitted['imbalances'] AS `microprice_fit.imbalances`,
        t.fitted['spreads'] AS `microprice_fit.spreads`,
        t.fitted['tick_size'] AS `microprice_fit.tick_size`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `mid`,
          `mid_start`,
          `last_valid_mid`,
          `mid_age_ms`,
          `spread_bps`,
          `top_imbalance`,
          `weighted_mid`
        FROM `marketprism_features`.`book_state__9bb44e63`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT exchange, market_type, symbol, bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS r
      LEFT JOIN (
        SELECT
          c.exchange AS fit_exchange, c.market_type AS fit_market_type, c.symbol AS fit_symbol, c.bucket_id AS fit_bucket_id,
          f.fitted AS fitted
        FROM (SELECT exchange, market_type, symbol, bucket_id, available_at FROM buckets) AS c
        ASOF INNER JOIN (
          SELECT exchange, market_type, symbol, available_at, fitted
          FROM `marketprism_features`.`fits` FINAL
          WHERE fit = 'microprice_fit'
            AND exchange IN (SELECT exchange FROM buckets)
            AND market_type IN (SELECT market_type FROM buckets)
            AND symbol IN (SELECT symbol FROM buckets)
        ) AS f
          ON f.exchange = c.exchange AND f.market_type = c.market_type AND f.symbol = c.symbol AND c.available_at >= f.available_at
      ) AS t
        ON t.fit_exchange = r.exchange AND t.fit_market_type = r.market_type AND t.fit_symbol = r.symbol AND t.fit_bucket_id = r.bucket_id
    )
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view oi_change, level 1, look-back 1

CREATE TABLE `marketprism_features`.`oi_change__06146111`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `oi_change` Nullable(Float64) COMMENT 'Change of the open interest since the bucket before, in units of base, so that the price has no part in it' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Change of the open interest from bucket to bucket; derivatives only';

CREATE MATERIALIZED VIEW `marketprism_features`.`oi_change__06146111__mv_lazy` TO `marketprism_features`.`oi_change__06146111` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`oi_change` AS `oi_change`
FROM `marketprism_features`.`ubt__close_1_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`oi_change`)), ifNotFinite(toFloat64(`oi_change`), 0), NULL) AS Nullable(Float64)) AS `oi_change`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      log(open_interest / nullIf(if(count() OVER before1 >= 1, max(open_interest) OVER before1, NULL), 0)) AS `oi_change`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        `open_interest`,
        `open_interest_age_s`
      FROM `marketprism_features`.`oi_state__c936f955`
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT DISTINCT
          exchange, market_type, symbol,
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 1, 1)), bucket_id + 1)) AS bucket_id
        FROM `marketprism_features`.`ubt__close_1_lazy`
      )
      ORDER BY v DESC
      LIMIT 1 BY exchange, market_type, symbol, bucket_id
    )
      WINDOW
        before1 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`oi_change` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `oi_change`
FROM `marketprism_features`.`oi_change__06146111` FINAL
COMMENT 'Change of the open interest from bucket to bucket; derivatives only';

INSERT INTO `marketprism_features`.`oi_change__06146111` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `oi_change`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`oi_change` AS `oi_change`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`oi_change`)), ifNotFinite(toFloat64(`oi_change`), 0), NULL) AS Nullable(Float64)) AS `oi_change`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      log(open_interest / nullIf(if(count() OVER before1 >= 1, max(open_interest) OVER before1, NULL), 0)) AS `oi_change`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        `open_interest`,
        `open_interest_age_s`
      FROM `marketprism_features`.`oi_state__c936f955`
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT DISTINCT
          exchange, market_type, symbol,
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 1, 1)), bucket_id + 1)) AS bucket_id
        FROM buckets
      )
      ORDER BY v DESC
      LIMIT 1 BY exchange, market_type, symbol, bucket_id
    )
      WINDOW
        before1 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view volatility_rank, level 1, look-back 500

CREATE TABLE `marketprism_features`.`volatility_rank__8d6f783d`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `volatility_rank_500` Nullable(Float64) COMMENT 'Share of the values of the 500 buckets before that are smaller, equal ones counted half; NULL with fewer than 50 of them' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Where the realised volatility stands among that of the buckets before it';

CREATE MATERIALIZED VIEW `marketprism_features`.`volatility_rank__8d6f783d__mv_lazy` TO `marketprism_features`.`volatility_rank__8d6f783d` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`volatility_rank_500` AS `volatility_rank_500`
FROM `marketprism_features`.`ubt__close_1_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`volatility_rank_500`)), ifNotFinite(toFloat64(`volatility_rank_500`), 0), NULL) AS Nullable(Float64)) AS `volatility_rank_500`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      arrayFilter(x -> isNotNull(x), arrayMap(t -> t.1, groupArray(tuple(rvol_300)) OVER before500)) AS `past`,
      if(isNull(rvol_300) OR length(past) < 50, NULL, (arrayCount(x -> x < rvol_300, past) + arrayCount(x -> x = rvol_300, past) / 2) / nullIf(length(past), 0)) AS `volatility_rank_500`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        `returns_60`,
        `nonzero_share_60`,
        `rv_60`,
        `rvol_60`,
        `bv_60`,
        `tripower_60`,
        `medrv_60`,
        `rs_up_60`,
        `rs_down_60`,
        `jump_z_60`,
        `jump_p_60`,
        `jump_raw_60`,
        `jump_share_60`,
        `jump_60`,
        `continuous_60`,
        `returns_300`,
        `nonzero_share_300`,
        `rv_300`,
        `rvol_300`,
        `bv_300`,
        `tripower_300`,
        `medrv_300`,
        `rs_up_300`,
        `rs_down_300`,
        `jump_z_300`,
        `jump_p_300`,
        `jump_raw_300`,
        `jump_share_300`,
        `jump_300`,
        `continuous_300`
      FROM `marketprism_features`.`realised_volatility__3261ca12`
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT DISTINCT
          exchange, market_type, symbol,
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 500, 1)), bucket_id + 1)) AS bucket_id
        FROM `marketprism_features`.`ubt__close_1_lazy`
      )
      ORDER BY v DESC
      LIMIT 1 BY exchange, market_type, symbol, bucket_id
    )
      WINDOW
        before500 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 500 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`volatility_rank` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `volatility_rank_500`
FROM `marketprism_features`.`volatility_rank__8d6f783d` FINAL
COMMENT 'Where the realised volatility stands among that of the buckets before it';

INSERT INTO `marketprism_features`.`volatility_rank__8d6f783d` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `volatility_rank_500`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`volatility_rank_500` AS `volatility_rank_500`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`volatility_rank_500`)), ifNotFinite(toFloat64(`volatility_rank_500`), 0), NULL) AS Nullable(Float64)) AS `volatility_rank_500`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      arrayFilter(x -> isNotNull(x), arrayMap(t -> t.1, groupArray(tuple(rvol_300)) OVER before500)) AS `past`,
      if(isNull(rvol_300) OR length(past) < 50, NULL, (arrayCount(x -> x < rvol_300, past) + arrayCount(x -> x = rvol_300, past) / 2) / nullIf(length(past), 0)) AS `volatility_rank_500`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        `returns_60`,
        `nonzero_share_60`,
        `rv_60`,
        `rvol_60`,
        `bv_60`,
        `tripower_60`,
        `medrv_60`,
        `rs_up_60`,
        `rs_down_60`,
        `jump_z_60`,
        `jump_p_60`,
        `jump_raw_60`,
        `jump_share_60`,
        `jump_60`,
        `continuous_60`,
        `returns_300`,
        `nonzero_share_300`,
        `rv_300`,
        `rvol_300`,
        `bv_300`,
        `tripower_300`,
        `medrv_300`,
        `rs_up_300`,
        `rs_down_300`,
        `jump_z_300`,
        `jump_p_300`,
        `jump_raw_300`,
        `jump_share_300`,
        `jump_300`,
        `continuous_300`
      FROM `marketprism_features`.`realised_volatility__3261ca12`
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT DISTINCT
          exchange, market_type, symbol,
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 500, 1)), bucket_id + 1)) AS bucket_id
        FROM buckets
      )
      ORDER BY v DESC
      LIMIT 1 BY exchange, market_type, symbol, bucket_id
    )
      WINDOW
        before500 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 500 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view vpin, level 1, look-back 49

CREATE TABLE `marketprism_features`.`vpin__21ac77e8`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `vpin_20` Nullable(Float64) COMMENT 'Sum of |buys - sells| over sum of volume, 20 buckets. Easley, Lopez de Prado, O\'Hara 2012, with true sides and unequal buckets' CODEC(ZSTD(1)),
    `vpin_50` Nullable(Float64) COMMENT 'The same over 50 buckets, the paper\'s length' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Order-flow toxicity (VPIN) of the last 20 and 50 buckets, from the recorded sides of the takers';

CREATE MATERIALIZED VIEW `marketprism_features`.`vpin__21ac77e8__mv` TO `marketprism_features`.`vpin__21ac77e8` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`vpin_20` AS `vpin_20`,
  u.`vpin_50` AS `vpin_50`
FROM `marketprism_features`.`ubt__close_1_hot` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`vpin_20`)), ifNotFinite(toFloat64(`vpin_20`), 0), NULL) AS Nullable(Float64)) AS `vpin_20`,
    CAST(if(isFinite(toFloat64(`vpin_50`)), ifNotFinite(toFloat64(`vpin_50`), 0), NULL) AS Nullable(Float64)) AS `vpin_50`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(count() OVER w20 >= 20, toFloat64(toString(sum(toDecimal256(abs(buy_volume - sell_volume), 30)) OVER w20)), NULL) / nullIf(if(count() OVER w20 >= 20, toFloat64(toString(sum(toDecimal256(buy_volume + sell_volume, 30)) OVER w20)), NULL), 0) AS `vpin_20`,
      if(count() OVER w50 >= 50, toFloat64(toString(sum(toDecimal256(abs(buy_volume - sell_volume), 30)) OVER w50)), NULL) / nullIf(if(count() OVER w50 >= 50, toFloat64(toString(sum(toDecimal256(buy_volume + sell_volume, 30)) OVER w50)), NULL), 0) AS `vpin_50`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        `order_flow__buy_volume` AS `buy_volume`,
        `order_flow__sell_volume` AS `sell_volume`,
        `order_flow__volume` AS `volume`,
        `order_flow__quote_volume` AS `quote_volume`,
        `order_flow__trades` AS `trades`,
        `order_flow__vwap` AS `vwap`,
        `order_flow__open` AS `open`,
        `order_flow__high` AS `high`,
        `order_flow__low` AS `low`,
        `order_flow__close` AS `close`,
        `order_flow__imbalance` AS `imbalance`,
        `order_flow__duration_s` AS `duration_s`
      FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT DISTINCT
          exchange, market_type, symbol,
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 49, 1)), bucket_id + 1)) AS bucket_id
        FROM `marketprism_features`.`ubt__close_1_hot`
      )
      ORDER BY v DESC
      LIMIT 1 BY exchange, market_type, symbol, bucket_id
    )
      WINDOW
        w20 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 19 PRECEDING AND CURRENT ROW),
        w50 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 49 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`vpin` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `vpin_20`,
  `vpin_50`
FROM `marketprism_features`.`vpin__21ac77e8` FINAL
COMMENT 'Order-flow toxicity (VPIN) of the last 20 and 50 buckets, from the recorded sides of the takers';

INSERT INTO `marketprism_features`.`vpin__21ac77e8` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `vpin_20`, `vpin_50`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`vpin_20` AS `vpin_20`,
  u.`vpin_50` AS `vpin_50`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`vpin_20`)), ifNotFinite(toFloat64(`vpin_20`), 0), NULL) AS Nullable(Float64)) AS `vpin_20`,
    CAST(if(isFinite(toFloat64(`vpin_50`)), ifNotFinite(toFloat64(`vpin_50`), 0), NULL) AS Nullable(Float64)) AS `vpin_50`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(count() OVER w20 >= 20, toFloat64(toString(sum(toDecimal256(abs(buy_volume - sell_volume), 30)) OVER w20)), NULL) / nullIf(if(count() OVER w20 >= 20, toFloat64(toString(sum(toDecimal256(buy_volume + sell_volume, 30)) OVER w20)), NULL), 0) AS `vpin_20`,
      if(count() OVER w50 >= 50, toFloat64(toString(sum(toDecimal256(abs(buy_volume - sell_volume), 30)) OVER w50)), NULL) / nullIf(if(count() OVER w50 >= 50, toFloat64(toString(sum(toDecimal256(buy_volume + sell_volume, 30)) OVER w50)), NULL), 0) AS `vpin_50`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        `order_flow__buy_volume` AS `buy_volume`,
        `order_flow__sell_volume` AS `sell_volume`,
        `order_flow__volume` AS `volume`,
        `order_flow__quote_volume` AS `quote_volume`,
        `order_flow__trades` AS `trades`,
        `order_flow__vwap` AS `vwap`,
        `order_flow__open` AS `open`,
        `order_flow__high` AS `high`,
        `order_flow__low` AS `low`,
        `order_flow__close` AS `close`,
        `order_flow__imbalance` AS `imbalance`,
        `order_flow__duration_s` AS `duration_s`
      FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT DISTINCT
          exchange, market_type, symbol,
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 49, 1)), bucket_id + 1)) AS bucket_id
        FROM buckets
      )
      ORDER BY v DESC
      LIMIT 1 BY exchange, market_type, symbol, bucket_id
    )
      WINDOW
        w20 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 19 PRECEDING AND CURRENT ROW),
        w50 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 49 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view vpin_exact, level 1, look-back 249

CREATE TABLE `marketprism_features`.`vpin_exact__f9e70d15`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `vpin_exact_50` Nullable(Float64) COMMENT 'Sum of |buys - sells| over the volume of the last 50 volume buckets that are full. NULL until there are as many within 250 buckets of the clock. Easley, Lopez de Prado, O\'Hara 2012' CODEC(ZSTD(1)),
    `open_buy_volume` Nullable(Float64) COMMENT 'Bought so far in the volume bucket that is not full yet; it has no part in vpin_exact_50' CODEC(ZSTD(1)),
    `open_sell_volume` Nullable(Float64) COMMENT 'Sold so far in that volume bucket' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Order-flow toxicity (VPIN) over buckets of exactly equal volume, with trades split at the boundary';

CREATE MATERIALIZED VIEW `marketprism_features`.`vpin_exact__f9e70d15__mv_lazy` TO `marketprism_features`.`vpin_exact__f9e70d15` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`vpin_exact_50` AS `vpin_exact_50`,
  u.`open_buy_volume` AS `open_buy_volume`,
  u.`open_sell_volume` AS `open_sell_volume`
FROM `marketprism_features`.`ubt__close_1_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`vpin_exact_50`)), ifNotFinite(toFloat64(`vpin_exact_50`), 0), NULL) AS Nullable(Float64)) AS `vpin_exact_50`,
    CAST(if(isFinite(toFloat64(`open_buy_volume`)), ifNotFinite(toFloat64(`open_buy_volume`), 0), NULL) AS Nullable(Float64)) AS `open_buy_volume`,
    CAST(if(isFinite(toFloat64(`open_sell_volume`)), ifNotFinite(toFloat64(`open_sell_volume`), 0), NULL) AS Nullable(Float64)) AS `open_sell_volume`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      arrayMap(t -> t.1, groupArray(tuple(volume_buckets.volume_bucket)) OVER w250) AS `numbers`,
      arrayMap(parts -> arrayMap(x -> toInt64(round(ifNull(x, 0) * 100000000)), parts), arrayMap(t -> t.1, groupArray(tuple(volume_buckets.slice_buy)) OVER w250)) AS `buy_parts`,
      arrayMap(parts -> arrayMap(x -> toInt64(round(ifNull(x, 0) * 100000000)), parts), arrayMap(t -> t.1, groupArray(tuple(volume_buckets.slice_sell)) OVER w250)) AS `sell_parts`,
      arrayMap(parts -> arrayMap(x -> toUInt8(ifNull(x, 0)), parts), arrayMap(t -> t.1, groupArray(tuple(volume_buckets.is_first_part)) OVER w250)) AS `is_first`,
      arrayMap(parts -> arrayMap(x -> toUInt8(ifNull(x, 0)), parts), arrayMap(t -> t.1, groupArray(tuple(volume_buckets.is_last_part)) OVER w250)) AS `is_last`,
      arrayReduce('sumMap', numbers, buy_parts, sell_parts) AS `volumes`,
      arrayReduce('maxMap', numbers, is_first, is_last) AS `edges`,
      arrayMap((a, b) -> toUInt8(a + b = 2), edges.2, edges.3) AS `whole`,
      arrayFilter((x, ok) -> ok, volumes.2, whole) AS `buys`,
      arrayFilter((x, ok) -> ok, volumes.3, whole) AS `sells`,
      arrayCumSum(arrayMap((b, s) -> abs(b - s), buys, sells)) AS `imbalances`,
      arrayCumSum(arrayMap((b, s) -> b + s, buys, sells)) AS `totals`,
      arrayMap(i -> if(i < 50, NULL, (imbalances[i] - if(i > 50, imbalances[i - 50], 0)) / (totals[i] - if(i > 50, totals[i - 50], 0))), arrayEnumerate(buys)) AS `vpins`,
      if(empty(vpins), NULL, vpins[- 1]) AS `vpin_exact_50`,
      if(edges.3 [- 1] = 1, 0, volumes.2 [- 1] / 100000000) AS `open_buy_volume`,
      if(edges.3 [- 1] = 1, 0, volumes.3 [- 1] / 100000000) AS `open_sell_volume`
    FROM (
      SELECT `order_flow`.exchange AS exchange, `order_flow`.market_type AS market_type, `order_flow`.symbol AS symbol, `order_flow`.bucket_id AS bucket_id,
        `order_flow`.`buy_volume` AS `order_flow.buy_volume`,
        `order_flow`.`sell_volume` AS `order_flow.sell_volume`,
        `order_flow`.`volume` AS `order_flow.volume`,
        `order_flow`.`quote_volume` AS `order_flow.quote_volume`,
        `order_flow`.`trades` AS `order_flow.trades`,
        `order_flow`.`vwap` AS `order_flow.vwap`,
        `order_flow`.`open` AS `order_flow.open`,
        `order_flow`.`high` AS `order_flow.high`,
        `order_flow`.`low` AS `order_flow.low`,
        `order_flow`.`close` AS `order_flow.close`,
        `order_flow`.`imbalance` AS `order_flow.imbalance`,
        `order_flow`.`duration_s` AS `order_flow.duration_s`,
        `volume_buckets`.`volume_bucket` AS `volume_buckets.volume_bucket`,
        `volume_buckets`.`slice_buy` AS `volume_buckets.slice_buy`,
        `volume_buckets`.`slice_sell` AS `volume_buckets.slice_sell`,
        `volume_buckets`.`is_first_part` AS `volume_buckets.is_first_part`,
        `volume_buckets`.`is_last_part` AS `volume_buckets.is_last_part`,
        `volume_buckets`.`last_ms` AS `volume_buckets.last_ms`,
        `volume_buckets`.`last_trade_seq` AS `volume_buckets.last_trade_seq`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `order_flow__buy_volume` AS `buy_volume`,
          `order_flow__sell_volume` AS `sell_volume`,
          `order_flow__volume` AS `volume`,
          `order_flow__quote_volume` AS `quote_volume`,
          `order_flow__trades` AS `trades`,
          `order_flow__vwap` AS `vwap`,
          `order_flow__open` AS `open`,
          `order_flow__high` AS `high`,
          `order_flow__low` AS `low`,
          `order_flow__close` AS `close`,
          `order_flow__imbalance` AS `imbalance`,
          `order_flow__duration_s` AS `duration_s`
        FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 249, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_1_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `order_flow`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `volume_bucket`,
          `slice_buy`,
          `slice_sell`,
          `is_first_part`,
          `is_last_part`,
          `last_ms`,
          `last_trade_seq`
        FROM `marketprism_features`.`volume_buckets__2fe0f7cb`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 249, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_1_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `volume_buckets`
        ON `volume_buckets`.exchange = `order_flow`.exchange AND `volume_buckets`.market_type = `order_flow`.market_type AND `volume_buckets`.symbol = `order_flow`.symbol AND `volume_buckets`.bucket_id = `order_flow`.bucket_id
    )
      WINDOW
        w250 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 249 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`vpin_exact` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `vpin_exact_50`,
  `open_buy_volume`,
  `open_sell_volume`
FROM `marketprism_features`.`vpin_exact__f9e70d15` FINAL
COMMENT 'Order-flow toxicity (VPIN) over buckets of exactly equal volume, with trades split at the boundary';

INSERT INTO `marketprism_features`.`vpin_exact__f9e70d15` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `vpin_exact_50`, `open_buy_volume`, `open_sell_volume`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`vpin_exact_50` AS `vpin_exact_50`,
  u.`open_buy_volume` AS `open_buy_volume`,
  u.`open_sell_volume` AS `open_sell_volume`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`vpin_exact_50`)), ifNotFinite(toFloat64(`vpin_exact_50`), 0), NULL) AS Nullable(Float64)) AS `vpin_exact_50`,
    CAST(if(isFinite(toFloat64(`open_buy_volume`)), ifNotFinite(toFloat64(`open_buy_volume`), 0), NULL) AS Nullable(Float64)) AS `open_buy_volume`,
    CAST(if(isFinite(toFloat64(`open_sell_volume`)), ifNotFinite(toFloat64(`open_sell_volume`), 0), NULL) AS Nullable(Float64)) AS `open_sell_volume`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      arrayMap(t -> t.1, groupArray(tuple(volume_buckets.volume_bucket)) OVER w250) AS `numbers`,
      arrayMap(parts -> arrayMap(x -> toInt64(round(ifNull(x, 0) * 100000000)), parts), arrayMap(t -> t.1, groupArray(tuple(volume_buckets.slice_buy)) OVER w250)) AS `buy_parts`,
      arrayMap(parts -> arrayMap(x -> toInt64(round(ifNull(x, 0) * 100000000)), parts), arrayMap(t -> t.1, groupArray(tuple(volume_buckets.slice_sell)) OVER w250)) AS `sell_parts`,
      arrayMap(parts -> arrayMap(x -> toUInt8(ifNull(x, 0)), parts), arrayMap(t -> t.1, groupArray(tuple(volume_buckets.is_first_part)) OVER w250)) AS `is_first`,
      arrayMap(parts -> arrayMap(x -> toUInt8(ifNull(x, 0)), parts), arrayMap(t -> t.1, groupArray(tuple(volume_buckets.is_last_part)) OVER w250)) AS `is_last`,
      arrayReduce('sumMap', numbers, buy_parts, sell_parts) AS `volumes`,
      arrayReduce('maxMap', numbers, is_first, is_last) AS `edges`,
      arrayMap((a, b) -> toUInt8(a + b = 2), edges.2, edges.3) AS `whole`,
      arrayFilter((x, ok) -> ok, volumes.2, whole) AS `buys`,
      arrayFilter((x, ok) -> ok, volumes.3, whole) AS `sells`,
      arrayCumSum(arrayMap((b, s) -> abs(b - s), buys, sells)) AS `imbalances`,
      arrayCumSum(arrayMap((b, s) -> b + s, buys, sells)) AS `totals`,
      arrayMap(i -> if(i < 50, NULL, (imbalances[i] - if(i > 50, imbalances[i - 50], 0)) / (totals[i] - if(i > 50, totals[i - 50], 0))), arrayEnumerate(buys)) AS `vpins`,
      if(empty(vpins), NULL, vpins[- 1]) AS `vpin_exact_50`,
      if(edges.3 [- 1] = 1, 0, volumes.2 [- 1] / 100000000) AS `open_buy_volume`,
      if(edges.3 [- 1] = 1, 0, volumes.3 [- 1] / 100000000) AS `open_sell_volume`
    FROM (
      SELECT `order_flow`.exchange AS exchange, `order_flow`.market_type AS market_type, `order_flow`.symbol AS symbol, `order_flow`.bucket_id AS bucket_id,
        `order_flow`.`buy_volume` AS `order_flow.buy_volume`,
        `order_flow`.`sell_volume` AS `order_flow.sell_volume`,
        `order_flow`.`volume` AS `order_flow.volume`,
        `order_flow`.`quote_volume` AS `order_flow.quote_volume`,
        `order_flow`.`trades` AS `order_flow.trades`,
        `order_flow`.`vwap` AS `order_flow.vwap`,
        `order_flow`.`open` AS `order_flow.open`,
        `order_flow`.`high` AS `order_flow.high`,
        `order_flow`.`low` AS `order_flow.low`,
        `order_flow`.`close` AS `order_flow.close`,
        `order_flow`.`imbalance` AS `order_flow.imbalance`,
        `order_flow`.`duration_s` AS `order_flow.duration_s`,
        `volume_buckets`.`volume_bucket` AS `volume_buckets.volume_bucket`,
        `volume_buckets`.`slice_buy` AS `volume_buckets.slice_buy`,
        `volume_buckets`.`slice_sell` AS `volume_buckets.slice_sell`,
        `volume_buckets`.`is_first_part` AS `volume_buckets.is_first_part`,
        `volume_buckets`.`is_last_part` AS `volume_buckets.is_last_part`,
        `volume_buckets`.`last_ms` AS `volume_buckets.last_ms`,
        `volume_buckets`.`last_trade_seq` AS `volume_buckets.last_trade_seq`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `order_flow__buy_volume` AS `buy_volume`,
          `order_flow__sell_volume` AS `sell_volume`,
          `order_flow__volume` AS `volume`,
          `order_flow__quote_volume` AS `quote_volume`,
          `order_flow__trades` AS `trades`,
          `order_flow__vwap` AS `vwap`,
          `order_flow__open` AS `open`,
          `order_flow__high` AS `high`,
          `order_flow__low` AS `low`,
          `order_flow__close` AS `close`,
          `order_flow__imbalance` AS `imbalance`,
          `order_flow__duration_s` AS `duration_s`
        FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 249, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `order_flow`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `volume_bucket`,
          `slice_buy`,
          `slice_sell`,
          `is_first_part`,
          `is_last_part`,
          `last_ms`,
          `last_trade_seq`
        FROM `marketprism_features`.`volume_buckets__2fe0f7cb`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 249, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `volume_buckets`
        ON `volume_buckets`.exchange = `order_flow`.exchange AND `volume_buckets`.market_type = `order_flow`.market_type AND `volume_buckets`.symbol = `order_flow`.symbol AND `volume_buckets`.bucket_id = `order_flow`.bucket_id
    )
      WINDOW
        w250 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 249 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view amihud, level 2, look-back 51

CREATE TABLE `marketprism_features`.`amihud__f0a9cc24`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `illiquidity` Nullable(Float64) COMMENT '|ln(close / previous close)| per unit of quote volume; 0 when the price did not move, NULL without a previous close. Amihud 2002. On buckets of equal volume nearly proportional to |return|' CODEC(ZSTD(1)),
    `amihud_20` Nullable(Float64) COMMENT 'Mean of the last 20 buckets, those without a value left out, times 1e6' CODEC(ZSTD(1)),
    `amihud_50` Nullable(Float64) COMMENT 'The same over 50 buckets' CODEC(ZSTD(1)),
    `amihud_used_50` Nullable(Float64) COMMENT 'How many buckets amihud_50 is the mean of' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Illiquidity - how far the price moves per unit of quote volume, whatever the direction';

CREATE MATERIALIZED VIEW `marketprism_features`.`amihud__f0a9cc24__mv_lazy` TO `marketprism_features`.`amihud__f0a9cc24` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`illiquidity` AS `illiquidity`,
  u.`amihud_20` AS `amihud_20`,
  u.`amihud_50` AS `amihud_50`,
  u.`amihud_used_50` AS `amihud_used_50`
FROM `marketprism_features`.`ubt__close_2_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`illiquidity`)), ifNotFinite(toFloat64(`illiquidity`), 0), NULL) AS Nullable(Float64)) AS `illiquidity`,
    CAST(if(isFinite(toFloat64(`amihud_20`)), ifNotFinite(toFloat64(`amihud_20`), 0), NULL) AS Nullable(Float64)) AS `amihud_20`,
    CAST(if(isFinite(toFloat64(`amihud_50`)), ifNotFinite(toFloat64(`amihud_50`), 0), NULL) AS Nullable(Float64)) AS `amihud_50`,
    CAST(if(isFinite(toFloat64(`amihud_used_50`)), ifNotFinite(toFloat64(`amihud_used_50`), 0), NULL) AS Nullable(Float64)) AS `amihud_used_50`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      abs(bucket_returns.log_return) / nullIf(order_flow.quote_volume, 0) AS `illiquidity`,
      if(count() OVER w20 >= 1, if(countIf(NOT isFinite(illiquidity)) OVER w20 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(illiquidity, 0), 30) + isFinite(illiquidity) * 0) OVER w20))) / nullIf(count(illiquidity) OVER w20, 0), NULL) * 1e6 AS `amihud_20`,
      if(count() OVER w50 >= 1, if(countIf(NOT isFinite(illiquidity)) OVER w50 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(illiquidity, 0), 30) + isFinite(illiquidity) * 0) OVER w50))) / nullIf(count(illiquidity) OVER w50, 0), NULL) * 1e6 AS `amihud_50`,
      if(count() OVER w50 >= 1, count(illiquidity) OVER w50, NULL) AS `amihud_used_50`
    FROM (
      SELECT `bucket_returns`.exchange AS exchange, `bucket_returns`.market_type AS market_type, `bucket_returns`.symbol AS symbol, `bucket_returns`.bucket_id AS bucket_id,
        `bucket_returns`.`previous_close` AS `bucket_returns.previous_close`,
        `bucket_returns`.`price_change` AS `bucket_returns.price_change`,
        `bucket_returns`.`log_return` AS `bucket_returns.log_return`,
        `bucket_returns`.`previous_price_change` AS `bucket_returns.previous_price_change`,
        `order_flow`.`buy_volume` AS `order_flow.buy_volume`,
        `order_flow`.`sell_volume` AS `order_flow.sell_volume`,
        `order_flow`.`volume` AS `order_flow.volume`,
        `order_flow`.`quote_volume` AS `order_flow.quote_volume`,
        `order_flow`.`trades` AS `order_flow.trades`,
        `order_flow`.`vwap` AS `order_flow.vwap`,
        `order_flow`.`open` AS `order_flow.open`,
        `order_flow`.`high` AS `order_flow.high`,
        `order_flow`.`low` AS `order_flow.low`,
        `order_flow`.`close` AS `order_flow.close`,
        `order_flow`.`imbalance` AS `order_flow.imbalance`,
        `order_flow`.`duration_s` AS `order_flow.duration_s`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `previous_close`,
          `price_change`,
          `log_return`,
          `previous_price_change`
        FROM `marketprism_features`.`bucket_returns__04eda3b9`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 49, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_2_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `bucket_returns`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `order_flow__buy_volume` AS `buy_volume`,
          `order_flow__sell_volume` AS `sell_volume`,
          `order_flow__volume` AS `volume`,
          `order_flow__quote_volume` AS `quote_volume`,
          `order_flow__trades` AS `trades`,
          `order_flow__vwap` AS `vwap`,
          `order_flow__open` AS `open`,
          `order_flow__high` AS `high`,
          `order_flow__low` AS `low`,
          `order_flow__close` AS `close`,
          `order_flow__imbalance` AS `imbalance`,
          `order_flow__duration_s` AS `duration_s`
        FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 49, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_2_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `order_flow`
        ON `order_flow`.exchange = `bucket_returns`.exchange AND `order_flow`.market_type = `bucket_returns`.market_type AND `order_flow`.symbol = `bucket_returns`.symbol AND `order_flow`.bucket_id = `bucket_returns`.bucket_id
    )
      WINDOW
        w20 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 19 PRECEDING AND CURRENT ROW),
        w50 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 49 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`amihud` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `illiquidity`,
  `amihud_20`,
  `amihud_50`,
  `amihud_used_50`
FROM `marketprism_features`.`amihud__f0a9cc24` FINAL
COMMENT 'Illiquidity - how far the price moves per unit of quote volume, whatever the direction';

INSERT INTO `marketprism_features`.`amihud__f0a9cc24` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `illiquidity`, `amihud_20`, `amihud_50`, `amihud_used_50`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`illiquidity` AS `illiquidity`,
  u.`amihud_20` AS `amihud_20`,
  u.`amihud_50` AS `amihud_50`,
  u.`amihud_used_50` AS `amihud_used_50`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`illiquidity`)), ifNotFinite(toFloat64(`illiquidity`), 0), NULL) AS Nullable(Float64)) AS `illiquidity`,
    CAST(if(isFinite(toFloat64(`amihud_20`)), ifNotFinite(toFloat64(`amihud_20`), 0), NULL) AS Nullable(Float64)) AS `amihud_20`,
    CAST(if(isFinite(toFloat64(`amihud_50`)), ifNotFinite(toFloat64(`amihud_50`), 0), NULL) AS Nullable(Float64)) AS `amihud_50`,
    CAST(if(isFinite(toFloat64(`amihud_used_50`)), ifNotFinite(toFloat64(`amihud_used_50`), 0), NULL) AS Nullable(Float64)) AS `amihud_used_50`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      abs(bucket_returns.log_return) / nullIf(order_flow.quote_volume, 0) AS `illiquidity`,
      if(count() OVER w20 >= 1, if(countIf(NOT isFinite(illiquidity)) OVER w20 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(illiquidity, 0), 30) + isFinite(illiquidity) * 0) OVER w20))) / nullIf(count(illiquidity) OVER w20, 0), NULL) * 1e6 AS `amihud_20`,
      if(count() OVER w50 >= 1, if(countIf(NOT isFinite(illiquidity)) OVER w50 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(illiquidity, 0), 30) + isFinite(illiquidity) * 0) OVER w50))) / nullIf(count(illiquidity) OVER w50, 0), NULL) * 1e6 AS `amihud_50`,
      if(count() OVER w50 >= 1, count(illiquidity) OVER w50, NULL) AS `amihud_used_50`
    FROM (
      SELECT `bucket_returns`.exchange AS exchange, `bucket_returns`.market_type AS market_type, `bucket_returns`.symbol AS symbol, `bucket_returns`.bucket_id AS bucket_id,
        `bucket_returns`.`previous_close` AS `bucket_returns.previous_close`,
        `bucket_returns`.`price_change` AS `bucket_returns.price_change`,
        `bucket_returns`.`log_return` AS `bucket_returns.log_return`,
        `bucket_returns`.`previous_price_change` AS `bucket_returns.previous_price_change`,
        `order_flow`.`buy_volume` AS `order_flow.buy_volume`,
        `order_flow`.`sell_volume` AS `order_flow.sell_volume`,
        `order_flow`.`volume` AS `order_flow.volume`,
        `order_flow`.`quote_volume` AS `order_flow.quote_volume`,
        `order_flow`.`trades` AS `order_flow.trades`,
        `order_flow`.`vwap` AS `order_flow.vwap`,
        `order_flow`.`open` AS `order_flow.open`,
        `order_flow`.`high` AS `order_flow.high`,
        `order_flow`.`low` AS `order_flow.low`,
        `order_flow`.`close` AS `order_flow.close`,
        `order_flow`.`imbalance` AS `order_flow.imbalance`,
        `order_flow`.`duration_s` AS `order_flow.duration_s`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `previous_close`,
          `price_change`,
          `log_return`,
          `previous_price_change`
        FROM `marketprism_features`.`bucket_returns__04eda3b9`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 49, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `bucket_returns`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `order_flow__buy_volume` AS `buy_volume`,
          `order_flow__sell_volume` AS `sell_volume`,
          `order_flow__volume` AS `volume`,
          `order_flow__quote_volume` AS `quote_volume`,
          `order_flow__trades` AS `trades`,
          `order_flow__vwap` AS `vwap`,
          `order_flow__open` AS `open`,
          `order_flow__high` AS `high`,
          `order_flow__low` AS `low`,
          `order_flow__close` AS `close`,
          `order_flow__imbalance` AS `imbalance`,
          `order_flow__duration_s` AS `duration_s`
        FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 49, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `order_flow`
        ON `order_flow`.exchange = `bucket_returns`.exchange AND `order_flow`.market_type = `bucket_returns`.market_type AND `order_flow`.symbol = `bucket_returns`.symbol AND `order_flow`.bucket_id = `bucket_returns`.bucket_id
    )
      WINDOW
        w20 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 19 PRECEDING AND CURRENT ROW),
        w50 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 49 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view footprint_marks, level 2, look-back 29

CREATE TABLE `marketprism_features`.`footprint_marks__da521e82`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `levels` Nullable(Float64) COMMENT 'Bins in which there were trades' CODEC(ZSTD(1)),
    `absorption_levels` Nullable(Float64) COMMENT 'Bins that are marked as absorption' CODEC(ZSTD(1)),
    `exhaustion_levels` Nullable(Float64) COMMENT 'Bins that are marked as exhaustion' CODEC(ZSTD(1)),
    `absorption_share` Nullable(Float64) COMMENT 'Share of the volume that stands in bins of absorption' CODEC(ZSTD(1)),
    `exhaustion_share` Nullable(Float64) COMMENT 'Share of the volume that stands in bins of exhaustion' CODEC(ZSTD(1)),
    `exhaustion_side` Nullable(Float64) COMMENT 'Which side is exhausted, weighted by volume: +1 buyers, -1 sellers; NULL if none is' CODEC(ZSTD(1)),
    `bins_to_absorption` Nullable(Float64) COMMENT 'From this bucket\'s point of control to the nearest bin of absorption, above 0 where that is higher; NULL if there is none' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'How much of the volume of the last 30 buckets stands in bins that absorbed or exhausted the flow';

CREATE MATERIALIZED VIEW `marketprism_features`.`footprint_marks__da521e82__mv_lazy` TO `marketprism_features`.`footprint_marks__da521e82` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`levels`)), ifNotFinite(toFloat64(`levels`), 0), NULL) AS Nullable(Float64)) AS `levels`,
  CAST(if(isFinite(toFloat64(`absorption_levels`)), ifNotFinite(toFloat64(`absorption_levels`), 0), NULL) AS Nullable(Float64)) AS `absorption_levels`,
  CAST(if(isFinite(toFloat64(`exhaustion_levels`)), ifNotFinite(toFloat64(`exhaustion_levels`), 0), NULL) AS Nullable(Float64)) AS `exhaustion_levels`,
  CAST(if(isFinite(toFloat64(`absorption_share`)), ifNotFinite(toFloat64(`absorption_share`), 0), NULL) AS Nullable(Float64)) AS `absorption_share`,
  CAST(if(isFinite(toFloat64(`exhaustion_share`)), ifNotFinite(toFloat64(`exhaustion_share`), 0), NULL) AS Nullable(Float64)) AS `exhaustion_share`,
  CAST(if(isFinite(toFloat64(`exhaustion_side`)), ifNotFinite(toFloat64(`exhaustion_side`), 0), NULL) AS Nullable(Float64)) AS `exhaustion_side`,
  CAST(if(isFinite(toFloat64(`bins_to_absorption`)), ifNotFinite(toFloat64(`bins_to_absorption`), 0), NULL) AS Nullable(Float64)) AS `bins_to_absorption`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    count() AS `levels`,
    countIf(absorbs = 1) AS `absorption_levels`,
    countIf(exhausts = 1) AS `exhaustion_levels`,
    ifNull(if(countIf(NOT isFinite(volume) AND (absorbs = 1)) > 0, nan, toFloat64(toString(sumIf(toDecimal256(ifNotFinite(volume, 0), 30) + isFinite(volume) * 0, absorbs = 1)))), 0) / nullIf(if(countIf(NOT isFinite(volume)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(volume, 0), 30) + isFinite(volume) * 0)))), 0) AS `absorption_share`,
    ifNull(if(countIf(NOT isFinite(volume) AND (exhausts = 1)) > 0, nan, toFloat64(toString(sumIf(toDecimal256(ifNotFinite(volume, 0), 30) + isFinite(volume) * 0, exhausts = 1)))), 0) / nullIf(if(countIf(NOT isFinite(volume)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(volume, 0), 30) + isFinite(volume) * 0)))), 0) AS `exhaustion_share`,
    if(countIf(NOT isFinite(sign(delta) * volume) AND (exhausts = 1)) > 0, nan, toFloat64(toString(sumIf(toDecimal256(ifNotFinite(sign(delta) * volume, 0), 30) + isFinite(sign(delta) * volume) * 0, exhausts = 1)))) / nullIf(if(countIf(NOT isFinite(volume) AND (exhausts = 1)) > 0, nan, toFloat64(toString(sumIf(toDecimal256(ifNotFinite(volume, 0), 30) + isFinite(volume) * 0, exhausts = 1)))), 0) AS `exhaustion_side`,
    argMinOrNullIf(px_bin - poc, (abs(px_bin - poc), - volume, px_bin), absorbs = 1) AS `bins_to_absorption`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
      `px_bin`,
      `px_bin` AS ord,
      max(footprint_levels.level_volume) AS `volume`,
      max(footprint_levels.level_delta) AS `delta`,
      max(footprint_levels.is_absorption) AS `absorbs`,
      max(footprint_levels.is_exhaustion) AS `exhausts`,
      max(footprint_poc.poc_bin) AS `poc`
    FROM (
      SELECT
        c.exchange AS exchange,
      c.market_type AS market_type,
      c.symbol AS symbol,
      c.bucket_id AS bucket_id,
      c.bucket_ts_start AS bucket_ts_start,
      c.bucket_ts_end AS bucket_ts_end,
      c.prev_ts_end AS prev_ts_end,
      c.available_at AS available_at,
      c.v AS v,
      c.bucket__place AS bucket__place,
        toUnixTimestamp64Milli(c.bucket_ts_end) - toUnixTimestamp64Milli(cells.bucket_ts_end) AS ago_ms,
        toInt64(c.bucket_id) - toInt64(cells.bucket_id) AS ago_buckets,
        cells.`px_bin` AS `px_bin`,
        cells.`level_volume` AS `footprint_levels.level_volume`,
        cells.`level_delta` AS `footprint_levels.level_delta`,
        cells.`level_lean` AS `footprint_levels.level_lean`,
        cells.`level_range_bps` AS `footprint_levels.level_range_bps`,
        cells.`level_forward_return` AS `footprint_levels.level_forward_return`,
        cells.`seen_ago_ms` AS `footprint_levels.seen_ago_ms`,
        cells.`volume_threshold` AS `footprint_levels.volume_threshold`,
        cells.`is_absorption` AS `footprint_levels.is_absorption`,
        cells.`is_exhaustion` AS `footprint_levels.is_exhaustion`,
        `footprint_poc`.`poc_bin` AS `footprint_poc.poc_bin`,
        `footprint_poc`.`poc_share` AS `footprint_poc.poc_share`,
        `footprint_poc`.`bins` AS `footprint_poc.bins`,
        `footprint_poc`.`range_bps` AS `footprint_poc.range_bps`
      FROM (
        SELECT *, arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 0, 1)), bucket_id + 1)) AS cell_id
        FROM `marketprism_features`.`ubt__close_2_lazy`
      ) AS c
      INNER JOIN (
        SELECT * FROM (
          SELECT
            exchange, market_type, symbol, bucket_id, bucket_ts_end,
            `px_bin`,
            `level_volume`,
            `level_delta`,
            `level_lean`,
            `level_range_bps`,
            `level_forward_return`,
            `seen_ago_ms`,
            `volume_threshold`,
            `is_absorption`,
            `is_exhaustion`
          FROM `marketprism_features`.`footprint_levels__dadf54de`
          WHERE (exchange, market_type, symbol, bucket_id) IN (
            SELECT exchange, market_type, symbol, bucket_id
            FROM `marketprism_features`.`ubt__close_2_lazy`
          )
          ORDER BY v DESC
          LIMIT 1 BY exchange, market_type, symbol, bucket_id
        )
        ARRAY JOIN
          `px_bin`,
          `level_volume`,
          `level_delta`,
          `level_lean`,
          `level_range_bps`,
          `level_forward_return`,
          `seen_ago_ms`,
          `volume_threshold`,
          `is_absorption`,
          `is_exhaustion`
      ) AS cells
        ON cells.exchange = c.exchange AND cells.market_type = c.market_type AND cells.symbol = c.symbol AND cells.bucket_id = c.cell_id
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `poc_bin`,
          `poc_share`,
          `bins`,
          `range_bps`
        FROM `marketprism_features`.`footprint_poc__f3042ad3`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT exchange, market_type, symbol, bucket_id
          FROM `marketprism_features`.`ubt__close_2_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `footprint_poc`
        ON `footprint_poc`.exchange = c.exchange AND `footprint_poc`.market_type = c.market_type AND `footprint_poc`.symbol = c.symbol AND `footprint_poc`.bucket_id = c.cell_id
    )
    GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place, `px_bin`
  )
  GROUP BY bucket__place
);

CREATE VIEW `marketprism_features`.`footprint_marks` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `levels`,
  `absorption_levels`,
  `exhaustion_levels`,
  `absorption_share`,
  `exhaustion_share`,
  `exhaustion_side`,
  `bins_to_absorption`
FROM `marketprism_features`.`footprint_marks__da521e82` FINAL
COMMENT 'How much of the volume of the last 30 buckets stands in bins that absorbed or exhausted the flow';

INSERT INTO `marketprism_features`.`footprint_marks__da521e82` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `levels`, `absorption_levels`, `exhaustion_levels`, `absorption_share`, `exhaustion_share`, `exhaustion_side`, `bins_to_absorption`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`levels`)), ifNotFinite(toFloat64(`levels`), 0), NULL) AS Nullable(Float64)) AS `levels`,
  CAST(if(isFinite(toFloat64(`absorption_levels`)), ifNotFinite(toFloat64(`absorption_levels`), 0), NULL) AS Nullable(Float64)) AS `absorption_levels`,
  CAST(if(isFinite(toFloat64(`exhaustion_levels`)), ifNotFinite(toFloat64(`exhaustion_levels`), 0), NULL) AS Nullable(Float64)) AS `exhaustion_levels`,
  CAST(if(isFinite(toFloat64(`absorption_share`)), ifNotFinite(toFloat64(`absorption_share`), 0), NULL) AS Nullable(Float64)) AS `absorption_share`,
  CAST(if(isFinite(toFloat64(`exhaustion_share`)), ifNotFinite(toFloat64(`exhaustion_share`), 0), NULL) AS Nullable(Float64)) AS `exhaustion_share`,
  CAST(if(isFinite(toFloat64(`exhaustion_side`)), ifNotFinite(toFloat64(`exhaustion_side`), 0), NULL) AS Nullable(Float64)) AS `exhaustion_side`,
  CAST(if(isFinite(toFloat64(`bins_to_absorption`)), ifNotFinite(toFloat64(`bins_to_absorption`), 0), NULL) AS Nullable(Float64)) AS `bins_to_absorption`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    count() AS `levels`,
    countIf(absorbs = 1) AS `absorption_levels`,
    countIf(exhausts = 1) AS `exhaustion_levels`,
    ifNull(if(countIf(NOT isFinite(volume) AND (absorbs = 1)) > 0, nan, toFloat64(toString(sumIf(toDecimal256(ifNotFinite(volume, 0), 30) + isFinite(volume) * 0, absorbs = 1)))), 0) / nullIf(if(countIf(NOT isFinite(volume)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(volume, 0), 30) + isFinite(volume) * 0)))), 0) AS `absorption_share`,
    ifNull(if(countIf(NOT isFinite(volume) AND (exhausts = 1)) > 0, nan, toFloat64(toString(sumIf(toDecimal256(ifNotFinite(volume, 0), 30) + isFinite(volume) * 0, exhausts = 1)))), 0) / nullIf(if(countIf(NOT isFinite(volume)) > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(volume, 0), 30) + isFinite(volume) * 0)))), 0) AS `exhaustion_share`,
    if(countIf(NOT isFinite(sign(delta) * volume) AND (exhausts = 1)) > 0, nan, toFloat64(toString(sumIf(toDecimal256(ifNotFinite(sign(delta) * volume, 0), 30) + isFinite(sign(delta) * volume) * 0, exhausts = 1)))) / nullIf(if(countIf(NOT isFinite(volume) AND (exhausts = 1)) > 0, nan, toFloat64(toString(sumIf(toDecimal256(ifNotFinite(volume, 0), 30) + isFinite(volume) * 0, exhausts = 1)))), 0) AS `exhaustion_side`,
    argMinOrNullIf(px_bin - poc, (abs(px_bin - poc), - volume, px_bin), absorbs = 1) AS `bins_to_absorption`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place,
      `px_bin`,
      `px_bin` AS ord,
      max(footprint_levels.level_volume) AS `volume`,
      max(footprint_levels.level_delta) AS `delta`,
      max(footprint_levels.is_absorption) AS `absorbs`,
      max(footprint_levels.is_exhaustion) AS `exhausts`,
      max(footprint_poc.poc_bin) AS `poc`
    FROM (
      SELECT
        c.exchange AS exchange,
      c.market_type AS market_type,
      c.symbol AS symbol,
      c.bucket_id AS bucket_id,
      c.bucket_ts_start AS bucket_ts_start,
      c.bucket_ts_end AS bucket_ts_end,
      c.prev_ts_end AS prev_ts_end,
      c.available_at AS available_at,
      c.v AS v,
      c.bucket__place AS bucket__place,
        toUnixTimestamp64Milli(c.bucket_ts_end) - toUnixTimestamp64Milli(cells.bucket_ts_end) AS ago_ms,
        toInt64(c.bucket_id) - toInt64(cells.bucket_id) AS ago_buckets,
        cells.`px_bin` AS `px_bin`,
        cells.`level_volume` AS `footprint_levels.level_volume`,
        cells.`level_delta` AS `footprint_levels.level_delta`,
        cells.`level_lean` AS `footprint_levels.level_lean`,
        cells.`level_range_bps` AS `footprint_levels.level_range_bps`,
        cells.`level_forward_return` AS `footprint_levels.level_forward_return`,
        cells.`seen_ago_ms` AS `footprint_levels.seen_ago_ms`,
        cells.`volume_threshold` AS `footprint_levels.volume_threshold`,
        cells.`is_absorption` AS `footprint_levels.is_absorption`,
        cells.`is_exhaustion` AS `footprint_levels.is_exhaustion`,
        `footprint_poc`.`poc_bin` AS `footprint_poc.poc_bin`,
        `footprint_poc`.`poc_share` AS `footprint_poc.poc_share`,
        `footprint_poc`.`bins` AS `footprint_poc.bins`,
        `footprint_poc`.`range_bps` AS `footprint_poc.range_bps`
      FROM (
        SELECT *, arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 0, 1)), bucket_id + 1)) AS cell_id
        FROM buckets
      ) AS c
      INNER JOIN (
        SELECT * FROM (
          SELECT
            exchange, market_type, symbol, bucket_id, bucket_ts_end,
            `px_bin`,
            `level_volume`,
            `level_delta`,
            `level_lean`,
            `level_range_bps`,
            `level_forward_return`,
            `seen_ago_ms`,
            `volume_threshold`,
            `is_absorption`,
            `is_exhaustion`
          FROM `marketprism_features`.`footprint_levels__dadf54de`
          WHERE (exchange, market_type, symbol, bucket_id) IN (
            SELECT exchange, market_type, symbol, bucket_id
            FROM buckets
          )
          ORDER BY v DESC
          LIMIT 1 BY exchange, market_type, symbol, bucket_id
        )
        ARRAY JOIN
          `px_bin`,
          `level_volume`,
          `level_delta`,
          `level_lean`,
          `level_range_bps`,
          `level_forward_return`,
          `seen_ago_ms`,
          `volume_threshold`,
          `is_absorption`,
          `is_exhaustion`
      ) AS cells
        ON cells.exchange = c.exchange AND cells.market_type = c.market_type AND cells.symbol = c.symbol AND cells.bucket_id = c.cell_id
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `poc_bin`,
          `poc_share`,
          `bins`,
          `range_bps`
        FROM `marketprism_features`.`footprint_poc__f3042ad3`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT exchange, market_type, symbol, bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `footprint_poc`
        ON `footprint_poc`.exchange = c.exchange AND `footprint_poc`.market_type = c.market_type AND `footprint_poc`.symbol = c.symbol AND `footprint_poc`.bucket_id = c.cell_id
    )
    GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v, bucket__place, `px_bin`
  )
  GROUP BY bucket__place
);

-- view oi_lob_squeeze, level 2, look-back 21

CREATE TABLE `marketprism_features`.`oi_lob_squeeze__9b290ade`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `oi_change_z_20` Nullable(Float64) COMMENT 'Change of the open interest against mean and standard deviation of the 20 buckets before; NULL with fewer than 10 values' CODEC(ZSTD(1)),
    `imbalance_z_20` Nullable(Float64) COMMENT 'Book imbalance over five levels against the 20 buckets before' CODEC(ZSTD(1)),
    `tightness_z_20` Nullable(Float64) COMMENT 'One over the quoted spread against the 20 buckets before; NULL where the spread is not above 0' CODEC(ZSTD(1)),
    `squeeze_score` Nullable(Float64) COMMENT 'Imbalance times what the other two are above 0. Above 0 is pressure up, below 0 down; 0 unless open interest builds up and the spread is tight' CODEC(ZSTD(1)),
    `squeeze_product` Nullable(Float64) COMMENT 'The plain product of the seed, whose sign says nothing because two negative factors look like a squeeze' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Pressure of one side of the book while open interest builds up and the spread is tight; derivatives only';

CREATE MATERIALIZED VIEW `marketprism_features`.`oi_lob_squeeze__9b290ade__mv_lazy` TO `marketprism_features`.`oi_lob_squeeze__9b290ade` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`oi_change_z_20` AS `oi_change_z_20`,
  u.`imbalance_z_20` AS `imbalance_z_20`,
  u.`tightness_z_20` AS `tightness_z_20`,
  u.`squeeze_score` AS `squeeze_score`,
  u.`squeeze_product` AS `squeeze_product`
FROM `marketprism_features`.`ubt__close_2_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`oi_change_z_20`)), ifNotFinite(toFloat64(`oi_change_z_20`), 0), NULL) AS Nullable(Float64)) AS `oi_change_z_20`,
    CAST(if(isFinite(toFloat64(`imbalance_z_20`)), ifNotFinite(toFloat64(`imbalance_z_20`), 0), NULL) AS Nullable(Float64)) AS `imbalance_z_20`,
    CAST(if(isFinite(toFloat64(`tightness_z_20`)), ifNotFinite(toFloat64(`tightness_z_20`), 0), NULL) AS Nullable(Float64)) AS `tightness_z_20`,
    CAST(if(isFinite(toFloat64(`squeeze_score`)), ifNotFinite(toFloat64(`squeeze_score`), 0), NULL) AS Nullable(Float64)) AS `squeeze_score`,
    CAST(if(isFinite(toFloat64(`squeeze_product`)), ifNotFinite(toFloat64(`squeeze_product`), 0), NULL) AS Nullable(Float64)) AS `squeeze_product`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      oi_change.oi_change AS `building`,
      book_shape.imbalance_5 AS `imbalance`,
      if(book_state.spread_bps > 0, 1 / book_state.spread_bps, NULL) AS `tightness`,
      if(if(count() OVER before20 >= 1, count(building) OVER before20, NULL) >= 10, (building - if(count() OVER before20 >= 1, if(countIf(NOT isFinite(building)) OVER before20 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(building, 0), 30) + isFinite(building) * 0) OVER before20))) / nullIf(count(building) OVER before20, 0), NULL)) / nullIf(if(count() OVER before20 >= 1, if(countIf(NOT (abs((building)) <= 1e12)) OVER before20 > 0, nan, sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((building)), NULL, abs((building)) <= 1e12, toFloat64((building)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((building)), NULL, abs((building)) <= 1e12, toFloat64((building)), 0), 20) * toDecimal256(multiIf(isNull((building)), NULL, abs((building)) <= 1e12, toFloat64((building)), 0), 20)) OVER before20 - sum(toDecimal256(multiIf(isNull((building)), NULL, abs((building)) <= 1e12, toFloat64((building)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((building)), NULL, abs((building)) <= 1e12, toFloat64((building)), 0), 20)) OVER before20)) / nullIf(count(toDecimal256(multiIf(isNull((building)), NULL, abs((building)) <= 1e12, toFloat64((building)), 0), 20)) OVER before20 * (count(toDecimal256(multiIf(isNull((building)), NULL, abs((building)) <= 1e12, toFloat64((building)), 0), 20)) OVER before20 - 1), 0))), NULL), 0), NULL) AS `oi_change_z_20`,
      if(if(count() OVER before20 >= 1, count(imbalance) OVER before20, NULL) >= 10, (imbalance - if(count() OVER before20 >= 1, if(countIf(NOT isFinite(imbalance)) OVER before20 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(imbalance, 0), 30) + isFinite(imbalance) * 0) OVER before20))) / nullIf(count(imbalance) OVER before20, 0), NULL)) / nullIf(if(count() OVER before20 >= 1, if(countIf(NOT (abs((imbalance)) <= 1e12)) OVER before20 > 0, nan, sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((imbalance)), NULL, abs((imbalance)) <= 1e12, toFloat64((imbalance)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((imbalance)), NULL, abs((imbalance)) <= 1e12, toFloat64((imbalance)), 0), 20) * toDecimal256(multiIf(isNull((imbalance)), NULL, abs((imbalance)) <= 1e12, toFloat64((imbalance)), 0), 20)) OVER before20 - sum(toDecimal256(multiIf(isNull((imbalance)), NULL, abs((imbalance)) <= 1e12, toFloat64((imbalance)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((imbalance)), NULL, abs((imbalance)) <= 1e12, toFloat64((imbalance)), 0), 20)) OVER before20)) / nullIf(count(toDecimal256(multiIf(isNull((imbalance)), NULL, abs((imbalance)) <= 1e12, toFloat64((imbalance)), 0), 20)) OVER before20 * (count(toDecimal256(multiIf(isNull((imbalance)), NULL, abs((imbalance)) <= 1e12, toFloat64((imbalance)), 0), 20)) OVER before20 - 1), 0))), NULL), 0), NULL) AS `imbalance_z_20`,
      if(if(count() OVER before20 >= 1, count(tightness) OVER before20, NULL) >= 10, (tightness - if(count() OVER before20 >= 1, if(countIf(NOT isFinite(tightness)) OVER before20 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(tightness, 0), 30) + isFinite(tightness) * 0) OVER before20))) / nullIf(count(tightness) OVER before20, 0), NULL)) / nullIf(if(count() OVER before20 >= 1, if(countIf(NOT (abs((tightness)) <= 1e12)) OVER before20 > 0, nan, sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((tightness)), NULL, abs((tightness)) <= 1e12, toFloat64((tightness)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((tightness)), NULL, abs((tightness)) <= 1e12, toFloat64((tightness)), 0), 20) * toDecimal256(multiIf(isNull((tightness)), NULL, abs((tightness)) <= 1e12, toFloat64((tightness)), 0), 20)) OVER before20 - sum(toDecimal256(multiIf(isNull((tightness)), NULL, abs((tightness)) <= 1e12, toFloat64((tightness)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((tightness)), NULL, abs((tightness)) <= 1e12, toFloat64((tightness)), 0), 20)) OVER before20)) / nullIf(count(toDecimal256(multiIf(isNull((tightness)), NULL, abs((tightness)) <= 1e12, toFloat64((tightness)), 0), 20)) OVER before20 * (count(toDecimal256(multiIf(isNull((tightness)), NULL, abs((tightness)) <= 1e12, toFloat64((tightness)), 0), 20)) OVER before20 - 1), 0))), NULL), 0), NULL) AS `tightness_z_20`,
      imbalance_z_20 * (oi_change_z_20 + abs(oi_change_z_20)) / 2 * (tightness_z_20 + abs(tightness_z_20)) / 2 AS `squeeze_score`,
      imbalance_z_20 * oi_change_z_20 * tightness_z_20 AS `squeeze_product`
    FROM (
      SELECT `oi_change`.exchange AS exchange, `oi_change`.market_type AS market_type, `oi_change`.symbol AS symbol, `oi_change`.bucket_id AS bucket_id,
        `oi_change`.`oi_change` AS `oi_change.oi_change`,
        `book_shape`.`levels` AS `book_shape.levels`,
        `book_shape`.`imbalance_1` AS `book_shape.imbalance_1`,
        `book_shape`.`imbalance_5` AS `book_shape.imbalance_5`,
        `book_shape`.`imbalance_10` AS `book_shape.imbalance_10`,
        `book_shape`.`imbalance_20` AS `book_shape.imbalance_20`,
        `book_shape`.`depth_bid` AS `book_shape.depth_bid`,
        `book_shape`.`depth_ask` AS `book_shape.depth_ask`,
        `book_shape`.`imbalance_depth` AS `book_shape.imbalance_depth`,
        `book_shape`.`imbalance_distance` AS `book_shape.imbalance_distance`,
        `book_shape`.`imbalance_rank` AS `book_shape.imbalance_rank`,
        `book_shape`.`weighted_mid_bps` AS `book_shape.weighted_mid_bps`,
        `book_shape`.`vamp` AS `book_shape.vamp`,
        `book_shape`.`bid_slope` AS `book_shape.bid_slope`,
        `book_shape`.`ask_slope` AS `book_shape.ask_slope`,
        `book_shape`.`bid_exponent` AS `book_shape.bid_exponent`,
        `book_shape`.`ask_exponent` AS `book_shape.ask_exponent`,
        `book_shape`.`bid_convexity` AS `book_shape.bid_convexity`,
        `book_shape`.`ask_convexity` AS `book_shape.ask_convexity`,
        `book_shape`.`bid_naes_skjeltorp` AS `book_shape.bid_naes_skjeltorp`,
        `book_shape`.`ask_naes_skjeltorp` AS `book_shape.ask_naes_skjeltorp`,
        `book_shape`.`buy_filled` AS `book_shape.buy_filled`,
        `book_shape`.`buy_vwap` AS `book_shape.buy_vwap`,
        `book_shape`.`buy_impact_bps` AS `book_shape.buy_impact_bps`,
        `book_shape`.`buy_slippage_bps` AS `book_shape.buy_slippage_bps`,
        `book_shape`.`buy_last_price` AS `book_shape.buy_last_price`,
        `book_shape`.`sell_filled` AS `book_shape.sell_filled`,
        `book_shape`.`sell_vwap` AS `book_shape.sell_vwap`,
        `book_shape`.`sell_impact_bps` AS `book_shape.sell_impact_bps`,
        `book_shape`.`sell_slippage_bps` AS `book_shape.sell_slippage_bps`,
        `book_shape`.`sell_last_price` AS `book_shape.sell_last_price`,
        `book_state`.`mid` AS `book_state.mid`,
        `book_state`.`mid_start` AS `book_state.mid_start`,
        `book_state`.`last_valid_mid` AS `book_state.last_valid_mid`,
        `book_state`.`mid_age_ms` AS `book_state.mid_age_ms`,
        `book_state`.`spread_bps` AS `book_state.spread_bps`,
        `book_state`.`top_imbalance` AS `book_state.top_imbalance`,
        `book_state`.`weighted_mid` AS `book_state.weighted_mid`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `oi_change`
        FROM `marketprism_features`.`oi_change__06146111`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 20, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_2_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `oi_change`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `levels`,
          `imbalance_1`,
          `imbalance_5`,
          `imbalance_10`,
          `imbalance_20`,
          `depth_bid`,
          `depth_ask`,
          `imbalance_depth`,
          `imbalance_distance`,
          `imbalance_rank`,
          `weighted_mid_bps`,
          `vamp`,
          `bid_slope`,
          `ask_slope`,
          `bid_exponent`,
          `ask_exponent`,
          `bid_convexity`,
          `ask_convexity`,
          `bid_naes_skjeltorp`,
          `ask_naes_skjeltorp`,
          `buy_filled`,
          `buy_vwap`,
          `buy_impact_bps`,
          `buy_slippage_bps`,
          `buy_last_price`,
          `sell_filled`,
          `sell_vwap`,
          `sell_impact_bps`,
          `sell_slippage_bps`,
          `sell_last_price`
        FROM `marketprism_features`.`book_shape__b86d7b27`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 20, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_2_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `book_shape`
        ON `book_shape`.exchange = `oi_change`.exchange AND `book_shape`.market_type = `oi_change`.market_type AND `book_shape`.symbol = `oi_change`.symbol AND `book_shape`.bucket_id = `oi_change`.bucket_id
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `mid`,
          `mid_start`,
          `last_valid_mid`,
          `mid_age_ms`,
          `spread_bps`,
          `top_imbalance`,
          `weighted_mid`
        FROM `marketprism_features`.`book_state__9bb44e63`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 20, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_2_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `book_state`
        ON `book_state`.exchange = `oi_change`.exchange AND `book_state`.market_type = `oi_change`.market_type AND `book_state`.symbol = `oi_change`.symbol AND `book_state`.bucket_id = `oi_change`.bucket_id
    )
      WINDOW
        before20 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 20 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`oi_lob_squeeze` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `oi_change_z_20`,
  `imbalance_z_20`,
  `tightness_z_20`,
  `squeeze_score`,
  `squeeze_product`
FROM `marketprism_features`.`oi_lob_squeeze__9b290ade` FINAL
COMMENT 'Pressure of one side of the book while open interest builds up and the spread is tight; derivatives only';

INSERT INTO `marketprism_features`.`oi_lob_squeeze__9b290ade` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `oi_change_z_20`, `imbalance_z_20`, `tightness_z_20`, `squeeze_score`, `squeeze_product`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`oi_change_z_20` AS `oi_change_z_20`,
  u.`imbalance_z_20` AS `imbalance_z_20`,
  u.`tightness_z_20` AS `tightness_z_20`,
  u.`squeeze_score` AS `squeeze_score`,
  u.`squeeze_product` AS `squeeze_product`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`oi_change_z_20`)), ifNotFinite(toFloat64(`oi_change_z_20`), 0), NULL) AS Nullable(Float64)) AS `oi_change_z_20`,
    CAST(if(isFinite(toFloat64(`imbalance_z_20`)), ifNotFinite(toFloat64(`imbalance_z_20`), 0), NULL) AS Nullable(Float64)) AS `imbalance_z_20`,
    CAST(if(isFinite(toFloat64(`tightness_z_20`)), ifNotFinite(toFloat64(`tightness_z_20`), 0), NULL) AS Nullable(Float64)) AS `tightness_z_20`,
    CAST(if(isFinite(toFloat64(`squeeze_score`)), ifNotFinite(toFloat64(`squeeze_score`), 0), NULL) AS Nullable(Float64)) AS `squeeze_score`,
    CAST(if(isFinite(toFloat64(`squeeze_product`)), ifNotFinite(toFloat64(`squeeze_product`), 0), NULL) AS Nullable(Float64)) AS `squeeze_product`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      oi_change.oi_change AS `building`,
      book_shape.imbalance_5 AS `imbalance`,
      if(book_state.spread_bps > 0, 1 / book_state.spread_bps, NULL) AS `tightness`,
      if(if(count() OVER before20 >= 1, count(building) OVER before20, NULL) >= 10, (building - if(count() OVER before20 >= 1, if(countIf(NOT isFinite(building)) OVER before20 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(building, 0), 30) + isFinite(building) * 0) OVER before20))) / nullIf(count(building) OVER before20, 0), NULL)) / nullIf(if(count() OVER before20 >= 1, if(countIf(NOT (abs((building)) <= 1e12)) OVER before20 > 0, nan, sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((building)), NULL, abs((building)) <= 1e12, toFloat64((building)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((building)), NULL, abs((building)) <= 1e12, toFloat64((building)), 0), 20) * toDecimal256(multiIf(isNull((building)), NULL, abs((building)) <= 1e12, toFloat64((building)), 0), 20)) OVER before20 - sum(toDecimal256(multiIf(isNull((building)), NULL, abs((building)) <= 1e12, toFloat64((building)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((building)), NULL, abs((building)) <= 1e12, toFloat64((building)), 0), 20)) OVER before20)) / nullIf(count(toDecimal256(multiIf(isNull((building)), NULL, abs((building)) <= 1e12, toFloat64((building)), 0), 20)) OVER before20 * (count(toDecimal256(multiIf(isNull((building)), NULL, abs((building)) <= 1e12, toFloat64((building)), 0), 20)) OVER before20 - 1), 0))), NULL), 0), NULL) AS `oi_change_z_20`,
      if(if(count() OVER before20 >= 1, count(imbalance) OVER before20, NULL) >= 10, (imbalance - if(count() OVER before20 >= 1, if(countIf(NOT isFinite(imbalance)) OVER before20 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(imbalance, 0), 30) + isFinite(imbalance) * 0) OVER before20))) / nullIf(count(imbalance) OVER before20, 0), NULL)) / nullIf(if(count() OVER before20 >= 1, if(countIf(NOT (abs((imbalance)) <= 1e12)) OVER before20 > 0, nan, sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((imbalance)), NULL, abs((imbalance)) <= 1e12, toFloat64((imbalance)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((imbalance)), NULL, abs((imbalance)) <= 1e12, toFloat64((imbalance)), 0), 20) * toDecimal256(multiIf(isNull((imbalance)), NULL, abs((imbalance)) <= 1e12, toFloat64((imbalance)), 0), 20)) OVER before20 - sum(toDecimal256(multiIf(isNull((imbalance)), NULL, abs((imbalance)) <= 1e12, toFloat64((imbalance)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((imbalance)), NULL, abs((imbalance)) <= 1e12, toFloat64((imbalance)), 0), 20)) OVER before20)) / nullIf(count(toDecimal256(multiIf(isNull((imbalance)), NULL, abs((imbalance)) <= 1e12, toFloat64((imbalance)), 0), 20)) OVER before20 * (count(toDecimal256(multiIf(isNull((imbalance)), NULL, abs((imbalance)) <= 1e12, toFloat64((imbalance)), 0), 20)) OVER before20 - 1), 0))), NULL), 0), NULL) AS `imbalance_z_20`,
      if(if(count() OVER before20 >= 1, count(tightness) OVER before20, NULL) >= 10, (tightness - if(count() OVER before20 >= 1, if(countIf(NOT isFinite(tightness)) OVER before20 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(tightness, 0), 30) + isFinite(tightness) * 0) OVER before20))) / nullIf(count(tightness) OVER before20, 0), NULL)) / nullIf(if(count() OVER before20 >= 1, if(countIf(NOT (abs((tightness)) <= 1e12)) OVER before20 > 0, nan, sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((tightness)), NULL, abs((tightness)) <= 1e12, toFloat64((tightness)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((tightness)), NULL, abs((tightness)) <= 1e12, toFloat64((tightness)), 0), 20) * toDecimal256(multiIf(isNull((tightness)), NULL, abs((tightness)) <= 1e12, toFloat64((tightness)), 0), 20)) OVER before20 - sum(toDecimal256(multiIf(isNull((tightness)), NULL, abs((tightness)) <= 1e12, toFloat64((tightness)), 0), 20)) OVER before20 * sum(toDecimal256(multiIf(isNull((tightness)), NULL, abs((tightness)) <= 1e12, toFloat64((tightness)), 0), 20)) OVER before20)) / nullIf(count(toDecimal256(multiIf(isNull((tightness)), NULL, abs((tightness)) <= 1e12, toFloat64((tightness)), 0), 20)) OVER before20 * (count(toDecimal256(multiIf(isNull((tightness)), NULL, abs((tightness)) <= 1e12, toFloat64((tightness)), 0), 20)) OVER before20 - 1), 0))), NULL), 0), NULL) AS `tightness_z_20`,
      imbalance_z_20 * (oi_change_z_20 + abs(oi_change_z_20)) / 2 * (tightness_z_20 + abs(tightness_z_20)) / 2 AS `squeeze_score`,
      imbalance_z_20 * oi_change_z_20 * tightness_z_20 AS `squeeze_product`
    FROM (
      SELECT `oi_change`.exchange AS exchange, `oi_change`.market_type AS market_type, `oi_change`.symbol AS symbol, `oi_change`.bucket_id AS bucket_id,
        `oi_change`.`oi_change` AS `oi_change.oi_change`,
        `book_shape`.`levels` AS `book_shape.levels`,
        `book_shape`.`imbalance_1` AS `book_shape.imbalance_1`,
        `book_shape`.`imbalance_5` AS `book_shape.imbalance_5`,
        `book_shape`.`imbalance_10` AS `book_shape.imbalance_10`,
        `book_shape`.`imbalance_20` AS `book_shape.imbalance_20`,
        `book_shape`.`depth_bid` AS `book_shape.depth_bid`,
        `book_shape`.`depth_ask` AS `book_shape.depth_ask`,
        `book_shape`.`imbalance_depth` AS `book_shape.imbalance_depth`,
        `book_shape`.`imbalance_distance` AS `book_shape.imbalance_distance`,
        `book_shape`.`imbalance_rank` AS `book_shape.imbalance_rank`,
        `book_shape`.`weighted_mid_bps` AS `book_shape.weighted_mid_bps`,
        `book_shape`.`vamp` AS `book_shape.vamp`,
        `book_shape`.`bid_slope` AS `book_shape.bid_slope`,
        `book_shape`.`ask_slope` AS `book_shape.ask_slope`,
        `book_shape`.`bid_exponent` AS `book_shape.bid_exponent`,
        `book_shape`.`ask_exponent` AS `book_shape.ask_exponent`,
        `book_shape`.`bid_convexity` AS `book_shape.bid_convexity`,
        `book_shape`.`ask_convexity` AS `book_shape.ask_convexity`,
        `book_shape`.`bid_naes_skjeltorp` AS `book_shape.bid_naes_skjeltorp`,
        `book_shape`.`ask_naes_skjeltorp` AS `book_shape.ask_naes_skjeltorp`,
        `book_shape`.`buy_filled` AS `book_shape.buy_filled`,
        `book_shape`.`buy_vwap` AS `book_shape.buy_vwap`,
        `book_shape`.`buy_impact_bps` AS `book_shape.buy_impact_bps`,
        `book_shape`.`buy_slippage_bps` AS `book_shape.buy_slippage_bps`,
        `book_shape`.`buy_last_price` AS `book_shape.buy_last_price`,
        `book_shape`.`sell_filled` AS `book_shape.sell_filled`,
        `book_shape`.`sell_vwap` AS `book_shape.sell_vwap`,
        `book_shape`.`sell_impact_bps` AS `book_shape.sell_impact_bps`,
        `book_shape`.`sell_slippage_bps` AS `book_shape.sell_slippage_bps`,
        `book_shape`.`sell_last_price` AS `book_shape.sell_last_price`,
        `book_state`.`mid` AS `book_state.mid`,
        `book_state`.`mid_start` AS `book_state.mid_start`,
        `book_state`.`last_valid_mid` AS `book_state.last_valid_mid`,
        `book_state`.`mid_age_ms` AS `book_state.mid_age_ms`,
        `book_state`.`spread_bps` AS `book_state.spread_bps`,
        `book_state`.`top_imbalance` AS `book_state.top_imbalance`,
        `book_state`.`weighted_mid` AS `book_state.weighted_mid`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `oi_change`
        FROM `marketprism_features`.`oi_change__06146111`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 20, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `oi_change`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `levels`,
          `imbalance_1`,
          `imbalance_5`,
          `imbalance_10`,
          `imbalance_20`,
          `depth_bid`,
          `depth_ask`,
          `imbalance_depth`,
          `imbalance_distance`,
          `imbalance_rank`,
          `weighted_mid_bps`,
          `vamp`,
          `bid_slope`,
          `ask_slope`,
          `bid_exponent`,
          `ask_exponent`,
          `bid_convexity`,
          `ask_convexity`,
          `bid_naes_skjeltorp`,
          `ask_naes_skjeltorp`,
          `buy_filled`,
          `buy_vwap`,
          `buy_impact_bps`,
          `buy_slippage_bps`,
          `buy_last_price`,
          `sell_filled`,
          `sell_vwap`,
          `sell_impact_bps`,
          `sell_slippage_bps`,
          `sell_last_price`
        FROM `marketprism_features`.`book_shape__b86d7b27`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 20, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `book_shape`
        ON `book_shape`.exchange = `oi_change`.exchange AND `book_shape`.market_type = `oi_change`.market_type AND `book_shape`.symbol = `oi_change`.symbol AND `book_shape`.bucket_id = `oi_change`.bucket_id
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `mid`,
          `mid_start`,
          `last_valid_mid`,
          `mid_age_ms`,
          `spread_bps`,
          `top_imbalance`,
          `weighted_mid`
        FROM `marketprism_features`.`book_state__9bb44e63`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 20, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `book_state`
        ON `book_state`.exchange = `oi_change`.exchange AND `book_state`.market_type = `oi_change`.market_type AND `book_state`.symbol = `oi_change`.symbol AND `book_state`.bucket_id = `oi_change`.bucket_id
    )
      WINDOW
        before20 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 20 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view roll_spread, level 2, look-back 51

CREATE TABLE `marketprism_features`.`roll_spread__a1ffb6d2`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `autocov_50` Nullable(Float64) COMMENT 'Covariance of a close-to-close change with the one before it, 50 buckets; NULL with fewer than 3 changes' CODEC(ZSTD(1)),
    `roll_spread_50` Nullable(Float64) COMMENT '2 sqrt(-cov), and 0 where the covariance is not negative (Goyenko, Holden, Trzcinka 2009). Roll 1984' CODEC(ZSTD(1)),
    `roll_spread_bps_50` Nullable(Float64) COMMENT 'The same over the mean close of the window' CODEC(ZSTD(1)),
    `is_autocov_positive_50` Nullable(Float64) COMMENT '1 where prices trended and the estimator says nothing' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Roll\'s effective spread from the serial covariance of price changes between buckets, for venues without quotes';

CREATE MATERIALIZED VIEW `marketprism_features`.`roll_spread__a1ffb6d2__mv_lazy` TO `marketprism_features`.`roll_spread__a1ffb6d2` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`autocov_50` AS `autocov_50`,
  u.`roll_spread_50` AS `roll_spread_50`,
  u.`roll_spread_bps_50` AS `roll_spread_bps_50`,
  u.`is_autocov_positive_50` AS `is_autocov_positive_50`
FROM `marketprism_features`.`ubt__close_2_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`autocov_50`)), ifNotFinite(toFloat64(`autocov_50`), 0), NULL) AS Nullable(Float64)) AS `autocov_50`,
    CAST(if(isFinite(toFloat64(`roll_spread_50`)), ifNotFinite(toFloat64(`roll_spread_50`), 0), NULL) AS Nullable(Float64)) AS `roll_spread_50`,
    CAST(if(isFinite(toFloat64(`roll_spread_bps_50`)), ifNotFinite(toFloat64(`roll_spread_bps_50`), 0), NULL) AS Nullable(Float64)) AS `roll_spread_bps_50`,
    CAST(if(isFinite(toFloat64(`is_autocov_positive_50`)), ifNotFinite(toFloat64(`is_autocov_positive_50`), 0), NULL) AS Nullable(Float64)) AS `is_autocov_positive_50`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(if(count() OVER w50 >= 1, count(bucket_returns.price_change) OVER w50, NULL) >= 3, if(count() OVER w50 >= 1, if(countIf(NOT (abs((bucket_returns.price_change)) <= 1e12) OR NOT (abs((bucket_returns.previous_price_change)) <= 1e12)) OVER w50 > 0, nan, toFloat64(toString(count(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20) * toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.previous_price_change)) <= 1e12, toFloat64((bucket_returns.previous_price_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.previous_price_change)) <= 1e12, toFloat64((bucket_returns.previous_price_change)), 0), 20)) OVER w50)) / nullIf(count(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 * (count(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 - 1), 0)), NULL), NULL) AS `autocov_50`,
      if(isNull(autocov_50), NULL, if(autocov_50 < 0, 2 * sqrt(- autocov_50), 0)) AS `roll_spread_50`,
      roll_spread_50 / nullIf(if(count() OVER w50 >= 1, toFloat64(toString(sum(toDecimal256(order_flow.close, 30)) OVER w50)) / nullIf(count(order_flow.close) OVER w50, 0), NULL), 0) * 10000 AS `roll_spread_bps_50`,
      if(isNull(autocov_50), NULL, toUInt8(autocov_50 > 0)) AS `is_autocov_positive_50`
    FROM (
      SELECT `bucket_returns`.exchange AS exchange, `bucket_returns`.market_type AS market_type, `bucket_returns`.symbol AS symbol, `bucket_returns`.bucket_id AS bucket_id,
        `bucket_returns`.`previous_close` AS `bucket_returns.previous_close`,
        `bucket_returns`.`price_change` AS `bucket_returns.price_change`,
        `bucket_returns`.`log_return` AS `bucket_returns.log_return`,
        `bucket_returns`.`previous_price_change` AS `bucket_returns.previous_price_change`,
        `order_flow`.`buy_volume` AS `order_flow.buy_volume`,
        `order_flow`.`sell_volume` AS `order_flow.sell_volume`,
        `order_flow`.`volume` AS `order_flow.volume`,
        `order_flow`.`quote_volume` AS `order_flow.quote_volume`,
        `order_flow`.`trades` AS `order_flow.trades`,
        `order_flow`.`vwap` AS `order_flow.vwap`,
        `order_flow`.`open` AS `order_flow.open`,
        `order_flow`.`high` AS `order_flow.high`,
        `order_flow`.`low` AS `order_flow.low`,
        `order_flow`.`close` AS `order_flow.close`,
        `order_flow`.`imbalance` AS `order_flow.imbalance`,
        `order_flow`.`duration_s` AS `order_flow.duration_s`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `previous_close`,
          `price_change`,
          `log_return`,
          `previous_price_change`
        FROM `marketprism_features`.`bucket_returns__04eda3b9`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 49, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_2_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `bucket_returns`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `order_flow__buy_volume` AS `buy_volume`,
          `order_flow__sell_volume` AS `sell_volume`,
          `order_flow__volume` AS `volume`,
          `order_flow__quote_volume` AS `quote_volume`,
          `order_flow__trades` AS `trades`,
          `order_flow__vwap` AS `vwap`,
          `order_flow__open` AS `open`,
          `order_flow__high` AS `high`,
          `order_flow__low` AS `low`,
          `order_flow__close` AS `close`,
          `order_flow__imbalance` AS `imbalance`,
          `order_flow__duration_s` AS `duration_s`
        FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 49, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_2_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `order_flow`
        ON `order_flow`.exchange = `bucket_returns`.exchange AND `order_flow`.market_type = `bucket_returns`.market_type AND `order_flow`.symbol = `bucket_returns`.symbol AND `order_flow`.bucket_id = `bucket_returns`.bucket_id
    )
      WINDOW
        w50 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 49 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`roll_spread` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `autocov_50`,
  `roll_spread_50`,
  `roll_spread_bps_50`,
  `is_autocov_positive_50`
FROM `marketprism_features`.`roll_spread__a1ffb6d2` FINAL
COMMENT 'Roll\'s effective spread from the serial covariance of price changes between buckets, for venues without quotes';

INSERT INTO `marketprism_features`.`roll_spread__a1ffb6d2` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `autocov_50`, `roll_spread_50`, `roll_spread_bps_50`, `is_autocov_positive_50`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`autocov_50` AS `autocov_50`,
  u.`roll_spread_50` AS `roll_spread_50`,
  u.`roll_spread_bps_50` AS `roll_spread_bps_50`,
  u.`is_autocov_positive_50` AS `is_autocov_positive_50`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`autocov_50`)), ifNotFinite(toFloat64(`autocov_50`), 0), NULL) AS Nullable(Float64)) AS `autocov_50`,
    CAST(if(isFinite(toFloat64(`roll_spread_50`)), ifNotFinite(toFloat64(`roll_spread_50`), 0), NULL) AS Nullable(Float64)) AS `roll_spread_50`,
    CAST(if(isFinite(toFloat64(`roll_spread_bps_50`)), ifNotFinite(toFloat64(`roll_spread_bps_50`), 0), NULL) AS Nullable(Float64)) AS `roll_spread_bps_50`,
    CAST(if(isFinite(toFloat64(`is_autocov_positive_50`)), ifNotFinite(toFloat64(`is_autocov_positive_50`), 0), NULL) AS Nullable(Float64)) AS `is_autocov_positive_50`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(if(count() OVER w50 >= 1, count(bucket_returns.price_change) OVER w50, NULL) >= 3, if(count() OVER w50 >= 1, if(countIf(NOT (abs((bucket_returns.price_change)) <= 1e12) OR NOT (abs((bucket_returns.previous_price_change)) <= 1e12)) OVER w50 > 0, nan, toFloat64(toString(count(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20) * toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.previous_price_change)) <= 1e12, toFloat64((bucket_returns.previous_price_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.previous_price_change)) <= 1e12, toFloat64((bucket_returns.previous_price_change)), 0), 20)) OVER w50)) / nullIf(count(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 * (count(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 - 1), 0)), NULL), NULL) AS `autocov_50`,
      if(isNull(autocov_50), NULL, if(autocov_50 < 0, 2 * sqrt(- autocov_50), 0)) AS `roll_spread_50`,
      roll_spread_50 / nullIf(if(count() OVER w50 >= 1, toFloat64(toString(sum(toDecimal256(order_flow.close, 30)) OVER w50)) / nullIf(count(order_flow.close) OVER w50, 0), NULL), 0) * 10000 AS `roll_spread_bps_50`,
      if(isNull(autocov_50), NULL, toUInt8(autocov_50 > 0)) AS `is_autocov_positive_50`
    FROM (
      SELECT `bucket_returns`.exchange AS exchange, `bucket_returns`.market_type AS market_type, `bucket_returns`.symbol AS symbol, `bucket_returns`.bucket_id AS bucket_id,
        `bucket_returns`.`previous_close` AS `bucket_returns.previous_close`,
        `bucket_returns`.`price_change` AS `bucket_returns.price_change`,
        `bucket_returns`.`log_return` AS `bucket_returns.log_return`,
        `bucket_returns`.`previous_price_change` AS `bucket_returns.previous_price_change`,
        `order_flow`.`buy_volume` AS `order_flow.buy_volume`,
        `order_flow`.`sell_volume` AS `order_flow.sell_volume`,
        `order_flow`.`volume` AS `order_flow.volume`,
        `order_flow`.`quote_volume` AS `order_flow.quote_volume`,
        `order_flow`.`trades` AS `order_flow.trades`,
        `order_flow`.`vwap` AS `order_flow.vwap`,
        `order_flow`.`open` AS `order_flow.open`,
        `order_flow`.`high` AS `order_flow.high`,
        `order_flow`.`low` AS `order_flow.low`,
        `order_flow`.`close` AS `order_flow.close`,
        `order_flow`.`imbalance` AS `order_flow.imbalance`,
        `order_flow`.`duration_s` AS `order_flow.duration_s`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `previous_close`,
          `price_change`,
          `log_return`,
          `previous_price_change`
        FROM `marketprism_features`.`bucket_returns__04eda3b9`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 49, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `bucket_returns`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `order_flow__buy_volume` AS `buy_volume`,
          `order_flow__sell_volume` AS `sell_volume`,
          `order_flow__volume` AS `volume`,
          `order_flow__quote_volume` AS `quote_volume`,
          `order_flow__trades` AS `trades`,
          `order_flow__vwap` AS `vwap`,
          `order_flow__open` AS `open`,
          `order_flow__high` AS `high`,
          `order_flow__low` AS `low`,
          `order_flow__close` AS `close`,
          `order_flow__imbalance` AS `imbalance`,
          `order_flow__duration_s` AS `duration_s`
        FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 49, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `order_flow`
        ON `order_flow`.exchange = `bucket_returns`.exchange AND `order_flow`.market_type = `bucket_returns`.market_type AND `order_flow`.symbol = `bucket_returns`.symbol AND `order_flow`.bucket_id = `bucket_returns`.bucket_id
    )
      WINDOW
        w50 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 49 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view volatility_regime, level 2, look-back 999

CREATE TABLE `marketprism_features`.`volatility_regime__84c984d3`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `volatility_regime` Nullable(Float64) COMMENT '1 from a rank of at least 0.9 until it falls below 0.7, -1 from a rank of at most 0.1 until it rises above 0.3, else 0; NULL where the rank is' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Whether volatility is high or low, with different thresholds for entering and leaving, so that it does not flicker';

CREATE MATERIALIZED VIEW `marketprism_features`.`volatility_regime__84c984d3__mv_lazy` TO `marketprism_features`.`volatility_regime__84c984d3` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`volatility_regime` AS `volatility_regime`
FROM `marketprism_features`.`ubt__close_2_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`volatility_regime`)), ifNotFinite(toFloat64(`volatility_regime`), 0), NULL) AS Nullable(Float64)) AS `volatility_regime`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      arrayFold((s__, x__) -> CAST(tuple(multiIf(isNull(tupleElement(x__, 1)), tupleElement(s__, 1), tupleElement(s__, 1) = 1 AND tupleElement(x__, 1) >= 0.7, 1, tupleElement(s__, 1) = - 1 AND tupleElement(x__, 1) <= 0.3, - 1, tupleElement(x__, 1) >= 0.9, 1, tupleElement(x__, 1) <= 0.1, - 1, 0)), 'Tuple(Nullable(Float64))'), arrayZip(arrayMap(t -> t.1, groupArray(tuple(volatility_rank_500)) OVER scan)), CAST(tuple(NULL), 'Tuple(Nullable(Float64))')) AS `scan__state`,
      if(isNull(volatility_rank_500), NULL, tupleElement(scan__state, 1)) AS `volatility_regime`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        `volatility_rank_500`
      FROM `marketprism_features`.`volatility_rank__8d6f783d`
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT DISTINCT
          exchange, market_type, symbol,
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 499, 1)), bucket_id + 1)) AS bucket_id
        FROM `marketprism_features`.`ubt__close_2_lazy`
      )
      ORDER BY v DESC
      LIMIT 1 BY exchange, market_type, symbol, bucket_id
    )
      WINDOW
        scan AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 499 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`volatility_regime` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `volatility_regime`
FROM `marketprism_features`.`volatility_regime__84c984d3` FINAL
COMMENT 'Whether volatility is high or low, with different thresholds for entering and leaving, so that it does not flicker';

INSERT INTO `marketprism_features`.`volatility_regime__84c984d3` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `volatility_regime`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`volatility_regime` AS `volatility_regime`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`volatility_regime`)), ifNotFinite(toFloat64(`volatility_regime`), 0), NULL) AS Nullable(Float64)) AS `volatility_regime`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      arrayFold((s__, x__) -> CAST(tuple(multiIf(isNull(tupleElement(x__, 1)), tupleElement(s__, 1), tupleElement(s__, 1) = 1 AND tupleElement(x__, 1) >= 0.7, 1, tupleElement(s__, 1) = - 1 AND tupleElement(x__, 1) <= 0.3, - 1, tupleElement(x__, 1) >= 0.9, 1, tupleElement(x__, 1) <= 0.1, - 1, 0)), 'Tuple(Nullable(Float64))'), arrayZip(arrayMap(t -> t.1, groupArray(tuple(volatility_rank_500)) OVER scan)), CAST(tuple(NULL), 'Tuple(Nullable(Float64))')) AS `scan__state`,
      if(isNull(volatility_rank_500), NULL, tupleElement(scan__state, 1)) AS `volatility_regime`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        `volatility_rank_500`
      FROM `marketprism_features`.`volatility_rank__8d6f783d`
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT DISTINCT
          exchange, market_type, symbol,
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 499, 1)), bucket_id + 1)) AS bucket_id
        FROM buckets
      )
      ORDER BY v DESC
      LIMIT 1 BY exchange, market_type, symbol, bucket_id
    )
      WINDOW
        scan AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 499 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view footprint_by_bucket, level 0, look-back 0

CREATE VIEW `marketprism_features`.`footprint_by_bucket` AS
SELECT
  `footprint`.exchange AS exchange,
`footprint`.market_type AS market_type,
`footprint`.symbol AS symbol,
`footprint`.bucket_id AS bucket_id,
`footprint`.bucket_ts_start AS bucket_ts_start,
`footprint`.bucket_ts_end AS bucket_ts_end,
`footprint`.available_at AS available_at,
  `footprint`.`px_bin` AS `px_bin`,
  `footprint`.`bin_buy` AS `ask_vol`,
  `footprint`.`bin_sell` AS `bid_vol`,
  `footprint`.`bin_volume` AS `total_vol`,
  `footprint`.`bin_delta` AS `delta`,
  `footprint_poc`.`range_bps` AS `range_bps`
FROM `marketprism_features`.`footprint` AS `footprint`
LEFT JOIN `marketprism_features`.`footprint_poc` AS `footprint_poc`
  ON `footprint_poc`.exchange = `footprint`.exchange AND `footprint_poc`.market_type = `footprint`.market_type AND `footprint_poc`.symbol = `footprint`.symbol AND `footprint_poc`.bucket_id = `footprint`.bucket_id
COMMENT 'Volume of one bucket by price bin, under the names that the first design gave it';

-- view kyle_lambda_by_bucket, level 2, look-back 99

CREATE VIEW `marketprism_features`.`kyle_lambda_by_bucket` AS
SELECT
  `kyle_lambda`.exchange AS exchange,
`kyle_lambda`.market_type AS market_type,
`kyle_lambda`.symbol AS symbol,
`kyle_lambda`.bucket_id AS bucket_id,
`kyle_lambda`.bucket_ts_start AS bucket_ts_start,
`kyle_lambda`.bucket_ts_end AS bucket_ts_end,
`kyle_lambda`.available_at AS available_at,
  `kyle_lambda`.`kyle_ratio` AS `kyle_lambda`,
  `amihud`.`illiquidity` AS `amihud_illiq`,
  `trade_impact`.`signed_volume` AS `signed_volume`,
  `bucket_returns`.`price_change` AS `price_change`
FROM `marketprism_features`.`kyle_lambda` AS `kyle_lambda`
LEFT JOIN `marketprism_features`.`amihud` AS `amihud`
  ON `amihud`.exchange = `kyle_lambda`.exchange AND `amihud`.market_type = `kyle_lambda`.market_type AND `amihud`.symbol = `kyle_lambda`.symbol AND `amihud`.bucket_id = `kyle_lambda`.bucket_id
LEFT JOIN `marketprism_features`.`trade_impact` AS `trade_impact`
  ON `trade_impact`.exchange = `kyle_lambda`.exchange AND `trade_impact`.market_type = `kyle_lambda`.market_type AND `trade_impact`.symbol = `kyle_lambda`.symbol AND `trade_impact`.bucket_id = `kyle_lambda`.bucket_id
LEFT JOIN `marketprism_features`.`bucket_returns` AS `bucket_returns`
  ON `bucket_returns`.exchange = `kyle_lambda`.exchange AND `bucket_returns`.market_type = `kyle_lambda`.market_type AND `bucket_returns`.symbol = `kyle_lambda`.symbol AND `bucket_returns`.bucket_id = `kyle_lambda`.bucket_id
COMMENT 'Price impact of one bucket, under the names that the first design gave it; for estimates see kyle_lambda';

-- view mid_by_bucket, level 0, look-back 0

CREATE VIEW `marketprism_features`.`mid_by_bucket` AS
SELECT
  `order_flow`.exchange AS exchange,
`order_flow`.market_type AS market_type,
`order_flow`.symbol AS symbol,
`order_flow`.bucket_id AS bucket_id,
`order_flow`.bucket_ts_start AS bucket_ts_start,
`order_flow`.bucket_ts_end AS bucket_ts_end,
`order_flow`.available_at AS available_at,
  `book_state`.`mid` AS `mid`
FROM `marketprism_features`.`order_flow` AS `order_flow`
LEFT JOIN `marketprism_features`.`book_state` AS `book_state`
  ON `book_state`.exchange = `order_flow`.exchange AND `book_state`.market_type = `order_flow`.market_type AND `book_state`.symbol = `order_flow`.symbol AND `book_state`.bucket_id = `order_flow`.bucket_id
COMMENT 'The mid at each bucket\'s end, under the name that the first design gave it';

-- view vpin_by_bucket, level 1, look-back 49

CREATE VIEW `marketprism_features`.`vpin_by_bucket` AS
SELECT
  `order_flow`.exchange AS exchange,
`order_flow`.market_type AS market_type,
`order_flow`.symbol AS symbol,
`order_flow`.bucket_id AS bucket_id,
`order_flow`.bucket_ts_start AS bucket_ts_start,
`order_flow`.bucket_ts_end AS bucket_ts_end,
`order_flow`.available_at AS available_at,
  `vpin`.`vpin_50` AS `vpin`,
  `order_flow`.`buy_volume` AS `buy_volume`,
  `order_flow`.`sell_volume` AS `sell_volume`,
  `order_flow`.`volume` AS `total_volume`
FROM `marketprism_features`.`order_flow` AS `order_flow`
LEFT JOIN `marketprism_features`.`vpin` AS `vpin`
  ON `vpin`.exchange = `order_flow`.exchange AND `vpin`.market_type = `order_flow`.market_type AND `vpin`.symbol = `order_flow`.symbol AND `vpin`.bucket_id = `order_flow`.bucket_id
COMMENT 'VPIN and its volumes, under the names that the first design gave them';

-- vector trend_v1, level 2, look-back 49

CREATE TABLE `marketprism_features`.`vector_trend_v1__a7ff1ad4`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `order_flow__volume` Nullable(Float64) COMMENT 'All volume; at least the clock\'s size, unless the bucket was closed by time' CODEC(ZSTD(1)),
    `order_flow__quote_volume` Nullable(Float64) COMMENT 'Sum of price times quantity' CODEC(ZSTD(1)),
    `order_flow__trades` Nullable(Float64) COMMENT 'Number of trades' CODEC(ZSTD(1)),
    `order_flow__imbalance` Nullable(Float64) COMMENT 'Signed share of the volume; +1 when every taker bought' CODEC(ZSTD(1)),
    `order_flow__duration_s` Nullable(Float64) COMMENT 'From the bucket\'s first trade to its end, to the millisecond; never 0' CODEC(ZSTD(1)),
    `trade_impact__signed_volume` Nullable(Float64) COMMENT 'Volume bought minus volume sold, by the side of the taker' CODEC(ZSTD(1)),
    `trade_impact__trade_impact_ratio` Nullable(Float64) COMMENT 'Diagnostic; heavy tails where the signed volume is near 0. Kyle\'s lambda is estimated from mids, not from this' CODEC(ZSTD(1)),
    `book_state__spread_bps` Nullable(Float64) COMMENT '(ask - bid) / mid of the last snapshot, in 1/10000; NULL where mid is' CODEC(ZSTD(1)),
    `book_state__top_imbalance` Nullable(Float64) COMMENT '(bid size - ask size) / (bid size + ask size) at the best prices of the last snapshot; NULL where mid is' CODEC(ZSTD(1)),
    `book_state__mid_age_ms` Nullable(Float64) COMMENT 'From the snapshot of last_valid_mid to the bucket\'s end' CODEC(ZSTD(1)),
    `vpin__vpin_20` Nullable(Float64) COMMENT 'Sum of |buys - sells| over sum of volume, 20 buckets. Easley, Lopez de Prado, O\'Hara 2012, with true sides and unequal buckets' CODEC(ZSTD(1)),
    `vpin__vpin_50` Nullable(Float64) COMMENT 'The same over 50 buckets, the paper\'s length' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Flow, impact, book and toxicity of the last closed bucket, for models of the short-term trend';

CREATE MATERIALIZED VIEW `marketprism_features`.`vector_trend_v1__a7ff1ad4__mv` TO `marketprism_features`.`vector_trend_v1__a7ff1ad4` AS
SELECT
  c.exchange AS exchange,
  c.market_type AS market_type,
  c.symbol AS symbol,
  c.bucket_id AS bucket_id,
  c.bucket_ts_start AS bucket_ts_start,
  c.bucket_ts_end AS bucket_ts_end,
  c.available_at + toIntervalMillisecond(150) AS available_at,
  c.v AS v,
  `ubt.trades.1ebe1119`.`order_flow__volume` AS `order_flow__volume`,
  `ubt.trades.1ebe1119`.`order_flow__quote_volume` AS `order_flow__quote_volume`,
  `ubt.trades.1ebe1119`.`order_flow__trades` AS `order_flow__trades`,
  `ubt.trades.1ebe1119`.`order_flow__imbalance` AS `order_flow__imbalance`,
  `ubt.trades.1ebe1119`.`order_flow__duration_s` AS `order_flow__duration_s`,
  `ubt.trades.1ebe1119`.`trade_impact__signed_volume` AS `trade_impact__signed_volume`,
  `ubt.trades.1ebe1119`.`trade_impact__trade_impact_ratio` AS `trade_impact__trade_impact_ratio`,
  `book_state`.`spread_bps` AS `book_state__spread_bps`,
  `book_state`.`top_imbalance` AS `book_state__top_imbalance`,
  `book_state`.`mid_age_ms` AS `book_state__mid_age_ms`,
  `vpin`.`vpin_20` AS `vpin__vpin_20`,
  `vpin`.`vpin_50` AS `vpin__vpin_50`
FROM `marketprism_features`.`ubt__close_2_hot` AS c
LEFT JOIN (
  SELECT
    exchange, market_type, symbol, bucket_id,
    `order_flow__volume`,
    `order_flow__quote_volume`,
    `order_flow__trades`,
    `order_flow__imbalance`,
    `order_flow__duration_s`,
    `trade_impact__signed_volume`,
    `trade_impact__trade_impact_ratio`
  FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id
    FROM `marketprism_features`.`ubt__close_2_hot`
  )
  ORDER BY v DESC
  LIMIT 1 BY exchange, market_type, symbol, bucket_id
) AS `ubt.trades.1ebe1119`
  ON `ubt.trades.1ebe1119`.exchange = c.exchange AND `ubt.trades.1ebe1119`.market_type = c.market_type AND `ubt.trades.1ebe1119`.symbol = c.symbol AND `ubt.trades.1ebe1119`.bucket_id = c.bucket_id
LEFT JOIN (
  SELECT
    exchange, market_type, symbol, bucket_id,
    `spread_bps`,
    `top_imbalance`,
    `mid_age_ms`
  FROM `marketprism_features`.`book_state__9bb44e63`
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id
    FROM `marketprism_features`.`ubt__close_2_hot`
  )
  ORDER BY v DESC
  LIMIT 1 BY exchange, market_type, symbol, bucket_id
) AS `book_state`
  ON `book_state`.exchange = c.exchange AND `book_state`.market_type = c.market_type AND `book_state`.symbol = c.symbol AND `book_state`.bucket_id = c.bucket_id
LEFT JOIN (
  SELECT
    exchange, market_type, symbol, bucket_id,
    `vpin_20`,
    `vpin_50`
  FROM `marketprism_features`.`vpin__21ac77e8`
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id
    FROM `marketprism_features`.`ubt__close_2_hot`
  )
  ORDER BY v DESC
  LIMIT 1 BY exchange, market_type, symbol, bucket_id
) AS `vpin`
  ON `vpin`.exchange = c.exchange AND `vpin`.market_type = c.market_type AND `vpin`.symbol = c.symbol AND `vpin`.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`vector_trend_v1` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `order_flow__volume`,
  `order_flow__quote_volume`,
  `order_flow__trades`,
  `order_flow__imbalance`,
  `order_flow__duration_s`,
  `trade_impact__signed_volume`,
  `trade_impact__trade_impact_ratio`,
  `book_state__spread_bps`,
  `book_state__top_imbalance`,
  `book_state__mid_age_ms`,
  `vpin__vpin_20`,
  `vpin__vpin_50`
FROM `marketprism_features`.`vector_trend_v1__a7ff1ad4` FINAL
COMMENT 'Flow, impact, book and toxicity of the last closed bucket, for models of the short-term trend';

INSERT INTO `marketprism_features`.`vector_trend_v1__a7ff1ad4` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `order_flow__volume`, `order_flow__quote_volume`, `order_flow__trades`, `order_flow__imbalance`, `order_flow__duration_s`, `trade_impact__signed_volume`, `trade_impact__trade_impact_ratio`, `book_state__spread_bps`, `book_state__top_imbalance`, `book_state__mid_age_ms`, `vpin__vpin_20`, `vpin__vpin_50`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
  c.market_type AS market_type,
  c.symbol AS symbol,
  c.bucket_id AS bucket_id,
  c.bucket_ts_start AS bucket_ts_start,
  c.bucket_ts_end AS bucket_ts_end,
  c.available_at + toIntervalMillisecond(150) AS available_at,
  c.v AS v,
  `ubt.trades.1ebe1119`.`order_flow__volume` AS `order_flow__volume`,
  `ubt.trades.1ebe1119`.`order_flow__quote_volume` AS `order_flow__quote_volume`,
  `ubt.trades.1ebe1119`.`order_flow__trades` AS `order_flow__trades`,
  `ubt.trades.1ebe1119`.`order_flow__imbalance` AS `order_flow__imbalance`,
  `ubt.trades.1ebe1119`.`order_flow__duration_s` AS `order_flow__duration_s`,
  `ubt.trades.1ebe1119`.`trade_impact__signed_volume` AS `trade_impact__signed_volume`,
  `ubt.trades.1ebe1119`.`trade_impact__trade_impact_ratio` AS `trade_impact__trade_impact_ratio`,
  `book_state`.`spread_bps` AS `book_state__spread_bps`,
  `book_state`.`top_imbalance` AS `book_state__top_imbalance`,
  `book_state`.`mid_age_ms` AS `book_state__mid_age_ms`,
  `vpin`.`vpin_20` AS `vpin__vpin_20`,
  `vpin`.`vpin_50` AS `vpin__vpin_50`
FROM buckets AS c
LEFT JOIN (
  SELECT
    exchange, market_type, symbol, bucket_id,
    `order_flow__volume`,
    `order_flow__quote_volume`,
    `order_flow__trades`,
    `order_flow__imbalance`,
    `order_flow__duration_s`,
    `trade_impact__signed_volume`,
    `trade_impact__trade_impact_ratio`
  FROM `marketprism_features`.`ubt__trades_fused__1ebe1119`
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id
    FROM buckets
  )
  ORDER BY v DESC
  LIMIT 1 BY exchange, market_type, symbol, bucket_id
) AS `ubt.trades.1ebe1119`
  ON `ubt.trades.1ebe1119`.exchange = c.exchange AND `ubt.trades.1ebe1119`.market_type = c.market_type AND `ubt.trades.1ebe1119`.symbol = c.symbol AND `ubt.trades.1ebe1119`.bucket_id = c.bucket_id
LEFT JOIN (
  SELECT
    exchange, market_type, symbol, bucket_id,
    `spread_bps`,
    `top_imbalance`,
    `mid_age_ms`
  FROM `marketprism_features`.`book_state__9bb44e63`
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id
    FROM buckets
  )
  ORDER BY v DESC
  LIMIT 1 BY exchange, market_type, symbol, bucket_id
) AS `book_state`
  ON `book_state`.exchange = c.exchange AND `book_state`.market_type = c.market_type AND `book_state`.symbol = c.symbol AND `book_state`.bucket_id = c.bucket_id
LEFT JOIN (
  SELECT
    exchange, market_type, symbol, bucket_id,
    `vpin_20`,
    `vpin_50`
  FROM `marketprism_features`.`vpin__21ac77e8`
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id
    FROM buckets
  )
  ORDER BY v DESC
  LIMIT 1 BY exchange, market_type, symbol, bucket_id
) AS `vpin`
  ON `vpin`.exchange = c.exchange AND `vpin`.market_type = c.market_type AND `vpin`.symbol = c.symbol AND `vpin`.bucket_id = c.bucket_id;

-- label trend_3, level 1, look-back 0

CREATE TABLE `marketprism_features`.`label_trend_3__b06aaa90`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `raw_return` Nullable(Float64) COMMENT 'ln(price at the label\'s end / price at its start)' CODEC(ZSTD(1)),
    `return_per_second` Nullable(Float64) COMMENT 'raw_return / duration_s' CODEC(ZSTD(1)),
    `return_per_sqrt_second` Nullable(Float64) COMMENT 'raw_return / sqrt(duration_s): of equal variance whatever the duration' CODEC(ZSTD(1)),
    `class` Nullable(Int8) COMMENT '+1, 0 or -1: the return against its threshold, strictly' CODEC(ZSTD(1)),
    `label_end_ts` Nullable(DateTime64(3, 'UTC')) COMMENT 'When the label is known; splits purge by it' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Where the mid goes over the next three buckets, and whether that is more than noise and costs';

CREATE VIEW `marketprism_features`.`label_trend_3` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `raw_return`,
  `return_per_second`,
  `return_per_sqrt_second`,
  `class`,
  `label_end_ts`
FROM `marketprism_features`.`label_trend_3__b06aaa90` FINAL
COMMENT 'Where the mid goes over the next three buckets, and whether that is more than noise and costs';

INSERT INTO `marketprism_features`.`label_trend_3__b06aaa90` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `raw_return`, `return_per_second`, `return_per_sqrt_second`, `class`, `label_end_ts`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`unified_buckets` FINAL /* chunk */)
SELECT
  exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at,
  label_v AS v,
  raw AS `raw_return`,
  if(dt_ms >= 1000 AND dt_ms > 0, raw / (dt_ms / 1000), NULL) AS `return_per_second`,
  if(dt_ms >= 1000 AND dt_ms > 0, raw / sqrt((dt_ms / 1000)), NULL) AS `return_per_sqrt_second`,
  CAST(if(isNull(raw) OR isNull(if(isNull(0.5 * if(realised >= 100, sqrt(squares / realised), NULL) * sqrt((dt_ms / 1000))), NULL, greatest(0.5 * if(realised >= 100, sqrt(squares / realised), NULL) * sqrt((dt_ms / 1000)), 2 / 10000))) OR NOT (dt_ms >= 1000 AND dt_ms > 0), NULL, multiIf(raw * 1 > if(isNull(0.5 * if(realised >= 100, sqrt(squares / realised), NULL) * sqrt((dt_ms / 1000))), NULL, greatest(0.5 * if(realised >= 100, sqrt(squares / realised), NULL) * sqrt((dt_ms / 1000)), 2 / 10000)), 1, raw * -1 > if(isNull(0.5 * if(realised >= 100, sqrt(squares / realised), NULL) * sqrt((dt_ms / 1000))), NULL, greatest(0.5 * if(realised >= 100, sqrt(squares / realised), NULL) * sqrt((dt_ms / 1000)), 2 / 10000)), -1, 0)) AS Nullable(Int8)) AS `class`,
  if(isNull(raw), NULL, end_of_label) AS `label_end_ts`
FROM (
  SELECT
    *,
    least(100, steps - steps_out_of_reach) AS realised,
    -- Sums of squares are exact, so a difference of two running sums does not depend on where they began.
    toFloat64(squares_so_far - greatest(squares_before, squares_out_of_reach)) AS squares
  FROM (
    SELECT
      *,
      max(squares_so_far) OVER (PARTITION BY exchange, market_type, symbol ORDER BY steps RANGE BETWEEN 100 PRECEDING AND 100 PRECEDING) AS squares_before,
      max(squares_so_far) OVER out_of_reach AS squares_out_of_reach,
      max(steps) OVER out_of_reach AS steps_out_of_reach
    FROM (
      SELECT
        *,
        toInt64(count(step) OVER so_far) AS steps,
        sum(toDecimal256(ifNull(step, 0) * ifNull(step, 0), 30)) OVER so_far AS squares_so_far
      FROM (
        -- The return of one bucket, per square root of a second; the last ones before a label's start are its sigma.
        SELECT
          *,
          if(step_ms >= 1000 AND step_ms > 0, log(price / max(price) OVER before_it) / sqrt(step_ms / 1000), NULL) AS step
        FROM (
          SELECT
            *,
            end_ms - if(count() OVER before_it = 0, end_ms, max(end_ms) OVER before_it) AS step_ms
          FROM (
            SELECT
              *,
              if(count() OVER up_to = 3 + 1, log(max(price) OVER ahead / price), NULL) AS raw,
              max(end_ms) OVER ahead - end_ms AS dt_ms,
              fromUnixTimestamp64Milli(max(end_ms) OVER ahead, 'UTC') AS end_of_label,
              bucket_id + 3 <= closed AS is_closed,
              max(row_v) OVER reads AS label_v
            FROM (
              SELECT
                b.exchange AS exchange, b.market_type AS market_type, b.symbol AS symbol, b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start, b.bucket_ts_end AS bucket_ts_end, b.available_at AS available_at,
                toUnixTimestamp64Milli(b.bucket_ts_end) AS end_ms,
                c.closed AS closed,
                greatest(b.v, p.v) AS row_v,
                if(p.`last_valid_mid` > 0, p.`last_valid_mid`, NULL) AS any_price,
                p.`mid_age_ms` AS age_ms,
                if(age_ms <= 5000, any_price, NULL) AS price
              FROM (
                SELECT exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v
                FROM `marketprism_features`.`unified_buckets` FINAL
                WHERE (exchange, market_type, symbol) IN (SELECT DISTINCT exchange, market_type, symbol FROM buckets)
                AND bucket_id + 1000 >= (SELECT min(bucket_id) FROM buckets)
                AND bucket_id <= (SELECT max(bucket_id) FROM buckets) + 3
              ) AS b
              -- Only what is complete: a bucket that is still being computed has no price yet.
              INNER JOIN (
                SELECT exchange, market_type, symbol, max(bucket_id) AS closed
                FROM `marketprism_features`.`closes`
                WHERE clock = 'ubt' AND path = 'hot'
                GROUP BY exchange, market_type, symbol
              ) AS c ON c.exchange = b.exchange AND c.market_type = b.market_type AND c.symbol = b.symbol
              LEFT JOIN (
                SELECT exchange, market_type, symbol, bucket_id, `last_valid_mid`, `mid_age_ms`, v
                FROM `marketprism_features`.`book_state__9bb44e63` FINAL
                WHERE (exchange, market_type, symbol) IN (SELECT DISTINCT exchange, market_type, symbol FROM buckets)
                AND bucket_id + 1000 >= (SELECT min(bucket_id) FROM buckets)
                AND bucket_id <= (SELECT max(bucket_id) FROM buckets) + 3
              ) AS p ON p.exchange = b.exchange AND p.market_type = b.market_type AND p.symbol = b.symbol AND p.bucket_id = b.bucket_id
              WHERE b.bucket_id <= c.closed
            )
            WINDOW
              ahead AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 3 FOLLOWING AND 3 FOLLOWING),
              up_to AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN CURRENT ROW AND 3 FOLLOWING),
              reads AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 1000 PRECEDING AND 3 FOLLOWING)
          )
          WINDOW before_it AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING)
        )
        WINDOW before_it AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING)
      )
      WINDOW so_far AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    )
    WINDOW out_of_reach AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN UNBOUNDED PRECEDING AND 1000 PRECEDING)
  )
)
WHERE is_closed AND (exchange, market_type, symbol, bucket_id) IN (SELECT exchange, market_type, symbol, bucket_id FROM buckets);

-- gate every_1m, level 0, look-back 0

CREATE TABLE `marketprism_features`.`every_1m__gate`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `prev_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `trades` UInt32,
    `vol` Decimal(38, 8),
    `vwap` Float64,
    `cut_trigger` Enum8('volume' = 1, 'time' = 2, 'count' = 3, 'max_trades' = 4, 'quality' = 5, 'event' = 6),
    `size` Decimal(38, 8),
    `v` UInt64
)
ENGINE = Null
COMMENT 'Closed buckets of every_1m on their way into buckets_every_1m';

CREATE MATERIALIZED VIEW `marketprism_features`.`every_1m__gate__mv` TO `marketprism_features`.`buckets_every_1m` AS
SELECT
  g.exchange AS exchange,
  g.market_type AS market_type,
  g.symbol AS symbol,
  g.bucket_id AS bucket_id,
  g.bucket_ts_start AS bucket_ts_start,
  g.bucket_ts_end AS bucket_ts_end,
  g.prev_ts_end AS prev_ts_end,
  g.available_at AS available_at,
  g.trades AS trades,
  g.vol AS vol,
  g.vwap AS vwap,
  g.cut_trigger AS cut_trigger,
  g.size AS size,
  g.v AS v
FROM `marketprism_features`.`every_1m__gate` AS g
LEFT JOIN (
  SELECT exchange, market_type, symbol, max(epoch) AS epoch
  FROM `marketprism_features`.`leases`
  WHERE (exchange, market_type, symbol) IN (SELECT exchange, market_type, symbol FROM `marketprism_features`.`every_1m__gate`)
  GROUP BY exchange, market_type, symbol
) AS l
  ON l.exchange = g.exchange AND l.market_type = g.market_type AND l.symbol = g.symbol
WHERE throwIf(bitShiftRight(g.v, 40) < l.epoch, 'another writer has taken over this instrument') = 0;

-- stream every_1m.trades_lazy, level 0, look-back 0

CREATE TABLE `marketprism_features`.`every_1m__trades_lazy`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `prev_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `v` UInt64,
    `bucket__place` UInt32,
    `ord` UInt128,
    `price` Float64,
    `side` Int8,
    `price_ticks` Nullable(Int64),
    `quantity_exact` Decimal(76, 8),
    `quote_exact` Decimal(76, 16)
)
ENGINE = Null
COMMENT 'Rows of trades that belong to just-closed buckets of every_1m';

CREATE MATERIALIZED VIEW `marketprism_features`.`every_1m__trades_lazy__guard` TO `marketprism_features`.`every_1m__guard` AS
SELECT
  throwIf(
    getSetting('min_insert_block_size_rows') < 10000000 OR getSetting('min_insert_block_size_bytes') > 0,
    'a close must be inserted as one block: the insert misses its block settings'
  )
  + throwIf(countIf(bucket__place = 0) > 0, 'a close must give each of its buckets its place, from 1')
  + throwIf(count() > 9000000, 'a close is too large for one block: insert fewer buckets at once') AS passed
FROM `marketprism_features`.`every_1m__trades_lazy`;

CREATE MATERIALIZED VIEW `marketprism_features`.`every_1m__trades_lazy__mv` TO `marketprism_features`.`every_1m__trades_lazy` AS
WITH (
  SELECT tuple(
    groupUniqArray((exchange, market_type, symbol)),
    min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
  )
  FROM `marketprism_features`.`every_1m__close_0_lazy`
) AS span
SELECT
  j.exchange AS exchange,
  j.market_type AS market_type,
  j.symbol AS symbol,
  j.bucket_id AS bucket_id,
  j.bucket_ts_start AS bucket_ts_start,
  j.bucket_ts_end AS bucket_ts_end,
  j.prev_ts_end AS prev_ts_end,
  j.available_at AS available_at,
  j.v AS v,
  j.bucket__place AS bucket__place,
  bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.trade_seq AS ord,
  toFloat64(j.price) AS price,
  if(j.side = 'buy', 1, -1) AS side,
  intDiv(reinterpretAsInt64(toDecimal64(j.price, 8)), nullIf(multiIf(j.exchange = 'binance' AND j.market_type = 'spot' AND j.symbol = 'BTCUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'spot' AND j.symbol = 'ETHUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'BTCUSDT', reinterpretAsInt64(toDecimal64('0.1', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'ETHUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'SOLUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'coinbase' AND j.market_type = 'spot' AND j.symbol = 'BTC-USD', reinterpretAsInt64(toDecimal64('0.01', 8)), toInt64(0)), 0)) AS price_ticks,
  toDecimal256(j.quantity, 8) AS quantity_exact,
  toDecimal256(j.price, 8) * toDecimal256(j.quantity, 8) AS quote_exact
FROM (SELECT 1 AS one FROM `marketprism_features`.`every_1m__close_0_lazy` LIMIT 1) AS present
CROSS JOIN (
  SELECT
    b.exchange AS exchange,
    b.market_type AS market_type,
    b.symbol AS symbol,
    b.bucket_id AS bucket_id,
    b.bucket_ts_start AS bucket_ts_start,
    b.bucket_ts_end AS bucket_ts_end,
    b.prev_ts_end AS prev_ts_end,
    b.available_at AS available_at,
    b.v AS v,
    b.bucket__place AS bucket__place,
    t.timestamp AS timestamp,
    t.trade_seq AS trade_seq,
    t.price AS price,
    t.quantity AS quantity,
    t.side AS side
  FROM (
    SELECT
      exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
    FROM `marketprism_hot`.`trades` FINAL
    WHERE late = 0
      AND (exchange, market_type, symbol) IN (span.1)
      AND timestamp >= span.2
      AND timestamp < span.5
  ) AS t
  ASOF INNER JOIN `marketprism_features`.`every_1m__close_0_lazy` AS b
    ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
    AND t.timestamp >= b.prev_ts_end
  WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
) AS j;

-- stream every_1m.books_lazy, level 0, look-back 0

CREATE TABLE `marketprism_features`.`every_1m__books_lazy`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `prev_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `v` UInt64,
    `bucket__place` UInt32,
    `timestamp` DateTime64(3, 'UTC'),
    `ord` UInt128,
    `bid_px` Array(Float64),
    `bid_qty` Array(Float64),
    `ask_px` Array(Float64),
    `ask_qty` Array(Float64),
    `mid` Nullable(Float64),
    `carry` UInt8
)
ENGINE = Null
COMMENT 'Rows of orderbooks that belong to just-closed buckets of every_1m';

CREATE MATERIALIZED VIEW `marketprism_features`.`every_1m__books_lazy__guard` TO `marketprism_features`.`every_1m__guard` AS
SELECT
  throwIf(
    getSetting('min_insert_block_size_rows') < 10000000 OR getSetting('min_insert_block_size_bytes') > 0,
    'a close must be inserted as one block: the insert misses its block settings'
  )
  + throwIf(countIf(bucket__place = 0) > 0, 'a close must give each of its buckets its place, from 1')
  + throwIf(count() > 9000000, 'a close is too large for one block: insert fewer buckets at once') AS passed
FROM `marketprism_features`.`every_1m__books_lazy`;

CREATE MATERIALIZED VIEW `marketprism_features`.`every_1m__books_lazy__mv` TO `marketprism_features`.`every_1m__books_lazy` AS
WITH (
  SELECT tuple(
    groupUniqArray((exchange, market_type, symbol)),
    min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
  )
  FROM `marketprism_features`.`every_1m__close_0_lazy`
) AS span
SELECT
  j.exchange AS exchange,
  j.market_type AS market_type,
  j.symbol AS symbol,
  j.bucket_id AS bucket_id,
  j.bucket_ts_start AS bucket_ts_start,
  j.bucket_ts_end AS bucket_ts_end,
  j.prev_ts_end AS prev_ts_end,
  j.available_at AS available_at,
  j.v AS v,
  j.bucket__place AS bucket__place,
  j.timestamp AS timestamp,
  bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.book_seq AS ord,
  CAST(j.bid_px AS Array(Float64)) AS bid_px,
  CAST(j.bid_qty AS Array(Float64)) AS bid_qty,
  CAST(j.ask_px AS Array(Float64)) AS ask_px,
  CAST(j.ask_qty AS Array(Float64)) AS ask_qty,
  if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid,
  j.carry AS carry
FROM (SELECT 1 AS one FROM `marketprism_features`.`every_1m__close_0_lazy` LIMIT 1) AS present
CROSS JOIN (
  -- the rows of the interval
  SELECT
    b.exchange AS exchange,
  b.market_type AS market_type,
  b.symbol AS symbol,
  b.bucket_id AS bucket_id,
  b.bucket_ts_start AS bucket_ts_start,
  b.bucket_ts_end AS bucket_ts_end,
  b.prev_ts_end AS prev_ts_end,
  b.available_at AS available_at,
  b.v AS v,
  b.bucket__place AS bucket__place,
    s.timestamp AS timestamp,
    s.book_seq AS book_seq,
    s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
    toUInt8(0) AS carry
  FROM (
    SELECT
      exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 5) AS bid_px, arraySlice(bid_qty, 1, 5) AS bid_qty, arraySlice(ask_px, 1, 5) AS ask_px, arraySlice(ask_qty, 1, 5) AS ask_qty, available_at
    FROM `marketprism_hot`.`orderbooks` FINAL
    WHERE (exchange, market_type, symbol) IN (span.1)
      AND timestamp >= span.2 AND timestamp < span.5
  ) AS s
  ASOF INNER JOIN `marketprism_features`.`every_1m__close_0_lazy` AS b
    ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
    AND s.timestamp >= b.prev_ts_end
  WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
  UNION ALL
  -- the last snapshot before the interval, of those that were in time for their own bucket
  SELECT
    b.exchange AS exchange,
  b.market_type AS market_type,
  b.symbol AS symbol,
  b.bucket_id AS bucket_id,
  b.bucket_ts_start AS bucket_ts_start,
  b.bucket_ts_end AS bucket_ts_end,
  b.prev_ts_end AS prev_ts_end,
  b.available_at AS available_at,
  b.v AS v,
  b.bucket__place AS bucket__place,
    s.timestamp AS timestamp,
    s.book_seq AS book_seq,
    s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
    toUInt8(1) AS carry
  FROM `marketprism_features`.`every_1m__close_0_lazy` AS b
  ASOF INNER JOIN (
    SELECT
      s.exchange AS exchange,
      s.market_type AS market_type,
      s.symbol AS symbol,
      s.timestamp AS timestamp,
      s.book_seq AS book_seq,
      s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty
    FROM (
      SELECT
        exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 5) AS bid_px, arraySlice(bid_qty, 1, 5) AS bid_qty, arraySlice(ask_px, 1, 5) AS ask_px, arraySlice(ask_qty, 1, 5) AS ask_qty, available_at
      FROM `marketprism_hot`.`orderbooks` FINAL
      WHERE (exchange, market_type, symbol) IN (span.1)
        AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
    ) AS s
    ASOF INNER JOIN (
      SELECT exchange, market_type, symbol, bucket_ts_end, available_at
      FROM `marketprism_features`.`buckets_every_1m`
      WHERE (exchange, market_type, symbol) IN (span.1)
        AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
        AND bucket_ts_end <= span.5
    ) AS own
      ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
      AND s.timestamp < own.bucket_ts_end
    WHERE s.available_at <= own.available_at
    ORDER BY s.book_seq DESC
    LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
  ) AS s
    ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
    AND b.prev_ts_end > s.timestamp
  WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
) AS j;

-- fused every_1m.books.4b2a5eb2, level 0, look-back 0

CREATE TABLE `marketprism_features`.`every_1m__books_fused__4b2a5eb2`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `lob_1m__updates_1m` Nullable(Float64) COMMENT 'Snapshots within the minute' CODEC(ZSTD(1)),
    `lob_1m__spread_bps` Nullable(Float64) COMMENT '(ask - bid) / mid of the last snapshot, in 1/10000; NULL if that is crossed, locked or one-sided' CODEC(ZSTD(1)),
    `lob_1m__top_imbalance` Nullable(Float64) COMMENT '(bid size - ask size) / (bid size + ask size) at the best prices of the last snapshot' CODEC(ZSTD(1)),
    `lob_1m__imbalance_5` Nullable(Float64) COMMENT 'The same over the five best levels of each side; levels that are not there count as empty' CODEC(ZSTD(1)),
    `mid_1m__mid` Nullable(Float64) COMMENT '(bid + ask) / 2 of the last snapshot, not an average of the minute; NULL if that is crossed, locked or one-sided' CODEC(ZSTD(1)),
    `mid_1m__mid_start` Nullable(Float64) COMMENT 'Last valid mid before the minute; NULL if none is known that is not older than the clock\'s book_gap' CODEC(ZSTD(1)),
    `mid_1m__last_valid_mid` Nullable(Float64) COMMENT 'Mid of the last snapshot that has one; see mid_age_ms for how old it is' CODEC(ZSTD(1)),
    `mid_1m__mid_age_ms` Nullable(Float64) COMMENT 'From the snapshot of last_valid_mid to the minute\'s end' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Views of every_1m over books that were built together';

CREATE MATERIALIZED VIEW `marketprism_features`.`every_1m__books_fused__4b2a5eb2__mv_lazy` TO `marketprism_features`.`every_1m__books_fused__4b2a5eb2` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`lob_1m__updates_1m`)), ifNotFinite(toFloat64(`lob_1m__updates_1m`), 0), NULL) AS Nullable(Float64)) AS `lob_1m__updates_1m`,
  CAST(if(isFinite(toFloat64(`lob_1m__spread_bps`)), ifNotFinite(toFloat64(`lob_1m__spread_bps`), 0), NULL) AS Nullable(Float64)) AS `lob_1m__spread_bps`,
  CAST(if(isFinite(toFloat64(`lob_1m__top_imbalance`)), ifNotFinite(toFloat64(`lob_1m__top_imbalance`), 0), NULL) AS Nullable(Float64)) AS `lob_1m__top_imbalance`,
  CAST(if(isFinite(toFloat64(`lob_1m__imbalance_5`)), ifNotFinite(toFloat64(`lob_1m__imbalance_5`), 0), NULL) AS Nullable(Float64)) AS `lob_1m__imbalance_5`,
  CAST(if(isFinite(toFloat64(`mid_1m__mid__of_bucket`)), ifNotFinite(toFloat64(`mid_1m__mid__of_bucket`), 0), NULL) AS Nullable(Float64)) AS `mid_1m__mid`,
  CAST(if(isFinite(toFloat64(`mid_1m__mid_start`)), ifNotFinite(toFloat64(`mid_1m__mid_start`), 0), NULL) AS Nullable(Float64)) AS `mid_1m__mid_start`,
  CAST(if(isFinite(toFloat64(`mid_1m__last_valid_mid`)), ifNotFinite(toFloat64(`mid_1m__last_valid_mid`), 0), NULL) AS Nullable(Float64)) AS `mid_1m__last_valid_mid`,
  CAST(if(isFinite(toFloat64(`mid_1m__mid_age_ms`)), ifNotFinite(toFloat64(`mid_1m__mid_age_ms`), 0), NULL) AS Nullable(Float64)) AS `mid_1m__mid_age_ms`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, bucket_ts_start, bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    countIf(carry = 0) AS `lob_1m__updates_1m`,
    argMax(tuple((ask_px[1] - bid_px[1]) / mid * 10000), ord).1 AS `lob_1m__spread_bps`,
    argMax(tuple(if(mid IS NULL, NULL, (bid_qty[1] - ask_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0))), ord).1 AS `lob_1m__top_imbalance`,
    argMax(tuple(if(mid IS NULL, NULL, (bid_qty[1] + bid_qty[2] + bid_qty[3] + bid_qty[4] + bid_qty[5] - ask_qty[1] - ask_qty[2] - ask_qty[3] - ask_qty[4] - ask_qty[5]) / nullIf(bid_qty[1] + bid_qty[2] + bid_qty[3] + bid_qty[4] + bid_qty[5] + ask_qty[1] + ask_qty[2] + ask_qty[3] + ask_qty[4] + ask_qty[5], 0))), ord).1 AS `lob_1m__imbalance_5`,
    argMax(tuple(mid), ord).1 AS `mid_1m__mid__of_bucket`,
    argMaxOrNullIf(mid, ord, timestamp < bucket_ts_start) AS `mid_1m__mid_start`,
    argMax(mid, ord) AS `mid_1m__last_valid_mid`,
    if(count(mid) = 0, NULL, dateDiff('millisecond', argMaxOrNullIf(timestamp, ord, mid IS NOT NULL), bucket_ts_end)) AS `mid_1m__mid_age_ms`
  FROM `marketprism_features`.`every_1m__books_lazy`
  GROUP BY bucket__place, bucket_ts_start, bucket_ts_end
);

INSERT INTO `marketprism_features`.`every_1m__books_fused__4b2a5eb2` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `lob_1m__updates_1m`, `lob_1m__spread_bps`, `lob_1m__top_imbalance`, `lob_1m__imbalance_5`, `mid_1m__mid`, `mid_1m__mid_start`, `mid_1m__last_valid_mid`, `mid_1m__mid_age_ms`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`buckets_every_1m` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`lob_1m__updates_1m`)), ifNotFinite(toFloat64(`lob_1m__updates_1m`), 0), NULL) AS Nullable(Float64)) AS `lob_1m__updates_1m`,
  CAST(if(isFinite(toFloat64(`lob_1m__spread_bps`)), ifNotFinite(toFloat64(`lob_1m__spread_bps`), 0), NULL) AS Nullable(Float64)) AS `lob_1m__spread_bps`,
  CAST(if(isFinite(toFloat64(`lob_1m__top_imbalance`)), ifNotFinite(toFloat64(`lob_1m__top_imbalance`), 0), NULL) AS Nullable(Float64)) AS `lob_1m__top_imbalance`,
  CAST(if(isFinite(toFloat64(`lob_1m__imbalance_5`)), ifNotFinite(toFloat64(`lob_1m__imbalance_5`), 0), NULL) AS Nullable(Float64)) AS `lob_1m__imbalance_5`,
  CAST(if(isFinite(toFloat64(`mid_1m__mid__of_bucket`)), ifNotFinite(toFloat64(`mid_1m__mid__of_bucket`), 0), NULL) AS Nullable(Float64)) AS `mid_1m__mid`,
  CAST(if(isFinite(toFloat64(`mid_1m__mid_start`)), ifNotFinite(toFloat64(`mid_1m__mid_start`), 0), NULL) AS Nullable(Float64)) AS `mid_1m__mid_start`,
  CAST(if(isFinite(toFloat64(`mid_1m__last_valid_mid`)), ifNotFinite(toFloat64(`mid_1m__last_valid_mid`), 0), NULL) AS Nullable(Float64)) AS `mid_1m__last_valid_mid`,
  CAST(if(isFinite(toFloat64(`mid_1m__mid_age_ms`)), ifNotFinite(toFloat64(`mid_1m__mid_age_ms`), 0), NULL) AS Nullable(Float64)) AS `mid_1m__mid_age_ms`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, bucket_ts_start, bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    countIf(carry = 0) AS `lob_1m__updates_1m`,
    argMax(tuple((ask_px[1] - bid_px[1]) / mid * 10000), ord).1 AS `lob_1m__spread_bps`,
    argMax(tuple(if(mid IS NULL, NULL, (bid_qty[1] - ask_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0))), ord).1 AS `lob_1m__top_imbalance`,
    argMax(tuple(if(mid IS NULL, NULL, (bid_qty[1] + bid_qty[2] + bid_qty[3] + bid_qty[4] + bid_qty[5] - ask_qty[1] - ask_qty[2] - ask_qty[3] - ask_qty[4] - ask_qty[5]) / nullIf(bid_qty[1] + bid_qty[2] + bid_qty[3] + bid_qty[4] + bid_qty[5] + ask_qty[1] + ask_qty[2] + ask_qty[3] + ask_qty[4] + ask_qty[5], 0))), ord).1 AS `lob_1m__imbalance_5`,
    argMax(tuple(mid), ord).1 AS `mid_1m__mid__of_bucket`,
    argMaxOrNullIf(mid, ord, timestamp < bucket_ts_start) AS `mid_1m__mid_start`,
    argMax(mid, ord) AS `mid_1m__last_valid_mid`,
    if(count(mid) = 0, NULL, dateDiff('millisecond', argMaxOrNullIf(timestamp, ord, mid IS NOT NULL), bucket_ts_end)) AS `mid_1m__mid_age_ms`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM buckets
    ) AS span
    SELECT
      j.exchange AS exchange,
      j.market_type AS market_type,
      j.symbol AS symbol,
      j.bucket_id AS bucket_id,
      j.bucket_ts_start AS bucket_ts_start,
      j.bucket_ts_end AS bucket_ts_end,
      j.prev_ts_end AS prev_ts_end,
      j.available_at AS available_at,
      j.v AS v,
      j.bucket__place AS bucket__place,
      j.timestamp AS timestamp,
      bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.book_seq AS ord,
      CAST(j.bid_px AS Array(Float64)) AS bid_px,
      CAST(j.bid_qty AS Array(Float64)) AS bid_qty,
      CAST(j.ask_px AS Array(Float64)) AS ask_px,
      CAST(j.ask_qty AS Array(Float64)) AS ask_qty,
      if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid,
      j.carry AS carry
    FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
    CROSS JOIN (
      -- the rows of the interval
      SELECT
        b.exchange AS exchange,
      b.market_type AS market_type,
      b.symbol AS symbol,
      b.bucket_id AS bucket_id,
      b.bucket_ts_start AS bucket_ts_start,
      b.bucket_ts_end AS bucket_ts_end,
      b.prev_ts_end AS prev_ts_end,
      b.available_at AS available_at,
      b.v AS v,
      b.bucket__place AS bucket__place,
        s.timestamp AS timestamp,
        s.book_seq AS book_seq,
        s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
        toUInt8(0) AS carry
      FROM (
        SELECT
          exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 5) AS bid_px, arraySlice(bid_qty, 1, 5) AS bid_qty, arraySlice(ask_px, 1, 5) AS ask_px, arraySlice(ask_qty, 1, 5) AS ask_qty, available_at
        FROM `marketprism_hot`.`orderbooks` FINAL
        WHERE (exchange, market_type, symbol) IN (span.1)
          AND timestamp >= span.2 AND timestamp < span.5
      ) AS s
      ASOF INNER JOIN buckets AS b
        ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
        AND s.timestamp >= b.prev_ts_end
      WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
      UNION ALL
      -- the last snapshot before the interval, of those that were in time for their own bucket
      SELECT
        b.exchange AS exchange,
      b.market_type AS market_type,
      b.symbol AS symbol,
      b.bucket_id AS bucket_id,
      b.bucket_ts_start AS bucket_ts_start,
      b.bucket_ts_end AS bucket_ts_end,
      b.prev_ts_end AS prev_ts_end,
      b.available_at AS available_at,
      b.v AS v,
      b.bucket__place AS bucket__place,
        s.timestamp AS timestamp,
        s.book_seq AS book_seq,
        s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
        toUInt8(1) AS carry
      FROM buckets AS b
      ASOF INNER JOIN (
        SELECT
          s.exchange AS exchange,
          s.market_type AS market_type,
          s.symbol AS symbol,
          s.timestamp AS timestamp,
          s.book_seq AS book_seq,
          s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty
        FROM (
          SELECT
            exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 5) AS bid_px, arraySlice(bid_qty, 1, 5) AS bid_qty, arraySlice(ask_px, 1, 5) AS ask_px, arraySlice(ask_qty, 1, 5) AS ask_qty, available_at
          FROM `marketprism_hot`.`orderbooks` FINAL
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
        ) AS s
        ASOF INNER JOIN (
          SELECT exchange, market_type, symbol, bucket_ts_end, available_at
          FROM `marketprism_features`.`buckets_every_1m`
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
            AND bucket_ts_end <= span.5
        ) AS own
          ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
          AND s.timestamp < own.bucket_ts_end
        WHERE s.available_at <= own.available_at
        ORDER BY s.book_seq DESC
        LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
      ) AS s
        ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
        AND b.prev_ts_end > s.timestamp
      WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
    ) AS j
  )
  GROUP BY bucket__place, bucket_ts_start, bucket_ts_end
);

-- view footprint_1m, level 0, look-back 0

CREATE TABLE `marketprism_features`.`footprint_1m__903961e2`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `px_bin` Array(Int64) CODEC(ZSTD(1)),
    `ask_vol_1m` Array(Nullable(Float64)) COMMENT 'Volume of the bin in which the taker bought, lifting the ask' CODEC(ZSTD(1)),
    `bid_vol_1m` Array(Nullable(Float64)) COMMENT 'Volume of the bin in which the taker sold, hitting the bid' CODEC(ZSTD(1)),
    `total_vol_1m` Array(Nullable(Float64)) COMMENT 'All volume of the bin' CODEC(ZSTD(1)),
    `delta_1m` Array(Nullable(Float64)) COMMENT 'Bought minus sold volume of the bin' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Volume of one wall-clock minute by price bin and side of the taker';

CREATE MATERIALIZED VIEW `marketprism_features`.`footprint_1m__903961e2__mv_lazy` TO `marketprism_features`.`footprint_1m__903961e2` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  arrayMap(c -> c.1, cells) AS `px_bin`,
  arrayMap(c -> c.2, cells) AS `ask_vol_1m`,
  arrayMap(c -> c.3, cells) AS `bid_vol_1m`,
  arrayMap(c -> c.4, cells) AS `total_vol_1m`,
  arrayMap(c -> c.5, cells) AS `delta_1m`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    -- bins are unique within a bucket: their order does not depend on the order of rows
    arraySort(c -> c.1, groupArray(tuple(`px_bin`, `ask_vol_1m`, `bid_vol_1m`, `total_vol_1m`, `delta_1m`))) AS cells
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
      `px_bin`,
      CAST(if(isFinite(toFloat64(`ask_vol_1m`)), ifNotFinite(toFloat64(`ask_vol_1m`), 0), NULL) AS Nullable(Float64)) AS `ask_vol_1m`,
      CAST(if(isFinite(toFloat64(`bid_vol_1m`)), ifNotFinite(toFloat64(`bid_vol_1m`), 0), NULL) AS Nullable(Float64)) AS `bid_vol_1m`,
      CAST(if(isFinite(toFloat64(`total_vol_1m`)), ifNotFinite(toFloat64(`total_vol_1m`), 0), NULL) AS Nullable(Float64)) AS `total_vol_1m`,
      CAST(if(isFinite(toFloat64(`delta_1m`)), ifNotFinite(toFloat64(`delta_1m`), 0), NULL) AS Nullable(Float64)) AS `delta_1m`
    FROM (
      SELECT
        any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v, `px_bin`,
        toFloat64(toString(sumIf(quantity_exact, side > 0))) AS `ask_vol_1m`,
        toFloat64(toString(sumIf(quantity_exact, side < 0))) AS `bid_vol_1m`,
        toFloat64(toString(sum(quantity_exact))) AS `total_vol_1m`,
        toFloat64(toString(sum(side * quantity_exact))) AS `delta_1m`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `side`,
          `price_ticks`,
          `quantity_exact`,
          assumeNotNull(px_bin__raw) AS `px_bin`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `side`,
            `price_ticks`,
            `quantity_exact`,
            toInt64(intDiv(price_ticks, 10)) AS `px_bin__raw`
          FROM `marketprism_features`.`every_1m__trades_lazy`
        )
        WHERE isNotNull(px_bin__raw)
      )
      GROUP BY bucket__place, `px_bin`
    )
  )
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

CREATE VIEW `marketprism_features`.`footprint_1m` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `px_bin`,
  `ask_vol_1m`,
  `bid_vol_1m`,
  `total_vol_1m`,
  `delta_1m`
FROM `marketprism_features`.`footprint_1m__903961e2` FINAL
ARRAY JOIN
  `px_bin`,
  `ask_vol_1m`,
  `bid_vol_1m`,
  `total_vol_1m`,
  `delta_1m`
COMMENT 'Volume of one wall-clock minute by price bin and side of the taker';

INSERT INTO `marketprism_features`.`footprint_1m__903961e2` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `px_bin`, `ask_vol_1m`, `bid_vol_1m`, `total_vol_1m`, `delta_1m`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`buckets_every_1m` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  arrayMap(c -> c.1, cells) AS `px_bin`,
  arrayMap(c -> c.2, cells) AS `ask_vol_1m`,
  arrayMap(c -> c.3, cells) AS `bid_vol_1m`,
  arrayMap(c -> c.4, cells) AS `total_vol_1m`,
  arrayMap(c -> c.5, cells) AS `delta_1m`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    -- bins are unique within a bucket: their order does not depend on the order of rows
    arraySort(c -> c.1, groupArray(tuple(`px_bin`, `ask_vol_1m`, `bid_vol_1m`, `total_vol_1m`, `delta_1m`))) AS cells
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
      `px_bin`,
      CAST(if(isFinite(toFloat64(`ask_vol_1m`)), ifNotFinite(toFloat64(`ask_vol_1m`), 0), NULL) AS Nullable(Float64)) AS `ask_vol_1m`,
      CAST(if(isFinite(toFloat64(`bid_vol_1m`)), ifNotFinite(toFloat64(`bid_vol_1m`), 0), NULL) AS Nullable(Float64)) AS `bid_vol_1m`,
      CAST(if(isFinite(toFloat64(`total_vol_1m`)), ifNotFinite(toFloat64(`total_vol_1m`), 0), NULL) AS Nullable(Float64)) AS `total_vol_1m`,
      CAST(if(isFinite(toFloat64(`delta_1m`)), ifNotFinite(toFloat64(`delta_1m`), 0), NULL) AS Nullable(Float64)) AS `delta_1m`
    FROM (
      SELECT
        any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v, `px_bin`,
        toFloat64(toString(sumIf(quantity_exact, side > 0))) AS `ask_vol_1m`,
        toFloat64(toString(sumIf(quantity_exact, side < 0))) AS `bid_vol_1m`,
        toFloat64(toString(sum(quantity_exact))) AS `total_vol_1m`,
        toFloat64(toString(sum(side * quantity_exact))) AS `delta_1m`
      FROM (
        SELECT
          `exchange`,
          `market_type`,
          `symbol`,
          `bucket_id`,
          `bucket_ts_start`,
          `bucket_ts_end`,
          `prev_ts_end`,
          `available_at`,
          `v`,
          `bucket__place`,
          `side`,
          `price_ticks`,
          `quantity_exact`,
          assumeNotNull(px_bin__raw) AS `px_bin`
        FROM (
          SELECT
            `exchange`,
            `market_type`,
            `symbol`,
            `bucket_id`,
            `bucket_ts_start`,
            `bucket_ts_end`,
            `prev_ts_end`,
            `available_at`,
            `v`,
            `bucket__place`,
            `side`,
            `price_ticks`,
            `quantity_exact`,
            toInt64(intDiv(price_ticks, 10)) AS `px_bin__raw`
          FROM (
            WITH (
              SELECT tuple(
                groupUniqArray((exchange, market_type, symbol)),
                min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
              )
              FROM buckets
            ) AS span
            SELECT
              j.exchange AS exchange,
              j.market_type AS market_type,
              j.symbol AS symbol,
              j.bucket_id AS bucket_id,
              j.bucket_ts_start AS bucket_ts_start,
              j.bucket_ts_end AS bucket_ts_end,
              j.prev_ts_end AS prev_ts_end,
              j.available_at AS available_at,
              j.v AS v,
              j.bucket__place AS bucket__place,
              if(j.side = 'buy', 1, -1) AS side,
              intDiv(reinterpretAsInt64(toDecimal64(j.price, 8)), nullIf(multiIf(j.exchange = 'binance' AND j.market_type = 'spot' AND j.symbol = 'BTCUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'spot' AND j.symbol = 'ETHUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'BTCUSDT', reinterpretAsInt64(toDecimal64('0.1', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'ETHUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'binance' AND j.market_type = 'linear' AND j.symbol = 'SOLUSDT', reinterpretAsInt64(toDecimal64('0.01', 8)), j.exchange = 'coinbase' AND j.market_type = 'spot' AND j.symbol = 'BTC-USD', reinterpretAsInt64(toDecimal64('0.01', 8)), toInt64(0)), 0)) AS price_ticks,
              toDecimal256(j.quantity, 8) AS quantity_exact
            FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
            CROSS JOIN (
              SELECT
                b.exchange AS exchange,
                b.market_type AS market_type,
                b.symbol AS symbol,
                b.bucket_id AS bucket_id,
                b.bucket_ts_start AS bucket_ts_start,
                b.bucket_ts_end AS bucket_ts_end,
                b.prev_ts_end AS prev_ts_end,
                b.available_at AS available_at,
                b.v AS v,
                b.bucket__place AS bucket__place,
                t.timestamp AS timestamp,
                t.trade_seq AS trade_seq,
                t.price AS price,
                t.quantity AS quantity,
                t.side AS side
              FROM (
                SELECT
                  exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
                FROM `marketprism_hot`.`trades` FINAL
                WHERE late = 0
                  AND (exchange, market_type, symbol) IN (span.1)
                  AND timestamp >= span.2
                  AND timestamp < span.5
              ) AS t
              ASOF INNER JOIN buckets AS b
                ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
                AND t.timestamp >= b.prev_ts_end
              WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
            ) AS j
          )
        )
        WHERE isNotNull(px_bin__raw)
      )
      GROUP BY bucket__place, `px_bin`
    )
  )
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

-- view lob_1m, level 0, look-back 0

CREATE VIEW `marketprism_features`.`lob_1m` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `lob_1m__updates_1m` AS `updates_1m`,
  `lob_1m__spread_bps` AS `spread_bps`,
  `lob_1m__top_imbalance` AS `top_imbalance`,
  `lob_1m__imbalance_5` AS `imbalance_5`
FROM `marketprism_features`.`every_1m__books_fused__4b2a5eb2` FINAL
COMMENT 'The order book at the end of each wall-clock minute - spread, and who is stronger at the top and over five levels';

INSERT INTO `marketprism_features`.`every_1m__books_fused__4b2a5eb2` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `lob_1m__updates_1m`, `lob_1m__spread_bps`, `lob_1m__top_imbalance`, `lob_1m__imbalance_5`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`buckets_every_1m` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`updates_1m`)), ifNotFinite(toFloat64(`updates_1m`), 0), NULL) AS Nullable(Float64)) AS `updates_1m`,
  CAST(if(isFinite(toFloat64(`spread_bps`)), ifNotFinite(toFloat64(`spread_bps`), 0), NULL) AS Nullable(Float64)) AS `spread_bps`,
  CAST(if(isFinite(toFloat64(`top_imbalance`)), ifNotFinite(toFloat64(`top_imbalance`), 0), NULL) AS Nullable(Float64)) AS `top_imbalance`,
  CAST(if(isFinite(toFloat64(`imbalance_5`)), ifNotFinite(toFloat64(`imbalance_5`), 0), NULL) AS Nullable(Float64)) AS `imbalance_5`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    countIf(carry = 0) AS `updates_1m`,
    argMax(tuple((ask_px[1] - bid_px[1]) / mid * 10000), ord).1 AS `spread_bps`,
    argMax(tuple(if(mid IS NULL, NULL, (bid_qty[1] - ask_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0))), ord).1 AS `top_imbalance`,
    argMax(tuple(if(mid IS NULL, NULL, (bid_qty[1] + bid_qty[2] + bid_qty[3] + bid_qty[4] + bid_qty[5] - ask_qty[1] - ask_qty[2] - ask_qty[3] - ask_qty[4] - ask_qty[5]) / nullIf(bid_qty[1] + bid_qty[2] + bid_qty[3] + bid_qty[4] + bid_qty[5] + ask_qty[1] + ask_qty[2] + ask_qty[3] + ask_qty[4] + ask_qty[5], 0))), ord).1 AS `imbalance_5`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM buckets
    ) AS span
    SELECT
      j.exchange AS exchange,
      j.market_type AS market_type,
      j.symbol AS symbol,
      j.bucket_id AS bucket_id,
      j.bucket_ts_start AS bucket_ts_start,
      j.bucket_ts_end AS bucket_ts_end,
      j.prev_ts_end AS prev_ts_end,
      j.available_at AS available_at,
      j.v AS v,
      j.bucket__place AS bucket__place,
      bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.book_seq AS ord,
      CAST(j.bid_px AS Array(Float64)) AS bid_px,
      CAST(j.bid_qty AS Array(Float64)) AS bid_qty,
      CAST(j.ask_px AS Array(Float64)) AS ask_px,
      CAST(j.ask_qty AS Array(Float64)) AS ask_qty,
      if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid,
      j.carry AS carry
    FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
    CROSS JOIN (
      -- the rows of the interval
      SELECT
        b.exchange AS exchange,
      b.market_type AS market_type,
      b.symbol AS symbol,
      b.bucket_id AS bucket_id,
      b.bucket_ts_start AS bucket_ts_start,
      b.bucket_ts_end AS bucket_ts_end,
      b.prev_ts_end AS prev_ts_end,
      b.available_at AS available_at,
      b.v AS v,
      b.bucket__place AS bucket__place,
        s.timestamp AS timestamp,
        s.book_seq AS book_seq,
        s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
        toUInt8(0) AS carry
      FROM (
        SELECT
          exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 5) AS bid_px, arraySlice(bid_qty, 1, 5) AS bid_qty, arraySlice(ask_px, 1, 5) AS ask_px, arraySlice(ask_qty, 1, 5) AS ask_qty, available_at
        FROM `marketprism_hot`.`orderbooks` FINAL
        WHERE (exchange, market_type, symbol) IN (span.1)
          AND timestamp >= span.2 AND timestamp < span.5
      ) AS s
      ASOF INNER JOIN buckets AS b
        ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
        AND s.timestamp >= b.prev_ts_end
      WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
      UNION ALL
      -- the last snapshot before the interval, of those that were in time for their own bucket
      SELECT
        b.exchange AS exchange,
      b.market_type AS market_type,
      b.symbol AS symbol,
      b.bucket_id AS bucket_id,
      b.bucket_ts_start AS bucket_ts_start,
      b.bucket_ts_end AS bucket_ts_end,
      b.prev_ts_end AS prev_ts_end,
      b.available_at AS available_at,
      b.v AS v,
      b.bucket__place AS bucket__place,
        s.timestamp AS timestamp,
        s.book_seq AS book_seq,
        s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
        toUInt8(1) AS carry
      FROM buckets AS b
      ASOF INNER JOIN (
        SELECT
          s.exchange AS exchange,
          s.market_type AS market_type,
          s.symbol AS symbol,
          s.timestamp AS timestamp,
          s.book_seq AS book_seq,
          s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty
        FROM (
          SELECT
            exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 5) AS bid_px, arraySlice(bid_qty, 1, 5) AS bid_qty, arraySlice(ask_px, 1, 5) AS ask_px, arraySlice(ask_qty, 1, 5) AS ask_qty, available_at
          FROM `marketprism_hot`.`orderbooks` FINAL
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
        ) AS s
        ASOF INNER JOIN (
          SELECT exchange, market_type, symbol, bucket_ts_end, available_at
          FROM `marketprism_features`.`buckets_every_1m`
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
            AND bucket_ts_end <= span.5
        ) AS own
          ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
          AND s.timestamp < own.bucket_ts_end
        WHERE s.available_at <= own.available_at
        ORDER BY s.book_seq DESC
        LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
      ) AS s
        ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
        AND b.prev_ts_end > s.timestamp
      WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
    ) AS j
  )
  GROUP BY bucket__place
);

-- view mid_1m, level 0, look-back 0

CREATE VIEW `marketprism_features`.`mid_1m` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `mid_1m__mid` AS `mid`,
  `mid_1m__mid_start` AS `mid_start`,
  `mid_1m__last_valid_mid` AS `last_valid_mid`,
  `mid_1m__mid_age_ms` AS `mid_age_ms`
FROM `marketprism_features`.`every_1m__books_fused__4b2a5eb2` FINAL
COMMENT 'The mid at the end of each wall-clock minute';

INSERT INTO `marketprism_features`.`every_1m__books_fused__4b2a5eb2` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `mid_1m__mid`, `mid_1m__mid_start`, `mid_1m__last_valid_mid`, `mid_1m__mid_age_ms`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`buckets_every_1m` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`mid__of_bucket`)), ifNotFinite(toFloat64(`mid__of_bucket`), 0), NULL) AS Nullable(Float64)) AS `mid`,
  CAST(if(isFinite(toFloat64(`mid_start`)), ifNotFinite(toFloat64(`mid_start`), 0), NULL) AS Nullable(Float64)) AS `mid_start`,
  CAST(if(isFinite(toFloat64(`last_valid_mid`)), ifNotFinite(toFloat64(`last_valid_mid`), 0), NULL) AS Nullable(Float64)) AS `last_valid_mid`,
  CAST(if(isFinite(toFloat64(`mid_age_ms`)), ifNotFinite(toFloat64(`mid_age_ms`), 0), NULL) AS Nullable(Float64)) AS `mid_age_ms`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, bucket_ts_start, bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    argMax(tuple(mid), ord).1 AS `mid__of_bucket`,
    argMaxOrNullIf(mid, ord, timestamp < bucket_ts_start) AS `mid_start`,
    argMax(mid, ord) AS `last_valid_mid`,
    if(count(mid) = 0, NULL, dateDiff('millisecond', argMaxOrNullIf(timestamp, ord, mid IS NOT NULL), bucket_ts_end)) AS `mid_age_ms`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM buckets
    ) AS span
    SELECT
      j.exchange AS exchange,
      j.market_type AS market_type,
      j.symbol AS symbol,
      j.bucket_id AS bucket_id,
      j.bucket_ts_start AS bucket_ts_start,
      j.bucket_ts_end AS bucket_ts_end,
      j.prev_ts_end AS prev_ts_end,
      j.available_at AS available_at,
      j.v AS v,
      j.bucket__place AS bucket__place,
      j.timestamp AS timestamp,
      bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.book_seq AS ord,
      if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid
    FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
    CROSS JOIN (
      -- the rows of the interval
      SELECT
        b.exchange AS exchange,
      b.market_type AS market_type,
      b.symbol AS symbol,
      b.bucket_id AS bucket_id,
      b.bucket_ts_start AS bucket_ts_start,
      b.bucket_ts_end AS bucket_ts_end,
      b.prev_ts_end AS prev_ts_end,
      b.available_at AS available_at,
      b.v AS v,
      b.bucket__place AS bucket__place,
        s.timestamp AS timestamp,
        s.book_seq AS book_seq,
        s.bid_px AS bid_px, s.ask_px AS ask_px,
        toUInt8(0) AS carry
      FROM (
        SELECT
          exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(ask_px, 1, 1) AS ask_px, available_at
        FROM `marketprism_hot`.`orderbooks` FINAL
        WHERE (exchange, market_type, symbol) IN (span.1)
          AND timestamp >= span.2 AND timestamp < span.5
      ) AS s
      ASOF INNER JOIN buckets AS b
        ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
        AND s.timestamp >= b.prev_ts_end
      WHERE s.timestamp < b.bucket_ts_end AND s.available_at <= b.available_at
      UNION ALL
      -- the last snapshot before the interval, of those that were in time for their own bucket
      SELECT
        b.exchange AS exchange,
      b.market_type AS market_type,
      b.symbol AS symbol,
      b.bucket_id AS bucket_id,
      b.bucket_ts_start AS bucket_ts_start,
      b.bucket_ts_end AS bucket_ts_end,
      b.prev_ts_end AS prev_ts_end,
      b.available_at AS available_at,
      b.v AS v,
      b.bucket__place AS bucket__place,
        s.timestamp AS timestamp,
        s.book_seq AS book_seq,
        s.bid_px AS bid_px, s.ask_px AS ask_px,
        toUInt8(1) AS carry
      FROM buckets AS b
      ASOF INNER JOIN (
        SELECT
          s.exchange AS exchange,
          s.market_type AS market_type,
          s.symbol AS symbol,
          s.timestamp AS timestamp,
          s.book_seq AS book_seq,
          s.bid_px AS bid_px, s.ask_px AS ask_px
        FROM (
          SELECT
            exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(ask_px, 1, 1) AS ask_px, available_at
          FROM `marketprism_hot`.`orderbooks` FINAL
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND timestamp >= span.2 - toIntervalMillisecond(120000) AND timestamp < span.3
        ) AS s
        ASOF INNER JOIN (
          SELECT exchange, market_type, symbol, bucket_ts_end, available_at
          FROM `marketprism_features`.`buckets_every_1m`
          WHERE (exchange, market_type, symbol) IN (span.1)
            AND bucket_ts_end > span.2 - toIntervalMillisecond(120000)
            AND bucket_ts_end <= span.5
        ) AS own
          ON own.exchange = s.exchange AND own.market_type = s.market_type AND own.symbol = s.symbol
          AND s.timestamp < own.bucket_ts_end
        WHERE s.available_at <= own.available_at
        ORDER BY s.book_seq DESC
        LIMIT 1 BY s.exchange, s.market_type, s.symbol, s.timestamp
      ) AS s
        ON b.exchange = s.exchange AND b.market_type = s.market_type AND b.symbol = s.symbol
        AND b.prev_ts_end > s.timestamp
      WHERE s.timestamp >= b.prev_ts_end - toIntervalMillisecond(120000)
    ) AS j
  )
  GROUP BY bucket__place, bucket_ts_start, bucket_ts_end
);

-- view trades_1m, level 0, look-back 0

CREATE TABLE `marketprism_features`.`trades_1m__ba8d9971`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `ask_vol_1m` Nullable(Float64) COMMENT 'Volume of the trades in which the taker bought, lifting the ask' CODEC(ZSTD(1)),
    `bid_vol_1m` Nullable(Float64) COMMENT 'Volume of the trades in which the taker sold, hitting the bid' CODEC(ZSTD(1)),
    `total_vol_1m` Nullable(Float64) COMMENT 'All volume. A minute without trades has no row here, and NULL in the views that read this one' CODEC(ZSTD(1)),
    `delta_1m` Nullable(Float64) COMMENT 'Volume bought minus volume sold' CODEC(ZSTD(1)),
    `quote_vol_1m` Nullable(Float64) COMMENT 'Sum of price times quantity' CODEC(ZSTD(1)),
    `vwap_1m` Nullable(Float64) COMMENT 'Volume-weighted average price' CODEC(ZSTD(1)),
    `open_1m` Nullable(Float64) COMMENT 'Price of the first trade' CODEC(ZSTD(1)),
    `high_1m` Nullable(Float64) COMMENT 'Highest price' CODEC(ZSTD(1)),
    `low_1m` Nullable(Float64) COMMENT 'Lowest price' CODEC(ZSTD(1)),
    `close_1m` Nullable(Float64) COMMENT 'Price of the last trade' CODEC(ZSTD(1)),
    `range_bps_1m` Nullable(Float64) COMMENT 'Highest minus lowest price over the volume-weighted one, in 1/10000' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'What was traded within one wall-clock minute - the fallback when the clock of volume stands still';

CREATE MATERIALIZED VIEW `marketprism_features`.`trades_1m__ba8d9971__mv_lazy` TO `marketprism_features`.`trades_1m__ba8d9971` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`ask_vol_1m`)), ifNotFinite(toFloat64(`ask_vol_1m`), 0), NULL) AS Nullable(Float64)) AS `ask_vol_1m`,
  CAST(if(isFinite(toFloat64(`bid_vol_1m`)), ifNotFinite(toFloat64(`bid_vol_1m`), 0), NULL) AS Nullable(Float64)) AS `bid_vol_1m`,
  CAST(if(isFinite(toFloat64(`total_vol_1m`)), ifNotFinite(toFloat64(`total_vol_1m`), 0), NULL) AS Nullable(Float64)) AS `total_vol_1m`,
  CAST(if(isFinite(toFloat64(`delta_1m`)), ifNotFinite(toFloat64(`delta_1m`), 0), NULL) AS Nullable(Float64)) AS `delta_1m`,
  CAST(if(isFinite(toFloat64(`quote_vol_1m`)), ifNotFinite(toFloat64(`quote_vol_1m`), 0), NULL) AS Nullable(Float64)) AS `quote_vol_1m`,
  CAST(if(isFinite(toFloat64(`vwap_1m`)), ifNotFinite(toFloat64(`vwap_1m`), 0), NULL) AS Nullable(Float64)) AS `vwap_1m`,
  CAST(if(isFinite(toFloat64(`open_1m`)), ifNotFinite(toFloat64(`open_1m`), 0), NULL) AS Nullable(Float64)) AS `open_1m`,
  CAST(if(isFinite(toFloat64(`high_1m`)), ifNotFinite(toFloat64(`high_1m`), 0), NULL) AS Nullable(Float64)) AS `high_1m`,
  CAST(if(isFinite(toFloat64(`low_1m`)), ifNotFinite(toFloat64(`low_1m`), 0), NULL) AS Nullable(Float64)) AS `low_1m`,
  CAST(if(isFinite(toFloat64(`close_1m`)), ifNotFinite(toFloat64(`close_1m`), 0), NULL) AS Nullable(Float64)) AS `close_1m`,
  CAST(if(isFinite(toFloat64(`range_bps_1m`)), ifNotFinite(toFloat64(`range_bps_1m`), 0), NULL) AS Nullable(Float64)) AS `range_bps_1m`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    toFloat64(toString(sumIf(quantity_exact, side > 0))) AS `ask_vol_1m`,
    toFloat64(toString(sumIf(quantity_exact, side < 0))) AS `bid_vol_1m`,
    toFloat64(toString(sum(quantity_exact))) AS `total_vol_1m`,
    toFloat64(toString(sum(side * quantity_exact))) AS `delta_1m`,
    toFloat64(toString(sum(quote_exact))) AS `quote_vol_1m`,
    quote_vol_1m / nullIf(total_vol_1m, 0) AS `vwap_1m`,
    argMin(price, ord) AS `open_1m`,
    max(price) AS `high_1m`,
    min(price) AS `low_1m`,
    argMax(price, ord) AS `close_1m`,
    (high_1m - low_1m) / nullIf(vwap_1m, 0) * 10000 AS `range_bps_1m`
  FROM `marketprism_features`.`every_1m__trades_lazy`
  GROUP BY bucket__place
);

CREATE VIEW `marketprism_features`.`trades_1m` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `ask_vol_1m`,
  `bid_vol_1m`,
  `total_vol_1m`,
  `delta_1m`,
  `quote_vol_1m`,
  `vwap_1m`,
  `open_1m`,
  `high_1m`,
  `low_1m`,
  `close_1m`,
  `range_bps_1m`
FROM `marketprism_features`.`trades_1m__ba8d9971` FINAL
COMMENT 'What was traded within one wall-clock minute - the fallback when the clock of volume stands still';

INSERT INTO `marketprism_features`.`trades_1m__ba8d9971` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `ask_vol_1m`, `bid_vol_1m`, `total_vol_1m`, `delta_1m`, `quote_vol_1m`, `vwap_1m`, `open_1m`, `high_1m`, `low_1m`, `close_1m`, `range_bps_1m`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v), toUInt32(row_number() OVER (ORDER BY exchange, market_type, symbol, bucket_id)) AS bucket__place FROM `marketprism_features`.`buckets_every_1m` FINAL /* chunk */)
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`ask_vol_1m`)), ifNotFinite(toFloat64(`ask_vol_1m`), 0), NULL) AS Nullable(Float64)) AS `ask_vol_1m`,
  CAST(if(isFinite(toFloat64(`bid_vol_1m`)), ifNotFinite(toFloat64(`bid_vol_1m`), 0), NULL) AS Nullable(Float64)) AS `bid_vol_1m`,
  CAST(if(isFinite(toFloat64(`total_vol_1m`)), ifNotFinite(toFloat64(`total_vol_1m`), 0), NULL) AS Nullable(Float64)) AS `total_vol_1m`,
  CAST(if(isFinite(toFloat64(`delta_1m`)), ifNotFinite(toFloat64(`delta_1m`), 0), NULL) AS Nullable(Float64)) AS `delta_1m`,
  CAST(if(isFinite(toFloat64(`quote_vol_1m`)), ifNotFinite(toFloat64(`quote_vol_1m`), 0), NULL) AS Nullable(Float64)) AS `quote_vol_1m`,
  CAST(if(isFinite(toFloat64(`vwap_1m`)), ifNotFinite(toFloat64(`vwap_1m`), 0), NULL) AS Nullable(Float64)) AS `vwap_1m`,
  CAST(if(isFinite(toFloat64(`open_1m`)), ifNotFinite(toFloat64(`open_1m`), 0), NULL) AS Nullable(Float64)) AS `open_1m`,
  CAST(if(isFinite(toFloat64(`high_1m`)), ifNotFinite(toFloat64(`high_1m`), 0), NULL) AS Nullable(Float64)) AS `high_1m`,
  CAST(if(isFinite(toFloat64(`low_1m`)), ifNotFinite(toFloat64(`low_1m`), 0), NULL) AS Nullable(Float64)) AS `low_1m`,
  CAST(if(isFinite(toFloat64(`close_1m`)), ifNotFinite(toFloat64(`close_1m`), 0), NULL) AS Nullable(Float64)) AS `close_1m`,
  CAST(if(isFinite(toFloat64(`range_bps_1m`)), ifNotFinite(toFloat64(`range_bps_1m`), 0), NULL) AS Nullable(Float64)) AS `range_bps_1m`
FROM (
  SELECT
    any(exchange) AS exchange, any(market_type) AS market_type, any(symbol) AS symbol, any(bucket_id) AS bucket_id, any(bucket_ts_start) AS bucket_ts_start, any(bucket_ts_end) AS bucket_ts_end, any(prev_ts_end) AS prev_ts_end, any(available_at) AS available_at, any(v) AS v,
    toFloat64(toString(sumIf(quantity_exact, side > 0))) AS `ask_vol_1m`,
    toFloat64(toString(sumIf(quantity_exact, side < 0))) AS `bid_vol_1m`,
    toFloat64(toString(sum(quantity_exact))) AS `total_vol_1m`,
    toFloat64(toString(sum(side * quantity_exact))) AS `delta_1m`,
    toFloat64(toString(sum(quote_exact))) AS `quote_vol_1m`,
    quote_vol_1m / nullIf(total_vol_1m, 0) AS `vwap_1m`,
    argMin(price, ord) AS `open_1m`,
    max(price) AS `high_1m`,
    min(price) AS `low_1m`,
    argMax(price, ord) AS `close_1m`,
    (high_1m - low_1m) / nullIf(vwap_1m, 0) * 10000 AS `range_bps_1m`
  FROM (
    WITH (
      SELECT tuple(
        groupUniqArray((exchange, market_type, symbol)),
        min(prev_ts_end), max(prev_ts_end), min(bucket_ts_end), max(bucket_ts_end)
      )
      FROM buckets
    ) AS span
    SELECT
      j.exchange AS exchange,
      j.market_type AS market_type,
      j.symbol AS symbol,
      j.bucket_id AS bucket_id,
      j.bucket_ts_start AS bucket_ts_start,
      j.bucket_ts_end AS bucket_ts_end,
      j.prev_ts_end AS prev_ts_end,
      j.available_at AS available_at,
      j.v AS v,
      j.bucket__place AS bucket__place,
      bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.trade_seq AS ord,
      toFloat64(j.price) AS price,
      if(j.side = 'buy', 1, -1) AS side,
      toDecimal256(j.quantity, 8) AS quantity_exact,
      toDecimal256(j.price, 8) * toDecimal256(j.quantity, 8) AS quote_exact
    FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
    CROSS JOIN (
      SELECT
        b.exchange AS exchange,
        b.market_type AS market_type,
        b.symbol AS symbol,
        b.bucket_id AS bucket_id,
        b.bucket_ts_start AS bucket_ts_start,
        b.bucket_ts_end AS bucket_ts_end,
        b.prev_ts_end AS prev_ts_end,
        b.available_at AS available_at,
        b.v AS v,
        b.bucket__place AS bucket__place,
        t.timestamp AS timestamp,
        t.trade_seq AS trade_seq,
        t.price AS price,
        t.quantity AS quantity,
        t.side AS side
      FROM (
        SELECT
          exchange, market_type, symbol, timestamp, trade_seq, price, quantity, side, available_at
        FROM `marketprism_hot`.`trades` FINAL
        WHERE late = 0
          AND (exchange, market_type, symbol) IN (span.1)
          AND timestamp >= span.2
          AND timestamp < span.5
      ) AS t
      ASOF INNER JOIN buckets AS b
        ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
        AND t.timestamp >= b.prev_ts_end
      WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
    ) AS j
  )
  GROUP BY bucket__place
);

-- view price_impact_1m, level 1, look-back 1

CREATE TABLE `marketprism_features`.`price_impact_1m__d9c76eb8`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `kyle_lambda` Nullable(Float64) COMMENT 'Change of the mid per unit of signed volume; NULL when buys equal sells or nothing was traded. Heavy tails, a diagnostic' CODEC(ZSTD(1)),
    `amihud_illiq` Nullable(Float64) COMMENT '|ln(close / close of the minute before)| per unit of quote volume; NULL if nothing was traded in one of the two' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Price impact and illiquidity of each wall-clock minute';

CREATE MATERIALIZED VIEW `marketprism_features`.`price_impact_1m__d9c76eb8__mv_lazy` TO `marketprism_features`.`price_impact_1m__d9c76eb8` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`kyle_lambda` AS `kyle_lambda`,
  u.`amihud_illiq` AS `amihud_illiq`
FROM `marketprism_features`.`every_1m__close_1_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`kyle_lambda`)), ifNotFinite(toFloat64(`kyle_lambda`), 0), NULL) AS Nullable(Float64)) AS `kyle_lambda`,
    CAST(if(isFinite(toFloat64(`amihud_illiq`)), ifNotFinite(toFloat64(`amihud_illiq`), 0), NULL) AS Nullable(Float64)) AS `amihud_illiq`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      (mid_1m.last_valid_mid - mid_1m.mid_start) / nullIf(trades_1m.delta_1m, 0) AS `kyle_lambda`,
      abs(log(trades_1m.close_1m / if(count() OVER before >= 1, max(trades_1m.close_1m) OVER before, NULL))) / nullIf(trades_1m.quote_vol_1m, 0) AS `amihud_illiq`
    FROM (
      SELECT `trades_1m`.exchange AS exchange, `trades_1m`.market_type AS market_type, `trades_1m`.symbol AS symbol, `trades_1m`.bucket_id AS bucket_id,
        `trades_1m`.`ask_vol_1m` AS `trades_1m.ask_vol_1m`,
        `trades_1m`.`bid_vol_1m` AS `trades_1m.bid_vol_1m`,
        `trades_1m`.`total_vol_1m` AS `trades_1m.total_vol_1m`,
        `trades_1m`.`delta_1m` AS `trades_1m.delta_1m`,
        `trades_1m`.`quote_vol_1m` AS `trades_1m.quote_vol_1m`,
        `trades_1m`.`vwap_1m` AS `trades_1m.vwap_1m`,
        `trades_1m`.`open_1m` AS `trades_1m.open_1m`,
        `trades_1m`.`high_1m` AS `trades_1m.high_1m`,
        `trades_1m`.`low_1m` AS `trades_1m.low_1m`,
        `trades_1m`.`close_1m` AS `trades_1m.close_1m`,
        `trades_1m`.`range_bps_1m` AS `trades_1m.range_bps_1m`,
        `mid_1m`.`mid` AS `mid_1m.mid`,
        `mid_1m`.`mid_start` AS `mid_1m.mid_start`,
        `mid_1m`.`last_valid_mid` AS `mid_1m.last_valid_mid`,
        `mid_1m`.`mid_age_ms` AS `mid_1m.mid_age_ms`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `ask_vol_1m`,
          `bid_vol_1m`,
          `total_vol_1m`,
          `delta_1m`,
          `quote_vol_1m`,
          `vwap_1m`,
          `open_1m`,
          `high_1m`,
          `low_1m`,
          `close_1m`,
          `range_bps_1m`
        FROM `marketprism_features`.`trades_1m__ba8d9971`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 1, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`every_1m__close_1_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `trades_1m`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `mid_1m__mid` AS `mid`,
          `mid_1m__mid_start` AS `mid_start`,
          `mid_1m__last_valid_mid` AS `last_valid_mid`,
          `mid_1m__mid_age_ms` AS `mid_age_ms`
        FROM `marketprism_features`.`every_1m__books_fused__4b2a5eb2`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 1, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`every_1m__close_1_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `mid_1m`
        ON `mid_1m`.exchange = `trades_1m`.exchange AND `mid_1m`.market_type = `trades_1m`.market_type AND `mid_1m`.symbol = `trades_1m`.symbol AND `mid_1m`.bucket_id = `trades_1m`.bucket_id
    )
      WINDOW
        before AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`price_impact_1m` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `kyle_lambda`,
  `amihud_illiq`
FROM `marketprism_features`.`price_impact_1m__d9c76eb8` FINAL
COMMENT 'Price impact and illiquidity of each wall-clock minute';

INSERT INTO `marketprism_features`.`price_impact_1m__d9c76eb8` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `kyle_lambda`, `amihud_illiq`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`buckets_every_1m` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`kyle_lambda` AS `kyle_lambda`,
  u.`amihud_illiq` AS `amihud_illiq`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`kyle_lambda`)), ifNotFinite(toFloat64(`kyle_lambda`), 0), NULL) AS Nullable(Float64)) AS `kyle_lambda`,
    CAST(if(isFinite(toFloat64(`amihud_illiq`)), ifNotFinite(toFloat64(`amihud_illiq`), 0), NULL) AS Nullable(Float64)) AS `amihud_illiq`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      (mid_1m.last_valid_mid - mid_1m.mid_start) / nullIf(trades_1m.delta_1m, 0) AS `kyle_lambda`,
      abs(log(trades_1m.close_1m / if(count() OVER before >= 1, max(trades_1m.close_1m) OVER before, NULL))) / nullIf(trades_1m.quote_vol_1m, 0) AS `amihud_illiq`
    FROM (
      SELECT `trades_1m`.exchange AS exchange, `trades_1m`.market_type AS market_type, `trades_1m`.symbol AS symbol, `trades_1m`.bucket_id AS bucket_id,
        `trades_1m`.`ask_vol_1m` AS `trades_1m.ask_vol_1m`,
        `trades_1m`.`bid_vol_1m` AS `trades_1m.bid_vol_1m`,
        `trades_1m`.`total_vol_1m` AS `trades_1m.total_vol_1m`,
        `trades_1m`.`delta_1m` AS `trades_1m.delta_1m`,
        `trades_1m`.`quote_vol_1m` AS `trades_1m.quote_vol_1m`,
        `trades_1m`.`vwap_1m` AS `trades_1m.vwap_1m`,
        `trades_1m`.`open_1m` AS `trades_1m.open_1m`,
        `trades_1m`.`high_1m` AS `trades_1m.high_1m`,
        `trades_1m`.`low_1m` AS `trades_1m.low_1m`,
        `trades_1m`.`close_1m` AS `trades_1m.close_1m`,
        `trades_1m`.`range_bps_1m` AS `trades_1m.range_bps_1m`,
        `mid_1m`.`mid` AS `mid_1m.mid`,
        `mid_1m`.`mid_start` AS `mid_1m.mid_start`,
        `mid_1m`.`last_valid_mid` AS `mid_1m.last_valid_mid`,
        `mid_1m`.`mid_age_ms` AS `mid_1m.mid_age_ms`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `ask_vol_1m`,
          `bid_vol_1m`,
          `total_vol_1m`,
          `delta_1m`,
          `quote_vol_1m`,
          `vwap_1m`,
          `open_1m`,
          `high_1m`,
          `low_1m`,
          `close_1m`,
          `range_bps_1m`
        FROM `marketprism_features`.`trades_1m__ba8d9971`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 1, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `trades_1m`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `mid_1m__mid` AS `mid`,
          `mid_1m__mid_start` AS `mid_start`,
          `mid_1m__last_valid_mid` AS `last_valid_mid`,
          `mid_1m__mid_age_ms` AS `mid_age_ms`
        FROM `marketprism_features`.`every_1m__books_fused__4b2a5eb2`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 1, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `mid_1m`
        ON `mid_1m`.exchange = `trades_1m`.exchange AND `mid_1m`.market_type = `trades_1m`.market_type AND `mid_1m`.symbol = `trades_1m`.symbol AND `mid_1m`.bucket_id = `trades_1m`.bucket_id
    )
      WINDOW
        before AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view bvc_1m, level 2, look-back 61

CREATE TABLE `marketprism_features`.`bvc_1m__8e86ba9b`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `bar_close` Nullable(Float64) COMMENT 'Price of the last trade; of a minute without trades that of the last one before, up to an hour ago' CODEC(ZSTD(1)),
    `bar_change` Nullable(Float64) COMMENT 'Change from the last close before it; NULL where none is known' CODEC(ZSTD(1)),
    `bar_volume` Nullable(Float64) COMMENT 'Volume of the minute, 0 without trades' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Volume of each wall-clock minute, divided into bought and sold by how far the price moved (bulk volume classification)';

CREATE MATERIALIZED VIEW `marketprism_features`.`bvc_1m__8e86ba9b__mv_lazy` TO `marketprism_features`.`bvc_1m__8e86ba9b` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`bar_close` AS `bar_close`,
  u.`bar_change` AS `bar_change`,
  u.`bar_volume` AS `bar_volume`
FROM `marketprism_features`.`every_1m__close_2_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`bar_close`)), ifNotFinite(toFloat64(`bar_close`), 0), NULL) AS Nullable(Float64)) AS `bar_close`,
    CAST(if(isFinite(toFloat64(`bar_change`)), ifNotFinite(toFloat64(`bar_change`), 0), NULL) AS Nullable(Float64)) AS `bar_change`,
    CAST(if(isFinite(toFloat64(`bar_volume`)), ifNotFinite(toFloat64(`bar_volume`), 0), NULL) AS Nullable(Float64)) AS `bar_volume`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(count() OVER hour_before >= 1, argMax(trades_1m.close_1m, bucket_id) OVER hour_before, NULL) AS `previous`,
      ifNull(trades_1m.close_1m, previous) AS `bar_close`,
      bar_close - previous AS `bar_change`,
      ifNull(trades_1m.total_vol_1m, 0) AS `bar_volume`
    FROM (
      SELECT `price_impact_1m`.exchange AS exchange, `price_impact_1m`.market_type AS market_type, `price_impact_1m`.symbol AS symbol, `price_impact_1m`.bucket_id AS bucket_id,
        `price_impact_1m`.`kyle_lambda` AS `price_impact_1m.kyle_lambda`,
        `price_impact_1m`.`amihud_illiq` AS `price_impact_1m.amihud_illiq`,
        `trades_1m`.`ask_vol_1m` AS `trades_1m.ask_vol_1m`,
        `trades_1m`.`bid_vol_1m` AS `trades_1m.bid_vol_1m`,
        `trades_1m`.`total_vol_1m` AS `trades_1m.total_vol_1m`,
        `trades_1m`.`delta_1m` AS `trades_1m.delta_1m`,
        `trades_1m`.`quote_vol_1m` AS `trades_1m.quote_vol_1m`,
        `trades_1m`.`vwap_1m` AS `trades_1m.vwap_1m`,
        `trades_1m`.`open_1m` AS `trades_1m.open_1m`,
        `trades_1m`.`high_1m` AS `trades_1m.high_1m`,
        `trades_1m`.`low_1m` AS `trades_1m.low_1m`,
        `trades_1m`.`close_1m` AS `trades_1m.close_1m`,
        `trades_1m`.`range_bps_1m` AS `trades_1m.range_bps_1m`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `kyle_lambda`,
          `amihud_illiq`
        FROM `marketprism_features`.`price_impact_1m__d9c76eb8`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 60, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`every_1m__close_2_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `price_impact_1m`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `ask_vol_1m`,
          `bid_vol_1m`,
          `total_vol_1m`,
          `delta_1m`,
          `quote_vol_1m`,
          `vwap_1m`,
          `open_1m`,
          `high_1m`,
          `low_1m`,
          `close_1m`,
          `range_bps_1m`
        FROM `marketprism_features`.`trades_1m__ba8d9971`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 60, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`every_1m__close_2_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `trades_1m`
        ON `trades_1m`.exchange = `price_impact_1m`.exchange AND `trades_1m`.market_type = `price_impact_1m`.market_type AND `trades_1m`.symbol = `price_impact_1m`.symbol AND `trades_1m`.bucket_id = `price_impact_1m`.bucket_id
    )
      WINDOW
        hour_before AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 60 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`bvc_1m` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `bar_close`,
  `bar_change`,
  `bar_volume`
FROM `marketprism_features`.`bvc_1m__8e86ba9b` FINAL
COMMENT 'Volume of each wall-clock minute, divided into bought and sold by how far the price moved (bulk volume classification)';

INSERT INTO `marketprism_features`.`bvc_1m__8e86ba9b` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `bar_close`, `bar_change`, `bar_volume`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`buckets_every_1m` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`bar_close` AS `bar_close`,
  u.`bar_change` AS `bar_change`,
  u.`bar_volume` AS `bar_volume`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`bar_close`)), ifNotFinite(toFloat64(`bar_close`), 0), NULL) AS Nullable(Float64)) AS `bar_close`,
    CAST(if(isFinite(toFloat64(`bar_change`)), ifNotFinite(toFloat64(`bar_change`), 0), NULL) AS Nullable(Float64)) AS `bar_change`,
    CAST(if(isFinite(toFloat64(`bar_volume`)), ifNotFinite(toFloat64(`bar_volume`), 0), NULL) AS Nullable(Float64)) AS `bar_volume`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(count() OVER hour_before >= 1, argMax(trades_1m.close_1m, bucket_id) OVER hour_before, NULL) AS `previous`,
      ifNull(trades_1m.close_1m, previous) AS `bar_close`,
      bar_close - previous AS `bar_change`,
      ifNull(trades_1m.total_vol_1m, 0) AS `bar_volume`
    FROM (
      SELECT `price_impact_1m`.exchange AS exchange, `price_impact_1m`.market_type AS market_type, `price_impact_1m`.symbol AS symbol, `price_impact_1m`.bucket_id AS bucket_id,
        `price_impact_1m`.`kyle_lambda` AS `price_impact_1m.kyle_lambda`,
        `price_impact_1m`.`amihud_illiq` AS `price_impact_1m.amihud_illiq`,
        `trades_1m`.`ask_vol_1m` AS `trades_1m.ask_vol_1m`,
        `trades_1m`.`bid_vol_1m` AS `trades_1m.bid_vol_1m`,
        `trades_1m`.`total_vol_1m` AS `trades_1m.total_vol_1m`,
        `trades_1m`.`delta_1m` AS `trades_1m.delta_1m`,
        `trades_1m`.`quote_vol_1m` AS `trades_1m.quote_vol_1m`,
        `trades_1m`.`vwap_1m` AS `trades_1m.vwap_1m`,
        `trades_1m`.`open_1m` AS `trades_1m.open_1m`,
        `trades_1m`.`high_1m` AS `trades_1m.high_1m`,
        `trades_1m`.`low_1m` AS `trades_1m.low_1m`,
        `trades_1m`.`close_1m` AS `trades_1m.close_1m`,
        `trades_1m`.`range_bps_1m` AS `trades_1m.range_bps_1m`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `kyle_lambda`,
          `amihud_illiq`
        FROM `marketprism_features`.`price_impact_1m__d9c76eb8`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 60, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `price_impact_1m`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `ask_vol_1m`,
          `bid_vol_1m`,
          `total_vol_1m`,
          `delta_1m`,
          `quote_vol_1m`,
          `vwap_1m`,
          `open_1m`,
          `high_1m`,
          `low_1m`,
          `close_1m`,
          `range_bps_1m`
        FROM `marketprism_features`.`trades_1m__ba8d9971`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 60, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `trades_1m`
        ON `trades_1m`.exchange = `price_impact_1m`.exchange AND `trades_1m`.market_type = `price_impact_1m`.market_type AND `trades_1m`.symbol = `price_impact_1m`.symbol AND `trades_1m`.bucket_id = `price_impact_1m`.bucket_id
    )
      WINDOW
        hour_before AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 60 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view bvc_sides_1m, level 3, look-back 121

CREATE TABLE `marketprism_features`.`bvc_sides_1m__31c6da11`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `sigma_dp` Nullable(Float64) COMMENT 'Standard deviation of the price changes of the 60 minutes before this one; NULL with fewer than 10 of them' CODEC(ZSTD(1)),
    `buy_fraction` Nullable(Float64) COMMENT 'Phi(price change / sigma_dp); 1/2 for the first minute and where prices stood still. NULL without a sigma' CODEC(ZSTD(1)),
    `bvc_buy_volume` Nullable(Float64) COMMENT 'Volume taken to be bought. For venues that do not tell the taker\'s side; elsewhere trades_1m is better' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Share of each wall-clock minute\'s volume that was bought, by the normal distribution of its price change';

CREATE MATERIALIZED VIEW `marketprism_features`.`bvc_sides_1m__31c6da11__mv_lazy` TO `marketprism_features`.`bvc_sides_1m__31c6da11` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`sigma_dp` AS `sigma_dp`,
  u.`buy_fraction` AS `buy_fraction`,
  u.`bvc_buy_volume` AS `bvc_buy_volume`
FROM `marketprism_features`.`every_1m__close_3_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`sigma_dp`)), ifNotFinite(toFloat64(`sigma_dp`), 0), NULL) AS Nullable(Float64)) AS `sigma_dp`,
    CAST(if(isFinite(toFloat64(`buy_fraction`)), ifNotFinite(toFloat64(`buy_fraction`), 0), NULL) AS Nullable(Float64)) AS `buy_fraction`,
    CAST(if(isFinite(toFloat64(`bvc_buy_volume`)), ifNotFinite(toFloat64(`bvc_buy_volume`), 0), NULL) AS Nullable(Float64)) AS `bvc_buy_volume`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(count() OVER hour_before >= 10, if(countIf(NOT (abs((bar_change)) <= 1e12)) OVER hour_before > 0, nan, sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((bar_change)), NULL, abs((bar_change)) <= 1e12, toFloat64((bar_change)), 0), 20)) OVER hour_before * sum(toDecimal256(multiIf(isNull((bar_change)), NULL, abs((bar_change)) <= 1e12, toFloat64((bar_change)), 0), 20) * toDecimal256(multiIf(isNull((bar_change)), NULL, abs((bar_change)) <= 1e12, toFloat64((bar_change)), 0), 20)) OVER hour_before - sum(toDecimal256(multiIf(isNull((bar_change)), NULL, abs((bar_change)) <= 1e12, toFloat64((bar_change)), 0), 20)) OVER hour_before * sum(toDecimal256(multiIf(isNull((bar_change)), NULL, abs((bar_change)) <= 1e12, toFloat64((bar_change)), 0), 20)) OVER hour_before)) / nullIf(count(toDecimal256(multiIf(isNull((bar_change)), NULL, abs((bar_change)) <= 1e12, toFloat64((bar_change)), 0), 20)) OVER hour_before * (count(toDecimal256(multiIf(isNull((bar_change)), NULL, abs((bar_change)) <= 1e12, toFloat64((bar_change)), 0), 20)) OVER hour_before - 1), 0))), NULL) AS `sigma_dp`,
      multiIf(isNull(bar_change), 0.5, isNull(sigma_dp), NULL, sigma_dp = 0, 0.5, (1 + erf(bar_change / sigma_dp / sqrt(2))) / 2) AS `buy_fraction`,
      bar_volume * buy_fraction AS `bvc_buy_volume`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        `bar_close`,
        `bar_change`,
        `bar_volume`
      FROM `marketprism_features`.`bvc_1m__8e86ba9b`
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT DISTINCT
          exchange, market_type, symbol,
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 60, 1)), bucket_id + 1)) AS bucket_id
        FROM `marketprism_features`.`every_1m__close_3_lazy`
      )
      ORDER BY v DESC
      LIMIT 1 BY exchange, market_type, symbol, bucket_id
    )
      WINDOW
        hour_before AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 60 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`bvc_sides_1m` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `sigma_dp`,
  `buy_fraction`,
  `bvc_buy_volume`
FROM `marketprism_features`.`bvc_sides_1m__31c6da11` FINAL
COMMENT 'Share of each wall-clock minute\'s volume that was bought, by the normal distribution of its price change';

INSERT INTO `marketprism_features`.`bvc_sides_1m__31c6da11` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `sigma_dp`, `buy_fraction`, `bvc_buy_volume`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`buckets_every_1m` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`sigma_dp` AS `sigma_dp`,
  u.`buy_fraction` AS `buy_fraction`,
  u.`bvc_buy_volume` AS `bvc_buy_volume`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`sigma_dp`)), ifNotFinite(toFloat64(`sigma_dp`), 0), NULL) AS Nullable(Float64)) AS `sigma_dp`,
    CAST(if(isFinite(toFloat64(`buy_fraction`)), ifNotFinite(toFloat64(`buy_fraction`), 0), NULL) AS Nullable(Float64)) AS `buy_fraction`,
    CAST(if(isFinite(toFloat64(`bvc_buy_volume`)), ifNotFinite(toFloat64(`bvc_buy_volume`), 0), NULL) AS Nullable(Float64)) AS `bvc_buy_volume`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(count() OVER hour_before >= 10, if(countIf(NOT (abs((bar_change)) <= 1e12)) OVER hour_before > 0, nan, sqrt(toFloat64(toString(count(toDecimal256(multiIf(isNull((bar_change)), NULL, abs((bar_change)) <= 1e12, toFloat64((bar_change)), 0), 20)) OVER hour_before * sum(toDecimal256(multiIf(isNull((bar_change)), NULL, abs((bar_change)) <= 1e12, toFloat64((bar_change)), 0), 20) * toDecimal256(multiIf(isNull((bar_change)), NULL, abs((bar_change)) <= 1e12, toFloat64((bar_change)), 0), 20)) OVER hour_before - sum(toDecimal256(multiIf(isNull((bar_change)), NULL, abs((bar_change)) <= 1e12, toFloat64((bar_change)), 0), 20)) OVER hour_before * sum(toDecimal256(multiIf(isNull((bar_change)), NULL, abs((bar_change)) <= 1e12, toFloat64((bar_change)), 0), 20)) OVER hour_before)) / nullIf(count(toDecimal256(multiIf(isNull((bar_change)), NULL, abs((bar_change)) <= 1e12, toFloat64((bar_change)), 0), 20)) OVER hour_before * (count(toDecimal256(multiIf(isNull((bar_change)), NULL, abs((bar_change)) <= 1e12, toFloat64((bar_change)), 0), 20)) OVER hour_before - 1), 0))), NULL) AS `sigma_dp`,
      multiIf(isNull(bar_change), 0.5, isNull(sigma_dp), NULL, sigma_dp = 0, 0.5, (1 + erf(bar_change / sigma_dp / sqrt(2))) / 2) AS `buy_fraction`,
      bar_volume * buy_fraction AS `bvc_buy_volume`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        `bar_close`,
        `bar_change`,
        `bar_volume`
      FROM `marketprism_features`.`bvc_1m__8e86ba9b`
      WHERE (exchange, market_type, symbol, bucket_id) IN (
        SELECT DISTINCT
          exchange, market_type, symbol,
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 60, 1)), bucket_id + 1)) AS bucket_id
        FROM buckets
      )
      ORDER BY v DESC
      LIMIT 1 BY exchange, market_type, symbol, bucket_id
    )
      WINDOW
        hour_before AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 60 PRECEDING AND 1 PRECEDING)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view vpin_bvc, level 4, look-back 360

CREATE TABLE `marketprism_features`.`vpin_bvc__369308f9`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `vpin_bvc_50` Nullable(Float64) COMMENT 'Sum of |buys - sells| over the volume of 50 equal parts of the last 240 minutes\' volume. Minutes without a buy_fraction are left out; NULL with fewer than 60 others that have volume. Easley, Lopez de Prado, O\'Hara 2012, section 1.3' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'Order-flow toxicity (VPIN) from prices and volumes of minutes alone, for venues that do not tell the taker\'s side';

CREATE MATERIALIZED VIEW `marketprism_features`.`vpin_bvc__369308f9__mv_lazy` TO `marketprism_features`.`vpin_bvc__369308f9` AS
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`vpin_bvc_50` AS `vpin_bvc_50`
FROM `marketprism_features`.`every_1m__close_4_lazy` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`vpin_bvc_50`)), ifNotFinite(toFloat64(`vpin_bvc_50`), 0), NULL) AS Nullable(Float64)) AS `vpin_bvc_50`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(count() OVER w240 >= 60, if(countIf(NOT isFinite(if(isNull(bvc_sides_1m.buy_fraction), 0, bvc_1m.bar_volume))) OVER w240 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(if(isNull(bvc_sides_1m.buy_fraction), 0, bvc_1m.bar_volume), 0), 30) + isFinite(if(isNull(bvc_sides_1m.buy_fraction), 0, bvc_1m.bar_volume)) * 0) OVER w240))), NULL) / 50 AS `bucket_volume`,
      arrayMap((x, f) -> if(isNull(f), 0, ifNull(x, 0)), arrayMap(t -> t.1, groupArray(tuple(bvc_1m.bar_volume)) OVER w240), arrayMap(t -> t.1, groupArray(tuple(bvc_sides_1m.buy_fraction)) OVER w240)) AS `volumes`,
      arrayMap(x -> ifNull(x, 0), arrayMap(t -> t.1, groupArray(tuple(bvc_sides_1m.bvc_buy_volume)) OVER w240)) AS `bought`,
      arrayCumSum(volumes) AS `volume_by`,
      arrayCumSum(bought) AS `bought_by`,
      toUInt32(ifNull(floor(volume_by[- 1] / nullIf(bucket_volume, 0) * (1 + 1e-12)), 0)) AS `full`,
      arrayMap(k -> arrayFirstIndex(v -> v >= k * assumeNotNull(bucket_volume) * (1 - 1e-12), volume_by), range(1, full + 1)) AS `bars`,
      arrayMap((i, k) -> bought_by[i] - bought[i] * (volume_by[i] - k * assumeNotNull(bucket_volume)) / volumes[i], bars, range(1, full + 1)) AS `bought_until`,
      arrayDifference(arrayPushFront(bought_until, 0)) AS `buys`,
      arrayPopFront(buys) AS `buy_parts`,
      arrayCumSum(arrayMap(b -> abs(2 * b - assumeNotNull(bucket_volume)), buy_parts)) AS `imbalances`,
      arrayMap(i -> if(i < 50, NULL, (imbalances[i] - if(i > 50, imbalances[i - 50], 0)) / (50 * assumeNotNull(bucket_volume))), arrayEnumerate(buy_parts)) AS `vpins`,
      if(empty(vpins) OR arrayCount(x -> x > 0, volumes) < 60, NULL, vpins[- 1]) AS `vpin_bvc_50`
    FROM (
      SELECT `bvc_1m`.exchange AS exchange, `bvc_1m`.market_type AS market_type, `bvc_1m`.symbol AS symbol, `bvc_1m`.bucket_id AS bucket_id,
        `bvc_1m`.`bar_close` AS `bvc_1m.bar_close`,
        `bvc_1m`.`bar_change` AS `bvc_1m.bar_change`,
        `bvc_1m`.`bar_volume` AS `bvc_1m.bar_volume`,
        `bvc_sides_1m`.`sigma_dp` AS `bvc_sides_1m.sigma_dp`,
        `bvc_sides_1m`.`buy_fraction` AS `bvc_sides_1m.buy_fraction`,
        `bvc_sides_1m`.`bvc_buy_volume` AS `bvc_sides_1m.bvc_buy_volume`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `bar_close`,
          `bar_change`,
          `bar_volume`
        FROM `marketprism_features`.`bvc_1m__8e86ba9b`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 239, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`every_1m__close_4_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `bvc_1m`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `sigma_dp`,
          `buy_fraction`,
          `bvc_buy_volume`
        FROM `marketprism_features`.`bvc_sides_1m__31c6da11`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 239, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`every_1m__close_4_lazy`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `bvc_sides_1m`
        ON `bvc_sides_1m`.exchange = `bvc_1m`.exchange AND `bvc_sides_1m`.market_type = `bvc_1m`.market_type AND `bvc_sides_1m`.symbol = `bvc_1m`.symbol AND `bvc_sides_1m`.bucket_id = `bvc_1m`.bucket_id
    )
      WINDOW
        w240 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 239 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

CREATE VIEW `marketprism_features`.`vpin_bvc` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `vpin_bvc_50`
FROM `marketprism_features`.`vpin_bvc__369308f9` FINAL
COMMENT 'Order-flow toxicity (VPIN) from prices and volumes of minutes alone, for venues that do not tell the taker\'s side';

INSERT INTO `marketprism_features`.`vpin_bvc__369308f9` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `vpin_bvc_50`)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `marketprism_features`.`buckets_every_1m` FINAL /* chunk */)
SELECT
  c.exchange AS exchange,
c.market_type AS market_type,
c.symbol AS symbol,
c.bucket_id AS bucket_id,
c.bucket_ts_start AS bucket_ts_start,
c.bucket_ts_end AS bucket_ts_end,
c.available_at AS available_at,
c.v AS v,
  u.`vpin_bvc_50` AS `vpin_bvc_50`
FROM buckets AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`vpin_bvc_50`)), ifNotFinite(toFloat64(`vpin_bvc_50`), 0), NULL) AS Nullable(Float64)) AS `vpin_bvc_50`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(count() OVER w240 >= 60, if(countIf(NOT isFinite(if(isNull(bvc_sides_1m.buy_fraction), 0, bvc_1m.bar_volume))) OVER w240 > 0, nan, toFloat64(toString(sum(toDecimal256(ifNotFinite(if(isNull(bvc_sides_1m.buy_fraction), 0, bvc_1m.bar_volume), 0), 30) + isFinite(if(isNull(bvc_sides_1m.buy_fraction), 0, bvc_1m.bar_volume)) * 0) OVER w240))), NULL) / 50 AS `bucket_volume`,
      arrayMap((x, f) -> if(isNull(f), 0, ifNull(x, 0)), arrayMap(t -> t.1, groupArray(tuple(bvc_1m.bar_volume)) OVER w240), arrayMap(t -> t.1, groupArray(tuple(bvc_sides_1m.buy_fraction)) OVER w240)) AS `volumes`,
      arrayMap(x -> ifNull(x, 0), arrayMap(t -> t.1, groupArray(tuple(bvc_sides_1m.bvc_buy_volume)) OVER w240)) AS `bought`,
      arrayCumSum(volumes) AS `volume_by`,
      arrayCumSum(bought) AS `bought_by`,
      toUInt32(ifNull(floor(volume_by[- 1] / nullIf(bucket_volume, 0) * (1 + 1e-12)), 0)) AS `full`,
      arrayMap(k -> arrayFirstIndex(v -> v >= k * assumeNotNull(bucket_volume) * (1 - 1e-12), volume_by), range(1, full + 1)) AS `bars`,
      arrayMap((i, k) -> bought_by[i] - bought[i] * (volume_by[i] - k * assumeNotNull(bucket_volume)) / volumes[i], bars, range(1, full + 1)) AS `bought_until`,
      arrayDifference(arrayPushFront(bought_until, 0)) AS `buys`,
      arrayPopFront(buys) AS `buy_parts`,
      arrayCumSum(arrayMap(b -> abs(2 * b - assumeNotNull(bucket_volume)), buy_parts)) AS `imbalances`,
      arrayMap(i -> if(i < 50, NULL, (imbalances[i] - if(i > 50, imbalances[i - 50], 0)) / (50 * assumeNotNull(bucket_volume))), arrayEnumerate(buy_parts)) AS `vpins`,
      if(empty(vpins) OR arrayCount(x -> x > 0, volumes) < 60, NULL, vpins[- 1]) AS `vpin_bvc_50`
    FROM (
      SELECT `bvc_1m`.exchange AS exchange, `bvc_1m`.market_type AS market_type, `bvc_1m`.symbol AS symbol, `bvc_1m`.bucket_id AS bucket_id,
        `bvc_1m`.`bar_close` AS `bvc_1m.bar_close`,
        `bvc_1m`.`bar_change` AS `bvc_1m.bar_change`,
        `bvc_1m`.`bar_volume` AS `bvc_1m.bar_volume`,
        `bvc_sides_1m`.`sigma_dp` AS `bvc_sides_1m.sigma_dp`,
        `bvc_sides_1m`.`buy_fraction` AS `bvc_sides_1m.buy_fraction`,
        `bvc_sides_1m`.`bvc_buy_volume` AS `bvc_sides_1m.bvc_buy_volume`
      FROM (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `bar_close`,
          `bar_change`,
          `bar_volume`
        FROM `marketprism_features`.`bvc_1m__8e86ba9b`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 239, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `bvc_1m`
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `sigma_dp`,
          `buy_fraction`,
          `bvc_buy_volume`
        FROM `marketprism_features`.`bvc_sides_1m__31c6da11`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 239, 1)), bucket_id + 1)) AS bucket_id
          FROM buckets
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `bvc_sides_1m`
        ON `bvc_sides_1m`.exchange = `bvc_1m`.exchange AND `bvc_sides_1m`.market_type = `bvc_1m`.market_type AND `bvc_sides_1m`.symbol = `bvc_1m`.symbol AND `bvc_sides_1m`.bucket_id = `bvc_1m`.bucket_id
    )
      WINDOW
        w240 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 239 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;
