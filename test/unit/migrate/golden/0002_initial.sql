-- migration: 0002_initial
-- parent: 0001_raw_schema
-- class: additive
-- steps: 34
-- Written and run by `feature apply`. To run it by hand: the statements in order, in any ClickHouse client.
-- A check gives no rows when all is well.

-- step 1: create_table features.unified_buckets
-- kind: create_table
-- object: table:features.unified_buckets
-- target: features.unified_buckets
-- reverse: DROP TABLE IF EXISTS `features`.`unified_buckets`
-- lines: 25
CREATE TABLE `features`.`unified_buckets`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64 COMMENT 'dense, from 1' CODEC(Delta, ZSTD(1)),
    `bucket_ts_start` DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    `bucket_ts_end` DateTime64(3, 'UTC') COMMENT 'not in the bucket' CODEC(Delta, ZSTD(1)),
    `prev_ts_end` DateTime64(3, 'UTC') COMMENT 'where book updates of this bucket begin' CODEC(Delta, ZSTD(1)),
    `available_at` DateTime64(3, 'UTC') COMMENT 'never falls along bucket_id' CODEC(Delta, ZSTD(1)),
    `trades` UInt32 COMMENT 'of a clock of mode event: book updates',
    `vol` Decimal(38, 8) COMMENT 'units of base' CODEC(ZSTD(1)),
    `vwap` Float64 CODEC(ZSTD(1)),
    `cut_trigger` Enum8('volume' = 1, 'time' = 2, 'count' = 3, 'max_trades' = 4, 'quality' = 5, 'event' = 6),
    `size` Decimal(38, 8) COMMENT 'the size it was cut with' CODEC(ZSTD(1)),
    `v` UInt64 COMMENT 'writer epoch << 40 | attempt << 8; the highest wins',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    INDEX `by_end` bucket_ts_end TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(v)
PARTITION BY toYYYYMM(bucket_ts_end)
ORDER BY (exchange, market_type, symbol, bucket_id)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Closed buckets of clock ubt'
;

