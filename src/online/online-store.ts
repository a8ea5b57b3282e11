import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { instrumentName } from "../spec/model.js";
import { type BucketSpan, readNewest, readRows } from "./read-rows.js";
import type { ServedVector } from "./served-vector.js";
import { VectorRing, type VectorRow } from "./vector-ring.js";

/** A row, and how old it is at the moment of asking. */
export interface Reading {
  readonly row: VectorRow;
  /** Since the row could be used. */
  readonly ageMs: number;
  /** Older than the vector's `max_age`: a point-in-time read gives NULL here. The instrument is degraded. */
  readonly isStale: boolean;
}

/** A row that came into memory after the warm start. */
export interface RowEvent {
  readonly vector: ServedVector;
  readonly instrument: string;
  readonly row: VectorRow;
  /** When it came, by the store's clock. */
  readonly at: number;
}

export interface OnlineStoreOptions {
  readonly reader: Reader;
  readonly vectors: readonly ServedVector[];
  /** Epoch ms; a replay has a clock of its own. */
  readonly now: () => number;
  /** What all rings together may take. */
  readonly maxBytes?: number;
}

export interface OnlineStats {
  readonly rings: number;
  readonly bytes: number;
  readonly maxBytes: number;
  /** Instruments (per vector) that found no room. */
  readonly refused: number;
}

const defaultMaxBytes = 256 * 1024 * 1024;

interface Held {
  readonly vector: ServedVector;
  readonly rings: Map<string, VectorRing>;
  /** The highest attempt that was seen of an instrument. */
  readonly versions: Map<string, bigint>;
}

/**
 * The last rows of every (vector, instrument) in memory. Filled from the vectors' tables by `warm`; kept up to date by `closed` (called
 * by whoever closes buckets in this process) or by `poll` (when another process does). Reads never wait for the engine.
 */
