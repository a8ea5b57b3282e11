CREATE TABLE `raw`.`instruments`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `tick_size` Decimal(18, 8) COMMENT 'smallest step of a price',
    `lot_size` Decimal(38, 8) COMMENT 'smallest step of a quantity',
    `contract_size` Nullable(Decimal(38, 8)) COMMENT 'base (linear) or quote (inverse) units of one contract',
    `base` LowCardinality(String),
    `quote` LowCardinality(String),
    `declared` Bool DEFAULT true COMMENT 'false: no longer in features.yaml',
    `updated_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY (exchange, market_type, symbol)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Instruments of features.yaml';

CREATE TABLE `raw`.`trades`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, LZ4),
    `trade_seq` UInt64 DEFAULT toUInt64OrZero(trade_id) COMMENT 'orders trades of one millisecond' CODEC(Delta, LZ4),
    `trade_id` String CODEC(LZ4),
    `price` Decimal(18, 8) CODEC(Delta, LZ4),
    `quantity` Decimal(38, 8) COMMENT 'units of base' CODEC(LZ4),
    `side` LowCardinality(String) COMMENT 'the taker\'s: buy or sell',
    `is_maker` Bool DEFAULT side = 'sell' COMMENT 'the buyer was the maker',
    `trade_time` DateTime64(3, 'UTC') DEFAULT timestamp CODEC(Delta, LZ4),
    `kind` Enum8('trade' = 1, 'agg' = 2) DEFAULT 'trade' COMMENT 'never both for one instrument',
    `late` UInt8 DEFAULT 0 COMMENT '1: came after its bucket was cut; in no bucket',
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, LZ4),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, LZ4),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, LZ4),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(LZ4),
    INDEX `by_seq` trade_seq TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, trade_seq, trade_id)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Trades; quantities in units of base';

CREATE TABLE `raw`.`orderbooks`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, LZ4),
    `last_update_id` UInt64 DEFAULT 0 CODEC(Delta, LZ4),
    `book_seq` UInt64 DEFAULT last_update_id COMMENT 'orders snapshots of one millisecond' CODEC(Delta, LZ4),
    `bid_px` Array(Decimal(18, 8)) CODEC(Delta, LZ4),
    `bid_qty` Array(Decimal(38, 8)) CODEC(LZ4),
    `ask_px` Array(Decimal(18, 8)) CODEC(Delta, LZ4),
    `ask_qty` Array(Decimal(38, 8)) CODEC(LZ4),
    `bids_count` UInt32 DEFAULT length(bid_px),
    `asks_count` UInt32 DEFAULT length(ask_px),
    `best_bid_price` Nullable(Decimal(18, 8)) DEFAULT if(empty(bid_px), NULL, bid_px[1]) CODEC(Delta, LZ4),
    `best_ask_price` Nullable(Decimal(18, 8)) DEFAULT if(empty(ask_px), NULL, ask_px[1]) CODEC(Delta, LZ4),
    `best_bid_quantity` Nullable(Decimal(38, 8)) DEFAULT if(empty(bid_qty), NULL, bid_qty[1]) CODEC(LZ4),
    `best_ask_quantity` Nullable(Decimal(38, 8)) DEFAULT if(empty(ask_qty), NULL, ask_qty[1]) CODEC(LZ4),
    `bids` String ALIAS toJSONString(arrayMap((p, q) -> [toString(p), toString(q)], bid_px, bid_qty)) COMMENT 'JSON text: [["price","quantity"],…]',
    `asks` String ALIAS toJSONString(arrayMap((p, q) -> [toString(p), toString(q)], ask_px, ask_qty)) COMMENT 'JSON text: [["price","quantity"],…]',
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, LZ4),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, LZ4),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, LZ4),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(LZ4)
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, book_seq)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS non_replicated_deduplication_window = 1000, index_granularity = 1024
COMMENT 'Book snapshots, best level first';

CREATE TABLE `raw`.`funding_rates`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, LZ4),
    `seq` UInt64 DEFAULT 0 COMMENT 'orders rows of one millisecond',
    `funding_rate` Nullable(Decimal(18, 8)) COMMENT 'of one funding period' CODEC(LZ4),
    `predicted_funding_rate` Nullable(Decimal(18, 8)) CODEC(LZ4),
    `funding_time` Nullable(DateTime64(3, 'UTC')) COMMENT 'set where the row is a settlement' CODEC(LZ4),
    `next_funding_time` Nullable(DateTime64(3, 'UTC')) CODEC(LZ4),
    `mark_price` Nullable(Decimal(18, 8)) CODEC(LZ4),
    `index_price` Nullable(Decimal(18, 8)) CODEC(LZ4),
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, LZ4),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, LZ4),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, LZ4),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(LZ4)
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, seq)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Funding, mark and index price; NULL: the source did not say';

CREATE TABLE `raw`.`open_interests`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, LZ4),
    `seq` UInt64 DEFAULT 0 COMMENT 'orders rows of one millisecond',
    `open_interest` Decimal(38, 8) COMMENT 'units of base' CODEC(LZ4),
    `open_interest_value` Nullable(Decimal(38, 8)) COMMENT 'units of quote' CODEC(LZ4),
    `count` UInt64 DEFAULT 0,
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, LZ4),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, LZ4),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, LZ4),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(LZ4)
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, seq)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Open interest';

CREATE TABLE `raw`.`liquidations`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, LZ4),
    `liquidation_id` String COMMENT 'the venue\'s, else time, hash and ordinal' CODEC(LZ4),
    `side` LowCardinality(String) COMMENT 'of the order: sell closes a long',
    `price` Decimal(18, 8) CODEC(Delta, LZ4),
    `quantity` Decimal(38, 8) COMMENT 'units of base' CODEC(LZ4),
    `liquidation_time` DateTime64(3, 'UTC') DEFAULT timestamp CODEC(Delta, LZ4),
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, LZ4),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, LZ4),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, LZ4),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(LZ4)
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, liquidation_id)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Liquidation orders';

CREATE TABLE `raw`.`lsr_top_positions`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, LZ4),
    `long_position_ratio` Decimal(18, 8) CODEC(LZ4),
    `short_position_ratio` Decimal(18, 8) CODEC(LZ4),
    `period` LowCardinality(String) DEFAULT '5m',
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, LZ4),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, LZ4),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, LZ4),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(LZ4)
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, period)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Long/short ratio of the top traders\' positions';

CREATE TABLE `raw`.`lsr_all_accounts`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, LZ4),
    `long_account_ratio` Decimal(18, 8) CODEC(LZ4),
    `short_account_ratio` Decimal(18, 8) CODEC(LZ4),
    `period` LowCardinality(String) DEFAULT '5m',
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, LZ4),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, LZ4),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, LZ4),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(LZ4)
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, period)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Long/short ratio of all accounts';

CREATE TABLE `raw`.`volatility_indices`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, LZ4),
    `seq` UInt64 DEFAULT 0 COMMENT 'orders rows of one millisecond',
    `index_value` Decimal(18, 8) CODEC(LZ4),
    `underlying_asset` LowCardinality(String),
    `maturity_date` Date COMMENT '1970-01-01: none',
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, LZ4),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, LZ4),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, LZ4),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(LZ4)
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, underlying_asset, maturity_date, seq)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Volatility indices';

CREATE TABLE `raw`.`hot_orderbooks`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    `best_bid` Decimal(18, 8) CODEC(Delta, ZSTD(1)),
    `best_ask` Decimal(18, 8) CODEC(Delta, ZSTD(1)),
    `spread` Decimal(18, 8) CODEC(ZSTD(1)),
    `bids_json` String CODEC(ZSTD(1)),
    `asks_json` String CODEC(ZSTD(1)),
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Simplified orderbooks';

CREATE TABLE `raw`.`hot_tickers`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    `last_price` Decimal(18, 8) CODEC(Delta, ZSTD(1)),
    `volume_24h` Decimal(38, 8) CODEC(ZSTD(1)),
    `price_change_24h` Decimal(18, 8) CODEC(ZSTD(1)),
    `high_24h` Decimal(18, 8) CODEC(ZSTD(1)),
    `low_24h` Decimal(18, 8) CODEC(ZSTD(1)),
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Simplified tickers';

CREATE TABLE `raw`.`hot_trades`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    `price` Decimal(18, 8) CODEC(Delta, ZSTD(1)),
    `amount` Decimal(38, 8) CODEC(ZSTD(1)),
    `side` LowCardinality(String),
    `trade_id` String CODEC(ZSTD(1)),
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, trade_id)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Simplified trades';

CREATE TABLE `raw`.`ingest_rejects`
(
    `file` String,
    `line` UInt64 COMMENT 'counts from 1, a header included; 0: the whole file',
    `reason` LowCardinality(String),
    `text` String COMMENT 'the line, shortened' CODEC(ZSTD(1)),
    `source` LowCardinality(String),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(ingested_at)
ORDER BY (file, line, source, reason)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Input rows that could not be read';

CREATE TABLE `raw`.`ingest_files`
(
    `path` String COMMENT 'as it was given',
    `name` String COMMENT 'the last part of the path',
    `size` UInt64 COMMENT 'bytes',
    `sha256` String COMMENT '64 hex digits of the file\'s content',
    `format` LowCardinality(String),
    `source` LowCardinality(String),
    `rows` UInt64 COMMENT 'data rows read',
    `stored` UInt64,
    `duplicate` UInt64,
    `rejected` UInt64,
    `late` UInt64,
    `started_at` DateTime64(3, 'UTC'),
    `finished_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'NULL: not finished',
    `v` UInt64 DEFAULT toUInt64(toUnixTimestamp64Nano(now64(9)))
)
ENGINE = ReplacingMergeTree(v)
ORDER BY (sha256, format, path)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Files that were read, by content';