-- step 2: create_table features.bucket_config
-- kind: create_table
-- object: table:features.bucket_config
-- target: features.bucket_config
-- reverse: DROP TABLE IF EXISTS `features`.`bucket_config`
-- lines: 37
CREATE TABLE `features`.`bucket_config`
(
    `clock` LowCardinality(String) DEFAULT 'ubt',
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `session_tag` LowCardinality(String) DEFAULT 'all',
    `mode` Enum8('volume' = 1, 'count' = 2, 'event' = 3, 'quality' = 4),
    `t_target_s` UInt16 DEFAULT 30 COMMENT 'wished duration',
    `t_max_s` UInt16 DEFAULT 60 COMMENT 'longest duration',
    `q_bucket` Decimal(38, 8) DEFAULT 1000 COMMENT 'size in units of base',
    `q_min` Decimal(38, 8) DEFAULT 500,
    `q_max` Decimal(38, 8) DEFAULT 5000,
    `n_trades` UInt32 DEFAULT 50 COMMENT 'size in trades',
    `n_min` UInt32 DEFAULT 20,
    `n_max` UInt32 DEFAULT 200,
    `n_updates` UInt32 DEFAULT 50 COMMENT 'size in book updates',
    `u_min` UInt32 DEFAULT 20,
    `u_max` UInt32 DEFAULT 200,
    `vps_p50` Float64 DEFAULT 0 COMMENT 'volume a second',
    `vps_p80` Float64 DEFAULT 0,
    `tps_p50` Float64 DEFAULT 0 COMMENT 'trades a second',
    `tps_p80` Float64 DEFAULT 0,
    `ups_p50` Float64 DEFAULT 0 COMMENT 'book updates a second',
    `ups_p80` Float64 DEFAULT 0,
    `window_min` UInt16 DEFAULT 1440 COMMENT 'minutes that were measured',
    `source` LowCardinality(String) DEFAULT 'daily_offline',
    `notes` String DEFAULT '',
    `valid_from` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
    `valid_to` DateTime64(3, 'UTC') DEFAULT valid_from + toIntervalDay(2),
    `updated_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
    `version` UInt64 DEFAULT toUInt64(toUnixTimestamp64Milli(now64(3, 'UTC')))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (clock, exchange, market_type, symbol, session_tag, mode, valid_from)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Sizes of buckets'
;

-- step 3: create_table features.fits
-- kind: create_table
-- object: table:features.fits
-- target: features.fits
-- reverse: DROP TABLE IF EXISTS `features`.`fits`
-- lines: 17
CREATE TABLE `features`.`fits`
(
    `fit` LowCardinality(String) COMMENT 'the name that `table:` gives',
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `available_at` DateTime64(3, 'UTC') COMMENT 'buckets that were known earlier do not use it',
    `fitted_from` DateTime64(3, 'UTC'),
    `fitted_to` DateTime64(3, 'UTC') COMMENT 'nothing later was looked at',
    `observations` UInt64,
    `fitted` Map(String, Array(Float64)) COMMENT 'lists of numbers by name',
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(created_at)
ORDER BY (fit, exchange, market_type, symbol, available_at)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'What jobs fitted for views to use'
;

-- step 4: create_table features.bucket_state
-- kind: create_table
-- object: table:features.bucket_state
-- target: features.bucket_state
-- reverse: DROP TABLE IF EXISTS `features`.`bucket_state`
-- lines: 23
CREATE TABLE `features`.`bucket_state`
(
    `clock` LowCardinality(String),
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `last_bucket_id` UInt64 COMMENT '0: none closed yet',
    `last_bucket_end` Nullable(DateTime64(3, 'UTC')),
    `last_available_at` Nullable(DateTime64(3, 'UTC')),
    `open_start` Nullable(DateTime64(3, 'UTC')),
    `open_lots` Int256,
    `open_notional` Int256,
    `open_trades` UInt32,
    `open_available_at` Nullable(DateTime64(3, 'UTC')),
    `watermark` Nullable(DateTime64(3, 'UTC')),
    `cut_version` UInt32 DEFAULT 1,
    `v` UInt64 COMMENT 'writer epoch << 40 | attempt << 8; the highest wins',
    `updated_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(v)
ORDER BY (clock, exchange, market_type, symbol)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'The cutter\'s state'
;

-- step 5: create_table features.closes
-- kind: create_table
-- object: table:features.closes
-- target: features.closes
-- reverse: DROP TABLE IF EXISTS `features`.`closes`
-- lines: 16
CREATE TABLE `features`.`closes`
(
    `clock` LowCardinality(String),
    `path` LowCardinality(String) COMMENT 'hot or lazy',
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64 CODEC(Delta, ZSTD(1)),
    `v` UInt64 COMMENT 'writer epoch << 40 | attempt << 8; the highest wins',
    `closed_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(v)
ORDER BY (clock, path, exchange, market_type, symbol, bucket_id)
TTL toDateTime(closed_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Buckets that are complete at all levels of a path'
;

-- step 6: create_table features.dirty
-- kind: create_table
-- object: table:features.dirty
-- target: features.dirty
-- reverse: DROP TABLE IF EXISTS `features`.`dirty`
-- lines: 18
CREATE TABLE `features`.`dirty`
(
    `clock` LowCardinality(String),
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `intent` String COMMENT 'names the work that made it dirty',
    `state` Enum8('open' = 1, 'done' = 2),
    `reason` LowCardinality(String),
    `v` UInt64 COMMENT 'writer epoch << 40 | attempt << 8; the highest wins',
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(v)
ORDER BY (clock, exchange, market_type, symbol, bucket_id, intent)
TTL toDateTime(created_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Buckets whose raw rows changed after they were computed'
;

-- step 7: create_table features.leases
-- kind: create_table
-- object: table:features.leases
-- target: features.leases
-- reverse: DROP TABLE IF EXISTS `features`.`leases`
-- lines: 13
CREATE TABLE `features`.`leases`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `epoch` UInt64,
    `owner` String,
    `taken_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(taken_at)
ORDER BY (exchange, market_type, symbol, epoch)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Who writes an instrument: the highest epoch'
;

-- step 8: create_table features.bucket_cuts
-- kind: create_table
-- object: table:features.bucket_cuts
-- target: features.bucket_cuts
-- reverse: DROP TABLE IF EXISTS `features`.`bucket_cuts`
-- lines: 16
CREATE TABLE `features`.`bucket_cuts`
(
    `clock` LowCardinality(String),
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `cut_version` UInt32,
    `reason` String,
    `first_timestamp` Nullable(DateTime64(3, 'UTC')) COMMENT 'of the first trade that was cut',
    `buckets_before` UInt64 COMMENT 'closed buckets of the version it replaced',
    `cut_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(cut_at)
ORDER BY (clock, exchange, market_type, symbol, cut_version)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'History of cutting instruments anew'
;

-- step 9: create_table features.fetches
-- kind: create_table
-- object: table:features.fetches
-- target: features.fetches
-- reverse: DROP TABLE IF EXISTS `features`.`fetches`
-- lines: 14
CREATE TABLE `features`.`fetches`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `vector` LowCardinality(String),
    `version` String COMMENT 'the vector\'s table',
    `buckets` UInt64 COMMENT 'how many of its buckets',
    `fetched_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (exchange, market_type, symbol, fetched_at)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'What was fetched, by instrument'
;

-- step 10: create_table features.inference_audit
-- kind: create_table
-- object: table:features.inference_audit
-- target: features.inference_audit
-- reverse: DROP TABLE IF EXISTS `features`.`inference_audit`
-- lines: 30
CREATE TABLE `features`.`inference_audit`
(
    `request_id` String,
    `at` DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64 COMMENT 'of the newest row read; 0: there was none' CODEC(Delta, ZSTD(1)),
    `asked` LowCardinality(String) COMMENT 'the model that was asked',
    `model` LowCardinality(String) COMMENT 'the model that answered; empty: none could',
    `version` UInt32,
    `role` LowCardinality(String) COMMENT 'live, canary, fallback, shadow or none',
    `vector` LowCardinality(String),
    `signature` LowCardinality(String) COMMENT 'what the input looks like',
    `fingerprint` LowCardinality(String) COMMENT 'what the numbers mean: the vector\'s version',
    `inputs_hash` String COMMENT 'SHA-256 of the raw rows read',
    `outputs` Array(Float64) COMMENT 'probabilities by class, then the value' CODEC(ZSTD(1)),
    `decision` String COMMENT 'JSON: act, side, size and every reason; empty: none',
    `fallback_reason` String COMMENT 'empty: the model that was asked answered itself',
    `assemble_us` UInt32,
    `run_us` UInt32,
    `decide_us` UInt32,
    `total_us` UInt32,
    `written_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (exchange, market_type, symbol, at)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'What models were asked and what they answered'
;

-- step 11: create_table features.job_runs
-- kind: create_table
-- object: table:features.job_runs
-- target: features.job_runs
-- reverse: DROP TABLE IF EXISTS `features`.`job_runs`
-- lines: 18
CREATE TABLE `features`.`job_runs`
(
    `job` LowCardinality(String),
    `run_id` String,
    `attempt` UInt16,
    `trigger` Enum8('schedule' = 1, 'manual' = 2, 'missed' = 3),
    `due_at` DateTime64(3, 'UTC'),
    `started_at` DateTime64(3, 'UTC'),
    `finished_at` Nullable(DateTime64(3, 'UTC')),
    `state` Enum8('running' = 1, 'done' = 2, 'failed' = 3, 'timeout' = 4, 'stopped' = 5, 'missed' = 6),
    `message` String COMMENT 'what came of it, or what went wrong',
    `owner` String,
    `v` UInt64 COMMENT '1 at the beginning, 2 at the end of an attempt'
)
ENGINE = ReplacingMergeTree(v)
ORDER BY (job, started_at, run_id, attempt)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'History of jobs'
;

-- step 12: create_table features.expect_breaches
-- kind: create_table
-- object: table:features.expect_breaches
-- target: features.expect_breaches
-- reverse: DROP TABLE IF EXISTS `features`.`expect_breaches`
-- lines: 20
CREATE TABLE `features`.`expect_breaches`
(
    `clock` LowCardinality(String),
    `view` LowCardinality(String),
    `column` LowCardinality(String),
    `rule` LowCardinality(String) COMMENT 'not_null, null_share, min or max',
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64 COMMENT 'the last bucket that breaks the rule',
    `expected` Float64,
    `found` Float64 COMMENT 'a number of NULLs, a share, or the value furthest off',
    `rows` UInt64 COMMENT 'that were looked at',
    `noted_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(noted_at)
ORDER BY (clock, view, column, rule, exchange, market_type, symbol, bucket_id)
TTL toDateTime(noted_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Values that were not as expected when their buckets were closed'
;

-- step 13: create_table features.ubt__close_0_hot
-- kind: create_table
-- object: table:features.ubt__close_0_hot
-- target: features.ubt__close_0_hot
-- reverse: DROP TABLE IF EXISTS `features`.`ubt__close_0_hot`
-- lines: 10
CREATE TABLE `features`.`ubt__close_0_hot`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `trades` UInt32,
    `v` UInt64
)
ENGINE = Null
;

-- step 14: create_table features.ubt__close_1_hot
-- kind: create_table
-- object: table:features.ubt__close_1_hot
-- target: features.ubt__close_1_hot
-- reverse: DROP TABLE IF EXISTS `features`.`ubt__close_1_hot`
-- lines: 10
CREATE TABLE `features`.`ubt__close_1_hot`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `trades` UInt32,
    `v` UInt64
)
ENGINE = Null
;

-- step 15: create_table features.ubt__trades_hot
-- kind: create_table
-- object: stream:ubt.trades
-- target: features.ubt__trades_hot
-- reverse: DROP TABLE IF EXISTS `features`.`ubt__trades_hot`
-- lines: 10
CREATE TABLE `features`.`ubt__trades_hot`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `trades` UInt32,
    `v` UInt64
)
ENGINE = Null
;

-- step 16: create_table features.flow__e6aa0d5e
-- kind: create_table
-- object: view:flow
-- target: features.flow__e6aa0d5e
-- reverse: DROP TABLE IF EXISTS `features`.`flow__e6aa0d5e`
-- lines: 13
CREATE TABLE `features`.`flow__e6aa0d5e`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `volume` Nullable(Float64) CODEC(ZSTD(1)),
    `v` UInt64
)
ENGINE = ReplacingMergeTree(v)
ORDER BY (exchange, market_type, symbol, bucket_id)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'flow'
;

-- step 17: create_table features.ratio__2fa192d8
-- kind: create_table
-- object: view:ratio
-- target: features.ratio__2fa192d8
-- reverse: DROP TABLE IF EXISTS `features`.`ratio__2fa192d8`
-- lines: 13
CREATE TABLE `features`.`ratio__2fa192d8`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `half` Nullable(Float64) CODEC(ZSTD(1)),
    `v` UInt64
)
ENGINE = ReplacingMergeTree(v)
ORDER BY (exchange, market_type, symbol, bucket_id)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'ratio'
;