export class OnlineStore {
  readonly #reader: Reader;
  readonly #now: () => number;
  readonly #maxBytes: number;
  /** By name; a vector of another version takes the place of the one before. */
  readonly #held = new Map<string, Held>();
  readonly #refused = new Set<string>();
  readonly #listeners = new Set<(event: RowEvent) => void>();
  #bytes = 0;
  #queue: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor({ reader, vectors, now, maxBytes = defaultMaxBytes }: OnlineStoreOptions) {
    this.#reader = reader;
    this.#now = now;
    this.#maxBytes = maxBytes;
    for (const vector of vectors) this.#held.set(vector.name, emptyHeld(vector));
  }

  get vectors(): readonly ServedVector[] {
    return [...this.#held.values()].map(({ vector }) => vector);
  }

  get stats(): OnlineStats {
    const rings = [...this.#held.values()].reduce((sum, held) => sum + held.rings.size, 0);
    return { rings, bytes: this.#bytes, maxBytes: this.#maxBytes, refused: this.#refused.size };
  }

  vector(name: string): ServedVector | undefined {
    return this.#held.get(name)?.vector;
  }

  /** Instruments that are held of a vector, in order of name. */
  instruments(vector: string): string[] {
    return [...(this.#held.get(vector)?.rings.keys() ?? [])].sort();
  }

  holds(vector: string, instrument: string): boolean {
    return this.#held.get(vector)?.rings.has(instrument) === true;
  }

  /** Rows that are held of an instrument. */
  size(vector: string, instrument: string): number {
    return this.#held.get(vector)?.rings.get(instrument)?.size ?? 0;
  }

  /** The newest row that may be used now; undefined where there is none. */
  latest(vector: string, instrument: string): Reading | undefined {
    const held = this.#held.get(vector);
    const now = this.#now();
    const row = held?.rings.get(instrument)?.latest(now);
    if (held === undefined || row === undefined) return undefined;
    const ageMs = now - row.availableAt;
    return { row, ageMs, isStale: ageMs > held.vector.maxAgeMs };
  }

  /** Up to `length` rows (the vector's `history` at most) that end with the latest one, oldest first. */
  sequence(vector: string, instrument: string, length: number): VectorRow[] {
    return this.#held.get(vector)?.rings.get(instrument)?.sequence(length, this.#now()) ?? [];
  }

  /** The row of one bucket, also before it may be used; undefined: not in memory. */
  byId(vector: string, instrument: string, bucketId: number): VectorRow | undefined {
    return this.#held.get(vector)?.rings.get(instrument)?.byId(bucketId);
  }

  /** Calls `listener` with every new row; returns how to end that. */
  onRow(listener: (event: RowEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Fills the rings from the tables.
   * @throws FeatureError FS_SERVE_MEMORY when they do not fit
   */
  async warm(): Promise<void> {
    await this.#serial(() => this.#refreshAll(false));
    if (this.#refused.size === 0) return;
    const needed = Math.ceil(this.#bytes / 2 ** 20);
    throw new FeatureError(
      "FS_SERVE_MEMORY",
      `The last rows of ${this.#refused.size} more instruments do not fit into ${this.#maxBytes / 2 ** 20} MiB (${needed} MiB are taken).`,
    );
  }

  /**
   * Takes up buckets of `clock` that were computed in this process, anew or again. Resolves when they can be read; calls may
   * overlap, and take effect in their order.
   */
  closed(clock: string, spans: readonly BucketSpan[]): Promise<void> {
    return this.#serial(async () => {
      for (const held of this.#held.values()) {
        if (held.vector.clock === clock) await this.#take(held, spans);
      }
    });
  }

  /** Takes up what another process stored since the last look. */
  poll(): Promise<void> {
    return this.#serial(() => this.#refreshAll(true));
  }

  /**
   * Serves another version of a vector that it holds. Its rings are filled first, then it takes the place of the one before at once:
   * no reader sees a vector half of one version. When that fails, the one before is served on.
   */
  adopt(vector: ServedVector): Promise<void> {
    return this.#serial(async () => {
      const before = this.#held.get(vector.name);
      if (before === undefined || before.vector.fingerprint === vector.fingerprint) return;
      const next = emptyHeld(vector);
      const bytes = this.#bytes;
      // What is left counts as free: for a moment both are there.
      this.#bytes -= bytesOf(before);
      try {
        await this.#refresh(next, false);
      } catch (error) {
        this.#bytes = bytes;
        throw error;
      }
      this.#held.set(vector.name, next);
    });
  }

  /** What made the last update fail; undefined once one succeeds. */
  get failure(): unknown {
    return this.#failure;
  }

  #serial(work: () => Promise<void>): Promise<void> {
    const run = this.#queue.then(work).then(
      () => {
        this.#failure = undefined;
      },
      (error: unknown) => {
        this.#failure = error;
        throw error;
      },
    );
    this.#queue = run.catch(() => undefined);
    return run;
  }

  async #refreshAll(isTold: boolean): Promise<void> {
    for (const held of this.#held.values()) await this.#refresh(held, isTold);
  }

  async #refresh(held: Held, isTold: boolean): Promise<void> {
    const spans: BucketSpan[] = [];
    for (const { instrument, last, version } of await readNewest(this.#reader, held.vector)) {
      const name = instrumentName(instrument);
      if (held.versions.get(name) === version && held.rings.get(name)?.newestId === last) continue;
      // Ids that fell: the instrument was cut anew, and what is held is of buckets that are no more.
      if (last < (held.rings.get(name)?.newestId ?? 0)) held.rings.get(name)?.clear();
      spans.push({ instrument, from: Math.max(1, last - held.vector.history + 1), to: last });
      held.versions.set(name, version);
    }
    if (spans.length > 0) await this.#store(held, spans, isTold);
  }

  /** Only what a ring can hold is read; where a ring would get a hole it is filled anew. */
  async #take(held: Held, spans: readonly BucketSpan[]): Promise<void> {
    const { history } = held.vector;
    const wanted = spans.map((span): BucketSpan => {
      const newest = held.rings.get(instrumentName(span.instrument))?.newestId ?? 0;
      const oldest = Math.max(1, Math.max(newest, span.to) - history + 1);
      const isHole = newest === 0 || span.from > newest + 1;
      return { ...span, from: isHole ? oldest : Math.max(span.from, oldest) };
    });
    const useful = wanted.filter(({ from, to }) => from <= to);
    if (useful.length > 0) await this.#store(held, useful, true);
  }

  async #store(held: Held, spans: readonly BucketSpan[], isTold: boolean): Promise<void> {
    for (const { instrument, row } of await readRows(this.#reader, held.vector, spans)) {
      const ring = this.#ringOf(held, instrument);
      if (ring === undefined) continue;
      let outcome = ring.put(row);
      if (outcome === "gap") {
        // Spans reach back as far as the ring does: what is held ends before them.
        ring.clear();
        outcome = ring.put(row);
      }
      if (row.version > (held.versions.get(instrument) ?? 0n)) held.versions.set(instrument, row.version);
      if (outcome === "added" && isTold)
        this.#tell({ vector: held.vector, instrument, row, at: this.#now() });
    }
  }

  #ringOf(held: Held, instrument: string): VectorRing | undefined {
    const found = held.rings.get(instrument);
    if (found !== undefined) return found;
    const { features, history } = held.vector;
    const bytes = VectorRing.bytes(features.length, history);
    if (this.#bytes + bytes > this.#maxBytes) {
      this.#refused.add(`${held.vector.name} ${instrument}`);
      return undefined;
    }
    const ring = new VectorRing(features.length, history);
    this.#bytes += bytes;
    held.rings.set(instrument, ring);
    return ring;
  }

  #tell(event: RowEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function emptyHeld(vector: ServedVector): Held {
  return { vector, rings: new Map(), versions: new Map() };
}

function bytesOf({ vector: { features, history }, rings }: Held): number {
  return rings.size * VectorRing.bytes(features.length, history);
}