CREATE TABLE `raw`.`late_trades`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, ZSTD(1)),
    `trade_seq` UInt64 CODEC(Delta, ZSTD(1)),
    `trade_id` String CODEC(ZSTD(1)),
    `price` Decimal(18, 8) CODEC(Delta, ZSTD(1)),
    `quantity` Decimal(38, 8) CODEC(ZSTD(1)),
    `side` LowCardinality(String),
    `watermark` Nullable(DateTime64(3, 'UTC')) COMMENT 'what the cutter had consumed up to',
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, trade_seq, trade_id)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Trades that came after their time was cut; in no bucket';

CREATE TABLE `cold`.`trades`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, ZSTD(1)),
    `trade_seq` UInt64 DEFAULT toUInt64OrZero(trade_id) COMMENT 'orders trades of one millisecond' CODEC(Delta, ZSTD(1)),
    `trade_id` String CODEC(ZSTD(1)),
    `price` Decimal(18, 8) CODEC(Delta, ZSTD(1)),
    `quantity` Decimal(38, 8) COMMENT 'units of base' CODEC(ZSTD(1)),
    `side` LowCardinality(String) COMMENT 'the taker\'s: buy or sell',
    `is_maker` Bool DEFAULT side = 'sell' COMMENT 'the buyer was the maker',
    `trade_time` DateTime64(3, 'UTC') DEFAULT timestamp CODEC(Delta, ZSTD(1)),
    `kind` Enum8('trade' = 1, 'agg' = 2) DEFAULT 'trade' COMMENT 'never both for one instrument',
    `late` UInt8 DEFAULT 0 COMMENT '1: came after its bucket was cut; in no bucket',
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1)),
    INDEX `by_seq` trade_seq TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, trade_seq, trade_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Trades; quantities in units of base';

