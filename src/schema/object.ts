/** ClickHouse objects as values: the desired state, the actual state and every statement are made of these. */

export interface TableName {
  readonly database: string;
  readonly name: string;
}

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly default?: { readonly kind: "DEFAULT" | "MATERIALIZED" | "ALIAS"; readonly expression: string };
  /** Inside of `CODEC(...)`. */
  readonly codec?: string;
  readonly comment?: string;
}

export interface Index {
  readonly name: string;
  readonly expression: string;
  readonly type: string;
  readonly granularity: number;
}

export interface Table extends TableName {
  readonly kind: "table";
  readonly columns: readonly Column[];
  /** For example `ReplacingMergeTree(v)`, `MergeTree` or `Null`. */
  readonly engine: string;
  /** Expressions of the sorting key; empty for engines that have none. */
  readonly orderBy: readonly string[];
  readonly partitionBy?: string;
  readonly ttl?: string;
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly indexes?: readonly Index[];
  readonly comment?: string;
}

/** A trigger: it runs on every insert into the left-most table of its SELECT. */
export interface MaterializedView extends TableName {
  readonly kind: "materialized_view";
  readonly to: TableName;
  readonly select: string;
  readonly comment?: string;
}

export interface View extends TableName {
  readonly kind: "view";
  readonly select: string;
  readonly comment?: string;
}

export type SchemaObject = Table | MaterializedView | View;
