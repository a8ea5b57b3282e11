/** A wide table of several views → what stores and fills it. */
import type { MaterializedView, Table } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import type { Clock, Project } from "../spec/model.js";
import { type CompiledColumn, type CompiledObject, noReach, type Path } from "./catalog.js";
import { backfillStatement, expiry, featureTable, featureTrigger, missing } from "./feature-table.js";
import { contentHash } from "./fingerprint.js";
import { fusedSelect } from "./fused-select.js";
import type { Fusion } from "./fusing.js";
import { streamName, streamTableName } from "./names.js";
import { nested } from "./nested.js";
import type { StoredVersion } from "./placement.js";
import { streamSelect, unionUsage } from "./stream.js";

export interface FusedContext {
  readonly project: Project;
  readonly clock: Clock;
  /** The compiled views by name, those of the table among them. */
  readonly views: ReadonlyMap<string, CompiledObject>;
}

type Content = Required<Pick<CompiledObject, "columns" | "tables" | "triggers" | "backfill">>;

export function compileFused(fusion: Fusion, context: FusedContext): CompiledObject {
  const { clock, views } = context;
  const { name, path, stream, storage, dataHash, definition, stored } = fusion;
  const first = views.get(fusion.views[0]?.draft.view.name ?? "");
  if (first === undefined) throw missing(`a view of ${name}`);
  return {
    kind: "fused",
    name,
    clock: clock.name,
    path,
    level: 0,
    dataHash,
    metadataHash: contentHash({}),
    definition,
    metadata: {},
    upstream: [`stream:${streamName(clock.name, stream, path)}`],
    description: descriptionOf(fusion, clock),
    storage,
    ...(stored === undefined ? compiledContent(fusion, context) : storedContent(fusion, stored, context)),
    alias: undefined,
    lookBack: 0,
    reach: noReach,
    ...(first.whole === undefined ? {} : { whole: first.whole }),
    everyBucket: first.everyBucket,
    renamedFrom: undefined,
    at: first.at,
  };
}

function descriptionOf({ stream }: Fusion, clock: Clock): string {
  return `Views of ${clock.name} over ${stream} that were built together`;
}

function compiledContent(fusion: Fusion, { project, clock, views }: FusedContext): Content {
  const { stream, path } = fusion;
  const { table } = fusion.storage;
  const columns = fusion.views.flatMap(({ draft, columnPrefix }): CompiledColumn[] => {
    const own = views.get(draft.view.name)?.columns ?? [];
    return own.map((column) => ({
      ...column,
      name: `${columnPrefix}${column.name}`,
      renamedFrom: undefined,
    }));
  });
  const usages = fusion.views.flatMap(({ draft }) => (draft.usage === undefined ? [] : [draft.usage]));
  const ofBuckets = streamSelect(project, clock, unionUsage(stream, usages), "buckets");
  const ofBlock = quoteName(streamTableName(project.databases.features, clock.name, stream, path));
  return {
    columns,
    tables: [featureTable(project, table, columns, descriptionOf(fusion, clock))],
    triggers: [featureTrigger(table, path, fusedSelect(fusion.views, ofBlock))],
    backfill: backfillStatement(project, clock, table, columns, fusedSelect(fusion.views, nested(ofBuckets))),
  };
}

/** What was built stays, for the sake of versions whose spec is gone; only its path and the retention may be others today. */
function storedContent(fusion: Fusion, stored: StoredVersion, { project, clock }: FusedContext): Content {
  const { path, stream } = fusion;
  const { table } = fusion.storage;
  const rows = (of: Path): string =>
    quoteName(streamTableName(project.databases.features, clock.name, stream, of));
  return {
    columns: stored.columns.map((column) => ({
      ...column,
      sql: column.sql ?? column.name,
      unit: column.unit,
      doc: column.doc,
      renamedFrom: undefined,
      at: { file: "features.yaml" },
    })),
    tables: stored.tables.map(({ ttl: _, ...kept }): Table => ({ ...kept, ...expiry(project) })),
    triggers: stored.triggers.map(
      ({ select }): MaterializedView =>
        featureTrigger(table, path, select.replaceAll(rows(stored.path), rows(path))),
    ),
    backfill: stored.backfill ?? undefined,
  };
}