-- step 18: create_table features.trend__6fbe53a4
-- kind: create_table
-- object: vector:trend
-- target: features.trend__6fbe53a4
-- reverse: DROP TABLE IF EXISTS `features`.`trend__6fbe53a4`
-- lines: 13
CREATE TABLE `features`.`trend__6fbe53a4`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `bucket_id` UInt64,
    `flow__volume` Nullable(Float64) CODEC(ZSTD(1)),
    `v` UInt64
)
ENGINE = ReplacingMergeTree(v)
ORDER BY (exchange, market_type, symbol, bucket_id)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'trend'
;

-- step 19: create_trigger features.ubt__trades_hot__mv
-- kind: create_trigger
-- object: stream:ubt.trades
-- target: features.ubt__trades_hot__mv
-- reverse: DROP VIEW IF EXISTS `features`.`ubt__trades_hot__mv`
-- lines: 4
CREATE MATERIALIZED VIEW `features`.`ubt__trades_hot__mv` TO `features`.`ubt__trades_hot` AS
SELECT exchange, market_type, symbol, bucket_id, trades,
  v
FROM `features`.`ubt__close_0_hot`
;

-- step 20: create_trigger features.flow__e6aa0d5e__mv
-- kind: create_trigger
-- object: view:flow
-- target: features.flow__e6aa0d5e__mv
-- reverse: DROP VIEW IF EXISTS `features`.`flow__e6aa0d5e__mv`
-- lines: 4
CREATE MATERIALIZED VIEW `features`.`flow__e6aa0d5e__mv` TO `features`.`flow__e6aa0d5e` AS
SELECT exchange, market_type, symbol, bucket_id, v, toFloat64(sum(trades)) AS volume
FROM `features`.`ubt__trades_hot`
GROUP BY exchange, market_type, symbol, bucket_id, v
;

