/**
 * Streams: the rows of a source that belong to just-closed buckets. One SELECT text serves the live trigger (the buckets
 * are the inserted block), the backfill (a range of stored buckets) and verification (a sample of them): only the relation
 * that names the buckets differs.
 */
import { bucketsName } from "../schema/clock-tables.js";
import type { Column, Table } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import type { Clock, Project, SourceName, StreamName } from "../spec/model.js";
import { instrumentName } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import type { Path } from "./catalog.js";
import { isSymbol, tokenize } from "./expression/tokens.js";
import { bucketColumns, bucketColumnTypes, streamTableName } from "./names.js";
import { sourceRelation } from "./source-relation.js";

const tradesTemplate = sqlTemplate(import.meta.url, "trades-stream");
const booksTemplate = sqlTemplate(import.meta.url, "books-stream");

export const streamSource: Readonly<Record<StreamName, SourceName>> = {
  trades: "trades",
  books: "orderbooks",
};

/** What the views of a stream read of it. Streams carry nothing else: a block of theirs must fit into one insert. */
export interface StreamUsage {
  readonly stream: StreamName;
  /** Row columns, in the order of the definition below. */
  readonly columns: readonly string[];
  /** Deepest book level that is read; undefined: all of them. 0 for trades. */
  readonly levels: number | undefined;
}

interface RowColumn {
  readonly type: string;
  /** Over the joined row `j`; `{tick}` stands for the instrument's tick size in lots. */
  readonly sql: string;
}

const bookArrays = ["bid_px", "bid_qty", "ask_px", "ask_qty"] as const;
const sequenceOf: Readonly<Record<StreamName, string>> = { trades: "trade_seq", books: "book_seq" };

function rowColumns(stream: StreamName): Readonly<Record<string, RowColumn>> {
  const shared = {
    timestamp: { type: "DateTime64(3, 'UTC')", sql: "j.timestamp" },
    ord: {
      type: "UInt128",
      sql: `bitShiftLeft(toUInt128(toUnixTimestamp64Milli(j.timestamp)), 64) + j.${sequenceOf[stream]}`,
    },
  };
  if (stream === "trades") {
    return {
      ...shared,
      price: { type: "Float64", sql: "toFloat64(j.price)" },
      quantity: { type: "Float64", sql: "toFloat64(j.quantity)" },
      quote: { type: "Float64", sql: "toFloat64(toDecimal256(j.price, 8) * j.quantity)" },
      side: { type: "Int8", sql: "if(j.side = 'buy', 1, -1)" },
      price_lots: { type: "Int64", sql: "reinterpretAsInt64(toDecimal64(j.price, 8))" },
      quantity_lots: { type: "Int128", sql: "reinterpretAsInt128(toDecimal128(j.quantity, 8))" },
      price_ticks: {
        type: "Nullable(Int64)",
        sql: "intDiv(reinterpretAsInt64(toDecimal64(j.price, 8)), nullIf({tick}, 0))",
      },
      price_exact: { type: "Decimal(76, 8)", sql: "toDecimal256(j.price, 8)" },
      quantity_exact: { type: "Decimal(76, 8)", sql: "toDecimal256(j.quantity, 8)" },
      quote_exact: { type: "Decimal(76, 16)", sql: "toDecimal256(j.price, 8) * toDecimal256(j.quantity, 8)" },
    };
  }
  const best = "toFloat64(j.bid_px[1])";
  const ask = "toFloat64(j.ask_px[1])";
  return {
    ...shared,
    ...Object.fromEntries(
      bookArrays.map((name) => [name, { type: "Array(Float64)", sql: `CAST(j.${name} AS Array(Float64))` }]),
    ),
    mid: {
      type: "Nullable(Float64)",
      // An element beyond the end of an array is 0, so an empty side fails the first or the second comparison.
      sql: `if(${best} > 0 AND ${ask} > ${best}, (${best} + ${ask}) / 2, NULL)`,
    },
    carry: { type: "UInt8", sql: "j.carry" },
  };
}

/** The names that an expression may use of a stream's rows; the Decimal twins are the compiler's own. */
export function streamRowColumns(stream: StreamName): readonly string[] {
  return Object.keys(rowColumns(stream));
}

