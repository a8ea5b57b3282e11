/**
 * What happens to a stream's rows before they are aggregated, as nested SELECTs: filters, lookups, standing intervals, grids,
 * the steps of `rows:` and bins. What does not depend on each other shares a level; every level lists its columns.
 */
import { quoteIdentifier } from "../schema/quote.js";
import type { FeatureView, StreamName } from "../spec/model.js";
import { gridColumn, type Lookup, type RowExpression, type StreamRows } from "../spec/stream-rows.js";
import { sqlTemplate } from "../sql-template.js";
import type { LookupUse } from "./expression/lookups.js";
import { rowWindow } from "./expression/row-windows.js";
import { tokenize } from "./expression/tokens.js";
import { placeColumn, triggerColumns } from "./names.js";
import { nested } from "./nested.js";
import type { LevelColumn, RowLevel } from "./row-level.js";
import { beforeColumns, type SplitScope, splitLevels, splitRelation } from "./split-rows.js";

const levelTemplate = sqlTemplate(import.meta.url, "stream-rows");

export interface CompiledRows {
  /** The stream that is read: events for a view over trades that looks books up. Undefined: the rows are bins, or of a slow source. */
  readonly stream: StreamName | undefined;
  readonly levels: readonly RowLevel[];
  /** Whether the levels need the day's volume before each bucket. */
  readonly isSplit: boolean;
  readonly by: readonly string[];
}

/** SQL of an expression over rows; `uses` are the lookups in it. */
export interface CompiledExpression {
  readonly sql: string;
  readonly uses: readonly LookupUse[];
}

/**
 * @param compile compiles an expression, or throws
 * @param inColumns lookups that the view's own columns use
 */
export function compileRows(
  view: FeatureView,
  compile: (expression: RowExpression) => CompiledExpression,
  inColumns: readonly LookupUse[],
): CompiledRows | undefined {
  // A view over windows of time reads other rows than its bucket's.
  const { rows, from, overBy, asOf } = view;
  const hasRows = "stream" in from || overBy !== undefined || asOf?.events === true;
  if (!hasRows || view.time !== undefined) return undefined;
  const uses: LookupUse[] = [...inColumns];
  const column = (origin: RowExpression, name = origin.name): LevelColumn => {
    const compiled = compile(origin);
    uses.push(...compiled.uses);
    return { name, sql: compiled.sql, origin };
  };
  const first = rows.where === undefined ? [] : [{ where: column(rows.where), columns: [] }];
  const steps = rows.steps.flatMap((step) =>
    splitByDependence(
      step.where === undefined ? undefined : column(step.where),
      step.columns.map((item) => column(item)),
    ),
  );
  const by = rows.by.map((item) => column(item, rawBin(item.name)));
  const lookups = rows.lookups.map((lookup) => ({
    lookup,
    uses: uses.filter((use) => use.lookup === lookup.name),
  }));
  return {
    stream: rows.lookups.length > 0 ? "events" : "stream" in from ? from.stream : undefined,
    isSplit: rows.split !== undefined,
    levels: [
      ...(rows.split === undefined ? [] : splitLevels(rows.split)),
      ...lookupLevels(lookups.filter((item) => item.uses.length > 0)),
      ...(rows.lookups.length > 0 ? [{ where: { name: "where", sql: "is_trade = 1" }, columns: [] }] : []),
      ...first,
      ...intervalLevels(rows),
      ...steps,
      ...binLevels(
        by,
        rows.by.map(({ name }) => name),
      ),
    ],
    by: rows.by.map(({ name }) => name),
  };
}

/** Texts in which columns of the stream are named. */
export function rowTexts(rows: CompiledRows): string[] {
  return rows.levels.flatMap(({ where, columns }) => [
    ...(where === undefined ? [] : [where.sql]),
    ...columns.map(({ sql }) => sql),
  ]);
}

