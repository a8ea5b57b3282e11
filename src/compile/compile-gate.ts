/** The gate of a clock's bucket table: closed buckets enter through it, and only from the writer that holds the lease. */
import { bucketsName, clockTables } from "../schema/clock-tables.js";
import type { Table, TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import type { Clock, Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import { type CompiledObject, noReach } from "./catalog.js";
import { missing } from "./feature-table.js";
import { contentHash } from "./fingerprint.js";
import { triggerName } from "./names.js";

const template = sqlTemplate(import.meta.url, "gate");

export function gateName(project: Project, clock: Clock): TableName {
  return { database: project.databases.features, name: `${clock.name}__gate` };
}

export function compileGate(project: Project, clock: Clock): CompiledObject {
  const buckets = bucketsName(project, clock.name);
  const stored = clockTables(project).find((table) => table.name === buckets.name);
  if (stored === undefined) throw missing(`the bucket table of clock ${clock.name}`);
  const columns = stored.columns.filter(
    (column) => column.name !== "created_at" && column.default?.kind !== "ALIAS",
  );
  const gate: Table = {
    kind: "table",
    ...gateName(project, clock),
    columns: columns.map(({ name, type }) => ({ name, type })),
    engine: "Null",
    orderBy: [],
    comment: `Closed buckets of ${clock.name} on their way into ${buckets.name}`,
  };
  const select = template({
    columns: columns.map(({ name }) => `g.${name} AS ${name}`).join(",\n"),
    gate: quoteName(gate),
    leases: quoteName({ database: project.databases.features, name: "leases" }),
  });
  return {
    kind: "gate",
    name: clock.name,
    clock: clock.name,
    path: "hot",
    level: 0,
    dataHash: contentHash({ select }),
    metadataHash: contentHash({}),
    definition: { select },
    metadata: {},
    upstream: [],
    description: "Refuses closed buckets of a writer that lost its lease",
    columns: [],
    storage: undefined,
    tables: [gate],
    triggers: [{ kind: "materialized_view", ...triggerName(gate), to: buckets, select }],
    alias: undefined,
    backfill: undefined,
    lookBack: 0,
    reach: noReach,
    everyBucket: false,
    renamedFrom: undefined,
    at: { file: "features.yaml" },
  };
}