CREATE TABLE `cold`.`orderbooks`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, ZSTD(1)),
    `last_update_id` UInt64 DEFAULT 0 CODEC(Delta, ZSTD(1)),
    `book_seq` UInt64 DEFAULT last_update_id COMMENT 'orders snapshots of one millisecond' CODEC(Delta, ZSTD(1)),
    `bid_px` Array(Decimal(18, 8)) CODEC(Delta, ZSTD(1)),
    `bid_qty` Array(Decimal(38, 8)) CODEC(ZSTD(1)),
    `ask_px` Array(Decimal(18, 8)) CODEC(Delta, ZSTD(1)),
    `ask_qty` Array(Decimal(38, 8)) CODEC(ZSTD(1)),
    `bids_count` UInt32 DEFAULT length(bid_px),
    `asks_count` UInt32 DEFAULT length(ask_px),
    `best_bid_price` Nullable(Decimal(18, 8)) DEFAULT if(empty(bid_px), NULL, bid_px[1]) CODEC(Delta, ZSTD(1)),
    `best_ask_price` Nullable(Decimal(18, 8)) DEFAULT if(empty(ask_px), NULL, ask_px[1]) CODEC(Delta, ZSTD(1)),
    `best_bid_quantity` Nullable(Decimal(38, 8)) DEFAULT if(empty(bid_qty), NULL, bid_qty[1]) CODEC(ZSTD(1)),
    `best_ask_quantity` Nullable(Decimal(38, 8)) DEFAULT if(empty(ask_qty), NULL, ask_qty[1]) CODEC(ZSTD(1)),
    `bids` String ALIAS toJSONString(arrayMap((p, q) -> [toString(p), toString(q)], bid_px, bid_qty)) COMMENT 'JSON text: [["price","quantity"],…]',
    `asks` String ALIAS toJSONString(arrayMap((p, q) -> [toString(p), toString(q)], ask_px, ask_qty)) COMMENT 'JSON text: [["price","quantity"],…]',
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, book_seq)
SETTINGS non_replicated_deduplication_window = 1000, index_granularity = 1024
COMMENT 'Book snapshots, best level first';

