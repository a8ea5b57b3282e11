import { join } from "node:path";
import type { Catalog, CompiledObject } from "../../src/compile/catalog.js";
import { chunkMark, noReach, versionMark } from "../../src/compile/catalog.js";
import { contentHash } from "../../src/compile/fingerprint.js";
import { clockTables } from "../../src/schema/clock-tables.js";
import type { Column, Table, TableName } from "../../src/schema/object.js";
import { rawTables } from "../../src/schema/raw-tables.js";
import type { Instrument, Project, Source, SourceName } from "../../src/spec/model.js";
import { sourceNames } from "../../src/spec/model.js";

const databases = { raw: "raw", cold: "cold", features: "features", registry: "registry" };

/** A project of one clock, as parsed; `root` is where its files would be. */
export function smallProject(root = join("/", "project"), instruments: readonly Instrument[] = []): Project {
  const source = (name: SourceName): Source => ({
    name,
    table: name,
    external: false,
    columns: {},
    sides: undefined,
    availableAt: undefined,
    delayMs: 0,
    maxAgeMs: undefined,
  });
  const sources = Object.fromEntries(sourceNames.map((name) => [name, source(name)]));
  return {
    name: "small",
    root,
    defaultTarget: "embedded",
    targets: {},
    databases,
    instruments,
    sources: sources as Readonly<Record<SourceName, Source>>,
    clocks: {
      ubt: {
        name: "ubt",
        mode: "volume",
        targetMs: 30_000,
        maxMs: 60_000,
        maxTrades: 100_000,
        bookGapMs: 120_000,
        size: { fromBucketConfig: false, byInstrument: {}, fallback: "1" },
        allowedLatenessMs: 200,
      },
    },
    retention: { rawMs: 604_800_000, featuresMs: 7_776_000_000, versions: 2 },
  };
}

export interface SmallOptions {
  /** What `flow.volume` is; another text is another version of flow and of all that reads it. */
  readonly volume?: string;
  /** Adds a second view over the stream, which needs a further column of it. */
  readonly count?: boolean;
  readonly description?: string;
  readonly rawMs?: number;
  /** Leaves the vector out. */
  readonly noVector?: boolean;
}

const key = ["exchange", "market_type", "symbol", "bucket_id"];
const keyColumns: Column[] = [
  ...["exchange", "market_type", "symbol"].map((name) => ({ name, type: "LowCardinality(String)" })),
  { name: "bucket_id", type: "UInt64" },
];
const features = (name: string): TableName => ({ database: "features", name });

/**
 * The shapes of a compiled project at their smallest: one stream, the view `flow` over it, the view `ratio` over `flow`,
 * and a vector of both. Its SQL runs.
 */
export function smallCatalog(options: SmallOptions = {}): Catalog {
  const project = smallProject();
  const layout = { ...project, retention: { ...project.retention, rawMs: options.rawMs ?? 604_800_000 } };
  const flow = flowView(options);
  const ratio = ratioView(flow, options);
  return {
    databases: ["raw", "cold", "features", "registry"],
    raw: rawTables(layout),
    clockTables: [
      ...clockTables(project),
      nullTable("ubt__close_0_hot", []),
      nullTable("ubt__close_1_hot", []),
    ],
    clocks: [
      {
        name: "ubt",
        dataHash: contentHash("ubt"),
        definition: { name: "ubt" },
        buckets: features("unified_buckets"),
        gate: features("ubt__close_0_hot"),
        close: { hot: [features("ubt__close_0_hot"), features("ubt__close_1_hot")], lazy: [] },
      },
    ],
    objects: [
      stream(options),
      flow,
      ...(options.count === true ? [countView()] : []),
      ratio,
      ...(options.noVector === true ? [] : [vector(flow, ratio)]),
    ],
  };
}

function nullTable(name: string, more: readonly Column[]): Table {
  return {
    kind: "table",
    ...features(name),
    columns: [...keyColumns, { name: "trades", type: "UInt32" }, ...more, { name: "v", type: "UInt64" }],
    engine: "Null",
    orderBy: [],
  };
}

function stream(options: SmallOptions): CompiledObject {
  const extra: Column[] = options.count === true ? [{ name: "one", type: "UInt8" }] : [];
  const select = [
    `SELECT ${key.join(", ")}, trades,`,
    ...(options.count === true ? ["  toUInt8(1) AS one,"] : []),
    "  v",
    "FROM `features`.`ubt__close_0_hot`",
  ].join("\n");
  return {
    ...common("stream", "ubt.trades", 0, select, options.description ?? ""),
    upstream: [],
    columns: [],
    storage: undefined,
    tables: [nullTable("ubt__trades_hot", extra)],
    triggers: [
      {
        kind: "materialized_view",
        ...features("ubt__trades_hot__mv"),
        to: features("ubt__trades_hot"),
        select,
      },
    ],
    alias: undefined,
    backfill: undefined,
    everyBucket: false,
  };
}