-- step 21: create_trigger features.ratio__2fa192d8__mv
-- kind: create_trigger
-- object: view:ratio
-- target: features.ratio__2fa192d8__mv
-- reverse: DROP VIEW IF EXISTS `features`.`ratio__2fa192d8__mv`
-- lines: 6
CREATE MATERIALIZED VIEW `features`.`ratio__2fa192d8__mv` TO `features`.`ratio__2fa192d8` AS
SELECT c.exchange AS exchange, c.market_type AS market_type, c.symbol AS symbol, c.bucket_id AS bucket_id,
  c.v AS v, f.volume / 2 AS half -- of 'flow'; not a step
FROM `features`.`ubt__close_1_hot` AS c
LEFT JOIN (SELECT * FROM features.flow__e6aa0d5e FINAL) AS f
  ON f.exchange = c.exchange AND f.market_type = c.market_type AND f.symbol = c.symbol AND f.bucket_id = c.bucket_id
;

-- step 22: create_trigger features.trend__6fbe53a4__mv
-- kind: create_trigger
-- object: vector:trend
-- target: features.trend__6fbe53a4__mv
-- reverse: DROP VIEW IF EXISTS `features`.`trend__6fbe53a4__mv`
-- lines: 6
CREATE MATERIALIZED VIEW `features`.`trend__6fbe53a4__mv` TO `features`.`trend__6fbe53a4` AS
SELECT c.exchange AS exchange, c.market_type AS market_type, c.symbol AS symbol, c.bucket_id AS bucket_id,
  c.v AS v, f.volume AS flow__volume
