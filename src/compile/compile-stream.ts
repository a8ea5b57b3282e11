/** A stream's tables and triggers: the Null table, the trigger that fills it, and its guard. */
import type { Table, TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import type { Clock, Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import { type CompiledObject, type Definition, noReach, type Path } from "./catalog.js";
import { contentHash } from "./fingerprint.js";
import { closeTable, streamName, triggerName } from "./names.js";
import { type StreamUsage, streamSelect, streamSources, streamTable } from "./stream.js";

const guardTemplate = sqlTemplate(import.meta.url, "stream-guard");

/**
 * The settings of every insert into a trigger table: behind a Null table aggregates are made per block, and a block that is
 * split gives wrong numbers without a word. The guard refuses an insert without them, or one that comes near the limit.
 */
export const oneBlock = { min_insert_block_size_rows: 10_000_000, min_insert_block_size_bytes: 0 } as const;
const rowLimit = oneBlock.min_insert_block_size_rows * 0.9;

/** Where guards write what they pass: nowhere. */
export function guardTable(database: string, clock: string): Table {
  return {
    kind: "table",
    database,
    name: `${clock}__guard`,
    columns: [{ name: "passed", type: "UInt8" }],
    engine: "Null",
    orderBy: [],
    comment: "Target of the guards that refuse a split close",
  };
}

export function compileStream(
  project: Project,
  clock: Clock,
  usage: StreamUsage,
  path: Path,
): CompiledObject {
  const database = project.databases.features;
  const table = streamTable(project, clock, usage, path);
  const close = closeTable(database, clock.name, 0, path);
  const guard: TableName = guardTable(database, clock.name);
  const select = streamSelect(project, clock, usage, quoteName(close));
  const definition: Definition = { columns: usage.columns, levels: usage.levels ?? null, select };
  return {
    kind: "stream",
    name: streamName(clock.name, usage.stream, path),
    clock: clock.name,
    path,
    level: 0,
    dataHash: contentHash(definition),
    metadataHash: contentHash({}),
    definition,
    metadata: {},
    upstream: [],
    description: `Rows of ${streamSources[usage.stream].join(" and ")} of just-closed buckets`,
    columns: [],
    storage: undefined,
    tables: [table],
    triggers: [
      {
        kind: "materialized_view",
        database,
        name: `${table.name}__guard`,
        to: { database: guard.database, name: guard.name },
        select: guardTemplate({
          block_rows: String(oneBlock.min_insert_block_size_rows),
          row_limit: String(rowLimit),
          stream: quoteName(table),
        }),
      },
      { kind: "materialized_view", ...triggerName(table), to: { database, name: table.name }, select },
    ],
    alias: undefined,
    backfill: undefined,
    lookBack: 0,
    reach: noReach,
    everyBucket: false,
    renamedFrom: undefined,
    at: { file: "features.yaml" },
  };
}