/** The user's expressions, in the order in which they are computed. */
export function rowExpressions(rows: CompiledRows): RowExpression[] {
  const origins = rows.levels.flatMap(({ where, columns }) =>
    [where, ...columns].flatMap((item) => (item?.origin === undefined ? [] : [item.origin])),
  );
  return [...new Set(origins)];
}

/** Columns of rows and bins, of which a user's division may have made one infinite or NaN. */
export function computedColumns({ rows, overBy }: FeatureView): ReadonlySet<string> {
  const columns = [...(overBy?.bins ?? []), ...rows.steps.flatMap((step) => step.columns)];
  return new Set(columns.map(({ name }) => name));
}

/**
 * FROM-text of the rows to aggregate.
 * @param columns the stream's own columns that are used
 * @param stream FROM-text of the stream
 * @param only the user's expressions that are taken; undefined takes all
 * @param scope where a view with `split:` reads the day's volume; others need none
 */
export function rowsRelation(
  rows: CompiledRows,
  columns: readonly string[],
  stream: string,
  only?: ReadonlySet<RowExpression>,
  scope?: SplitScope,
): string {
  const isTaken = ({ origin }: LevelColumn): boolean =>
    only === undefined || origin === undefined || only.has(origin);
  let passed: string[] = [...triggerColumns, ...columns];
  let relation = stream;
  if (rows.isSplit && scope !== undefined) {
    relation = splitRelation(passed, stream, scope);
    passed = [...passed, ...beforeColumns];
  }
  for (const level of rows.levels) {
    const added = level.columns.filter(isTaken);
    const where = level.where !== undefined && isTaken(level.where) ? `\nWHERE ${level.where.sql}` : "";
    if (added.length === 0 && where === "") continue;
    const names = added.map(({ name }) => name);
    const kept = passed.filter((name) => !names.includes(name) && !level.drop?.includes(name));
    const list = [
      ...kept.map(quoteIdentifier),
      ...added.map(({ name, sql }) => `${sql} AS ${quoteIdentifier(name)}`),
    ];
    const text = levelTemplate({ columns: list.join(",\n"), rows: relation, where });
    relation = nested(text);
    passed = [...kept, ...names];
  }
  return relation;
}

/** A column that uses one above it in the same step goes into a SELECT of its own. */
function splitByDependence(where: LevelColumn | undefined, columns: readonly LevelColumn[]): RowLevel[] {
  const depth = new Map<string, number>();
  for (const { name, sql } of columns) {
    const below = tokenize(sql).map((token) => depth.get(token.text) ?? -1);
    depth.set(name, 1 + Math.max(-1, ...below));
  }
  const count = Math.max(0, ...[...depth.values()].map((value) => value + 1));
  return Array.from({ length: where === undefined ? count : Math.max(count, 1) }, (_, index) => ({
    ...(index === 0 && where !== undefined ? { where } : {}),
    columns: columns.filter(({ name }) => depth.get(name) === index),
  }));
}

const ms = (name: string): string => `toUnixTimestamp64Milli(${name})`;

/** `valid:` and `grid:`. */
function intervalLevels({ valid, gridMs }: StreamRows): RowLevel[] {
  if (!valid && gridMs === undefined) return [];
  const until = "until__ms";
  const next: RowLevel = {
    columns: [
      {
        name: until,
        sql: `leadInFrame(${ms("timestamp")}, 1, ${ms("bucket_ts_end")}) OVER ${rowWindow("bucket")}`,
      },
    ],
  };
  if (gridMs === undefined) {
    const from = `greatest(${ms("timestamp")}, ${ms("bucket_ts_start")})`;
    return [
      next,
      {
        columns: [
          { name: "from_ms", sql: from },
          { name: "to_ms", sql: `greatest(${until}, ${from})` },
        ],
        drop: [until],
      },
    ];
  }
  // The snapshot is the last one before g for timestamp < g <= until; a bucket has the points in (prev_ts_end, bucket_ts_end].
  const after = `intDiv(greatest(${ms("timestamp")}, ${ms("prev_ts_end")}), ${gridMs})`;
  const points = `arrayJoin(range(${after} + 1, greatest(intDiv(${until}, ${gridMs}), ${after}) + 1)) * ${gridMs}`;
  return [
    next,
    { columns: [{ name: gridColumn, sql: points }], drop: [until] },
    // A snapshot may stand at several points: their time is the order now.
    { columns: [{ name: "ord", sql: `toUInt128(${gridColumn})` }] },
  ];
}