FROM `features`.`ubt__close_1_hot` AS c
LEFT JOIN (SELECT * FROM features.flow__e6aa0d5e FINAL) AS f
  ON f.exchange = c.exchange AND f.market_type = c.market_type AND f.symbol = c.symbol AND f.bucket_id = c.bucket_id
;

-- step 23: backfill features.flow__e6aa0d5e
-- kind: backfill
-- object: view:flow
-- target: features.flow__e6aa0d5e
-- buckets: features.unified_buckets
-- lines: 5
INSERT INTO `features`.`flow__e6aa0d5e` (exchange, market_type, symbol, bucket_id, v, volume)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `features`.`unified_buckets` FINAL /* chunk */)
SELECT exchange, market_type, symbol, bucket_id, v, toFloat64(sum(trades)) AS volume
FROM buckets
GROUP BY exchange, market_type, symbol, bucket_id, v
;

-- step 24: backfill features.ratio__2fa192d8
-- kind: backfill
-- object: view:ratio
-- target: features.ratio__2fa192d8
-- buckets: features.unified_buckets
-- lines: 7
INSERT INTO `features`.`ratio__2fa192d8` (exchange, market_type, symbol, bucket_id, v, half)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `features`.`unified_buckets` FINAL /* chunk */)
SELECT c.exchange AS exchange, c.market_type AS market_type, c.symbol AS symbol, c.bucket_id AS bucket_id,
  c.v AS v, f.volume / 2 AS half -- of 'flow'; not a step
FROM buckets AS c
LEFT JOIN (SELECT * FROM features.flow__e6aa0d5e FINAL) AS f
  ON f.exchange = c.exchange AND f.market_type = c.market_type AND f.symbol = c.symbol AND f.bucket_id = c.bucket_id
;

-- step 25: backfill features.trend__6fbe53a4
-- kind: backfill
-- object: vector:trend
-- target: features.trend__6fbe53a4
-- buckets: features.unified_buckets
-- lines: 7
INSERT INTO `features`.`trend__6fbe53a4` (exchange, market_type, symbol, bucket_id, v, flow__volume)
WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `features`.`unified_buckets` FINAL /* chunk */)
SELECT c.exchange AS exchange, c.market_type AS market_type, c.symbol AS symbol, c.bucket_id AS bucket_id,
  c.v AS v, f.volume AS flow__volume
