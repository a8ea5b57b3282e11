/** Rows of files that are stored as time goes, in the order in which they became known. */
import { bucketsName } from "../../schema/clock-tables.js";
import { quoteIdentifier, quoteName } from "../../schema/quote.js";
import { type InstrumentKey, instrumentName, type SourceName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import { markDirtyBuckets } from "../store/mark-dirty.js";
import { ofInstruments, type StoreContext, storedTable } from "../store/store-context.js";
import { storedColumns } from "../store/store-source.js";
import type { HeldTables } from "./held-tables.js";

const dueTrades = sqlTemplate(import.meta.url, "due-trades");
const dueRows = sqlTemplate(import.meta.url, "due-rows");
const dueSpan = sqlTemplate(import.meta.url, "due-span");
const dueSlice = sqlTemplate(import.meta.url, "due-slice");
const storeDue = sqlTemplate(import.meta.url, "store-due");
const nextTrades = sqlTemplate(import.meta.url, "next-trades");
const closedSince = sqlTemplate(import.meta.url, "closed-since");

interface NextRow {
  readonly exchange: string;
  readonly market_type: InstrumentKey["marketType"];
  readonly symbol: string;
  readonly next: string;
}

export class HeldRows {
  readonly #context: StoreContext;
  readonly #held: HeldTables;
  /** Trades last: what they close finds the books of its time. */
  readonly #sources: readonly SourceName[];
  #spans: { readonly first: number; readonly last: number } | undefined;
  #at = Number.NEGATIVE_INFINITY;
  #mayMarkDirty = false;
  #next = new Map<string, number>();

  constructor(context: StoreContext, held: HeldTables) {
    this.#context = context;
    this.#held = held;
    this.#sources = [
      ...held.sources.filter((source) => source !== "trades"),
      ...held.sources.filter((source) => source === "trades"),
    ];
  }

  /** When the first and the last row become visible, epoch ms; undefined: all rows were stored before. */
  get span(): { readonly first: number; readonly last: number } | undefined {
    return this.#spans;
  }

  /** Whether rows may change buckets that were closed before this replay began. */
  get mayMarkDirty(): boolean {
    return this.#mayMarkDirty;
  }

  get instruments(): readonly InstrumentKey[] {
    return this.#context.instruments.instruments;
  }

  /** Works out when each row becomes visible. */
  async open(): Promise<void> {
    const { engine, project, instruments } = this.#context;
    const times: number[] = [];
    for (const source of this.#sources) {
      const due = quoteName(this.#held.due(source));
      const held = quoteName(this.#held.table(source));
      await engine.execute((source === "trades" ? dueTrades : dueRows)({ due, held }));
      const [span] = await engine.rows<{ rows: string; first: string; last: string }>(dueSpan({ due }));
      if (span !== undefined && Number(span.rows) > 0) times.push(Number(span.first), Number(span.last));
    }
    if (times.length === 0) return;
    const first = Math.min(...times);
    this.#spans = { first, last: Math.max(...times) };
    for (const clock of Object.values(project.clocks)) {
      const buckets = quoteName(bucketsName(project, clock.name));
      const found = await engine.rows(closedSince({ buckets, of_instruments: ofInstruments }), {
        params: { ...instruments.keyParams, first, book_gap_ms: clock.bookGapMs },
      });
      if (found.length > 0) this.#mayMarkDirty = true;
    }
  }

  /** Stores the rows that become visible by `at` (epoch ms) and were not stored yet. */
  async storeUntil(at: number): Promise<void> {
    const { engine, id } = this.#context;
    const from = Math.max(this.#at, 0);
    for (const source of this.#sources) {
      const due = quoteName(this.#held.due(source));
      const params = { from, to: at };
      if (source === "orderbooks" && this.#mayMarkDirty) {
        const slice = dueSlice({ due });
        await markDirtyBuckets(this.#context, source, slice, "true", {
          from: 0,
          after: from,
          until: at,
          intent: `replay-${id}-${at}`,
        });
      }
      const columns = storedColumns(source).map(([name]) => quoteIdentifier(name));
      await engine.execute(
        storeDue({ table: quoteName(storedTable(this.#context, source)), columns: columns.join(", "), due }),
        { params, settings: { insert_deduplication_token: `${source}-${id}-${at}` } },
      );
    }
    this.#at = at;
    await this.#readNext();
  }

  /**
   * How far an instrument may be cut: up to the first trade that is not visible yet. Undefined: to its last trade, as at the end of files.
   */
  watermark(instrument: InstrumentKey): number | undefined {
    const next = this.#next.get(instrumentName(instrument));
    return next === undefined ? undefined : Math.min(next, this.#at);
  }

  async #readNext(): Promise<void> {
    if (!this.#sources.includes("trades")) return;
    const due = quoteName(this.#held.due("trades"));
    const rows = await this.#context.engine.rows<NextRow>(nextTrades({ due }), { params: { at: this.#at } });
    this.#next = new Map(
      rows.map(({ exchange, market_type: marketType, symbol, next }) => [
        instrumentName({ exchange, marketType, symbol }),
        Number(next),
      ]),
    );
  }
}
