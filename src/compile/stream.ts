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
import { identifierOf, isSymbol, tokenize } from "./expression/tokens.js";
import { bucketColumnTypes, streamTableName, triggerColumns } from "./names.js";
import { sourceRelation } from "./source-relation.js";
import { spanOf } from "./span.js";

const streamTemplate = sqlTemplate(import.meta.url, "stream");
const tradesTemplate = sqlTemplate(import.meta.url, "trades-rows");
const booksTemplate = sqlTemplate(import.meta.url, "books-rows");
const booksAheadTemplate = sqlTemplate(import.meta.url, "books-ahead-rows");
const eventsTemplate = sqlTemplate(import.meta.url, "events-rows");

/** The sources whose rows a stream holds. */
export const streamSources: Readonly<Record<StreamName, readonly SourceName[]>> = {
  trades: ["trades"],
  books: ["orderbooks"],
  events: ["trades", "orderbooks"],
};

/** What the views of a stream read of it. Streams carry nothing else: a block of theirs must fit into one insert. */
export interface StreamUsage {
  readonly stream: StreamName;
  /** Row columns, in the order of the definition below. */
  readonly columns: readonly string[];
  /** Deepest book level that is read; undefined: all of them. 0 for trades. */
  readonly levels: number | undefined;
  /** Books are read so long beyond the bucket's end: of a view with a delay, which therefore has a stream of its own. */
  readonly aheadMs?: number;
}

interface RowColumn {
  readonly type: string;
  /** Over the joined row `j`; `{tick}` stands for the instrument's tick size in lots. */
  readonly sql: string;
}

const bookArrays = ["bid_px", "bid_qty", "ask_px", "ask_qty"] as const;
const tradeValues = ["price", "quantity", "side"] as const;
const milliseconds = "toUInt128(toUnixTimestamp64Milli(j.timestamp))";
const orders: Readonly<Record<StreamName, string>> = {
  trades: `bitShiftLeft(${milliseconds}, 64) + j.trade_seq`,
  books: `bitShiftLeft(${milliseconds}, 64) + j.book_seq`,
  // One bit between time and sequence: trades stand before the snapshots of the same millisecond.
  events: `bitShiftLeft(${milliseconds}, 65) + bitShiftLeft(toUInt128(1 - j.is_trade), 64) + j.seq`,
};

const bookColumns: Readonly<Record<string, RowColumn>> = {
  ...Object.fromEntries(
    bookArrays.map((name) => [name, { type: "Array(Float64)", sql: `CAST(j.${name} AS Array(Float64))` }]),
  ),
  mid: { type: "Nullable(Float64)", sql: midOf("toFloat64(j.bid_px[1])", "toFloat64(j.ask_px[1])") },
  carry: { type: "UInt8", sql: "j.carry" },
};

/** An element beyond the end of an array is 0, so an empty side fails the first or the second comparison. */
function midOf(bid: string, ask: string): string {
  return `if(${bid} > 0 AND ${ask} > ${bid}, (${bid} + ${ask}) / 2, NULL)`;
}