CREATE TABLE `cold`.`funding_rates`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, ZSTD(1)),
    `seq` UInt64 DEFAULT 0 COMMENT 'orders rows of one millisecond',
    `funding_rate` Nullable(Decimal(18, 8)) COMMENT 'of one funding period' CODEC(ZSTD(1)),
    `predicted_funding_rate` Nullable(Decimal(18, 8)) CODEC(ZSTD(1)),
    `funding_time` Nullable(DateTime64(3, 'UTC')) COMMENT 'set where the row is a settlement' CODEC(ZSTD(1)),
    `next_funding_time` Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
    `mark_price` Nullable(Decimal(18, 8)) CODEC(ZSTD(1)),
    `index_price` Nullable(Decimal(18, 8)) CODEC(ZSTD(1)),
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, seq)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Funding, mark and index price; NULL: the source did not say';

CREATE TABLE `cold`.`open_interests`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, ZSTD(1)),
    `seq` UInt64 DEFAULT 0 COMMENT 'orders rows of one millisecond',
    `open_interest` Decimal(38, 8) COMMENT 'units of base' CODEC(ZSTD(1)),
    `open_interest_value` Nullable(Decimal(38, 8)) COMMENT 'units of quote' CODEC(ZSTD(1)),
    `count` UInt64 DEFAULT 0,
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, seq)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Open interest';

CREATE TABLE `cold`.`liquidations`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, ZSTD(1)),
    `liquidation_id` String COMMENT 'the venue\'s, else time, hash and ordinal' CODEC(ZSTD(1)),
    `side` LowCardinality(String) COMMENT 'of the order: sell closes a long',
    `price` Decimal(18, 8) CODEC(Delta, ZSTD(1)),
    `quantity` Decimal(38, 8) COMMENT 'units of base' CODEC(ZSTD(1)),
    `liquidation_time` DateTime64(3, 'UTC') DEFAULT timestamp CODEC(Delta, ZSTD(1)),
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, liquidation_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Liquidation orders';

CREATE TABLE `cold`.`lsr_top_positions`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, ZSTD(1)),
    `long_position_ratio` Decimal(18, 8) CODEC(ZSTD(1)),
    `short_position_ratio` Decimal(18, 8) CODEC(ZSTD(1)),
    `period` LowCardinality(String) DEFAULT '5m',
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, period)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Long/short ratio of the top traders\' positions';

