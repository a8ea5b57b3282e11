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
    `quote` Float64,
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
  toFloat64(toDecimal256(j.price, 8) * j.quantity) AS quote,
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

-- view trade_pressure, level 0, look-back 0

CREATE TABLE `marketprism_features`.`trade_pressure__f4102acc`
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

CREATE MATERIALIZED VIEW `marketprism_features`.`trade_pressure__f4102acc__mv` TO `marketprism_features`.`trade_pressure__f4102acc` AS
SELECT
  exchange,
market_type,
symbol,
bucket_id,
bucket_ts_start,
bucket_ts_end,
available_at,
v,
  CAST(if(isFinite(toFloat64(`signed_sqrt_notional`)), toFloat64(`signed_sqrt_notional`), NULL) AS Nullable(Float64)) AS `signed_sqrt_notional`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    if(countIf(NOT isFinite(side * sqrt(quote))) > 0, nan, toFloat64(sum(toDecimal256(ifNotFinite(side * sqrt(quote), 0), 30)))) AS `signed_sqrt_notional`
  FROM `marketprism_features`.`ubt__trades_hot`
  GROUP BY exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v
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
FROM `marketprism_features`.`trade_pressure__f4102acc` FINAL
COMMENT 'Signed size of the trades of one bucket on the scale on which prices are expected to react to it';

INSERT INTO `marketprism_features`.`trade_pressure__f4102acc` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `signed_sqrt_notional`)
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
  CAST(if(isFinite(toFloat64(`signed_sqrt_notional`)), toFloat64(`signed_sqrt_notional`), NULL) AS Nullable(Float64)) AS `signed_sqrt_notional`
FROM (
  SELECT
    exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v,
    if(countIf(NOT isFinite(side * sqrt(quote))) > 0, nan, toFloat64(sum(toDecimal256(ifNotFinite(side * sqrt(quote), 0), 30)))) AS `signed_sqrt_notional`
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

-- view bucket_returns, level 1, look-back 2

CREATE TABLE `marketprism_features`.`bucket_returns__0cfda183`
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

CREATE MATERIALIZED VIEW `marketprism_features`.`bucket_returns__0cfda183__mv` TO `marketprism_features`.`bucket_returns__0cfda183` AS
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
FROM `marketprism_features`.`ubt__close_1_hot` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`previous_close`)), toFloat64(`previous_close`), NULL) AS Nullable(Float64)) AS `previous_close`,
    CAST(if(isFinite(toFloat64(`price_change`)), toFloat64(`price_change`), NULL) AS Nullable(Float64)) AS `price_change`,
    CAST(if(isFinite(toFloat64(`log_return`)), toFloat64(`log_return`), NULL) AS Nullable(Float64)) AS `log_return`,
    CAST(if(isFinite(toFloat64(`previous_price_change`)), toFloat64(`previous_price_change`), NULL) AS Nullable(Float64)) AS `previous_price_change`
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
          arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 2, 1)), bucket_id + 1)) AS bucket_id
        FROM `marketprism_features`.`ubt__close_1_hot`
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
FROM `marketprism_features`.`bucket_returns__0cfda183` FINAL
COMMENT 'How far the price moved from one bucket\'s last trade to the next one\'s';

INSERT INTO `marketprism_features`.`bucket_returns__0cfda183` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `previous_close`, `price_change`, `log_return`, `previous_price_change`)
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
    CAST(if(isFinite(toFloat64(`previous_close`)), toFloat64(`previous_close`), NULL) AS Nullable(Float64)) AS `previous_close`,
    CAST(if(isFinite(toFloat64(`price_change`)), toFloat64(`price_change`), NULL) AS Nullable(Float64)) AS `price_change`,
    CAST(if(isFinite(toFloat64(`log_return`)), toFloat64(`log_return`), NULL) AS Nullable(Float64)) AS `log_return`,
    CAST(if(isFinite(toFloat64(`previous_price_change`)), toFloat64(`previous_price_change`), NULL) AS Nullable(Float64)) AS `previous_price_change`
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

-- view kyle_lambda, level 1, look-back 99

