/** Rows as JSON text. Written by hand because JSON.stringify makes 0 of -0, and because the newest row is sent far more often than made. */
import type { Reading } from "../../online/online-store.js";
import type { ServedVector } from "../../online/served-vector.js";
import { isNull, type VectorRow } from "../../online/vector-ring.js";

/** Features of a vector as `"name":`, in its order. */
const labels = new WeakMap<ServedVector, readonly string[]>();

/** A number whose text reads back as the same bits; NULL as null. */
export function numberJson(value: number | null): string {
  if (value === null) return "null";
  return Object.is(value, -0) ? "-0" : String(value);
}

/** `"bucket_id":…,…,"features":{…}`: a row without the braces around it. */
export function rowFields(vector: ServedVector, row: Omit<VectorRow, "version">): string {
  let names = labels.get(vector);
  if (names === undefined) {
    names = vector.features.map((name) => `${JSON.stringify(name)}:`);
    labels.set(vector, names);
  }
  let features = "";
  for (const [place, name] of names.entries()) {
    const value = isNull(row, place) ? "null" : numberJson(row.values[place] ?? null);
    features += place === 0 ? name + value : `,${name}${value}`;
  }
  return `"bucket_id":${row.bucketId},"bucket_ts_start":${row.bucketTsStart},"bucket_ts_end":${row.bucketTsEnd},"available_at":${row.availableAt},"features":{${features}}`;
}

const noRow =
  '"bucket_id":null,"bucket_ts_start":null,"bucket_ts_end":null,"available_at":null,"features":null';

/** How an instrument stands: `stale` is older than `max_age`, `empty` has no row that may be used yet. */
export type Status = "fresh" | "stale" | "empty";

export function statusOf(reading: Reading | undefined): Status {
  if (reading === undefined) return "empty";
  return reading.isStale ? "stale" : "fresh";
}

interface Kept {
  readonly bucketId: number;
  readonly version: bigint;
  readonly text: string;
}

/** Writes latest rows, and keeps the text of each until the row changes. */
export class RowTexts {
  readonly #kept = new WeakMap<ServedVector, Map<string, Kept>>();

  /** One row of an answer. A stale row is shown only to those who asked for it, since a training set has NULL there. */
  latest(vector: ServedVector, instrument: string, reading: Reading | undefined, showStale: boolean): string {
    const status = statusOf(reading);
    const isShown = reading !== undefined && (status === "fresh" || showStale);
    const age = reading === undefined ? "null" : numberJson(reading.ageMs / 1000);
    const fields = isShown ? this.#fields(vector, instrument, reading.row) : noRow;
    return `{"instrument":${JSON.stringify(instrument)},"status":"${status}","age_s":${age},${fields}}`;
  }

  #fields(vector: ServedVector, instrument: string, row: VectorRow): string {
    let texts = this.#kept.get(vector);
    if (texts === undefined) {
      texts = new Map();
      this.#kept.set(vector, texts);
    }
    const kept = texts.get(instrument);
    if (kept?.bucketId === row.bucketId && kept.version === row.version) return kept.text;
    const text = rowFields(vector, row);
    texts.set(instrument, { bucketId: row.bucketId, version: row.version, text });
    return text;
  }
}
