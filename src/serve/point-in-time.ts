/** Point-in-time reads of a list of moments: the query of `feature fetch`, over a table that lives as long as the request. */
import type { CompiledSelect } from "../compile/kysely/compiled-select.js";
import { pointInTimeQuery } from "../compile/point-in-time.js";
import { areFew, type SpineContents } from "../compile/spine.js";
import type { NativeBlock } from "../engine/native.js";
import { withStaging } from "../fetch/staging-tables.js";
import type { ServedVector } from "../online/served-vector.js";
import { instrumentColumns, timeType } from "../schema/common-columns.js";
import type { TableName } from "../schema/object.js";
import { renderCreate } from "../schema/render.js";
import { parseInstrumentName } from "../spec/instrument-name.js";
import type { InstrumentKey } from "../spec/model.js";
import { HttpError } from "./http-error.js";
import type { Service } from "./service.js";

/** A moment of decision: instrument by name, `ts` in epoch ms. */
export interface Moment {
  readonly instrument: string;
  readonly ts: number;
}

/** Requests of this kind at a time, and those that may wait: the engine has few readers, and live closes come first. */
const running = 2;
const waiting = 8;

export class PointInTimeReader {
  readonly #service: Service;
  #active = 0;
  readonly #queue: (() => void)[] = [];

  constructor(service: Service) {
    this.#service = service;
  }

  /** Runs `use` with the query whose rows come in the moments' order; its table is dropped when `use` is done. */
  async read<T>(
    vector: ServedVector,
    moments: readonly Moment[],
    use: (query: CompiledSelect) => Promise<T>,
  ): Promise<T> {
    const keys = keysOf(moments);
    const { engine, database } = this.#service;
    await this.#enter();
    try {
      return await withStaging(engine, database, async ({ spine }) => {
        await engine.execute(renderCreate(momentsTable(spine)));
        await engine.insert(spine, momentsBlock(moments, keys));
        return use(
          pointInTimeQuery({
            spine: {
              table: spine,
              columns: ["row", "exchange", "market_type", "symbol", "ts"],
              orderBy: "row",
              contents: contentsOf(moments, keys),
            },
            vector,
            maxAgeMs: vector.maxAgeMs,
          }),
        );
      });
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#active < running) {
      this.#active++;
      return;
    }
    if (this.#queue.length >= waiting) {
      throw new HttpError("unavailable", "Too many point-in-time requests at once; try again in a moment.");
    }
    // The place is handed on by whoever leaves.
    await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  #leave(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#active--;
    else next();
  }
}

function momentsTable(name: TableName) {
  return {
    kind: "table",
    ...name,
    columns: [{ name: "row", type: "UInt64" }, ...instrumentColumns, { name: "ts", type: timeType }],
    engine: "Memory",
    orderBy: [],
  } as const;
}

function keysOf(moments: readonly Moment[]): InstrumentKey[] {
  const known = new Map<string, InstrumentKey>();
  return moments.map(({ instrument }) => {
    const found = known.get(instrument);
    if (found !== undefined) return found;
    const key = parseInstrumentName(instrument);
    if ("problem" in key) throw new HttpError("bad_request", `An instrument is malformed: ${key.problem}.`);
    known.set(instrument, key);
    return key;
  });
}

function contentsOf(moments: readonly Moment[], keys: readonly InstrumentKey[]): SpineContents | undefined {
  const words = {
    exchange: [...new Set(keys.map(({ exchange }) => exchange))],
    market_type: [...new Set(keys.map(({ marketType }) => marketType))],
    symbol: [...new Set(keys.map(({ symbol }) => symbol))],
  };
  if (!areFew(words)) return undefined;
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { ts } of moments) {
    firstMs = Math.min(firstMs, ts);
    lastMs = Math.max(lastMs, ts);
  }
  return { range: { firstMs, lastMs }, words };
}

function momentsBlock(moments: readonly Moment[], keys: readonly InstrumentKey[]): NativeBlock {
  return {
    rows: moments.length,
    columns: [
      { name: "row", type: "UInt64", values: BigUint64Array.from(moments, (_, index) => BigInt(index)) },
      { name: "exchange", type: "String", values: keys.map(({ exchange }) => exchange) },
      { name: "market_type", type: "String", values: keys.map(({ marketType }) => marketType) },
      { name: "symbol", type: "String", values: keys.map(({ symbol }) => symbol) },
      { name: "ts", type: timeType, values: BigInt64Array.from(moments, ({ ts }) => BigInt(ts)) },
    ],
  };
}