FROM buckets AS c
LEFT JOIN (SELECT * FROM features.flow__e6aa0d5e FINAL) AS f
  ON f.exchange = c.exchange AND f.market_type = c.market_type AND f.symbol = c.symbol AND f.bucket_id = c.bucket_id
;

-- step 26: check features.flow__e6aa0d5e
-- kind: check
-- object: view:flow
-- target: features.flow__e6aa0d5e
-- lines: 15
SELECT
  b.exchange AS exchange, b.market_type AS market_type, b.symbol AS symbol,
  count() AS missing, min(b.bucket_id) AS first_bucket, max(b.bucket_id) AS last_bucket
FROM (
  SELECT exchange, market_type, symbol, bucket_id FROM `features`.`unified_buckets` FINAL
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id FROM `features`.`closes` WHERE clock = 'ubt' AND path = 'hot'
  )
) AS b
LEFT ANTI JOIN (
  SELECT DISTINCT exchange, market_type, symbol, bucket_id FROM `features`.`flow__e6aa0d5e`
) AS t
  ON t.exchange = b.exchange AND t.market_type = b.market_type AND t.symbol = b.symbol AND t.bucket_id = b.bucket_id
GROUP BY exchange, market_type, symbol
ORDER BY exchange, market_type, symbol
;

-- step 27: check features.flow__e6aa0d5e computed again
-- kind: check
-- object: view:flow
-- target: features.flow__e6aa0d5e
-- buckets: features.unified_buckets
-- lines: 15
SELECT exchange, market_type, symbol, count() AS differing, min(bucket_id) AS first_bucket, max(bucket_id) AS last_bucket
FROM (
  SELECT exchange, market_type, symbol, bucket_id, `volume` FROM `features`.`flow__e6aa0d5e` FINAL
  /* chunk */
  EXCEPT
  SELECT exchange, market_type, symbol, bucket_id, `volume`
  FROM (
    WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `features`.`unified_buckets` FINAL /* chunk */)
    SELECT exchange, market_type, symbol, bucket_id, v, toFloat64(sum(trades)) AS volume
    FROM buckets
    GROUP BY exchange, market_type, symbol, bucket_id, v
  )
)
GROUP BY exchange, market_type, symbol
ORDER BY exchange, market_type, symbol
;

-- step 28: check features.ratio__2fa192d8
-- kind: check
-- object: view:ratio
-- target: features.ratio__2fa192d8
-- lines: 15
SELECT
  b.exchange AS exchange, b.market_type AS market_type, b.symbol AS symbol,
  count() AS missing, min(b.bucket_id) AS first_bucket, max(b.bucket_id) AS last_bucket
FROM (
  SELECT exchange, market_type, symbol, bucket_id FROM `features`.`unified_buckets` FINAL
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id FROM `features`.`closes` WHERE clock = 'ubt' AND path = 'hot'
  )
) AS b
LEFT ANTI JOIN (
  SELECT DISTINCT exchange, market_type, symbol, bucket_id FROM `features`.`ratio__2fa192d8`
) AS t
  ON t.exchange = b.exchange AND t.market_type = b.market_type AND t.symbol = b.symbol AND t.bucket_id = b.bucket_id
GROUP BY exchange, market_type, symbol
ORDER BY exchange, market_type, symbol
;

-- step 29: check features.ratio__2fa192d8 computed again
-- kind: check
-- object: view:ratio
-- target: features.ratio__2fa192d8
-- buckets: features.unified_buckets
-- lines: 17
SELECT exchange, market_type, symbol, count() AS differing, min(bucket_id) AS first_bucket, max(bucket_id) AS last_bucket
FROM (
  SELECT exchange, market_type, symbol, bucket_id, `half` FROM `features`.`ratio__2fa192d8` FINAL
  /* chunk */
  EXCEPT
  SELECT exchange, market_type, symbol, bucket_id, `half`
  FROM (
    WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `features`.`unified_buckets` FINAL /* chunk */)
    SELECT c.exchange AS exchange, c.market_type AS market_type, c.symbol AS symbol, c.bucket_id AS bucket_id,
      c.v AS v, f.volume / 2 AS half -- of 'flow'; not a step
    FROM buckets AS c
    LEFT JOIN (SELECT * FROM features.flow__e6aa0d5e FINAL) AS f
      ON f.exchange = c.exchange AND f.market_type = c.market_type AND f.symbol = c.symbol AND f.bucket_id = c.bucket_id
  )
)
GROUP BY exchange, market_type, symbol
ORDER BY exchange, market_type, symbol
;