const tradeColumns: Readonly<Record<string, RowColumn>> = {
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

/** The same, NULL for a snapshot, whose price, quantity and side stand as 0 in the joined rows. */
const tradeColumnsOfEvents = Object.fromEntries(
  Object.entries(tradeColumns).map(([name, { type, sql }]) => [
    name,
    {
      type: type.startsWith("Nullable") ? type : `Nullable(${type})`,
      sql: `if(j.is_trade = 1, ${sql}, NULL)`,
    },
  ]),
);

function rowColumns(stream: StreamName): Readonly<Record<string, RowColumn>> {
  return {
    timestamp: { type: "DateTime64(3, 'UTC')", sql: "j.timestamp" },
    ord: { type: "UInt128", sql: orders[stream] },
    ...(stream === "trades" ? tradeColumns : {}),
    ...(stream === "books" ? bookColumns : {}),
    ...(stream === "events"
      ? { is_trade: { type: "UInt8", sql: "j.is_trade" }, ...tradeColumnsOfEvents, ...bookColumns }
      : {}),
  };
}

/** The names that an expression may use of a stream's rows; the Decimal twins are the compiler's own. */
export function streamRowColumns(stream: StreamName): readonly string[] {
  return Object.keys(rowColumns(stream));
}

/** A row column of a stream over a joined row `j`. */
export function streamRowSql(project: Project, stream: StreamName, name: string): string {
  return (rowColumns(stream)[name]?.sql ?? "").replace("{tick}", tickLots(project));
}

/** What compiled expressions read of a stream. */
export function streamUsage(stream: StreamName, expressions: readonly string[]): StreamUsage {
  const known = rowColumns(stream);
  const used = new Set<string>();
  let levels: number | undefined = 0;
  for (const expression of expressions) {
    const tokens = tokenize(expression);
    tokens.forEach((token, index) => {
      const name = identifierOf(token);
      if (name === undefined || !Object.hasOwn(known, name)) return;
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
    columns: [...bucketColumnTypes(triggerColumns), ...rows],
    engine: "Null",
    orderBy: [],
    comment: `Rows of ${streamSources[usage.stream].join(" and ")} that belong to just-closed buckets of ${clock.name}`,
  };
}

/**
 * The SELECT that joins a source's rows to buckets. `buckets` is the relation of the buckets to compute, as FROM-text that
 * may be repeated: a trigger table, or the name of a common table expression.
 */
export function streamSelect(project: Project, clock: Clock, usage: StreamUsage, buckets: string): string {
  const columns = [
    ...triggerColumns.map((name) => `j.${name} AS ${name}`),
    ...usage.columns.map((name) => `${streamRowSql(project, usage.stream, name)} AS ${name}`),
  ].join(",\n");
  return streamTemplate({
    span: spanOf(buckets),
    columns,
    buckets,
    rows: joinedRows(project, clock, usage, buckets),
  });
}

/** Rows of the sources, each with the columns of its bucket. */
function joinedRows(project: Project, clock: Clock, usage: StreamUsage, buckets: string): string {
  const arrays = bookArrays.filter(
    (name) => usage.columns.includes(name) || (name.endsWith("_px") && needsMid(usage)),
  );
  switch (usage.stream) {
    case "trades":
      return tradeRows(project, buckets);
    case "books":
      return bookRows(project, clock, { usage, buckets, arrays });
    case "events":
      return eventsTemplate({
        bucket_names: triggerColumns.join(", "),
        trade_values: tradeValues.join(", "),
        no_values: "toDecimal64(0, 8) AS price, toDecimal128(0, 8) AS quantity, '' AS side",
        levels: listed(arrays),
        no_levels: arrays.length === 0 ? "0 AS none" : arrays.map((name) => `[] AS ${name}`).join(", "),
        trades: tradeRows(project, buckets),
        books: bookRows(project, clock, { usage, buckets, arrays }),
      });
  }
}

function tradeRows(project: Project, buckets: string): string {
  const read = ["exchange", "market_type", "symbol", "timestamp", "trade_seq", ...tradeValues];
  return tradesTemplate({
    buckets,
    trades: sourceRelation(project, "trades", [...read, "available_at", "late"]),
  });
}

interface BookRowsOptions {
  readonly usage: StreamUsage;
  readonly buckets: string;
  readonly arrays: readonly string[];
}

function bookRows(project: Project, clock: Clock, { usage, buckets, arrays }: BookRowsOptions): string {
  const key = ["exchange", "market_type", "symbol", "timestamp", "book_seq"];
  const slots = {
    buckets,
    bounds: quoteName(bucketsName(project, clock.name)),
    books: sourceRelation(project, "orderbooks", [...key, ...arrays, "available_at"]),
    book_gap_ms: String(clock.bookGapMs),
    bucket_columns: triggerColumns.map((name) => `b.${name} AS ${name}`).join(",\n"),
    levels: listed(
      arrays.map((name) =>
        usage.levels === undefined ? name : `arraySlice(${name}, 1, ${usage.levels}) AS ${name}`,
      ),
    ),
    snapshot_levels: listed(arrays.map((name) => `s.${name} AS ${name}`)),
  };
  if (usage.aheadMs === undefined) return booksTemplate(slots);
  return booksAheadTemplate({ ...slots, ahead_ms: String(usage.aheadMs), slot_ms: String(slotMs) });
}

/** A snapshot is joined with the buckets that it belongs to by slots of time: there is no range join that is fast. */
const slotMs = 10_000;

function needsMid(usage: StreamUsage): boolean {
  return usage.columns.includes("mid");
}

/** A slot may not be empty: a view that reads only `ord` and `carry` still selects something. */
function listed(items: readonly string[]): string {
  return items.length === 0 ? "0 AS none" : items.join(", ");
}

/** The symbol of a row that the sources gave, where its instrument is looked up. */
export const rowSymbol = "j.symbol";

/** The tick size of a row's instrument in lots, from features.yaml; 0 for an instrument that is not there. */
function tickLots(project: Project): string {
  const cases = project.instruments.map((instrument) => {
    const key = ["j.exchange", "j.market_type", rowSymbol].map((name) => `${name} = `);
    const values = instrumentName(instrument)
      .split("/")
      .map((part) => `'${part}'`);
    return `${key.map((text, index) => text + (values[index] ?? "''")).join(" AND ")}, reinterpretAsInt64(toDecimal64('${instrument.tickSize}', 8))`;
  });
  return cases.length === 0 ? "toInt64(0)" : `multiIf(${cases.join(", ")}, toInt64(0))`;
}
