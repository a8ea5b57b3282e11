/** A project of one instrument that holds the stock views that a golden case needs, with the case's parameters. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { parseLots } from "../../src/clock/decimal.js";
import type { Catalog, CompiledObject } from "../../src/compile/catalog.js";
import { draftViews } from "../../src/compile/compile-project.js";
import { storedKey } from "../../src/compile/feature-table.js";
import { viewExpressionSelect } from "../../src/compile/view-select.js";
import type { NativeColumn } from "../../src/engine/native.js";
import type { Engine } from "../../src/engine/port.js";
import { bucketsName } from "../../src/schema/clock-tables.js";
import { fitsName } from "../../src/schema/fits-table.js";
import type { TableName } from "../../src/schema/object.js";
import { quoteIdentifier, quoteName } from "../../src/schema/quote.js";
import { renderCreate } from "../../src/schema/render.js";
import type { FeatureView, Project, ProjectSpecs } from "../../src/spec/model.js";
import { parseProject } from "../../src/spec/parse-project.js";
import { compiledApart } from "../support/apart.js";
import type { BookRow, StoredTrade } from "../support/oracle/rows.js";
import {
  type FundingRow,
  type LiquidationRow,
  storeBooks,
  storeFunding,
  storeLiquidations,
  storeTrades,
} from "../support/raw-rows.js";
import { packageRoot } from "../support/run-feature.js";

/** The parsed YAML of a stock view, to be changed in place: `params`, `windows`, … */
// biome-ignore lint/suspicious/noExplicitAny: a YAML document of any shape
export type ViewYaml = any;

export interface StageOptions {
  /** Stock views to build; what they read is built too. */
  readonly views: readonly string[];
  /** Puts a case's parameters in place of the stock view's. */
  readonly change?: Readonly<Record<string, (view: ViewYaml) => void>>;
  /** The same stock view several times with different parameters: name of the copy → what it is a copy of, and its change. */
  readonly copies?: Readonly<
    Record<string, { readonly of: string; readonly change: (view: ViewYaml) => void }>
  >;
  readonly tickSize?: string;
  readonly bookGapMs?: number;
  /** So many instruments, each with rows of its own: cheaper than a stage for each. */
  readonly series?: number;
}

export interface GoldenBucket {
  readonly start: number;
  /** Not in the bucket. */
  readonly end: number;
  /** The end of the bucket before; its own start for the first one. */
  readonly prevEnd?: number;
  /** What was traded in it, as a decimal; 0 if a case's views do not ask for it. */
  readonly volume?: string;
}

export interface GoldenTrade {
  readonly ts: number;
  readonly price: number | string;
  readonly qty: number | string;
  readonly side: string;
}

/** Price and size, best level first. */
type Levels = readonly (readonly [number, number])[];
export interface GoldenBook {
  readonly ts: number;
  readonly bids: Levels;
  readonly asks: Levels;
}

export interface GoldenLiquidation {
  readonly ts: number;
  readonly price: number;
  readonly qty: number;
  readonly liquidated: "long" | "short";
}

export type ViewRow = Readonly<Record<string, number | null>>;

/** Cases count from time 0, which the tables' partitions and retention do not like; all times are moved by this. */
const epoch = Date.UTC(2024, 0, 2);
/** Instruments are numbered from 0. */
const instrument = (series: number) => ({ exchange: "golden", market_type: "spot", symbol: `CASE${series}` });
let stages = 0;
const opened: Stage[] = [];

/** Drops what stages have built: an engine that keeps every case's tables gets slower with each. */
export async function dropStages(): Promise<void> {
  for (const { engine, catalog } of opened.splice(0)) {
    for (const database of catalog.databases)
      await engine.execute(`DROP DATABASE ${quoteIdentifier(database)} SYNC`);
  }
}

export class Stage {
  readonly engine: Engine;
  readonly project: Project;
  readonly catalog: Catalog;
  /** Epoch milliseconds of a case's time 0. */
  readonly epoch = epoch;
  readonly #views: readonly FeatureView[];

  private constructor(engine: Engine, specs: ProjectSpecs, catalog: Catalog) {
    this.engine = engine;
    this.project = specs.project;
    this.catalog = catalog;
    this.#views = specs.views;
  }