CREATE TABLE `marketprism_features`.`kyle_lambda__1a2b6d5e`
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
    `kyle_lambda_50` Nullable(Float64) COMMENT 'Slope of mid_change on signed volume, OLS with intercept, 50 buckets. NULL with fewer than 3 pairs or without variance. Kyle 1985' CODEC(ZSTD(1)),
    `kyle_alpha_50` Nullable(Float64) COMMENT 'Intercept of that regression, the drift of a bucket without signed volume' CODEC(ZSTD(1)),
    `kyle_t_50` Nullable(Float64) COMMENT 't statistic of kyle_lambda_50; NULL where the fit is exact' CODEC(ZSTD(1)),
    `kyle_r2_50` Nullable(Float64) COMMENT 'Share of the variance of mid changes that signed volume explains' CODEC(ZSTD(1)),
    `kyle_noint_50` Nullable(Float64) COMMENT 'The same slope without an intercept' CODEC(ZSTD(1)),
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

CREATE MATERIALIZED VIEW `marketprism_features`.`kyle_lambda__1a2b6d5e__mv` TO `marketprism_features`.`kyle_lambda__1a2b6d5e` AS
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
FROM `marketprism_features`.`ubt__close_1_hot` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`mid_change`)), toFloat64(`mid_change`), NULL) AS Nullable(Float64)) AS `mid_change`,
    CAST(if(isFinite(toFloat64(`log_mid_return`)), toFloat64(`log_mid_return`), NULL) AS Nullable(Float64)) AS `log_mid_return`,
    CAST(if(isFinite(toFloat64(`kyle_ratio`)), toFloat64(`kyle_ratio`), NULL) AS Nullable(Float64)) AS `kyle_ratio`,
    CAST(if(isFinite(toFloat64(`kyle_lambda_50`)), toFloat64(`kyle_lambda_50`), NULL) AS Nullable(Float64)) AS `kyle_lambda_50`,
    CAST(if(isFinite(toFloat64(`kyle_alpha_50`)), toFloat64(`kyle_alpha_50`), NULL) AS Nullable(Float64)) AS `kyle_alpha_50`,
    CAST(if(isFinite(toFloat64(`kyle_t_50`)), toFloat64(`kyle_t_50`), NULL) AS Nullable(Float64)) AS `kyle_t_50`,
    CAST(if(isFinite(toFloat64(`kyle_r2_50`)), toFloat64(`kyle_r2_50`), NULL) AS Nullable(Float64)) AS `kyle_r2_50`,
    CAST(if(isFinite(toFloat64(`kyle_noint_50`)), toFloat64(`kyle_noint_50`), NULL) AS Nullable(Float64)) AS `kyle_noint_50`,
    CAST(if(isFinite(toFloat64(`hasbrouck_lambda_50`)), toFloat64(`hasbrouck_lambda_50`), NULL) AS Nullable(Float64)) AS `hasbrouck_lambda_50`,
    CAST(if(isFinite(toFloat64(`kyle_lambda_100`)), toFloat64(`kyle_lambda_100`), NULL) AS Nullable(Float64)) AS `kyle_lambda_100`,
    CAST(if(isFinite(toFloat64(`kyle_t_100`)), toFloat64(`kyle_t_100`), NULL) AS Nullable(Float64)) AS `kyle_t_100`,
    CAST(if(isFinite(toFloat64(`kyle_r2_100`)), toFloat64(`kyle_r2_100`), NULL) AS Nullable(Float64)) AS `kyle_r2_100`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      book_state.last_valid_mid - book_state.mid_start AS `mid_change`,
      log(book_state.last_valid_mid / book_state.mid_start) AS `log_mid_return`,
      mid_change / nullIf(trade_impact.signed_volume, 0) AS `kyle_ratio`,
      if(if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), 0)), NULL), NULL) AS `kyle_lambda_50`,
      if(if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, (toFloat64(sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) - toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), 0) * toFloat64(sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50)) / nullIf(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50, 0)), NULL), NULL) AS `kyle_alpha_50`,
      if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, if(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 > 2 AND toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50), 0) < 1 - 1e-12, toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) / nullIf(sqrt(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50)) * sqrt(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)), 0) * sqrt((count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - 2) / (1 - toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50), 0))), NULL)), NULL) AS `kyle_t_50`,
      if(if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50), 0)), NULL), NULL) AS `kyle_r2_50`,
      if(count() OVER w50 >= 3, toFloat64(sum(toDecimal256(mid_change * trade_impact.signed_volume, 30)) OVER w50), NULL) / nullIf(if(count() OVER w50 >= 3, if(countIf(NOT isFinite(if(isNull(mid_change), NULL, trade_impact.signed_volume * trade_impact.signed_volume))) OVER w50 > 0, nan, toFloat64(sum(toDecimal256(ifNotFinite(if(isNull(mid_change), NULL, trade_impact.signed_volume * trade_impact.signed_volume), 0), 30)) OVER w50)), NULL), 0) AS `kyle_noint_50`,
      if(if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_pressure.signed_sqrt_notional)) <= 1e12) OR NOT (abs((log_mid_return)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_pressure.signed_sqrt_notional)) <= 1e12) OR NOT (abs((log_mid_return)) <= 1e12)) OVER w50 > 0, nan, toFloat64(count(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20) * toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((log_mid_return)) <= 1e12, toFloat64((log_mid_return)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((log_mid_return)) <= 1e12, toFloat64((log_mid_return)), 0), 20)) OVER w50) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20) * toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50), 0)), NULL) * 1e6, NULL) AS `hasbrouck_lambda_50`,
      if(if(count() OVER w100 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100), NULL) >= 3, if(count() OVER w100 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100), 0)), NULL), NULL) AS `kyle_lambda_100`,
      if(count() OVER w100 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, if(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 > 2 AND toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100), 0) < 1 - 1e-12, toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) / nullIf(sqrt(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100)) * sqrt(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)), 0) * sqrt((count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - 2) / (1 - toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100), 0))), NULL)), NULL) AS `kyle_t_100`,
      if(if(count() OVER w100 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100), NULL) >= 3, if(count() OVER w100 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100), 0)), NULL), NULL) AS `kyle_r2_100`
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
          `price_change`,
          `signed_volume`,
          `trade_impact_ratio`
        FROM `marketprism_features`.`trade_impact__316cad66`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 99, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_1_hot`
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
        FROM `marketprism_features`.`book_state__c4a2377d`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 99, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_1_hot`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `book_state`
        ON `book_state`.exchange = `trade_impact`.exchange AND `book_state`.market_type = `trade_impact`.market_type AND `book_state`.symbol = `trade_impact`.symbol AND `book_state`.bucket_id = `trade_impact`.bucket_id
      LEFT JOIN (
        SELECT
          exchange, market_type, symbol, bucket_id,
          `signed_sqrt_notional`
        FROM `marketprism_features`.`trade_pressure__f4102acc`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 99, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_1_hot`
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
FROM `marketprism_features`.`kyle_lambda__1a2b6d5e` FINAL
COMMENT 'Price impact of signed volume - Kyle\'s and Hasbrouck\'s lambda over the last 50 and 100 buckets, from mids';

INSERT INTO `marketprism_features`.`kyle_lambda__1a2b6d5e` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `mid_change`, `log_mid_return`, `kyle_ratio`, `kyle_lambda_50`, `kyle_alpha_50`, `kyle_t_50`, `kyle_r2_50`, `kyle_noint_50`, `hasbrouck_lambda_50`, `kyle_lambda_100`, `kyle_t_100`, `kyle_r2_100`)
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
    CAST(if(isFinite(toFloat64(`mid_change`)), toFloat64(`mid_change`), NULL) AS Nullable(Float64)) AS `mid_change`,
    CAST(if(isFinite(toFloat64(`log_mid_return`)), toFloat64(`log_mid_return`), NULL) AS Nullable(Float64)) AS `log_mid_return`,
    CAST(if(isFinite(toFloat64(`kyle_ratio`)), toFloat64(`kyle_ratio`), NULL) AS Nullable(Float64)) AS `kyle_ratio`,
    CAST(if(isFinite(toFloat64(`kyle_lambda_50`)), toFloat64(`kyle_lambda_50`), NULL) AS Nullable(Float64)) AS `kyle_lambda_50`,
    CAST(if(isFinite(toFloat64(`kyle_alpha_50`)), toFloat64(`kyle_alpha_50`), NULL) AS Nullable(Float64)) AS `kyle_alpha_50`,
    CAST(if(isFinite(toFloat64(`kyle_t_50`)), toFloat64(`kyle_t_50`), NULL) AS Nullable(Float64)) AS `kyle_t_50`,
    CAST(if(isFinite(toFloat64(`kyle_r2_50`)), toFloat64(`kyle_r2_50`), NULL) AS Nullable(Float64)) AS `kyle_r2_50`,
    CAST(if(isFinite(toFloat64(`kyle_noint_50`)), toFloat64(`kyle_noint_50`), NULL) AS Nullable(Float64)) AS `kyle_noint_50`,
    CAST(if(isFinite(toFloat64(`hasbrouck_lambda_50`)), toFloat64(`hasbrouck_lambda_50`), NULL) AS Nullable(Float64)) AS `hasbrouck_lambda_50`,
    CAST(if(isFinite(toFloat64(`kyle_lambda_100`)), toFloat64(`kyle_lambda_100`), NULL) AS Nullable(Float64)) AS `kyle_lambda_100`,
    CAST(if(isFinite(toFloat64(`kyle_t_100`)), toFloat64(`kyle_t_100`), NULL) AS Nullable(Float64)) AS `kyle_t_100`,
    CAST(if(isFinite(toFloat64(`kyle_r2_100`)), toFloat64(`kyle_r2_100`), NULL) AS Nullable(Float64)) AS `kyle_r2_100`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      book_state.last_valid_mid - book_state.mid_start AS `mid_change`,
      log(book_state.last_valid_mid / book_state.mid_start) AS `log_mid_return`,
      mid_change / nullIf(trade_impact.signed_volume, 0) AS `kyle_ratio`,
      if(if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), 0)), NULL), NULL) AS `kyle_lambda_50`,
      if(if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, (toFloat64(sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) - toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), 0) * toFloat64(sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50)) / nullIf(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50, 0)), NULL), NULL) AS `kyle_alpha_50`,
      if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, if(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 > 2 AND toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50), 0) < 1 - 1e-12, toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) / nullIf(sqrt(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50)) * sqrt(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50)), 0) * sqrt((count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - 2) / (1 - toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50), 0))), NULL)), NULL) AS `kyle_t_50`,
      if(if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w50 > 0, nan, toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w50), 0)), NULL), NULL) AS `kyle_r2_50`,
      if(count() OVER w50 >= 3, toFloat64(sum(toDecimal256(mid_change * trade_impact.signed_volume, 30)) OVER w50), NULL) / nullIf(if(count() OVER w50 >= 3, if(countIf(NOT isFinite(if(isNull(mid_change), NULL, trade_impact.signed_volume * trade_impact.signed_volume))) OVER w50 > 0, nan, toFloat64(sum(toDecimal256(ifNotFinite(if(isNull(mid_change), NULL, trade_impact.signed_volume * trade_impact.signed_volume), 0), 30)) OVER w50)), NULL), 0) AS `kyle_noint_50`,
      if(if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_pressure.signed_sqrt_notional)) <= 1e12) OR NOT (abs((log_mid_return)) <= 1e12)) OVER w50 > 0, nan, count(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50), NULL) >= 3, if(count() OVER w50 >= 3, if(countIf(NOT (abs((trade_pressure.signed_sqrt_notional)) <= 1e12) OR NOT (abs((log_mid_return)) <= 1e12)) OVER w50 > 0, nan, toFloat64(count(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20) * toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((log_mid_return)) <= 1e12, toFloat64((log_mid_return)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((log_mid_return)) <= 1e12, toFloat64((log_mid_return)), 0), 20)) OVER w50) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20) * toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((trade_pressure.signed_sqrt_notional)) OR isNull((log_mid_return)), NULL, abs((trade_pressure.signed_sqrt_notional)) <= 1e12, toFloat64((trade_pressure.signed_sqrt_notional)), 0), 20)) OVER w50), 0)), NULL) * 1e6, NULL) AS `hasbrouck_lambda_50`,
      if(if(count() OVER w100 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100), NULL) >= 3, if(count() OVER w100 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100), 0)), NULL), NULL) AS `kyle_lambda_100`,
      if(count() OVER w100 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, if(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 > 2 AND toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100), 0) < 1 - 1e-12, toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) / nullIf(sqrt(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100)) * sqrt(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100)), 0) * sqrt((count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - 2) / (1 - toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100), 0))), NULL)), NULL) AS `kyle_t_100`,
      if(if(count() OVER w100 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100), NULL) >= 3, if(count() OVER w100 >= 3, if(countIf(NOT (abs((trade_impact.signed_volume)) <= 1e12) OR NOT (abs((mid_change)) <= 1e12)) OVER w100 > 0, nan, toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100) / nullIf(toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100) * toFloat64(count(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((trade_impact.signed_volume)) <= 1e12, toFloat64((trade_impact.signed_volume)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20) * toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 - sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100 * sum(toDecimal256(multiIf(isNull((trade_impact.signed_volume)) OR isNull((mid_change)), NULL, abs((mid_change)) <= 1e12, toFloat64((mid_change)), 0), 20)) OVER w100), 0)), NULL), NULL) AS `kyle_r2_100`
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
          `price_change`,
          `signed_volume`,
          `trade_impact_ratio`
        FROM `marketprism_features`.`trade_impact__316cad66`
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
        FROM `marketprism_features`.`book_state__c4a2377d`
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
        FROM `marketprism_features`.`trade_pressure__f4102acc`
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

-- view amihud, level 2, look-back 51

CREATE TABLE `marketprism_features`.`amihud__8678b781`
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

CREATE MATERIALIZED VIEW `marketprism_features`.`amihud__8678b781__mv` TO `marketprism_features`.`amihud__8678b781` AS
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
FROM `marketprism_features`.`ubt__close_2_hot` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`illiquidity`)), toFloat64(`illiquidity`), NULL) AS Nullable(Float64)) AS `illiquidity`,
    CAST(if(isFinite(toFloat64(`amihud_20`)), toFloat64(`amihud_20`), NULL) AS Nullable(Float64)) AS `amihud_20`,
    CAST(if(isFinite(toFloat64(`amihud_50`)), toFloat64(`amihud_50`), NULL) AS Nullable(Float64)) AS `amihud_50`,
    CAST(if(isFinite(toFloat64(`amihud_used_50`)), toFloat64(`amihud_used_50`), NULL) AS Nullable(Float64)) AS `amihud_used_50`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      abs(bucket_returns.log_return) / nullIf(order_flow.quote_volume, 0) AS `illiquidity`,
      if(count() OVER w20 >= 1, if(countIf(NOT isFinite(illiquidity)) OVER w20 > 0, nan, toFloat64(sum(toDecimal256(ifNotFinite(illiquidity, 0), 30)) OVER w20)) / nullIf(count(illiquidity) OVER w20, 0), NULL) * 1e6 AS `amihud_20`,
      if(count() OVER w50 >= 1, if(countIf(NOT isFinite(illiquidity)) OVER w50 > 0, nan, toFloat64(sum(toDecimal256(ifNotFinite(illiquidity, 0), 30)) OVER w50)) / nullIf(count(illiquidity) OVER w50, 0), NULL) * 1e6 AS `amihud_50`,
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
        FROM `marketprism_features`.`bucket_returns__0cfda183`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 49, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_2_hot`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `bucket_returns`
      LEFT JOIN (
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
          FROM `marketprism_features`.`ubt__close_2_hot`
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
FROM `marketprism_features`.`amihud__8678b781` FINAL
COMMENT 'Illiquidity - how far the price moves per unit of quote volume, whatever the direction';

INSERT INTO `marketprism_features`.`amihud__8678b781` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `illiquidity`, `amihud_20`, `amihud_50`, `amihud_used_50`)
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
    CAST(if(isFinite(toFloat64(`illiquidity`)), toFloat64(`illiquidity`), NULL) AS Nullable(Float64)) AS `illiquidity`,
    CAST(if(isFinite(toFloat64(`amihud_20`)), toFloat64(`amihud_20`), NULL) AS Nullable(Float64)) AS `amihud_20`,
    CAST(if(isFinite(toFloat64(`amihud_50`)), toFloat64(`amihud_50`), NULL) AS Nullable(Float64)) AS `amihud_50`,
    CAST(if(isFinite(toFloat64(`amihud_used_50`)), toFloat64(`amihud_used_50`), NULL) AS Nullable(Float64)) AS `amihud_used_50`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      abs(bucket_returns.log_return) / nullIf(order_flow.quote_volume, 0) AS `illiquidity`,
      if(count() OVER w20 >= 1, if(countIf(NOT isFinite(illiquidity)) OVER w20 > 0, nan, toFloat64(sum(toDecimal256(ifNotFinite(illiquidity, 0), 30)) OVER w20)) / nullIf(count(illiquidity) OVER w20, 0), NULL) * 1e6 AS `amihud_20`,
      if(count() OVER w50 >= 1, if(countIf(NOT isFinite(illiquidity)) OVER w50 > 0, nan, toFloat64(sum(toDecimal256(ifNotFinite(illiquidity, 0), 30)) OVER w50)) / nullIf(count(illiquidity) OVER w50, 0), NULL) * 1e6 AS `amihud_50`,
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
        FROM `marketprism_features`.`bucket_returns__0cfda183`
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
      ) AS `order_flow`
        ON `order_flow`.exchange = `bucket_returns`.exchange AND `order_flow`.market_type = `bucket_returns`.market_type AND `order_flow`.symbol = `bucket_returns`.symbol AND `order_flow`.bucket_id = `bucket_returns`.bucket_id
    )
      WINDOW
        w20 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 19 PRECEDING AND CURRENT ROW),
        w50 AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 49 PRECEDING AND CURRENT ROW)
  )
) AS u
  ON u.exchange = c.exchange AND u.market_type = c.market_type AND u.symbol = c.symbol AND u.bucket_id = c.bucket_id;

