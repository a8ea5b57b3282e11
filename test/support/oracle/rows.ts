/**
 * Plain rows, keyed like the tables. Times are epoch milliseconds, decimals plain text, 64-bit integers numbers that stay
 * below 2^53.
 */

export interface InstrumentColumns {
  readonly exchange: string;
  readonly market_type: string;
  readonly symbol: string;
}

export interface TradeRow extends InstrumentColumns {
  readonly timestamp: number;
  readonly trade_seq: number;
  readonly trade_id: string;
  readonly price: string;
  readonly quantity: string;
  /** The taker's. */
  readonly side: "buy" | "sell";
  readonly available_at: number;
}

export interface StoredTrade extends TradeRow {
  readonly late: 0 | 1;
}

export interface BookRow extends InstrumentColumns {
  readonly timestamp: number;
  /** Orders the snapshots of one millisecond. */
  readonly book_seq: number;
  /** Best first; a side may be empty. */
  readonly bid_px: readonly string[];
  readonly bid_qty: readonly string[];
  readonly ask_px: readonly string[];
  readonly ask_qty: readonly string[];
  readonly available_at: number;
}

export interface BucketRow extends InstrumentColumns {
  readonly bucket_id: number;
  readonly bucket_ts_start: number;
  readonly bucket_ts_end: number;
  readonly prev_ts_end: number;
  readonly available_at: number;
  readonly trades: number;
  readonly vol: string;
  readonly vwap: number | null;
  readonly cut_trigger: "volume" | "time" | "count" | "max_trades" | "event" | "quality";
  readonly size: string;
}

export type BucketKey = Pick<
  BucketRow,
  keyof InstrumentColumns | "bucket_id" | "bucket_ts_start" | "bucket_ts_end" | "prev_ts_end" | "available_at"
>;

/** One row of a feature view: the bucket's keys and bounds, then the columns. */
export type FeatureRow<Columns> = BucketKey & { readonly [Column in keyof Columns]: Columns[Column] };

export function instrumentKey(row: InstrumentColumns): string {
  return `${row.exchange}/${row.market_type}/${row.symbol}`;
}

export function isSameInstrument(a: InstrumentColumns, b: InstrumentColumns): boolean {
  return a.symbol === b.symbol && a.market_type === b.market_type && a.exchange === b.exchange;
}

/** Rows of each instrument, in the order given; instruments in order of first appearance. */
export function byInstrument<Row extends InstrumentColumns>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(instrumentKey(row));
    if (group === undefined) groups.set(instrumentKey(row), [row]);
    else group.push(row);
  }
  return groups;
}

export function bucketKeyOf(bucket: BucketRow): BucketKey {
  const {
    exchange,
    market_type,
    symbol,
    bucket_id,
    bucket_ts_start,
    bucket_ts_end,
    prev_ts_end,
    available_at,
  } = bucket;
  return {
    exchange,
    market_type,
    symbol,
    bucket_id,
    bucket_ts_start,
    bucket_ts_end,
    prev_ts_end,
    available_at,
  };
}

/** Order within an instrument, and the one in which trades are merged and consumed. */
export function inTradeOrder(trades: readonly TradeRow[]): TradeRow[] {
  return [...trades].sort(
    (a, b) => a.timestamp - b.timestamp || a.trade_seq - b.trade_seq || compareText(a.trade_id, b.trade_id),
  );
}

export function inBookOrder(books: readonly BookRow[]): BookRow[] {
  return [...books].sort((a, b) => a.timestamp - b.timestamp || a.book_seq - b.book_seq);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
