/**
 * The last rows of one vector and instrument. Values are raw, bit for bit those of the vector's table; NULL is a bit of its own, so
 * that no Float64 has to stand for it.
 */

/** A row as it is kept. Times in epoch ms. `values` holds 0 where `nulls` has the feature's bit (bit `i % 8` of byte `i / 8`). */
export interface VectorRow {
  readonly bucketId: number;
  readonly bucketTsStart: number;
  readonly bucketTsEnd: number;
  /** When the row may be used: the vector's lag is in it. */
  readonly availableAt: number;
  /** `v` of the table's row: the attempt that computed it. */
  readonly version: bigint;
  readonly values: Float64Array;
  readonly nulls: Uint8Array;
}

export function isNull(row: Pick<VectorRow, "nulls">, feature: number): boolean {
  return (((row.nulls[feature >> 3] ?? 0) >> (feature & 7)) & 1) === 1;
}

/** Bytes of a null bitmap. */
export function bitmapBytes(features: number): number {
  return (features + 7) >> 3;
}

const headColumns = 4;

/** What the object through which a row is read takes, about. */
const viewBytes = 400;

export class VectorRing {
  readonly #features: number;
  readonly #capacity: number;
  readonly #bitmap: number;
  readonly #values: Float64Array;
  readonly #nulls: Uint8Array;
  /** bucketId, bucketTsStart, bucketTsEnd, availableAt of each place. */
  readonly #heads: Float64Array;
  readonly #versions: BigUint64Array;
  /** Each place as it is read, once it was; another object after the place was written again. */
  readonly #views: (VectorRow | undefined)[];
  #size = 0;
  #newest = -1;

  constructor(features: number, capacity: number) {
    this.#features = features;
    this.#capacity = capacity;
    this.#bitmap = bitmapBytes(features);
    this.#values = new Float64Array(features * capacity);
    this.#nulls = new Uint8Array(this.#bitmap * capacity);
    this.#heads = new Float64Array(headColumns * capacity);
    this.#versions = new BigUint64Array(capacity);
    this.#views = Array.from({ length: capacity }, () => undefined);
  }

  /** What a ring of this shape takes, in bytes; known before it is made. */
  static bytes(features: number, capacity: number): number {
    return capacity * (8 * features + bitmapBytes(features) + 8 * headColumns + 8 + viewBytes);
  }

  get size(): number {
    return this.#size;
  }

  /** 0: empty. */
  get newestId(): number {
    return this.#size === 0 ? 0 : this.#head(this.#newest, 0);
  }

  get oldestId(): number {
    return this.#size === 0 ? 0 : this.newestId - this.#size + 1;
  }

  /**
   * Adds the next bucket's row, or replaces that of a bucket that is held, unless the held one is of a later attempt. Nothing changes
   * when buckets between would be missing (`gap`), or the row is older than all that are held (`old`).
   */
  put(row: VectorRow): "added" | "replaced" | "old" | "gap" {
    if (this.#size === 0 || row.bucketId === this.newestId + 1) {
      this.#newest = (this.#newest + 1) % this.#capacity;
      this.#size = Math.min(this.#size + 1, this.#capacity);
      this.#write(this.#newest, row);
      return "added";
    }
    if (row.bucketId > this.newestId) return "gap";
    const place = this.#placeOf(row.bucketId);
    if (place === undefined || row.version < (this.#versions[place] ?? 0n)) return "old";
    this.#write(place, row);
    return "replaced";
  }

  clear(): void {
    this.#size = 0;
    this.#newest = -1;
  }

  /** A view of a bucket's row, good until the next `put`, and the same object until then; undefined: not held. */
  byId(bucketId: number): VectorRow | undefined {
    const place = this.#placeOf(bucketId);
    return place === undefined ? undefined : this.#view(place);
  }

  /** The newest row with `availableAt <= at`: the one that a point-in-time read at that moment gives. */
  latest(at: number): VectorRow | undefined {
    const back = this.#newestUsable(at);
    return back === undefined ? undefined : this.#view(this.#back(back));
  }

  /** Up to `length` rows that end with `latest(at)`, oldest first. */
  sequence(length: number, at: number): VectorRow[] {
    const first = this.#newestUsable(at);
    if (first === undefined) return [];
    const count = Math.min(length, this.#size - first);
    return Array.from({ length: count }, (_, index) => this.#view(this.#back(first + count - 1 - index)));
  }

  /** How many rows before the newest one the newest usable one is. `availableAt` never falls along the ids. */
  #newestUsable(at: number): number | undefined {
    for (let back = 0; back < this.#size; back++) {
      if (this.#head(this.#back(back), 3) <= at) return back;
    }
    return undefined;
  }

  #placeOf(bucketId: number): number | undefined {
    const back = this.newestId - bucketId;
    return back >= 0 && back < this.#size ? this.#back(back) : undefined;
  }

  #back(rows: number): number {
    return (this.#newest - rows + this.#capacity) % this.#capacity;
  }

  #head(place: number, column: number): number {
    return this.#heads[place * headColumns + column] ?? 0;
  }

  #view(place: number): VectorRow {
    const kept = this.#views[place];
    if (kept !== undefined) return kept;
    const view = {
      bucketId: this.#head(place, 0),
      bucketTsStart: this.#head(place, 1),
      bucketTsEnd: this.#head(place, 2),
      availableAt: this.#head(place, 3),
      version: this.#versions[place] ?? 0n,
      values: this.#values.subarray(place * this.#features, (place + 1) * this.#features),
      nulls: this.#nulls.subarray(place * this.#bitmap, (place + 1) * this.#bitmap),
    };
    this.#views[place] = view;
    return view;
  }

  #write(place: number, row: VectorRow): void {
    this.#views[place] = undefined;
    this.#heads.set([row.bucketId, row.bucketTsStart, row.bucketTsEnd, row.availableAt], place * headColumns);
    this.#versions[place] = row.version;
    this.#values.set(row.values, place * this.#features);
    this.#nulls.set(row.nulls, place * this.#bitmap);
  }
}
