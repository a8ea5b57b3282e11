/**
 * What a view's `expect:` says, as one SELECT and a reading of its row: used on every close and by `feature verify`, so that both
 * mean the same.
 */
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import type { Expectation } from "../spec/model.js";
import type { CompiledObject } from "./catalog.js";
import { missing } from "./feature-table.js";

export type ExpectationRule = "not_null" | "null_share" | "min" | "max";

/** One rule of one column that does not hold for one instrument. */
export interface Breach {
  readonly exchange: string;
  readonly market_type: string;
  readonly symbol: string;
  readonly column: string;
  readonly rule: ExpectationRule;
  /** What was expected: the largest share, the smallest or the largest value; 0 for `not_null`. */
  readonly expected: number;
  /** What was found: a number of NULLs, a share, or the value furthest off. */
  readonly found: number;
  /** Rows that were looked at, and the last bucket that breaks the rule (of a share: the last one with NULL). */
  readonly rows: number;
  readonly bucketId: string;
}

/** A row of `expectationSelect`. Its numbers come as text where they have 64 bits. */
export type ExpectationRow = Readonly<Record<string, string | number | null>>;

/**
 * One row an instrument: how many rows, and for each expectation `i` what `breachesOf` reads. `relation` is FROM-text that gives
 * the key columns and the view's columns. The limits are bound parameters, see `expectationParams`.
 */
export function expectationSelect(expectations: readonly Expectation[], relation: string): string {
  const measures = expectations.flatMap(({ column, min, max }, index) => {
    const value = quoteIdentifier(column);
    const beyond = (rule: "min" | "max", sign: string): string[] => [
      `${rule}(${value}) AS ${rule}_${index}`,
      `maxIf(bucket_id, ${value} ${sign} {${rule}_${index}:Float64}) AS ${rule}_bucket_${index}`,
    ];
    return [
      `countIf(isNull(${value})) AS nulls_${index}`,
      `maxIf(bucket_id, isNull(${value})) AS nulls_bucket_${index}`,
      ...(min === undefined ? [] : beyond("min", "<")),
      ...(max === undefined ? [] : beyond("max", ">")),
    ];
  });
  return [
    "SELECT",
    `  ${["exchange", "market_type", "symbol", "count() AS rows", ...measures].join(",\n  ")}`,
    `FROM ${relation}`,
    "GROUP BY exchange, market_type, symbol",
    "ORDER BY exchange, market_type, symbol",
  ].join("\n");
}

/**
 * The SELECT over what is stored of a view, and its bound values. `where` is a condition on the key columns. A view with bins expects
 * nothing (spec/ refuses it), so each bucket is a row.
 */
export function expectationQuery(
  { storage, columns, name }: CompiledObject,
  expectations: readonly Expectation[],
  where: string,
): { readonly sql: string; readonly params: Readonly<Record<string, number>> } {
  if (storage === undefined) throw missing(`the table of ${name}`);
  const values = columns.map(
    (column) => `${quoteIdentifier(storage.columnPrefix + column.name)} AS ${quoteIdentifier(column.name)}`,
  );
  const relation =
    `(SELECT exchange, market_type, symbol, bucket_id, ${values.join(", ")} ` +
    `FROM ${quoteName(storage.table)} FINAL ${where})`;
  return { sql: expectationSelect(expectations, relation), params: expectationParams(expectations) };
}

export function expectationParams(expectations: readonly Expectation[]): Record<string, number> {
  return Object.fromEntries(
    expectations.flatMap(({ min, max }, index) => [
      ...(min === undefined ? [] : [[`min_${index}`, min] as const]),
      ...(max === undefined ? [] : [[`max_${index}`, max] as const]),
    ]),
  );
}

/** The rules that an instrument's rows break, in the order of the expectations. */
export function breachesOf(expectations: readonly Expectation[], row: ExpectationRow): Breach[] {
  const rows = Number(row.rows);
  return expectations.flatMap(({ column, notNull, nullShareMax, min, max }, index) => {
    const breach = (rule: ExpectationRule, expected: number, found: number, place: string): Breach => ({
      exchange: String(row.exchange),
      market_type: String(row.market_type),
      symbol: String(row.symbol),
      column,
      rule,
      expected,
      found,
      rows,
      bucketId: String(row[`${place}_bucket_${index}`]),
    });
    const nulls = Number(row[`nulls_${index}`]);
    const least = row[`min_${index}`] ?? null;
    const most = row[`max_${index}`] ?? null;
    const share = rows === 0 ? 0 : nulls / rows;
    const found: Breach[] = [];
    if (notNull && nulls > 0) found.push(breach("not_null", 0, nulls, "nulls"));
    if (nullShareMax !== undefined && share > nullShareMax)
      found.push(breach("null_share", nullShareMax, share, "nulls"));
    if (min !== undefined && least !== null && Number(least) < min)
      found.push(breach("min", min, Number(least), "min"));
    if (max !== undefined && most !== null && Number(most) > max)
      found.push(breach("max", max, Number(most), "max"));
    return found;
  });
}

export function instrumentOfBreach({ exchange, market_type, symbol }: Breach): string {
  return `${exchange}/${market_type}/${symbol}`;
}

/** A breach as a sentence, without its view and instrument. */
export function describeBreach({ column, rule, expected, found, rows }: Breach): string {
  switch (rule) {
    case "not_null":
      return `${column} is NULL in ${found} of ${rows} rows; it should never be`;
    case "null_share":
      return `${column} is NULL in ${(100 * found).toFixed(1)} % of ${rows} rows; at most ${100 * expected} % should be`;
    case "min":
      return `${column} is ${found} at its lowest; it should not be below ${expected}`;
    case "max":
      return `${column} is ${found} at its highest; it should not be above ${expected}`;
  }
}