function flowView(options: SmallOptions): CompiledObject {
  const volume = options.volume ?? "sum(trades)";
  const select = (from: string): string =>
    `SELECT ${key.join(", ")}, v, toFloat64(${volume}) AS volume\nFROM ${from}\nGROUP BY ${key.join(", ")}, v`;
  return view("flow", 0, ["stream:ubt.trades"], ["volume"], select, "`features`.`ubt__trades_hot`", options);
}

function countView(): CompiledObject {
  const select = (from: string): string =>
    `SELECT ${key.join(", ")}, v, toFloat64(${from === "buckets" ? "1" : "one"}) AS n\nFROM ${from}`;
  return view("counted", 0, ["stream:ubt.trades"], ["n"], select, "`features`.`ubt__trades_hot`", {});
}

function ratioView(flow: CompiledObject, options: SmallOptions): CompiledObject {
  const stored = `features.${flow.storage?.table.name}`;
  const select = (from: string): string =>
    [
      `SELECT c.exchange AS exchange, c.market_type AS market_type, c.symbol AS symbol, c.bucket_id AS bucket_id,`,
      `  c.v AS v, f.volume / 2 AS half -- of 'flow'; not a step`,
      `FROM ${from} AS c`,
      `LEFT JOIN (SELECT * FROM ${stored} FINAL) AS f`,
      `  ON ${key.map((name) => `f.${name} = c.${name}`).join(" AND ")}`,
    ].join("\n");
  return view("ratio", 1, ["view:flow"], ["half"], select, "`features`.`ubt__close_1_hot`", options);
}

function vector(flow: CompiledObject, ratio: CompiledObject): CompiledObject {
  const select = (from: string): string =>
    [
      `SELECT c.exchange AS exchange, c.market_type AS market_type, c.symbol AS symbol, c.bucket_id AS bucket_id,`,
      `  c.v AS v, f.volume AS flow__volume`,
      `FROM ${from} AS c`,
      `LEFT JOIN (SELECT * FROM features.${flow.storage?.table.name} FINAL) AS f`,
      `  ON ${key.map((name) => `f.${name} = c.${name}`).join(" AND ")}`,
    ].join("\n");
  const built = view(
    "trend",
    1,
    ["view:flow", "view:ratio"],
    ["flow__volume"],
    select,
    "`features`.`ubt__close_1_hot`",
    {
      volume: `${flow.dataHash}${ratio.dataHash}`,
    },
  );
  return { ...built, kind: "vector" };
}

function view(
  name: string,
  level: number,
  upstream: readonly string[],
  columns: readonly string[],
  select: (from: string) => string,
  trigger: string,
  options: SmallOptions,
): CompiledObject {
  const description = options.description ?? name;
  const base = common("view", name, level, select("buckets") + (options.volume ?? ""), description);
  const table = features(`${name}__${base.dataHash.slice(0, 8)}`);
  const quoted = `\`features\`.\`${table.name}\``;
  return {
    ...base,
    upstream,
    columns: columns.map((column) => ({
      name: column,
      type: "Nullable(Float64)",
      feature: true,
      sql: name === "flow" ? (options.volume ?? "sum(trades)") : column,
      unit: undefined,
      doc: undefined,
      renamedFrom: undefined,
      at: { file: `features/${name}.yaml` },
    })),
    storage: { table, columnPrefix: "" },
    tables: [
      {
        kind: "table",
        ...table,
        columns: [
          ...keyColumns,
          ...columns.map((column) => ({ name: column, type: "Nullable(Float64)", codec: "ZSTD(1)" })),
          { name: "v", type: "UInt64" },
        ],
        engine: "ReplacingMergeTree(v)",
        orderBy: key,
        settings: { non_replicated_deduplication_window: 100 },
        comment: description,
      },
    ],
    triggers: [
      {
        kind: "materialized_view",
        ...features(`${table.name}__mv`),
        to: table,
        select: select(trigger),
      },
    ],
    alias: {
      kind: "view",
      ...features(name),
      select: `SELECT ${[...key, ...columns].join(", ")}\nFROM ${quoted} FINAL`,
      comment: description,
    },
    backfill: [
      `INSERT INTO ${quoted} (${[...key, "v", ...columns].join(", ")})`,
      `WITH buckets AS (SELECT * REPLACE (${versionMark} AS v) FROM \`features\`.\`unified_buckets\` FINAL ${chunkMark})`,
      select("buckets"),
    ].join("\n"),
    everyBucket: true,
  };
}

function common(
  kind: CompiledObject["kind"],
  name: string,
  level: number,
  content: string,
  description: string,
) {
  return {
    kind,
    name,
    clock: "ubt",
    path: "hot" as const,
    level,
    lookBack: 0,
    reach: noReach,
    renamedFrom: undefined,
    dataHash: contentHash(content),
    metadataHash: contentHash(description),
    definition: { columns: { content } },
    metadata: { description },
    description,
    at: { file: `features/${name}.yaml` },
  };
}