-- view roll_spread, level 2, look-back 51

CREATE TABLE `marketprism_features`.`roll_spread__2d763e8f`
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

CREATE MATERIALIZED VIEW `marketprism_features`.`roll_spread__2d763e8f__mv` TO `marketprism_features`.`roll_spread__2d763e8f` AS
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
FROM `marketprism_features`.`ubt__close_2_hot` AS c
LEFT JOIN (
  -- Nullable inside of the join, so that a bucket without upstream rows gets NULL and not the type's default.
  SELECT
    exchange, market_type, symbol, bucket_id,
    CAST(if(isFinite(toFloat64(`autocov_50`)), toFloat64(`autocov_50`), NULL) AS Nullable(Float64)) AS `autocov_50`,
    CAST(if(isFinite(toFloat64(`roll_spread_50`)), toFloat64(`roll_spread_50`), NULL) AS Nullable(Float64)) AS `roll_spread_50`,
    CAST(if(isFinite(toFloat64(`roll_spread_bps_50`)), toFloat64(`roll_spread_bps_50`), NULL) AS Nullable(Float64)) AS `roll_spread_bps_50`,
    CAST(if(isFinite(toFloat64(`is_autocov_positive_50`)), toFloat64(`is_autocov_positive_50`), NULL) AS Nullable(Float64)) AS `is_autocov_positive_50`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(if(count() OVER w50 >= 1, count(bucket_returns.price_change) OVER w50, NULL) >= 3, if(count() OVER w50 >= 1, if(countIf(NOT (abs((bucket_returns.price_change)) <= 1e12) OR NOT (abs((bucket_returns.previous_price_change)) <= 1e12)) OVER w50 > 0, nan, toFloat64(count(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20) * toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.previous_price_change)) <= 1e12, toFloat64((bucket_returns.previous_price_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.previous_price_change)) <= 1e12, toFloat64((bucket_returns.previous_price_change)), 0), 20)) OVER w50) / nullIf(count(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 * (count(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 - 1), 0)), NULL), NULL) AS `autocov_50`,
      if(isNull(autocov_50), NULL, if(autocov_50 < 0, 2 * sqrt(- autocov_50), 0)) AS `roll_spread_50`,
      roll_spread_50 / nullIf(if(count() OVER w50 >= 1, toFloat64(sum(toDecimal256(order_flow.close, 30)) OVER w50) / nullIf(count(order_flow.close) OVER w50, 0), NULL), 0) * 10000 AS `roll_spread_bps_50`,
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
        FROM `marketprism_features`.`bucket_returns__0cfda183`
        WHERE (exchange, market_type, symbol, bucket_id) IN (
          SELECT DISTINCT
            exchange, market_type, symbol,
            arrayJoin(range(toUInt64(greatest(toInt64(bucket_id) - 49, 1)), bucket_id + 1)) AS bucket_id
          FROM `marketprism_features`.`ubt__close_2_hot`
        )
        ORDER BY v DESC
        LIMIT 1 BY exchange, market_type, symbol, bucket_id
      ) AS `bucket_returns`
      LEFT JOIN (
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
          FROM `marketprism_features`.`ubt__close_2_hot`
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
FROM `marketprism_features`.`roll_spread__2d763e8f` FINAL
COMMENT 'Roll\'s effective spread from the serial covariance of price changes between buckets, for venues without quotes';

INSERT INTO `marketprism_features`.`roll_spread__2d763e8f` (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v, `autocov_50`, `roll_spread_50`, `roll_spread_bps_50`, `is_autocov_positive_50`)
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
    CAST(if(isFinite(toFloat64(`autocov_50`)), toFloat64(`autocov_50`), NULL) AS Nullable(Float64)) AS `autocov_50`,
    CAST(if(isFinite(toFloat64(`roll_spread_50`)), toFloat64(`roll_spread_50`), NULL) AS Nullable(Float64)) AS `roll_spread_50`,
    CAST(if(isFinite(toFloat64(`roll_spread_bps_50`)), toFloat64(`roll_spread_bps_50`), NULL) AS Nullable(Float64)) AS `roll_spread_bps_50`,
    CAST(if(isFinite(toFloat64(`is_autocov_positive_50`)), toFloat64(`is_autocov_positive_50`), NULL) AS Nullable(Float64)) AS `is_autocov_positive_50`
  FROM (
    SELECT
      exchange, market_type, symbol, bucket_id,
      if(if(count() OVER w50 >= 1, count(bucket_returns.price_change) OVER w50, NULL) >= 3, if(count() OVER w50 >= 1, if(countIf(NOT (abs((bucket_returns.price_change)) <= 1e12) OR NOT (abs((bucket_returns.previous_price_change)) <= 1e12)) OVER w50 > 0, nan, toFloat64(count(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20) * toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.previous_price_change)) <= 1e12, toFloat64((bucket_returns.previous_price_change)), 0), 20)) OVER w50 - sum(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 * sum(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.previous_price_change)) <= 1e12, toFloat64((bucket_returns.previous_price_change)), 0), 20)) OVER w50) / nullIf(count(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 * (count(toDecimal256(multiIf(isNull((bucket_returns.price_change)) OR isNull((bucket_returns.previous_price_change)), NULL, abs((bucket_returns.price_change)) <= 1e12, toFloat64((bucket_returns.price_change)), 0), 20)) OVER w50 - 1), 0)), NULL), NULL) AS `autocov_50`,
      if(isNull(autocov_50), NULL, if(autocov_50 < 0, 2 * sqrt(- autocov_50), 0)) AS `roll_spread_50`,
      roll_spread_50 / nullIf(if(count() OVER w50 >= 1, toFloat64(sum(toDecimal256(order_flow.close, 30)) OVER w50) / nullIf(count(order_flow.close) OVER w50, 0), NULL), 0) * 10000 AS `roll_spread_bps_50`,
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
        FROM `marketprism_features`.`bucket_returns__0cfda183`
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
      ) AS `order_flow`
        ON `order_flow`.exchange = `bucket_returns`.exchange AND `order_flow`.market_type = `bucket_returns`.market_type AND `order_flow`.symbol = `bucket_returns`.symbol AND `order_flow`.bucket_id = `bucket_returns`.bucket_id
    )
      WINDOW
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