/** What compiled expressions read of a stream. */
export function streamUsage(stream: StreamName, expressions: readonly string[]): StreamUsage {
  const known = rowColumns(stream);
  const used = new Set<string>();
  let levels: number | undefined = 0;
  for (const expression of expressions) {
    const tokens = tokenize(expression);
    tokens.forEach((token, index) => {
      const name = token.kind === "quoted" ? token.text.slice(1, -1) : token.text;
      if ((token.kind !== "name" && token.kind !== "quoted") || !Object.hasOwn(known, name)) return;
      used.add(name);
      if (name === "mid") levels = levels === undefined ? undefined : Math.max(levels, 1);
      if (!bookArrays.some((array) => array === name)) return;
      const level = tokens[index + 2];
      const literal =
        isSymbol(tokens[index + 1], "[") && isSymbol(tokens[index + 3], "]") && level?.kind === "number";
      levels = literal && levels !== undefined ? Math.max(levels, Number(level.text)) : undefined;
    });
  }
  return { stream, columns: Object.keys(known).filter((name) => used.has(name)), levels };
}

/** The usage that serves both. */
export function unionUsage(stream: StreamName, usages: readonly StreamUsage[]): StreamUsage {
  const used = new Set(usages.flatMap((usage) => usage.columns));
  return {
    stream,
    columns: streamRowColumns(stream).filter((name) => used.has(name)),
    levels: usages.reduce<number | undefined>(
      (deepest, usage) =>
        deepest === undefined || usage.levels === undefined ? undefined : Math.max(deepest, usage.levels),
      0,
    ),
  };
}

/** The Null table that holds a stream's rows for the length of an insert. */
export function streamTable(project: Project, clock: Clock, usage: StreamUsage, path: Path): Table {
  const known = rowColumns(usage.stream);
  const rows: Column[] = usage.columns.map((name) => ({ name, type: known[name]?.type ?? "String" }));
  return {
    kind: "table",
    ...streamTableName(project.databases.features, clock.name, usage.stream, path),
    columns: [...bucketColumnTypes(bucketColumns), ...rows],
    engine: "Null",
    orderBy: [],
    comment: `Rows of ${streamSource[usage.stream]} that belong to just-closed buckets of ${clock.name}`,
  };
}

/**
 * The SELECT that joins a source's rows to buckets. `buckets` is the relation of the buckets to compute, as FROM-text that
 * may be repeated: a trigger table, or the name of a common table expression.
 */
export function streamSelect(project: Project, clock: Clock, usage: StreamUsage, buckets: string): string {
  const known = rowColumns(usage.stream);
  const columns = [
    ...bucketColumns.map((name) => `j.${name} AS ${name}`),
    ...usage.columns.map(
      (name) => `${(known[name]?.sql ?? "").replace("{tick}", tickLots(project))} AS ${name}`,
    ),
  ].join(",\n");
  const source = streamSource[usage.stream];
  if (usage.stream === "trades") {
    const read = ["exchange", "market_type", "symbol", "timestamp", "trade_seq", "price", "quantity", "side"];
    return tradesTemplate({
      columns,
      buckets,
      trades: sourceRelation(project, source, [...read, "available_at", "late"]),
    });
  }
  const arrays = bookArrays.filter(
    (name) => usage.columns.includes(name) || (name.endsWith("_px") && needsMid(usage)),
  );
  const key = ["exchange", "market_type", "symbol", "timestamp", "book_seq"];
  return booksTemplate({
    columns,
    buckets,
    bounds: quoteName(bucketsName(project, clock.name)),
    books: sourceRelation(project, source, [...key, ...arrays, "available_at"]),
    book_gap_ms: String(clock.bookGapMs),
    bucket_columns: bucketColumns.map((name) => `b.${name} AS ${name}`).join(",\n"),
    levels: listed(
      arrays.map((name) =>
        usage.levels === undefined ? name : `arraySlice(${name}, 1, ${usage.levels}) AS ${name}`,
      ),
    ),
    snapshot_levels: listed(arrays.map((name) => `s.${name} AS ${name}`)),
  });
}

function needsMid(usage: StreamUsage): boolean {
  return usage.columns.includes("mid");
}

/** A slot may not be empty: a view that reads only `ord` and `carry` still selects something. */
function listed(items: readonly string[]): string {
  return items.length === 0 ? "0 AS none" : items.join(", ");
}

/** The tick size of a row's instrument in lots, from features.yaml; 0 for an instrument that is not there. */
function tickLots(project: Project): string {
  const cases = project.instruments.map((instrument) => {
    const key = (["exchange", "market_type", "symbol"] as const).map((name) => `j.${name} = `);
    const values = instrumentName(instrument)
      .split("/")
      .map((part) => `'${part}'`);
    return `${key.map((text, index) => text + (values[index] ?? "''")).join(" AND ")}, reinterpretAsInt64(toDecimal64('${instrument.tickSize}', 8))`;
  });
  return cases.length === 0 ? "toInt64(0)" : `multiIf(${cases.join(", ")}, toInt64(0))`;
}
