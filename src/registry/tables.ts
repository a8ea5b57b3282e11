import type { Column, Table, TableName } from "../schema/object.js";

const time = "DateTime64(3, 'UTC')";
const name = "LowCardinality(String)";
const stamp: Column = {
  name: "at",
  type: time,
  default: { kind: "DEFAULT", expression: "now64(3, 'UTC')" },
};

export const registryTableNames = [
  "revisions",
  "versions",
  "steps",
  "seen",
  "pins",
  "models",
  "rollouts",
] as const;
export type RegistryTableName = (typeof registryTableNames)[number];

export function registryTable(database: string, table: RegistryTableName): TableName {
  return { database, name: table };
}

/** The registry's own tables. They are made before the first migration, which they record. */
export function registryTables(database: string): Table[] {
  return [
    revisions(database),
    versions(database),
    steps(database),
    seen(database),
    pins(database),
    models(database),
    rollouts(database),
  ];
}

/** The chain of what was applied: history only grows. */
function revisions(database: string): Table {
  return {
    kind: "table",
    ...registryTable(database, "revisions"),
    columns: [
      { name: "id", type: "UInt64", comment: "from 1" },
      { name: "parent", type: "UInt64", comment: "0: none" },
      { name: "kind", type: name, comment: "apply, rollback, repair or prune" },
      { name: "migration", type: "String", comment: "NNNN_slug, or what a rollback went back to" },
      { name: "live", type: "Array(String)", comment: "kind:name@hash of what is live after it" },
      { name: "plan_hash", type: "String", comment: "SHA-256 of what was carried out" },
      { name: "chain", type: "String", comment: "SHA-256 of the parent's chain and this plan_hash" },
      { name: "state", type: name, comment: "running, applied, failed or abandoned" },
      { name: "error", type: "String" },
      { name: "tool_version", type: "String" },
      { name: "started_at", type: time },
      { name: "finished_at", type: `Nullable(${time})` },
      { name: "v", type: "UInt64" },
    ],
    engine: "ReplacingMergeTree(v)",
    orderBy: ["id"],
    comment: "Applied migrations and rollbacks",
  };
}

/** What is deployed: databases, tables, streams, and every version of every view and vector. */
function versions(database: string): Table {
  return {
    kind: "table",
    ...registryTable(database, "versions"),
    columns: [
      { name: "kind", type: name },
      { name: "name", type: "String" },
      { name: "version", type: "String", comment: "the data hash; empty for what is altered in place" },
      { name: "state", type: name, comment: "building, live, retired, dropped or renamed" },
      { name: "data_hash", type: "String" },
      { name: "metadata_hash", type: "String" },
      { name: "table", type: "String", comment: "database.table that holds the values" },
      { name: "column_prefix", type: "String" },
      { name: "clock", type: name },
      { name: "path", type: name },
      { name: "level", type: "UInt8" },
      { name: "columns", type: "Array(String)", comment: "name and type" },
      { name: "upstream", type: "Array(String)", comment: "kind:name" },
      { name: "record", type: "String", comment: "JSON: all of the above and the definitions" },
      { name: "revision", type: "UInt64" },
      { ...stamp, name: "created_at" },
      { name: "v", type: "UInt64" },
    ],
    engine: "ReplacingMergeTree(v)",
    orderBy: ["kind", "name", "version"],
    comment: "Deployed objects and their versions",
  };
}

/**
 * The journal. Before something is sent to the engine a row says so, `started` for one step or chunk, `announced` for each of several
 * steps that are sent one after the other; another one says how it ended. Append only.
 */
function steps(database: string): Table {
  return {
    kind: "table",
    ...registryTable(database, "steps"),
    columns: [
      { name: "revision", type: "UInt64" },
      { name: "step", type: "UInt32", comment: "from 1" },
      { name: "chunk", type: "UInt32", comment: "0: the step itself" },
      { name: "seq", type: "UInt64", comment: "order of the journal within its revision" },
      { name: "name", type: "String" },
      { name: "kind", type: "String" },
      { name: "object", type: "String" },
      { name: "state", type: "String", comment: "announced, started, done, skipped or failed" },
      { name: "executed", type: "String", comment: "the text that was sent" },
      { name: "params", type: "String", comment: "JSON: its bound values" },
      { name: "error", type: "String" },
      stamp,
    ],
    engine: "MergeTree",
    orderBy: ["revision", "step", "chunk", "seq"],
    comment: "Journal of the steps of migrations",
  };
}

/** Definitions that were compared and mean the same, so that `feature diff` need not bring them into a normal form again. */
function seen(database: string): Table {
  return {
    kind: "table",
    ...registryTable(database, "seen"),
    columns: [
      { name: "object", type: "String", comment: "database.name" },
      { name: "ours", type: "String", comment: "SHA-256 of the statement that creates it" },
      { name: "live", type: "String", comment: "SHA-256 of the statement that the engine shows" },
      stamp,
      { name: "v", type: "UInt64" },
    ],
    engine: "ReplacingMergeTree(v)",
    orderBy: ["object"],
    comment: "Definitions that were found to be as deployed",
  };
}

/** Versions that somebody holds: what is pinned is neither pruned nor switched away unasked. */
function pins(database: string): Table {
  return {
    kind: "table",
    ...registryTable(database, "pins"),
    columns: [
      { name: "holder", type: "String", comment: "model:name@version" },
      { name: "object", type: "String", comment: "kind:name" },
      { name: "version", type: "String", comment: "the data hash" },
      { name: "state", type: name, comment: "pinned or released" },
      stamp,
      { name: "v", type: "UInt64" },
    ],
    engine: "ReplacingMergeTree(v)",
    orderBy: ["holder", "object", "version"],
    comment: "Versions that models hold",
  };
}

/** Registered versions of models. What a version is never changes; its decision, time-out and the like may. */
function models(database: string): Table {
  return {
    kind: "table",
    ...registryTable(database, "models"),
    columns: [
      { name: "model", type: "String" },
      { name: "version", type: "UInt32" },
      { name: "file", type: "String", comment: "name of the .onnx file in models/" },
      { name: "sha256", type: "String", comment: "of the file" },
      { name: "vector", type: "String" },
      { name: "signature", type: "String", comment: "what its input looks like" },
      {
        name: "fingerprint",
        type: "String",
        comment: "data hash of the vector's version that it is pinned to",
      },
      {
        name: "record",
        type: "String",
        comment: "JSON: the contract, and the vector's features with their NULL rules",
      },
      { ...stamp, name: "registered_at" },
      { name: "v", type: "UInt64" },
    ],
    engine: "ReplacingMergeTree(v)",
    orderBy: ["model", "version"],
    comment: "Registered models",
  };
}

/** Which version answers, as a history: promoting and rolling back only add to it. */
function rollouts(database: string): Table {
  return {
    kind: "table",
    ...registryTable(database, "rollouts"),
    columns: [
      { name: "model", type: "String" },
      { name: "seq", type: "UInt64", comment: "order of the history" },
      { name: "action", type: name, comment: "register, promote or rollback" },
      { name: "version", type: "UInt32", comment: "whose stage changes" },
      { name: "stage", type: name, comment: "shadow, canary, live or withdrawn" },
      { name: "percent", type: "Float64", comment: "of the instruments; 0 where stage is no canary" },
      { name: "by", type: "String", comment: "who did it" },
      stamp,
    ],
    engine: "MergeTree",
    orderBy: ["model", "seq"],
    comment: "Rollouts of models",
  };
}
