CREATE TABLE `registry`.`revisions`
(
    `id` UInt64 COMMENT 'from 1',
    `parent` UInt64 COMMENT '0: none',
    `kind` LowCardinality(String) COMMENT 'apply, rollback, repair or prune',
    `migration` String COMMENT 'NNNN_slug, or what a rollback went back to',
    `live` Array(String) COMMENT 'kind:name@hash of what is live after it',
    `plan_hash` String COMMENT 'SHA-256 of what was carried out',
    `chain` String COMMENT 'SHA-256 of the parent\'s chain and this plan_hash',
    `state` LowCardinality(String) COMMENT 'running, applied, failed or abandoned',
    `error` String,
    `tool_version` String,
    `started_at` DateTime64(3, 'UTC'),
    `finished_at` Nullable(DateTime64(3, 'UTC')),
    `v` UInt64
)
ENGINE = ReplacingMergeTree(v)
ORDER BY (id)
COMMENT 'Applied migrations and rollbacks';

CREATE TABLE `registry`.`versions`
(
    `kind` LowCardinality(String),
    `name` String,
    `version` String COMMENT 'the data hash; empty for what is altered in place',
    `state` LowCardinality(String) COMMENT 'building, live, retired, dropped or renamed',
    `data_hash` String,
    `metadata_hash` String,
    `table` String COMMENT 'database.table that holds the values',
    `column_prefix` String,
    `clock` LowCardinality(String),
    `path` LowCardinality(String),
    `level` UInt8,
    `columns` Array(String) COMMENT 'name and type',
    `upstream` Array(String) COMMENT 'kind:name',
    `record` String COMMENT 'JSON: all of the above and the definitions',
    `revision` UInt64,
    `created_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
    `v` UInt64
)
ENGINE = ReplacingMergeTree(v)
ORDER BY (kind, name, version)
COMMENT 'Deployed objects and their versions';

CREATE TABLE `registry`.`steps`
(
    `revision` UInt64,
    `step` UInt32 COMMENT 'from 1',
    `chunk` UInt32 COMMENT '0: the step itself',
    `seq` UInt64 COMMENT 'order of the journal within its revision',
    `name` String,
    `kind` String,
    `object` String,
    `state` String COMMENT 'announced, started, done, skipped or failed',
    `executed` String COMMENT 'the text that was sent',
    `params` String COMMENT 'JSON: its bound values',
    `error` String,
    `at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (revision, step, chunk, seq)
COMMENT 'Journal of the steps of migrations';

CREATE TABLE `registry`.`seen`
(
    `object` String COMMENT 'database.name',
    `ours` String COMMENT 'SHA-256 of the statement that creates it',
    `live` String COMMENT 'SHA-256 of the statement that the engine shows',
    `at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
    `v` UInt64
)
ENGINE = ReplacingMergeTree(v)
ORDER BY (object)
COMMENT 'Definitions that were found to be as deployed';

CREATE TABLE `registry`.`pins`
(
    `holder` String COMMENT 'model:name@version',
    `object` String COMMENT 'kind:name',
    `version` String COMMENT 'the data hash',
    `state` LowCardinality(String) COMMENT 'pinned or released',
    `at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
    `v` UInt64
)
ENGINE = ReplacingMergeTree(v)
ORDER BY (holder, object, version)
COMMENT 'Versions that models hold';

CREATE TABLE `registry`.`models`
(
    `model` String,
    `version` UInt32,
    `file` String COMMENT 'name of the .onnx file in models/',
    `sha256` String COMMENT 'of the file',
    `vector` String,
    `signature` String COMMENT 'what its input looks like',
    `fingerprint` String COMMENT 'data hash of the vector\'s version that it is pinned to',
    `record` String COMMENT 'JSON: the contract, and the vector\'s features with their NULL rules',
    `registered_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
    `v` UInt64
)
ENGINE = ReplacingMergeTree(v)
ORDER BY (model, version)
COMMENT 'Registered models';

CREATE TABLE `registry`.`rollouts`
(
    `model` String,
    `seq` UInt64 COMMENT 'order of the history',
    `action` LowCardinality(String) COMMENT 'register, promote or rollback',
    `version` UInt32 COMMENT 'whose stage changes',
    `stage` LowCardinality(String) COMMENT 'shadow, canary, live or withdrawn',
    `percent` Float64 COMMENT 'of the instruments; 0 where stage is no canary',
    `by` String COMMENT 'who did it',
    `at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (model, seq)
COMMENT 'Rollouts of models';