-- step 30: check features.trend__6fbe53a4
-- kind: check
-- object: vector:trend
-- target: features.trend__6fbe53a4
-- lines: 15
SELECT
  b.exchange AS exchange, b.market_type AS market_type, b.symbol AS symbol,
  count() AS missing, min(b.bucket_id) AS first_bucket, max(b.bucket_id) AS last_bucket
FROM (
  SELECT exchange, market_type, symbol, bucket_id FROM `features`.`unified_buckets` FINAL
  WHERE (exchange, market_type, symbol, bucket_id) IN (
    SELECT exchange, market_type, symbol, bucket_id FROM `features`.`closes` WHERE clock = 'ubt' AND path = 'hot'
  )
) AS b
LEFT ANTI JOIN (
  SELECT DISTINCT exchange, market_type, symbol, bucket_id FROM `features`.`trend__6fbe53a4`
) AS t
  ON t.exchange = b.exchange AND t.market_type = b.market_type AND t.symbol = b.symbol AND t.bucket_id = b.bucket_id
GROUP BY exchange, market_type, symbol
ORDER BY exchange, market_type, symbol
;

-- step 31: check features.trend__6fbe53a4 computed again
-- kind: check
-- object: vector:trend
-- target: features.trend__6fbe53a4
-- buckets: features.unified_buckets
-- lines: 17
SELECT exchange, market_type, symbol, count() AS differing, min(bucket_id) AS first_bucket, max(bucket_id) AS last_bucket
FROM (
  SELECT exchange, market_type, symbol, bucket_id, `flow__volume` FROM `features`.`trend__6fbe53a4` FINAL
  /* chunk */
  EXCEPT
  SELECT exchange, market_type, symbol, bucket_id, `flow__volume`
  FROM (
    WITH buckets AS (SELECT * REPLACE ((v + 0) AS v) FROM `features`.`unified_buckets` FINAL /* chunk */)
    SELECT c.exchange AS exchange, c.market_type AS market_type, c.symbol AS symbol, c.bucket_id AS bucket_id,
      c.v AS v, f.volume AS flow__volume
    FROM buckets AS c
    LEFT JOIN (SELECT * FROM features.flow__e6aa0d5e FINAL) AS f
      ON f.exchange = c.exchange AND f.market_type = c.market_type AND f.symbol = c.symbol AND f.bucket_id = c.bucket_id
  )
)
GROUP BY exchange, market_type, symbol
ORDER BY exchange, market_type, symbol
;

-- step 32: switch_alias features.flow
-- kind: switch_alias
-- object: view:flow
-- target: features.flow
-- reverse: DROP VIEW IF EXISTS `features`.`flow`
-- lines: 4
CREATE OR REPLACE VIEW `features`.`flow` AS
SELECT exchange, market_type, symbol, bucket_id, volume
FROM `features`.`flow__e6aa0d5e` FINAL
COMMENT 'flow'
;

-- step 33: switch_alias features.ratio
-- kind: switch_alias
-- object: view:ratio
-- target: features.ratio
-- reverse: DROP VIEW IF EXISTS `features`.`ratio`
-- lines: 4
CREATE OR REPLACE VIEW `features`.`ratio` AS
SELECT exchange, market_type, symbol, bucket_id, half
FROM `features`.`ratio__2fa192d8` FINAL
COMMENT 'ratio'
;

-- step 34: switch_alias features.trend
-- kind: switch_alias
-- object: vector:trend
-- target: features.trend
-- reverse: DROP VIEW IF EXISTS `features`.`trend`
-- lines: 4
CREATE OR REPLACE VIEW `features`.`trend` AS
SELECT exchange, market_type, symbol, bucket_id, flow__volume
FROM `features`.`trend__6fbe53a4` FINAL
COMMENT 'trend'
;
