import type { Path } from "../compile/catalog.js";
import type { TableName } from "../schema/object.js";

export const stepKinds = [
  "create_database",
  "create_table",
  "alter_table",
  "create_trigger",
  "alter_trigger",
  "drop_trigger",
  "drop_table",
  "backfill",
  "check",
  "switch_alias",
  "drop_alias",
  "comment",
] as const;
export type StepKind = (typeof stepKinds)[number];

/** One statement of a migration, and all that the runner needs to probe, do and verify it. */
export interface Step {
  /** Unique within its migration. */
  readonly name: string;
  readonly kind: StepKind;
  /** What it is done for: `view:vpin`, `table:db.name`, `database:name`. */
  readonly object: string;
  /** What the statement creates, alters, fills or reads; undefined for databases. */
  readonly target: TableName | undefined;
  /** The table of closed buckets: of a backfill, which is cut into chunks of them, and of a check that is made on a sample. */
  readonly buckets: TableName | undefined;
  /** Of a view with `row:`, where inserts into the source's table matter: it is cut into chunks of days, counted, or awaited. */
  readonly rows?: TableName;
  /** Of a backfill: only buckets that are not complete on this path yet. By hand it may be all of them: the values are the same. */
  readonly behind?: { readonly clock: string; readonly path: Path };
  /** Of a backfill from raw rows: a SELECT of the keys of the only buckets that it may compute, since of the others raw rows are gone. */
  readonly whole?: string;
  /** Single-node ClickHouse SQL without a closing semicolon. A check gives no rows when all is well. */
  readonly sql: string;
  /** The statement that takes it back; undefined where nothing is to be taken back. */
  readonly reverse: string | undefined;
}

/** Each step once, where it stands first: a table that views share is looked at once for all of them. */
export function distinctSteps(steps: readonly Step[]): Step[] {
  const names = new Set<string>();
  return steps.filter(({ name }) => !names.has(name) && names.add(name));
}

/** A table as the names of steps write it. */
export function stepName({ database, name }: TableName): string {
  return `${database}.${name}`;
}
