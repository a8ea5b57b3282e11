import type { Column, Index, Table } from "../schema/object.js";

/** What would make a deployed table the desired one. Only what is safe while rows flow in is done in place. */
export type TableDifference =
  | { readonly kind: "add_column"; readonly column: Column; readonly after: string | undefined }
  | { readonly kind: "add_index"; readonly index: Index }
  | { readonly kind: "comment_column"; readonly column: string; readonly from: string; readonly to: string }
  | { readonly kind: "comment_table"; readonly from: string; readonly to: string }
  | {
      readonly kind: "ttl";
      readonly from: string | undefined;
      readonly to: string | undefined;
      /** Rows that are kept today would go. */
      readonly shortens: boolean;
    }
  | { readonly kind: "setting"; readonly name: string; readonly from: Value; readonly to: Value }
  | { readonly kind: "unsupported"; readonly what: string; readonly from: string; readonly to: string };

type Value = string | number | undefined;

export interface TableComparison {
  readonly differences: readonly TableDifference[];
  /** The table after the differences: columns that are no longer wanted stay. */
  readonly merged: Table;
}

/** Compares two definitions of one table. Columns that only the deployed one has stay: versions may still read them. */
export function compareTables(desired: Table, actual: Table): TableComparison {
  const differences = [
    ...columnDifferences(desired, actual),
    ...indexDifferences(desired, actual),
    ...unchangeable(desired, actual),
    ...ttlDifference(desired.ttl, actual.ttl),
    ...settingDifferences(desired, actual),
    ...commentDifference(desired.comment, actual.comment),
  ];
  const { settings: _, ...rest } = desired;
  const columns = mergedColumns(desired, actual);
  return { differences, merged: { ...rest, columns, ...mergedSettings(desired, actual) } };
}

/** What a table is created with and keeps: the engine refuses to change it, and values do not depend on it. */
const settledAtCreation: ReadonlySet<string> = new Set(["index_granularity"]);

function mergedSettings(desired: Table, actual: Table): Pick<Table, "settings"> {
  const of = ({ settings = {} }: Table, isSettled: boolean) =>
    Object.entries(settings).filter(([name]) => settledAtCreation.has(name) === isSettled);
  const settings = [...of(desired, false), ...of(actual, true)];
  return settings.length === 0 ? {} : { settings: Object.fromEntries(settings) };
}

function mergedColumns(desired: Table, actual: Table): Column[] {
  const wanted = new Map(desired.columns.map((column) => [column.name, column]));
  const merged = actual.columns.map((column) => wanted.get(column.name) ?? column);
  desired.columns.forEach((column, index) => {
    if (merged.some((other) => other.name === column.name)) return;
    const before = desired.columns[index - 1]?.name;
    merged.splice(merged.findIndex((other) => other.name === before) + 1, 0, column);
  });
  return merged;
}

function columnDifferences(desired: Table, actual: Table): TableDifference[] {
  const existing = new Map(actual.columns.map((column) => [column.name, column]));
  return desired.columns.flatMap((column, index): TableDifference[] => {
    const old = existing.get(column.name);
    if (old === undefined) return [{ kind: "add_column", column, after: desired.columns[index - 1]?.name }];
    const [from, to] = [definition(old), definition(column)];
    return [
      ...(from === to
        ? []
        : [{ kind: "unsupported", what: `column ${column.name}`, from, to } satisfies TableDifference]),
      ...((old.comment ?? "") === (column.comment ?? "")
        ? []
        : [
            {
              kind: "comment_column",
              column: column.name,
              from: old.comment ?? "",
              to: column.comment ?? "",
            } satisfies TableDifference,
          ]),
    ];
  });
}

/** Type, default and codec. */
function definition(column: Column): string {
  return [
    column.type,
    ...(column.default === undefined ? [] : [column.default.kind, column.default.expression]),
    ...(column.codec === undefined ? [] : [`CODEC(${column.codec})`]),
  ].join(" ");
}

function indexDifferences(desired: Table, actual: Table): TableDifference[] {
  const existing = new Map((actual.indexes ?? []).map((index) => [index.name, index]));
  const text = (index: Index): string =>
    `${index.expression} TYPE ${index.type} GRANULARITY ${index.granularity}`;
  return (desired.indexes ?? []).flatMap((index): TableDifference[] => {
    const old = existing.get(index.name);
    if (old === undefined) return [{ kind: "add_index", index }];
    if (text(old) === text(index)) return [];
    return [{ kind: "unsupported", what: `index ${index.name}`, from: text(old), to: text(index) }];
  });
}

function unchangeable(desired: Table, actual: Table): TableDifference[] {
  const pairs: readonly [string, string, string][] = [
    ["engine", actual.engine, desired.engine],
    ["sorting key", actual.orderBy.join(", "), desired.orderBy.join(", ")],
    ["partition key", actual.partitionBy ?? "", desired.partitionBy ?? ""],
  ];
  return pairs.flatMap(([what, from, to]): TableDifference[] =>
    from === to ? [] : [{ kind: "unsupported", what, from, to }],
  );
}

function ttlDifference(to: string | undefined, from: string | undefined): TableDifference[] {
  if (to === from) return [];
  return [{ kind: "ttl", from, to, shortens: to !== undefined && !lengthens(from, to) }];
}

/** True when both count from the same time and the second keeps rows for longer. */
function lengthens(from: string | undefined, to: string): boolean {
  const [old, new_] = [ttlSeconds(from), ttlSeconds(to)];
  return old !== undefined && new_ !== undefined && old.since === new_.since && new_.seconds >= old.seconds;
}

function ttlSeconds(ttl: string | undefined): { since: string; seconds: number } | undefined {
  const match = /^(.*) \+ toIntervalSecond\((\d+)\)$/.exec(ttl ?? "");
  return match?.[1] === undefined ? undefined : { since: match[1], seconds: Number(match[2]) };
}

function settingDifferences(desired: Table, actual: Table): TableDifference[] {
  const [to, from] = [desired.settings ?? {}, actual.settings ?? {}];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return names
    .filter((name) => !settledAtCreation.has(name))
    .flatMap((name): TableDifference[] =>
      to[name] === from[name] ? [] : [{ kind: "setting", name, from: from[name], to: to[name] }],
    );
}

function commentDifference(to: string | undefined, from: string | undefined): TableDifference[] {
  if ((to ?? "") === (from ?? "")) return [];
  return [{ kind: "comment_table", from: from ?? "", to: to ?? "" }];
}
