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
  ) + throwIf(count() > 9000000, 'a close is too large for one block: insert fewer buckets at once') AS passed
FROM `marketprism_features`.`ubt__trades_hot`;

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__trades_hot__mv` TO `marketprism_features`.`ubt__trades_hot` AS
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
      AND exchange IN (SELECT exchange FROM `marketprism_features`.`ubt__close_0_hot`)
      AND market_type IN (SELECT market_type FROM `marketprism_features`.`ubt__close_0_hot`)
      AND symbol IN (SELECT symbol FROM `marketprism_features`.`ubt__close_0_hot`)
      AND timestamp >= (SELECT min(prev_ts_end) FROM `marketprism_features`.`ubt__close_0_hot`)
      AND timestamp < (SELECT max(bucket_ts_end) FROM `marketprism_features`.`ubt__close_0_hot`)
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
  ) + throwIf(count() > 9000000, 'a close is too large for one block: insert fewer buckets at once') AS passed
FROM `marketprism_features`.`ubt__books_hot`;

CREATE MATERIALIZED VIEW `marketprism_features`.`ubt__books_hot__mv` TO `marketprism_features`.`ubt__books_hot` AS
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
  j.timestamp AS timestamp,
  bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.book_seq AS ord,
  CAST(j.bid_px AS Array(Float64)) AS bid_px,
  CAST(j.bid_qty AS Array(Float64)) AS bid_qty,
  CAST(j.ask_px AS Array(Float64)) AS ask_px,
  CAST(j.ask_qty AS Array(Float64)) AS ask_qty,
  if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid
FROM (SELECT 1 AS one FROM `marketprism_features`.`ubt__close_0_hot` LIMIT 1) AS present
CROSS JOIN (
  WITH snapshots AS (
    SELECT
      exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(bid_qty, 1, 1) AS bid_qty, arraySlice(ask_px, 1, 1) AS ask_px, arraySlice(ask_qty, 1, 1) AS ask_qty, available_at
    FROM `marketprism_hot`.`orderbooks` FINAL
    WHERE exchange IN (SELECT exchange FROM `marketprism_features`.`ubt__close_0_hot`)
      AND market_type IN (SELECT market_type FROM `marketprism_features`.`ubt__close_0_hot`)
      AND symbol IN (SELECT symbol FROM `marketprism_features`.`ubt__close_0_hot`)
      AND timestamp >= (SELECT min(prev_ts_end) FROM `marketprism_features`.`ubt__close_0_hot`) - toIntervalMillisecond(120000)
      AND timestamp < (SELECT max(bucket_ts_end) FROM `marketprism_features`.`ubt__close_0_hot`)
  )
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
    s.timestamp AS timestamp,
    s.book_seq AS book_seq,
    s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
    toUInt8(0) AS carry
  FROM snapshots AS s
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
    FROM snapshots AS s
    ASOF INNER JOIN (
      SELECT exchange, market_type, symbol, bucket_ts_end, available_at
      FROM `marketprism_features`.`unified_buckets`
      WHERE exchange IN (SELECT exchange FROM `marketprism_features`.`ubt__close_0_hot`)
        AND market_type IN (SELECT market_type FROM `marketprism_features`.`ubt__close_0_hot`)
        AND symbol IN (SELECT symbol FROM `marketprism_features`.`ubt__close_0_hot`)
        AND bucket_ts_end > (SELECT min(prev_ts_end) FROM `marketprism_features`.`ubt__close_0_hot`) - toIntervalMillisecond(120000)
        AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM `marketprism_features`.`ubt__close_0_hot`)
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

-- view book_state, level 0, look-back 0

CREATE TABLE `marketprism_features`.`book_state__c4a2377d`
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

CREATE MATERIALIZED VIEW `marketprism_features`.`book_state__c4a2377d__mv` TO `marketprism_features`.`book_state__c4a2377d` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`mid__of_bucket`)), toFloat64(`mid__of_bucket`), NULL) AS Nullable(Float64)) AS `mid`,
  CAST(if(isFinite(toFloat64(`mid_start`)), toFloat64(`mid_start`), NULL) AS Nullable(Float64)) AS `mid_start`,
  CAST(if(isFinite(toFloat64(`last_valid_mid`)), toFloat64(`last_valid_mid`), NULL) AS Nullable(Float64)) AS `last_valid_mid`,
  CAST(if(isFinite(toFloat64(`mid_age_ms`)), toFloat64(`mid_age_ms`), NULL) AS Nullable(Float64)) AS `mid_age_ms`,
  CAST(if(isFinite(toFloat64(`spread_bps`)), toFloat64(`spread_bps`), NULL) AS Nullable(Float64)) AS `spread_bps`,
  CAST(if(isFinite(toFloat64(`top_imbalance`)), toFloat64(`top_imbalance`), NULL) AS Nullable(Float64)) AS `top_imbalance`,
  CAST(if(isFinite(toFloat64(`weighted_mid`)), toFloat64(`weighted_mid`), NULL) AS Nullable(Float64)) AS `weighted_mid`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    argMax(tuple(mid), ord).1 AS `mid__of_bucket`,
    argMaxIf(mid, ord, timestamp < bucket_ts_start) AS `mid_start`,
    argMax(mid, ord) AS `last_valid_mid`,
    if(count(mid) = 0, NULL, dateDiff('millisecond', argMaxIf(timestamp, ord, mid IS NOT NULL), bucket_ts_end)) AS `mid_age_ms`,
    argMax(tuple((ask_px[1] - bid_px[1]) / mid * 10000), ord).1 AS `spread_bps`,
    argMax(tuple(if(mid IS NULL, NULL, (bid_qty[1] - ask_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0))), ord).1 AS `top_imbalance`,
    argMax(tuple(if(mid IS NULL, NULL, (bid_px[1] * ask_qty[1] + ask_px[1] * bid_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0))), ord).1 AS `weighted_mid`
  FROM `marketprism_features`.`ubt__books_hot`
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
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
FROM `marketprism_features`.`book_state__c4a2377d` FINAL
COMMENT 'The order book as it was known at the end of the bucket - mid, spread, and the sizes at the top';

INSERT INTO `marketprism_features`.`book_state__c4a2377d` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `mid`, `mid_start`, `last_valid_mid`, `mid_age_ms`, `spread_bps`, `top_imbalance`, `weighted_mid`)
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
  CAST(if(isFinite(toFloat64(`mid__of_bucket`)), toFloat64(`mid__of_bucket`), NULL) AS Nullable(Float64)) AS `mid`,
  CAST(if(isFinite(toFloat64(`mid_start`)), toFloat64(`mid_start`), NULL) AS Nullable(Float64)) AS `mid_start`,
  CAST(if(isFinite(toFloat64(`last_valid_mid`)), toFloat64(`last_valid_mid`), NULL) AS Nullable(Float64)) AS `last_valid_mid`,
  CAST(if(isFinite(toFloat64(`mid_age_ms`)), toFloat64(`mid_age_ms`), NULL) AS Nullable(Float64)) AS `mid_age_ms`,
  CAST(if(isFinite(toFloat64(`spread_bps`)), toFloat64(`spread_bps`), NULL) AS Nullable(Float64)) AS `spread_bps`,
  CAST(if(isFinite(toFloat64(`top_imbalance`)), toFloat64(`top_imbalance`), NULL) AS Nullable(Float64)) AS `top_imbalance`,
  CAST(if(isFinite(toFloat64(`weighted_mid`)), toFloat64(`weighted_mid`), NULL) AS Nullable(Float64)) AS `weighted_mid`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    argMax(tuple(mid), ord).1 AS `mid__of_bucket`,
    argMaxIf(mid, ord, timestamp < bucket_ts_start) AS `mid_start`,
    argMax(mid, ord) AS `last_valid_mid`,
    if(count(mid) = 0, NULL, dateDiff('millisecond', argMaxIf(timestamp, ord, mid IS NOT NULL), bucket_ts_end)) AS `mid_age_ms`,
    argMax(tuple((ask_px[1] - bid_px[1]) / mid * 10000), ord).1 AS `spread_bps`,
    argMax(tuple(if(mid IS NULL, NULL, (bid_qty[1] - ask_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0))), ord).1 AS `top_imbalance`,
    argMax(tuple(if(mid IS NULL, NULL, (bid_px[1] * ask_qty[1] + ask_px[1] * bid_qty[1]) / nullIf(bid_qty[1] + ask_qty[1], 0))), ord).1 AS `weighted_mid`
  FROM (
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
      j.timestamp AS timestamp,
      bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.book_seq AS ord,
      CAST(j.bid_px AS Array(Float64)) AS bid_px,
      CAST(j.bid_qty AS Array(Float64)) AS bid_qty,
      CAST(j.ask_px AS Array(Float64)) AS ask_px,
      CAST(j.ask_qty AS Array(Float64)) AS ask_qty,
      if(toFloat64(j.bid_px[1]) > 0 AND toFloat64(j.ask_px[1]) > toFloat64(j.bid_px[1]), (toFloat64(j.bid_px[1]) + toFloat64(j.ask_px[1])) / 2, NULL) AS mid
    FROM (SELECT 1 AS one FROM buckets LIMIT 1) AS present
    CROSS JOIN (
      WITH snapshots AS (
        SELECT
          exchange, market_type, symbol, timestamp, book_seq, arraySlice(bid_px, 1, 1) AS bid_px, arraySlice(bid_qty, 1, 1) AS bid_qty, arraySlice(ask_px, 1, 1) AS ask_px, arraySlice(ask_qty, 1, 1) AS ask_qty, available_at
        FROM `marketprism_hot`.`orderbooks` FINAL
        WHERE exchange IN (SELECT exchange FROM buckets)
          AND market_type IN (SELECT market_type FROM buckets)
          AND symbol IN (SELECT symbol FROM buckets)
          AND timestamp >= (SELECT min(prev_ts_end) FROM buckets) - toIntervalMillisecond(120000)
          AND timestamp < (SELECT max(bucket_ts_end) FROM buckets)
      )
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
        s.timestamp AS timestamp,
        s.book_seq AS book_seq,
        s.bid_px AS bid_px, s.bid_qty AS bid_qty, s.ask_px AS ask_px, s.ask_qty AS ask_qty,
        toUInt8(0) AS carry
      FROM snapshots AS s
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
        FROM snapshots AS s
        ASOF INNER JOIN (
          SELECT exchange, market_type, symbol, bucket_ts_end, available_at
          FROM `marketprism_features`.`unified_buckets`
          WHERE exchange IN (SELECT exchange FROM buckets)
            AND market_type IN (SELECT market_type FROM buckets)
            AND symbol IN (SELECT symbol FROM buckets)
            AND bucket_ts_end > (SELECT min(prev_ts_end) FROM buckets) - toIntervalMillisecond(120000)
            AND bucket_ts_end <= (SELECT max(bucket_ts_end) FROM buckets)
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
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

-- view order_flow, level 0, look-back 0

CREATE TABLE `marketprism_features`.`order_flow__deb800f7`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `buy_volume` Nullable(Float64) COMMENT 'Volume of the trades in which the taker bought' CODEC(ZSTD(1)),
    `sell_volume` Nullable(Float64) COMMENT 'Volume of the trades in which the taker sold' CODEC(ZSTD(1)),
    `volume` Nullable(Float64) COMMENT 'All volume; at least the clock\'s size, unless the bucket was closed by time' CODEC(ZSTD(1)),
    `quote_volume` Nullable(Float64) COMMENT 'Sum of price times quantity' CODEC(ZSTD(1)),
    `trades` Nullable(Float64) COMMENT 'Number of trades' CODEC(ZSTD(1)),
    `vwap` Nullable(Float64) COMMENT 'Volume-weighted average price' CODEC(ZSTD(1)),
    `open` Nullable(Float64) COMMENT 'Price of the first trade' CODEC(ZSTD(1)),
    `high` Nullable(Float64) COMMENT 'Highest price' CODEC(ZSTD(1)),
    `low` Nullable(Float64) COMMENT 'Lowest price' CODEC(ZSTD(1)),
    `close` Nullable(Float64) COMMENT 'Price of the last trade' CODEC(ZSTD(1)),
    `imbalance` Nullable(Float64) COMMENT 'Signed share of the volume; +1 when every taker bought' CODEC(ZSTD(1)),
    `duration_s` Nullable(Float64) COMMENT 'From the bucket\'s first trade to its end, to the millisecond; never 0' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'What was traded within one bucket - volumes by the side of the taker, prices, and how long it took';

CREATE MATERIALIZED VIEW `marketprism_features`.`order_flow__deb800f7__mv` TO `marketprism_features`.`order_flow__deb800f7` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`buy_volume`)), toFloat64(`buy_volume`), NULL) AS Nullable(Float64)) AS `buy_volume`,
  CAST(if(isFinite(toFloat64(`sell_volume`)), toFloat64(`sell_volume`), NULL) AS Nullable(Float64)) AS `sell_volume`,
  CAST(if(isFinite(toFloat64(`volume`)), toFloat64(`volume`), NULL) AS Nullable(Float64)) AS `volume`,
  CAST(if(isFinite(toFloat64(`quote_volume`)), toFloat64(`quote_volume`), NULL) AS Nullable(Float64)) AS `quote_volume`,
  CAST(if(isFinite(toFloat64(`trades`)), toFloat64(`trades`), NULL) AS Nullable(Float64)) AS `trades`,
  CAST(if(isFinite(toFloat64(`vwap`)), toFloat64(`vwap`), NULL) AS Nullable(Float64)) AS `vwap`,
  CAST(if(isFinite(toFloat64(`open`)), toFloat64(`open`), NULL) AS Nullable(Float64)) AS `open`,
  CAST(if(isFinite(toFloat64(`high`)), toFloat64(`high`), NULL) AS Nullable(Float64)) AS `high`,
  CAST(if(isFinite(toFloat64(`low`)), toFloat64(`low`), NULL) AS Nullable(Float64)) AS `low`,
  CAST(if(isFinite(toFloat64(`close`)), toFloat64(`close`), NULL) AS Nullable(Float64)) AS `close`,
  CAST(if(isFinite(toFloat64(`imbalance`)), toFloat64(`imbalance`), NULL) AS Nullable(Float64)) AS `imbalance`,
  CAST(if(isFinite(toFloat64(`duration_s`)), toFloat64(`duration_s`), NULL) AS Nullable(Float64)) AS `duration_s`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    toFloat64(sumIf(quantity_exact, side > 0)) AS `buy_volume`,
    toFloat64(sumIf(quantity_exact, side < 0)) AS `sell_volume`,
    toFloat64(sum(quantity_exact)) AS `volume`,
    toFloat64(sum(quote_exact)) AS `quote_volume`,
    count() AS `trades`,
    quote_volume / nullIf(volume, 0) AS `vwap`,
    argMin(price, ord) AS `open`,
    max(price) AS `high`,
    min(price) AS `low`,
    argMax(price, ord) AS `close`,
    (buy_volume - sell_volume) / nullIf(volume, 0) AS `imbalance`,
    dateDiff('millisecond', bucket_ts_start, bucket_ts_end) / 1000 AS `duration_s`
  FROM `marketprism_features`.`ubt__trades_hot`
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

CREATE VIEW `marketprism_features`.`order_flow` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `buy_volume`,
  `sell_volume`,
  `volume`,
  `quote_volume`,
  `trades`,
  `vwap`,
  `open`,
  `high`,
  `low`,
  `close`,
  `imbalance`,
  `duration_s`
FROM `marketprism_features`.`order_flow__deb800f7` FINAL
COMMENT 'What was traded within one bucket - volumes by the side of the taker, prices, and how long it took';

INSERT INTO `marketprism_features`.`order_flow__deb800f7` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `buy_volume`, `sell_volume`, `volume`, `quote_volume`, `trades`, `vwap`, `open`, `high`, `low`, `close`, `imbalance`, `duration_s`)
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
  CAST(if(isFinite(toFloat64(`buy_volume`)), toFloat64(`buy_volume`), NULL) AS Nullable(Float64)) AS `buy_volume`,
  CAST(if(isFinite(toFloat64(`sell_volume`)), toFloat64(`sell_volume`), NULL) AS Nullable(Float64)) AS `sell_volume`,
  CAST(if(isFinite(toFloat64(`volume`)), toFloat64(`volume`), NULL) AS Nullable(Float64)) AS `volume`,
  CAST(if(isFinite(toFloat64(`quote_volume`)), toFloat64(`quote_volume`), NULL) AS Nullable(Float64)) AS `quote_volume`,
  CAST(if(isFinite(toFloat64(`trades`)), toFloat64(`trades`), NULL) AS Nullable(Float64)) AS `trades`,
  CAST(if(isFinite(toFloat64(`vwap`)), toFloat64(`vwap`), NULL) AS Nullable(Float64)) AS `vwap`,
  CAST(if(isFinite(toFloat64(`open`)), toFloat64(`open`), NULL) AS Nullable(Float64)) AS `open`,
  CAST(if(isFinite(toFloat64(`high`)), toFloat64(`high`), NULL) AS Nullable(Float64)) AS `high`,
  CAST(if(isFinite(toFloat64(`low`)), toFloat64(`low`), NULL) AS Nullable(Float64)) AS `low`,
  CAST(if(isFinite(toFloat64(`close`)), toFloat64(`close`), NULL) AS Nullable(Float64)) AS `close`,
  CAST(if(isFinite(toFloat64(`imbalance`)), toFloat64(`imbalance`), NULL) AS Nullable(Float64)) AS `imbalance`,
  CAST(if(isFinite(toFloat64(`duration_s`)), toFloat64(`duration_s`), NULL) AS Nullable(Float64)) AS `duration_s`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    toFloat64(sumIf(quantity_exact, side > 0)) AS `buy_volume`,
    toFloat64(sumIf(quantity_exact, side < 0)) AS `sell_volume`,
    toFloat64(sum(quantity_exact)) AS `volume`,
    toFloat64(sum(quote_exact)) AS `quote_volume`,
    count() AS `trades`,
    quote_volume / nullIf(volume, 0) AS `vwap`,
    argMin(price, ord) AS `open`,
    max(price) AS `high`,
    min(price) AS `low`,
    argMax(price, ord) AS `close`,
    (buy_volume - sell_volume) / nullIf(volume, 0) AS `imbalance`,
    dateDiff('millisecond', bucket_ts_start, bucket_ts_end) / 1000 AS `duration_s`
  FROM (
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
          AND exchange IN (SELECT exchange FROM buckets)
          AND market_type IN (SELECT market_type FROM buckets)
          AND symbol IN (SELECT symbol FROM buckets)
          AND timestamp >= (SELECT min(prev_ts_end) FROM buckets)
          AND timestamp < (SELECT max(bucket_ts_end) FROM buckets)
      ) AS t
      ASOF INNER JOIN buckets AS b
        ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
        AND t.timestamp >= b.prev_ts_end
      WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
    ) AS j
  )
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

-- view trade_impact, level 0, look-back 0

CREATE TABLE `marketprism_features`.`trade_impact__316cad66`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `bucket_ts_start` DateTime64(3, 'UTC'),
    `bucket_ts_end` DateTime64(3, 'UTC'),
    `available_at` DateTime64(3, 'UTC'),
    `price_change` Nullable(Float64) COMMENT 'Last trade\'s price minus the first\'s' CODEC(ZSTD(1)),
    `signed_volume` Nullable(Float64) COMMENT 'Volume bought minus volume sold, by the side of the taker' CODEC(ZSTD(1)),
    `trade_impact_ratio` Nullable(Float64) COMMENT 'Diagnostic; heavy tails where the signed volume is near 0. Kyle\'s lambda is estimated from mids, not from this' CODEC(ZSTD(1)),
    `v` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_start)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'How far trade prices move per unit of signed volume, within one bucket';

CREATE MATERIALIZED VIEW `marketprism_features`.`trade_impact__316cad66__mv` TO `marketprism_features`.`trade_impact__316cad66` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`price_change`)), toFloat64(`price_change`), NULL) AS Nullable(Float64)) AS `price_change`,
  CAST(if(isFinite(toFloat64(`signed_volume`)), toFloat64(`signed_volume`), NULL) AS Nullable(Float64)) AS `signed_volume`,
  CAST(if(isFinite(toFloat64(`trade_impact_ratio`)), toFloat64(`trade_impact_ratio`), NULL) AS Nullable(Float64)) AS `trade_impact_ratio`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    argMax(price, ord) - argMin(price, ord) AS `price_change`,
    toFloat64(sum(side * quantity_exact)) AS `signed_volume`,
    price_change / nullIf(signed_volume, 0) AS `trade_impact_ratio`
  FROM `marketprism_features`.`ubt__trades_hot`
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

CREATE VIEW `marketprism_features`.`trade_impact` AS
SELECT
  exchange,
  market_type,
  symbol,
  bucket_id,
  bucket_ts_start,
  bucket_ts_end,
  available_at,
  `price_change`,
  `signed_volume`,
  `trade_impact_ratio`
FROM `marketprism_features`.`trade_impact__316cad66` FINAL
COMMENT 'How far trade prices move per unit of signed volume, within one bucket';

INSERT INTO `marketprism_features`.`trade_impact__316cad66` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `price_change`, `signed_volume`, `trade_impact_ratio`)
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
  CAST(if(isFinite(toFloat64(`price_change`)), toFloat64(`price_change`), NULL) AS Nullable(Float64)) AS `price_change`,
  CAST(if(isFinite(toFloat64(`signed_volume`)), toFloat64(`signed_volume`), NULL) AS Nullable(Float64)) AS `signed_volume`,
  CAST(if(isFinite(toFloat64(`trade_impact_ratio`)), toFloat64(`trade_impact_ratio`), NULL) AS Nullable(Float64)) AS `trade_impact_ratio`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    argMax(price, ord) - argMin(price, ord) AS `price_change`,
    toFloat64(sum(side * quantity_exact)) AS `signed_volume`,
    price_change / nullIf(signed_volume, 0) AS `trade_impact_ratio`
  FROM (
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
          AND exchange IN (SELECT exchange FROM buckets)
          AND market_type IN (SELECT market_type FROM buckets)
          AND symbol IN (SELECT symbol FROM buckets)
          AND timestamp >= (SELECT min(prev_ts_end) FROM buckets)
          AND timestamp < (SELECT max(bucket_ts_end) FROM buckets)
      ) AS t
      ASOF INNER JOIN buckets AS b
        ON b.exchange = t.exchange AND b.market_type = t.market_type AND b.symbol = t.symbol
        AND t.timestamp >= b.prev_ts_end
      WHERE t.timestamp < b.bucket_ts_end AND t.available_at <= b.available_at
    ) AS j
  )
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
);

-- view vpin, level 1, look-back 49

CREATE TABLE `marketprism_features`.`vpin__a7556d93`
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

CREATE MATERIALIZED VIEW `marketprism_features`.`vpin__a7556d93__mv` TO `marketprism_features`.`vpin__a7556d93` AS
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
    CAST(if(isFinite(toFloat64(`vpin_20`)), toFloat64(`vpin_20`), NULL) AS Nullable(Float64)) AS `vpin_20`,
    CAST(if(isFinite(toFloat64(`vpin_50`)), toFloat64(`vpin_50`), NULL) AS Nullable(Float64)) AS `vpin_50`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(count() OVER w20 >= 20, toFloat64(sum(toDecimal256(abs(buy_volume - sell_volume), 30)) OVER w20), NULL) / nullIf(if(count() OVER w20 >= 20, toFloat64(sum(toDecimal256(buy_volume + sell_volume, 30)) OVER w20), NULL), 0) AS `vpin_20`,
      if(count() OVER w50 >= 50, toFloat64(sum(toDecimal256(abs(buy_volume - sell_volume), 30)) OVER w50), NULL) / nullIf(if(count() OVER w50 >= 50, toFloat64(sum(toDecimal256(buy_volume + sell_volume, 30)) OVER w50), NULL), 0) AS `vpin_50`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        `buy_volume`,
        `sell_volume`,
        `volume`,
        `quote_volume`,
        `trades`,
        `vwap`,
        `open`,
        `high`,
        `low`,
        `close`,
        `imbalance`,
        `duration_s`
      FROM `marketprism_features`.`order_flow__deb800f7`
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
FROM `marketprism_features`.`vpin__a7556d93` FINAL
COMMENT 'Order-flow toxicity (VPIN) of the last 20 and 50 buckets, from the recorded sides of the takers';

INSERT INTO `marketprism_features`.`vpin__a7556d93` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `vpin_20`, `vpin_50`)
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
    CAST(if(isFinite(toFloat64(`vpin_20`)), toFloat64(`vpin_20`), NULL) AS Nullable(Float64)) AS `vpin_20`,
    CAST(if(isFinite(toFloat64(`vpin_50`)), toFloat64(`vpin_50`), NULL) AS Nullable(Float64)) AS `vpin_50`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(count() OVER w20 >= 20, toFloat64(sum(toDecimal256(abs(buy_volume - sell_volume), 30)) OVER w20), NULL) / nullIf(if(count() OVER w20 >= 20, toFloat64(sum(toDecimal256(buy_volume + sell_volume, 30)) OVER w20), NULL), 0) AS `vpin_20`,
      if(count() OVER w50 >= 50, toFloat64(sum(toDecimal256(abs(buy_volume - sell_volume), 30)) OVER w50), NULL) / nullIf(if(count() OVER w50 >= 50, toFloat64(sum(toDecimal256(buy_volume + sell_volume, 30)) OVER w50), NULL), 0) AS `vpin_50`
    FROM (
      SELECT
        exchange, market_type, symbol, bucket_id,
        `buy_volume`,
        `sell_volume`,
        `volume`,
        `quote_volume`,
        `trades`,
        `vwap`,
        `open`,
        `high`,
        `low`,
        `close`,
        `imbalance`,
        `duration_s`
      FROM `marketprism_features`.`order_flow__deb800f7`
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

-- vector trend_v1, level 2, look-back 49

CREATE TABLE `marketprism_features`.`vector_trend_v1__c59e17bd`
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

CREATE MATERIALIZED VIEW `marketprism_features`.`vector_trend_v1__c59e17bd__mv` TO `marketprism_features`.`vector_trend_v1__c59e17bd` AS
SELECT
  c.exchange AS exchange,
  c.market_type AS market_type,
  c.symbol AS symbol,
  c.bucket_id AS bucket_id,
  c.bucket_ts_start AS bucket_ts_start,
  c.bucket_ts_end AS bucket_ts_end,
  c.available_at + toIntervalMillisecond(150) AS available_at,
  c.v AS v,
  `order_flow`.`volume` AS `order_flow__volume`,
  `order_flow`.`quote_volume` AS `order_flow__quote_volume`,
  `order_flow`.`trades` AS `order_flow__trades`,
  `order_flow`.`imbalance` AS `order_flow__imbalance`,
  `order_flow`.`duration_s` AS `order_flow__duration_s`,
  `trade_impact`.`signed_volume` AS `trade_impact__signed_volume`,
  `trade_impact`.`trade_impact_ratio` AS `trade_impact__trade_impact_ratio`,
  `book_state`.`spread_bps` AS `book_state__spread_bps`,
  `book_state`.`top_imbalance` AS `book_state__top_imbalance`,
  `book_state`.`mid_age_ms` AS `book_state__mid_age_ms`,
  `vpin`.`vpin_20` AS `vpin__vpin_20`,
  `vpin`.`vpin_50` AS `vpin__vpin_50`
FROM `marketprism_features`.`ubt__close_2_hot` AS c
LEFT JOIN (
  SELECT
    exchange, market_type, symbol, bucket_id,
    `volume`,
    `quote_volume`,
    `trades`,
    `imbalance`,
    `duration_s`
  FROM `marketprism_features`.`order_flow__deb800f7`
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id
    FROM `marketprism_features`.`ubt__close_2_hot`
  )
  ORDER BY v DESC
  LIMIT 1 BY exchange, market_type, symbol, bucket_id
) AS `order_flow`
  ON `order_flow`.exchange = c.exchange AND `order_flow`.market_type = c.market_type AND `order_flow`.symbol = c.symbol AND `order_flow`.bucket_id = c.bucket_id
LEFT JOIN (
  SELECT
    exchange, market_type, symbol, bucket_id,
    `signed_volume`,
    `trade_impact_ratio`
  FROM `marketprism_features`.`trade_impact__316cad66`
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id
    FROM `marketprism_features`.`ubt__close_2_hot`
  )
  ORDER BY v DESC
  LIMIT 1 BY exchange, market_type, symbol, bucket_id
) AS `trade_impact`
  ON `trade_impact`.exchange = c.exchange AND `trade_impact`.market_type = c.market_type AND `trade_impact`.symbol = c.symbol AND `trade_impact`.bucket_id = c.bucket_id
LEFT JOIN (
  SELECT
    exchange, market_type, symbol, bucket_id,
    `spread_bps`,
    `top_imbalance`,
    `mid_age_ms`
  FROM `marketprism_features`.`book_state__c4a2377d`
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
  FROM `marketprism_features`.`vpin__a7556d93`
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
FROM `marketprism_features`.`vector_trend_v1__c59e17bd` FINAL
COMMENT 'Flow, impact, book and toxicity of the last closed bucket, for models of the short-term trend';

INSERT INTO `marketprism_features`.`vector_trend_v1__c59e17bd` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `order_flow__volume`, `order_flow__quote_volume`, `order_flow__trades`, `order_flow__imbalance`, `order_flow__duration_s`, `trade_impact__signed_volume`, `trade_impact__trade_impact_ratio`, `book_state__spread_bps`, `book_state__top_imbalance`, `book_state__mid_age_ms`, `vpin__vpin_20`, `vpin__vpin_50`)
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
  `order_flow`.`volume` AS `order_flow__volume`,
  `order_flow`.`quote_volume` AS `order_flow__quote_volume`,
  `order_flow`.`trades` AS `order_flow__trades`,
  `order_flow`.`imbalance` AS `order_flow__imbalance`,
  `order_flow`.`duration_s` AS `order_flow__duration_s`,
  `trade_impact`.`signed_volume` AS `trade_impact__signed_volume`,
  `trade_impact`.`trade_impact_ratio` AS `trade_impact__trade_impact_ratio`,
  `book_state`.`spread_bps` AS `book_state__spread_bps`,
  `book_state`.`top_imbalance` AS `book_state__top_imbalance`,
  `book_state`.`mid_age_ms` AS `book_state__mid_age_ms`,
  `vpin`.`vpin_20` AS `vpin__vpin_20`,
  `vpin`.`vpin_50` AS `vpin__vpin_50`
FROM buckets AS c
LEFT JOIN (
  SELECT
    exchange, market_type, symbol, bucket_id,
    `volume`,
    `quote_volume`,
    `trades`,
    `imbalance`,
    `duration_s`
  FROM `marketprism_features`.`order_flow__deb800f7`
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id
    FROM buckets
  )
  ORDER BY v DESC
  LIMIT 1 BY exchange, market_type, symbol, bucket_id
) AS `order_flow`
  ON `order_flow`.exchange = c.exchange AND `order_flow`.market_type = c.market_type AND `order_flow`.symbol = c.symbol AND `order_flow`.bucket_id = c.bucket_id
LEFT JOIN (
  SELECT
    exchange, market_type, symbol, bucket_id,
    `signed_volume`,
    `trade_impact_ratio`
  FROM `marketprism_features`.`trade_impact__316cad66`
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id
    FROM buckets
  )
  ORDER BY v DESC
  LIMIT 1 BY exchange, market_type, symbol, bucket_id
) AS `trade_impact`
  ON `trade_impact`.exchange = c.exchange AND `trade_impact`.market_type = c.market_type AND `trade_impact`.symbol = c.symbol AND `trade_impact`.bucket_id = c.bucket_id
LEFT JOIN (
  SELECT
    exchange, market_type, symbol, bucket_id,
    `spread_bps`,
    `top_imbalance`,
    `mid_age_ms`
  FROM `marketprism_features`.`book_state__c4a2377d`
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
  FROM `marketprism_features`.`vpin__a7556d93`
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id
    FROM buckets
  )
  ORDER BY v DESC
  LIMIT 1 BY exchange, market_type, symbol, bucket_id
) AS `vpin`
  ON `vpin`.exchange = c.exchange AND `vpin`.market_type = c.market_type AND `vpin`.symbol = c.symbol AND `vpin`.bucket_id = c.bucket_id;