CREATE TABLE `cold`.`lsr_all_accounts`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, ZSTD(1)),
    `long_account_ratio` Decimal(18, 8) CODEC(ZSTD(1)),
    `short_account_ratio` Decimal(18, 8) CODEC(ZSTD(1)),
    `period` LowCardinality(String) DEFAULT '5m',
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, period)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Long/short ratio of all accounts';

CREATE TABLE `cold`.`volatility_indices`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') COMMENT 'event time at the venue' CODEC(Delta, ZSTD(1)),
    `seq` UInt64 DEFAULT 0 COMMENT 'orders rows of one millisecond',
    `index_value` Decimal(18, 8) CODEC(ZSTD(1)),
    `underlying_asset` LowCardinality(String),
    `maturity_date` Date COMMENT '1970-01-01: none',
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, underlying_asset, maturity_date, seq)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Volatility indices';

CREATE TABLE `cold`.`cold_orderbooks`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    `best_bid` Decimal(18, 8) CODEC(Delta, ZSTD(1)),
    `best_ask` Decimal(18, 8) CODEC(Delta, ZSTD(1)),
    `spread` Decimal(18, 8) CODEC(ZSTD(1)),
    `bids_json` String CODEC(ZSTD(1)),
    `asks_json` String CODEC(ZSTD(1)),
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Simplified orderbooks';

CREATE TABLE `cold`.`cold_tickers`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    `last_price` Decimal(18, 8) CODEC(Delta, ZSTD(1)),
    `volume_24h` Decimal(38, 8) CODEC(ZSTD(1)),
    `price_change_24h` Decimal(18, 8) CODEC(ZSTD(1)),
    `high_24h` Decimal(18, 8) CODEC(ZSTD(1)),
    `low_24h` Decimal(18, 8) CODEC(ZSTD(1)),
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Simplified tickers';

CREATE TABLE `cold`.`cold_trades`
(
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String),
    `timestamp` DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    `price` Decimal(18, 8) CODEC(Delta, ZSTD(1)),
    `amount` Decimal(38, 8) CODEC(ZSTD(1)),
    `side` LowCardinality(String),
    `trade_id` String CODEC(ZSTD(1)),
    `available_at` DateTime64(3, 'UTC') DEFAULT greatest(timestamp, now64(3, 'UTC')) COMMENT 'when the row could have been known' CODEC(Delta, ZSTD(1)),
    `data_source` LowCardinality(String) DEFAULT 'marketprism',
    `created_at` DateTime('UTC') DEFAULT now('UTC') CODEC(Delta, ZSTD(1)),
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the row was stored; retention counts from here' CODEC(Delta, ZSTD(1)),
    `keep` UInt64 DEFAULT toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9))) COMMENT 'falls with the time of storing: the first stored row of a key stays' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (exchange, market_type, symbol, timestamp, trade_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Simplified trades';

CREATE TABLE `cold`.`archive_status`
(
    `archive_date` Date,
    `data_type` LowCardinality(String),
    `exchange` LowCardinality(String),
    `market_type` LowCardinality(String),
    `symbol` LowCardinality(String) COMMENT 'empty: all',
    `records_archived` UInt64,
    `archive_size_bytes` UInt64,
    `archive_duration_seconds` Float64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(created_at)
ORDER BY (archive_date, data_type, exchange, market_type, symbol)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'What was copied from the hot to the cold side';

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
COMMENT 'Closed buckets of clock ubt';

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
COMMENT 'Sizes of buckets';

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
COMMENT 'What jobs fitted for views to use';

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
COMMENT 'The cutter\'s state';

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
COMMENT 'Buckets that are complete at all levels of a path';

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
COMMENT 'Buckets whose raw rows changed after they were computed';

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
COMMENT 'Who writes an instrument: the highest epoch';

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
COMMENT 'History of cutting instruments anew';

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
COMMENT 'What was fetched, by instrument';

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
COMMENT 'What models were asked and what they answered';

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
COMMENT 'History of jobs';

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
COMMENT 'Values that were not as expected when their buckets were closed';