/** Bins are whole numbers; a row without one is left out. */
function binLevels(by: readonly LevelColumn[], names: readonly string[]): RowLevel[] {
  if (by.length === 0) return [];
  return [
    { columns: by.map((item) => ({ ...item, sql: `toInt64(${item.sql})` })) },
    {
      where: { name: "where", sql: names.map((name) => `isNotNull(${rawBin(name)})`).join(" AND ") },
      columns: names.map((name) => ({ name, sql: `assumeNotNull(${rawBin(name)})` })),
      drop: names.map(rawBin),
    },
  ];
}

function rawBin(name: string): string {
  return `${name}__raw`;
}

/** The last snapshot as of each trade: books stand behind the trades of their millisecond in the order of events. */
function lookupLevels(
  lookups: readonly { readonly lookup: Lookup; readonly uses: readonly LookupUse[] }[],
): RowLevel[] {
  if (lookups.length === 0) return [];
  const found = ({ name }: Lookup): string => `${name}__found`;
  const unique = (uses: readonly LookupUse[]): LookupUse[] => [
    ...new Map(uses.map((use) => [use.name, use])).values(),
  ];
  return [
    {
      columns: lookups.map(({ lookup, uses }) => {
        const values = unique(uses).map(({ sql, isArray }) => (isArray ? sql : `toNullable(${sql})`));
        const seen = `tuple(toNullable(timestamp), ${values.join(", ")})`;
        const { isSeen, window } = seenBy(lookup);
        return { name: found(lookup), sql: `argMaxIf(${seen}, ord, ${isSeen}) OVER ${window}` };
      }),
    },
    {
      columns: lookups.flatMap(({ lookup, uses }) =>
        unique(uses).map(({ name, isArray }, index) => {
          const value = `tupleElement(${found(lookup)}, ${index + 2})`;
          const age = `${momentOf(lookup)} - ${ms(`tupleElement(${found(lookup)}, 1)`)}`;
          const isFresh = `ifNull(${age} <= ${lookup.maxAgeMs ?? 0}, false)`;
          const sql =
            lookup.maxAgeMs === undefined ? value : `if(${isFresh}, ${value}, ${isArray ? "[]" : "NULL"})`;
          return { name, sql };
        }),
      ),
      drop: lookups.map(({ lookup }) => found(lookup)),
    },
  ];
}

/** Which snapshots of the bucket's rows a lookup may find: as of the row, so long after it, or as of the bucket's end. */
function seenBy({ of, afterMs, strict }: Lookup): { readonly isSeen: string; readonly window: string } {
  if (of === "bucket") {
    const end = afterMs === 0 ? "bucket_ts_end" : `bucket_ts_end + toIntervalMillisecond(${afterMs})`;
    return { isSeen: `is_trade = 0 AND timestamp < ${end}`, window: rowWindow("bucket") };
  }
  if (strict) return { isSeen: "is_trade = 0", window: rowWindow("so_far") };
  const [order, last] =
    afterMs === 0 ? ["timestamp", "CURRENT ROW"] : [ms("timestamp"), `${afterMs} FOLLOWING`];
  const frame = `RANGE BETWEEN UNBOUNDED PRECEDING AND ${last}`;
  return {
    isSeen: "is_trade = 0",
    window: `(PARTITION BY ${placeColumn} ORDER BY ${order} ${frame})`,
  };
}

/** The moment of which a lookup is, in epoch ms. */
function momentOf({ of, afterMs }: Lookup): string {
  const start = ms(of === "bucket" ? "bucket_ts_end" : "timestamp");
  return afterMs === 0 ? start : `${start} + ${afterMs}`;
}