  static async open(engine: Engine, options: StageOptions): Promise<Stage> {
    const specs = parseProject(stageFiles(options, `golden${++stages}_`), {}, "/golden");
    // A case gives the rows of one view at a time.
    const catalog = compiledApart(specs);
    for (const database of catalog.databases) {
      await engine.execute(`CREATE DATABASE ${quoteIdentifier(database)} ENGINE = Atomic`);
    }
    const stage = new Stage(engine, specs, catalog);
    opened.push(stage);
    // Triggers are not built, so only the tables that a SELECT names are needed, and those that adapters store rows in.
    const stored = catalog.objects.flatMap(({ alias, tables }) => (alias === undefined ? [] : tables));
    const isRow = ({ database, name }: TableName): boolean =>
      database === specs.project.databases.raw && (name === "trades" || name === "orderbooks");
    const selects = catalog.objects.map(({ backfill = "" }) => backfill).join("\n");
    const tables = [...catalog.raw, ...catalog.clockTables].filter(
      (table) => isRow(table) || selects.includes(quoteName(table)),
    );
    for (const table of [...tables, ...stored]) await engine.execute(renderCreate(table));
    for (const { alias } of catalog.objects) if (alias) await engine.execute(renderCreate(alias));
    return stage;
  }

  async trades(trades: readonly GoldenTrade[], series = 0): Promise<void> {
    const rows = trades.map(
      (trade, index): StoredTrade => ({
        ...instrument(series),
        timestamp: epoch + trade.ts,
        available_at: epoch + trade.ts,
        trade_seq: index + 1,
        trade_id: String(index + 1),
        price: decimal(trade.price),
        quantity: decimal(trade.qty),
        side: trade.side === "buy" ? "buy" : "sell",
        late: 0,
      }),
    );
    await storeTrades(this, rows);
  }

  async books(books: readonly GoldenBook[], series = 0): Promise<void> {
    const rows = books.map(
      ({ ts, bids, asks }, index): BookRow => ({
        ...instrument(series),
        timestamp: epoch + ts,
        available_at: epoch + ts,
        book_seq: index + 1,
        bid_px: bids.map(([price]) => decimal(price)),
        bid_qty: bids.map(([, size]) => decimal(size)),
        ask_px: asks.map(([price]) => decimal(price)),
        ask_qty: asks.map(([, size]) => decimal(size)),
      }),
    );
    await storeBooks(this, rows);
  }

  /** Settlements, each known at once. */
  async settlements(
    rows: readonly {
      readonly ts: number;
      readonly rate: number;
      readonly settledTs: number;
      readonly nextTs?: number;
    }[],
  ): Promise<void> {
    const settled = rows.map(
      ({ ts, rate, settledTs, nextTs }, index): FundingRow => ({
        ...instrument(0),
        timestamp: epoch + ts,
        available_at: epoch + ts,
        seq: index + 1,
        funding_rate: decimal(rate),
        funding_time: epoch + settledTs,
        ...(nextTs === undefined ? {} : { next_funding_time: epoch + nextTs }),
      }),
    );
    await storeFunding(this, settled);
  }

  /** Liquidation orders, each known at once; a long is closed by selling. */
  async liquidations(rows: readonly GoldenLiquidation[]): Promise<void> {
    const orders = rows.map(
      ({ ts, price, qty, liquidated }, index): LiquidationRow => ({
        ...instrument(0),
        timestamp: epoch + ts,
        available_at: epoch + ts,
        liquidation_id: String(index + 1).padStart(6, "0"),
        side: liquidated === "long" ? "sell" : "buy",
        price: decimal(price),
        quantity: decimal(qty),
      }),
    );
    await storeLiquidations(this, orders);
  }

  /** Closed buckets with ids from 1. */
  async buckets(buckets: readonly GoldenBucket[], series = 0, clock = "ubt"): Promise<void> {
    await this.#insert(bucketsName(this.project, clock), buckets, [], series);
  }

  /** Buckets and, in an upstream view's table, the values that a case gives for it. */
  async store(view: string, buckets: readonly GoldenBucket[], rows: readonly ViewRow[]): Promise<void> {
    const object = this.#object(view);
    const columns = object.columns.map(({ name }) => ({
      name,
      type: "Nullable(Float64)",
      values: rows.map((row) => row[name] ?? null),
    }));
    await this.#insert(object.tables[0] ?? never(), buckets, columns);
  }

