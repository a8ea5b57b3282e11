/** Stores the oracle's rows in the raw tables as they are, without the file ingest. */
import { parseLots } from "../../src/clock/decimal.js";
import { sourceTable } from "../../src/compile/source-relation.js";
import type { NativeColumn } from "../../src/engine/native.js";
import type { SourceName } from "../../src/spec/model.js";
import type { BookRow, InstrumentColumns, StoredTrade } from "./oracle/rows.js";
import type { SlowRows } from "./random-slow-rows.js";
import type { Deployment } from "./stock-deployment.js";

type RawTarget = Pick<Deployment, "engine" | "project">;

export async function storeTrades(deployment: RawTarget, trades: readonly StoredTrade[]): Promise<void> {
  await store(deployment, "trades", trades, [
    column("trade_seq", "UInt64", trades, (trade) => BigInt(trade.trade_seq)),
    column("trade_id", "String", trades, (trade) => trade.trade_id),
    column("price", "Decimal(18, 8)", trades, (trade) => parseLots(trade.price)),
    column("quantity", "Decimal(38, 8)", trades, (trade) => parseLots(trade.quantity)),
    column("side", "String", trades, (trade) => trade.side),
    column("late", "UInt8", trades, (trade) => trade.late),
  ]);
}

export async function storeBooks(deployment: RawTarget, books: readonly BookRow[]): Promise<void> {
  await store(deployment, "orderbooks", books, [
    column("book_seq", "UInt64", books, (book) => BigInt(book.book_seq)),
    column("bid_px", "Array(Decimal(18, 8))", books, (book) => book.bid_px.map(parseLots)),
    column("bid_qty", "Array(Decimal(38, 8))", books, (book) => book.bid_qty.map(parseLots)),
    column("ask_px", "Array(Decimal(18, 8))", books, (book) => book.ask_px.map(parseLots)),
    column("ask_qty", "Array(Decimal(38, 8))", books, (book) => book.ask_qty.map(parseLots)),
  ]);
}

/** A row of `funding_rates`, with the columns that tests look at. */
export interface FundingRow extends InstrumentColumns {
  readonly timestamp: number;
  readonly available_at: number;
  readonly seq: number;
  readonly funding_rate: string;
  /** Epoch ms, where the row is a settlement. */
  readonly funding_time?: number;
  readonly next_funding_time?: number;
  readonly mark_price?: string;
  readonly index_price?: string;
}

export async function storeFunding(deployment: RawTarget, rows: readonly FundingRow[]): Promise<void> {
  await store(deployment, "funding_rates", rows, [
    column("seq", "UInt64", rows, (row) => BigInt(row.seq)),
    column("funding_rate", "Nullable(Decimal(18, 8))", rows, (row) => parseLots(row.funding_rate)),
    column("funding_time", "Nullable(DateTime64(3, 'UTC'))", rows, (row) => timeOrNull(row.funding_time)),
    column("next_funding_time", "Nullable(DateTime64(3, 'UTC'))", rows, (row) =>
      timeOrNull(row.next_funding_time),
    ),
    column("mark_price", "Nullable(Decimal(18, 8))", rows, (row) => lotsOrNull(row.mark_price)),
    column("index_price", "Nullable(Decimal(18, 8))", rows, (row) => lotsOrNull(row.index_price)),
  ]);
}

function lotsOrNull(text: string | undefined): bigint | null {
  return text === undefined ? null : parseLots(text);
}

function timeOrNull(ms: number | undefined): bigint | null {
  return ms === undefined ? null : BigInt(ms);
}

/** A row of `open_interests`. */
export interface InterestRow extends InstrumentColumns {
  readonly timestamp: number;
  readonly available_at: number;
  readonly seq: number;
  readonly open_interest: string;
}

export async function storeInterest(deployment: RawTarget, rows: readonly InterestRow[]): Promise<void> {
  await store(deployment, "open_interests", rows, [
    column("seq", "UInt64", rows, (row) => BigInt(row.seq)),
    column("open_interest", "Decimal(38, 8)", rows, (row) => parseLots(row.open_interest)),
  ]);
}

/** A row of `volatility_indices`. */
export interface VolatilityIndexRow extends InstrumentColumns {
  readonly timestamp: number;
  readonly available_at: number;
  readonly seq: number;
  readonly index_value: string;
}

export async function storeVolatilityIndices(
  deployment: RawTarget,
  rows: readonly VolatilityIndexRow[],
): Promise<void> {
  await store(deployment, "volatility_indices", rows, [
    column("seq", "UInt64", rows, (row) => BigInt(row.seq)),
    column("index_value", "Decimal(18, 8)", rows, (row) => parseLots(row.index_value)),
    column("underlying_asset", "String", rows, () => "BTC"),
  ]);
}

/** Rows of all sources that come once in a while. */
export async function storeSlowRows(deployment: RawTarget, rows: SlowRows): Promise<void> {
  await storeFunding(deployment, rows.funding);
  await storeInterest(deployment, rows.interest);
  await storeVolatilityIndices(deployment, rows.indices);
  await storeLiquidations(deployment, rows.liquidations);
}

/** A row of `liquidations`; `side` is the order's. */
export interface LiquidationRow extends InstrumentColumns {
  readonly timestamp: number;
  readonly available_at: number;
  readonly liquidation_id: string;
  readonly side: "buy" | "sell";
  readonly price: string;
  readonly quantity: string;
}

export async function storeLiquidations(
  deployment: RawTarget,
  rows: readonly LiquidationRow[],
): Promise<void> {
  await store(deployment, "liquidations", rows, [
    column("liquidation_id", "String", rows, (row) => row.liquidation_id),
    column("side", "String", rows, (row) => row.side),
    column("price", "Decimal(18, 8)", rows, (row) => parseLots(row.price)),
    column("quantity", "Decimal(38, 8)", rows, (row) => parseLots(row.quantity)),
  ]);
}

type RawRow = InstrumentColumns & { readonly timestamp: number; readonly available_at: number };

async function store(
  { engine, project }: RawTarget,
  source: SourceName,
  rows: readonly RawRow[],
  columns: readonly NativeColumn[],
): Promise<void> {
  const time = "DateTime64(3, 'UTC')";
  await engine.insert(sourceTable(project, source), {
    rows: rows.length,
    columns: [
      column("exchange", "String", rows, (row) => row.exchange),
      column("market_type", "String", rows, (row) => row.market_type),
      column("symbol", "String", rows, (row) => row.symbol),
      column("timestamp", time, rows, (row) => BigInt(row.timestamp)),
      column("available_at", time, rows, (row) => BigInt(row.available_at)),
      ...columns,
    ],
  });
}

function column<Row>(
  name: string,
  type: string,
  rows: readonly Row[],
  of: (row: Row) => unknown,
): NativeColumn {
  return { name, type, values: rows.map(of) };
}
