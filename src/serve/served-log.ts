import type { Engine } from "../engine/port.js";
import type { OnlineStore } from "../online/online-store.js";
import type { ServedVector } from "../online/served-vector.js";
import type { TableName } from "../schema/object.js";

/** A version of a vector of one instrument that is served. */
interface ServedRows {
  readonly vector: ServedVector;
  readonly instrument: string;
  readonly buckets: number;
}

/**
 * Notes in the table `fetches` which instruments' rows are served, once for each version of a vector: what somebody may have acted on is
 * not cut anew without being asked, as with rows that were fetched. Instruments that get their first row later are noted then.
 */
export class ServedLog {
  readonly #engine: Pick<Engine, "insert">;
  readonly #table: TableName;
  readonly #store: OnlineStore;
  readonly #noted = new Set<string>();
  #writing: Promise<void> = Promise.resolve();
  readonly #stop: () => void;

  private constructor(engine: Pick<Engine, "insert">, table: TableName, store: OnlineStore) {
    this.#engine = engine;
    this.#table = table;
    this.#store = store;
    this.#stop = store.onRow(({ vector, instrument }) => {
      if (!this.#noted.has(keyOf(vector, instrument))) void this.note().catch(() => undefined);
    });
  }

  /** Resolves when what is in memory is noted; only then it may be served. */
  static async open(
    engine: Pick<Engine, "insert">,
    table: TableName,
    store: OnlineStore,
  ): Promise<ServedLog> {
    const log = new ServedLog(engine, table, store);
    await log.note();
    return log;
  }

  /** Notes what is not noted yet. What could not be written is tried again with the next row. */
  note(): Promise<void> {
    const run = this.#writing.then(async () => {
      const rows = this.#store.vectors.flatMap((vector) =>
        this.#store
          .instruments(vector.name)
          .filter((instrument) => !this.#noted.has(keyOf(vector, instrument)))
          .map(
            (instrument): ServedRows => ({
              vector,
              instrument,
              buckets: this.#store.size(vector.name, instrument),
            }),
          ),
      );
      if (rows.length === 0) return;
      await this.#engine.insert(this.#table, block(rows));
      for (const { vector, instrument } of rows) this.#noted.add(keyOf(vector, instrument));
    });
    this.#writing = run.catch(() => undefined);
    return run;
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    this.#stop();
    await this.#writing;
  }
}

function keyOf({ name, fingerprint }: ServedVector, instrument: string): string {
  return `${name} ${fingerprint} ${instrument}`;
}

function block(rows: readonly ServedRows[]) {
  const text = (name: string, value: (row: ServedRows) => string) => ({
    name,
    type: "String",
    values: rows.map(value),
  });
  const part = (place: number) => (row: ServedRows) => row.instrument.split("/")[place] ?? "";
  return {
    rows: rows.length,
    columns: [
      text("exchange", part(0)),
      text("market_type", part(1)),
      text("symbol", part(2)),
      text("vector", ({ vector }) => vector.name),
      text("version", ({ vector }) => vector.table.name),
      {
        name: "buckets",
        type: "UInt64",
        values: BigUint64Array.from(rows, ({ buckets }) => BigInt(buckets)),
      },
    ],
  };
}