  async #insert(
    table: TableName,
    buckets: readonly GoldenBucket[],
    columns: readonly NativeColumn[],
    series = 0,
  ): Promise<void> {
    const isBuckets = columns.length === 0;
    const time = (name: string, of: (bucket: GoldenBucket) => number) => ({
      name,
      type: "DateTime64(3, 'UTC')",
      values: buckets.map((bucket) => BigInt(epoch + of(bucket))),
    });
    const prevEnd = (bucket: GoldenBucket, index: number): number =>
      bucket.prevEnd ?? buckets[index - 1]?.end ?? bucket.start;
    await this.engine.insert(table, {
      rows: buckets.length,
      columns: [
        ...Object.entries(instrument(series)).map(([name, value]) => ({
          name,
          type: "String",
          values: buckets.map(() => value),
        })),
        { name: "bucket_id", type: "UInt64", values: buckets.map((_, index) => BigInt(index + 1)) },
        time("bucket_ts_start", (bucket) => bucket.start),
        time("bucket_ts_end", (bucket) => bucket.end),
        time("available_at", (bucket) => bucket.end),
        ...(isBuckets ? [time("prev_ts_end", (bucket) => prevEnd(bucket, buckets.indexOf(bucket)))] : []),
        ...(isBuckets
          ? [
              {
                name: "vol",
                type: "Decimal(38, 8)",
                values: buckets.map(({ volume = "0" }) => parseLots(volume)),
              },
            ]
          : []),
        { name: "v", type: "UInt64", values: buckets.map(() => 1n) },
        ...columns,
      ],
    });
  }

  /** Runs the compiled SELECT of a view over all buckets and gives the rows of its alias, by series and bucket (and bin). */
  async rows(view: string): Promise<ViewRow[]> {
    const object = this.#object(view);
    if (object.backfill === undefined || object.alias === undefined) return never();
    await this.engine.execute(object.backfill);
    const keys = object.columns.filter(({ name }) => !(storedKey as readonly string[]).includes(name));
    const columns = keys.map(({ name }) => quoteIdentifier(name));
    const rows = await this.engine.rows<Record<string, unknown>>(
      `SELECT toUInt32(substring(symbol, 5)) AS series, bucket_id, toUnixTimestamp64Milli(bucket_ts_end) - ${epoch} AS bucket_end, ${columns.join(", ")}
       FROM ${quoteName(object.alias)} ORDER BY ALL`,
    );
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value === null ? null : Number(value)]),
      ),
    );
  }

  /**
   * Intermediate expressions (`let:`) of a view over views for the last bucket: its compiled SELECT as it stands before columns are
   * taken from it. The views below must have been computed by `rows`.
   */
  async intermediates(view: string, names: readonly string[]): Promise<Record<string, unknown>> {
    const draft = draftViews(this.#views).find((one) => one.view.name === view) ?? never();
    const upstream = this.#object(view).upstream.map((id) => this.#object(id.replace("view:", "")));
    const bounds = quoteName(bucketsName(this.project, draft.view.clock));
    const tables = { bounds, fits: quoteName(fitsName(this.project)) };
    const select = viewExpressionSelect(draft, upstream, "buckets", tables);
    const [row = {}] = await this.engine.rows<Record<string, unknown>>(
      `WITH buckets AS (SELECT * FROM ${bounds} FINAL)
       SELECT ${names.map(quoteIdentifier).join(", ")} FROM (${select}) ORDER BY bucket_id DESC LIMIT 1`,
    );
    return row;
  }

  #object(view: string): CompiledObject {
    return this.catalog.objects.find(({ kind, name }) => kind === "view" && name === view) ?? never();
  }
}

function stageFiles(
  { views, change = {}, copies = {}, tickSize = "0.01", bookGapMs = 120_000, series = 1 }: StageOptions,
  prefix: string,
) {
  const folder = join(packageRoot, "features");
  const stock = new Map<string, ViewYaml>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
    const yaml = parse(readFileSync(join(folder, file), "utf8")) as ViewYaml;
    stock.set(yaml.view, yaml);
  }
  const needed = new Map<string, ViewYaml>();
  const need = (name: string): void => {
    const yaml = stock.get(name);
    if (yaml === undefined || needed.has(name)) return;
    needed.set(name, yaml);
    const over = [yaml.from, yaml.over_by?.view, yaml.as_of].flat();
    for (const upstream of over) if (typeof upstream === "string") need(upstream);
  };
  views.forEach(need);
  for (const [name, { of }] of Object.entries(copies)) {
    need(of);
    needed.set(name, { ...structuredClone(stock.get(of)), view: name });
  }
  const project = {
    project: "golden",
    engine: "embedded",
    targets: { embedded: { engine: "embedded", path: "db" } },
    databases: Object.fromEntries(
      ["raw", "cold", "features", "registry"].map((name) => [name, `${prefix}${name}`]),
    ),
    instruments: Object.fromEntries(
      Array.from({ length: series }, (_, index) => [
        Object.values(instrument(index)).join("/"),
        { tick_size: tickSize, lot_size: "0.00000001", base: "CASE", quote: "USD" },
      ]),
    ),
    clocks: { ubt: { size: "1", book_gap: `${bookGapMs}ms` } },
    retention: { raw: "none", features: "none" },
  };
  return [
    { path: "features.yaml", text: stringify(project) },
    ...[...needed].map(([name, yaml]) => {
      (copies[name]?.change ?? change[name])?.(yaml);
      return { path: `features/${name}.yaml`, text: stringify(yaml) };
    }),
  ];
}

/** Plain text of a number with at most 8 decimals, never in scientific notation. */
function decimal(value: number | string): string {
  return typeof value === "string" ? value : value.toFixed(8).replace(/\.?0+$/, "");
}

function never(): never {
  throw new Error("the stage has no such view");
}
