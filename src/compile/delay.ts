/**
 * Views with `delay:`. A bucket is ripe as of the first bucket that ends so long after its end: then everything that the view looks up
 * is known, and it is computed with that bucket's close (docs/adr/0018-delays-ride-on-closes.md). A Null table stands between the
 * trigger table and the views, so that "the buckets to compute" is one relation for them, as everywhere.
 */
import { bucketsName } from "../schema/clock-tables.js";
import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import type { Clock, Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import { type CompiledObject, type Definition, noReach, type Path, type Reach } from "./catalog.js";
import { contentHash } from "./fingerprint.js";
import {
  bucketColumns,
  bucketColumnTypes,
  closeTable,
  placeColumn,
  placeExpression,
  triggerColumns,
  triggerName,
} from "./names.js";
import { spanOf } from "./span.js";

const template = sqlTemplate(import.meta.url, "delayed-buckets");

/** Bucket columns that stay the ripe bucket's own; `available_at` and `v` are those of the close that computes it. */
export const ripeColumns = bucketColumns
  .filter((name) => name !== "available_at" && name !== "v")
  .map((name) => `k.${name} AS ${name}`)
  .join(",\n");

/** How long after it was known a row is still the last one known. Buckets follow each other faster, or the market stood still. */
export function staleMs(clock: Clock): number {
  return longestBucketMs(clock) + clock.bookGapMs;
}

/**
 * How long after a snapshot a close may compute a row that depends on it: it is looked up by buckets before it, or carried into one
 * after it.
 */
export function delayReach(delayMs: number, clock: Clock): Reach {
  return { buckets: 0, ms: delayMs + longestBucketMs(clock) + 2 * clock.bookGapMs };
}

/** How long after a close something may still read, as the last one known, a row that the close computed. */
export function asOfReach(upstream: readonly CompiledObject[]): Reach {
  return { buckets: 0, ms: Math.max(0, ...upstream.map(({ delay }) => delay?.staleMs ?? 0)) };
}

function longestBucketMs({ maxMs, quality }: Clock): number {
  return Math.max(maxMs, quality?.adaptive?.maxMs ?? 0);
}

/** The Null table of the buckets that are ripe after a delay. */
export function delayTable(database: string, clock: string, delayMs: number, path: Path): TableName {
  return { database, name: `${clock}__delay_${delayLabel(delayMs)}_${path}` };
}

/** The registry's name of that relation. */
export function delayName(clock: string, delayMs: number, path: Path): string {
  const name = `${clock}.delay_${delayLabel(delayMs)}`;
  return path === "hot" ? name : `${name}_${path}`;
}

export function compileDelay(project: Project, clock: Clock, delayMs: number, path: Path): CompiledObject {
  const database = project.databases.features;
  const table = delayTable(database, clock.name, delayMs, path);
  const closed = quoteName(closeTable(database, clock.name, 0, path));
  const select = template({
    span: spanOf(closed),
    columns: triggerColumns.map((name) => `j.${name} AS ${name}`).join(",\n"),
    place: `${placeExpression} AS ${placeColumn}`,
    own_columns: ripeColumns,
    closed,
    bounds: quoteName(bucketsName(project, clock.name)),
    delay_ms: String(delayMs),
  });
  const definition: Definition = { delayMs, select };
  return {
    kind: "stream",
    name: delayName(clock.name, delayMs, path),
    clock: clock.name,
    path,
    level: 0,
    dataHash: contentHash(definition),
    metadataHash: contentHash({}),
    definition,
    metadata: {},
    upstream: [],
    description: `Buckets whose delay of ${delayLabel(delayMs)} is over`,
    columns: [],
    storage: undefined,
    tables: [
      {
        kind: "table",
        ...table,
        columns: bucketColumnTypes(triggerColumns),
        engine: "Null",
        orderBy: [],
        comment: `Buckets of ${clock.name} that ended ${delayLabel(delayMs)} before a just-closed one`,
      },
    ],
    triggers: [{ kind: "materialized_view", ...triggerName(table, path), to: table, select }],
    alias: undefined,
    backfill: undefined,
    lookBack: 0,
    reach: noReach,
    everyBucket: false,
    renamedFrom: undefined,
    at: { file: "features.yaml" },
  };
}

function delayLabel(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}
