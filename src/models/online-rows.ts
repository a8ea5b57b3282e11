import { vectorColumnName } from "../compile/vector.js";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { OnlineStore } from "../online/online-store.js";
import type { BucketSpan } from "../online/read-rows.js";
import type { TableName } from "../schema/object.js";
import type { ModelRow } from "./model-row.js";
import type { RowSource } from "./predictor.js";
import type { LoadedVersion } from "./served-model.js";

export interface OnlineRowsOptions {
  readonly reader: Reader;
  /** The vectors as the service serves them. */
  readonly store: OnlineStore;
  /** Epoch ms; the clock of the store. */
  readonly now: () => number;
  /** What the store and the rings beside it may take, counted when a ring is made. */
  readonly maxBytes: number;
  /** The table of a vector's version; undefined when the target does not have it. */
  readonly tableOf: (vector: string, fingerprint: string) => Promise<TableName | undefined>;
}

/**
 * Rows for models from memory. A model that is pinned to the version that the service serves shares its rings; one that is pinned
 * to another version, or needs more rows than are kept there, gets rings of its own: it never reads other rows than those
 * that it was trained on.
 */
export class OnlineRows implements RowSource {
  readonly #options: OnlineRowsOptions;
  #own: ReadonlyMap<string, OnlineStore> = new Map();

  constructor(options: OnlineRowsOptions) {
    this.#options = options;
  }

  /**
   * Fills the rings that a version needs beside the store's; a text says why it can not have them. `apart`: also when the store has its
   * rows now, because it is about to serve another version of the vector.
   */
  async hold(version: LoadedVersion, apart = false): Promise<string | undefined> {
    const { vector, signature, fingerprint } = version.registered;
    const { steps } = version.model.plan;
    const found = this.#storeOf(vector.name, fingerprint, steps);
    if (found !== undefined && !(apart && found === this.#options.store)) return undefined;
    const { reader, now, store, maxBytes, tableOf } = this.#options;
    const table = await tableOf(vector.name, fingerprint);
    if (table === undefined) {
      return `the target no longer has the version ${fingerprint.slice(0, 8)} of ${vector.name}, which it was trained on`;
    }
    const taken = [store, ...this.#own.values()].reduce((sum, { stats }) => sum + stats.bytes, 0);
    const own = new OnlineStore({
      reader,
      now,
      maxBytes: Math.max(0, maxBytes - taken),
      vectors: [
        {
          name: vector.name,
          description: "",
          clock: vector.clock,
          history: Math.max(vector.history, steps),
          maxAgeMs: vector.maxAgeMs,
          lagMs: vector.lagMs,
          table,
          features: vector.features.map(({ view, column }) => vectorColumnName(view, column)),
          signature,
          fingerprint,
        },
      ],
    });
    try {
      await own.warm();
    } catch (error) {
      if (error instanceof FeatureError && error.code === "FS_SERVE_MEMORY") {
        return `the rows of its version of ${vector.name} do not fit into memory; --online-memory bounds it`;
      }
      throw error;
    }
    this.#own = new Map([...this.#own, [keyOf(vector.name, fingerprint), own]]);
    return undefined;
  }

  /** Lets rings go that none of these versions reads. */
  keep(versions: readonly LoadedVersion[]): void {
    const needed = new Set(
      versions.map(({ registered }) => keyOf(registered.vector.name, registered.fingerprint)),
    );
    this.#own = new Map([...this.#own].filter(([key]) => needed.has(key)));
  }

  /** As `OnlineStore.closed`, for the rings beside it. */
  async closed(clock: string, spans: readonly BucketSpan[]): Promise<void> {
    await Promise.all([...this.#own.values()].map((own) => own.closed(clock, spans)));
  }

  /** As `OnlineStore.poll`, for the rings beside it. */
  async poll(): Promise<void> {
    await Promise.all([...this.#own.values()].map((own) => own.poll()));
  }

  /** Whether there are rows of an instrument. */
  holds({ registered, model }: LoadedVersion, instrument: string): boolean {
    const { vector, fingerprint } = registered;
    const store = this.#storeOf(vector.name, fingerprint, model.plan.steps);
    return store?.holds(vector.name, instrument) === true;
  }

  rows(vector: string, fingerprint: string, instrument: string, length: number): readonly ModelRow[] {
    return this.#storeOf(vector, fingerprint, length)?.sequence(vector, instrument, length) ?? [];
  }

  #storeOf(name: string, fingerprint: string, length: number): OnlineStore | undefined {
    const isEnough = (store: OnlineStore | undefined): store is OnlineStore => {
      const vector = store?.vector(name);
      return vector?.fingerprint === fingerprint && vector.history >= length;
    };
    return [this.#options.store, this.#own.get(keyOf(name, fingerprint))].find(isEnough);
  }
}

function keyOf(vector: string, fingerprint: string): string {
  return `${vector} ${fingerprint}`;
}
