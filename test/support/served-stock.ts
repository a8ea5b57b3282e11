/** The stock vectors as the online store takes them, and rows as text in which other bits are another text. */
import type { OnlineStore } from "../../src/online/online-store.js";
import { type ServedVector, servedVector } from "../../src/online/served-vector.js";
import { isNull, type VectorRow } from "../../src/online/vector-ring.js";
import { quoteIdentifier, quoteName } from "../../src/schema/quote.js";
import type { VectorSpec } from "../../src/spec/model.js";
import { type Deployment, type DeployOptions, loadStock } from "./stock-deployment.js";

export async function servedStock(
  { catalog }: Deployment,
  options: Pick<DeployOptions, "example" | "everyFeature"> = {},
): Promise<ServedVector[]> {
  const specs = await loadStock(options);
  return specs.vectors.flatMap((spec) => {
    const object = catalog.objects.find(({ kind, name }) => kind === "vector" && name === spec.name);
    if (object?.storage === undefined) return [];
    return [servedVector(spec, { ...object, table: object.storage.table })];
  });
}

export async function stockVectorSpec(): Promise<VectorSpec> {
  const [spec] = (await loadStock({})).vectors;
  if (spec === undefined) throw new Error("the stock project has no vector");
  return spec;
}

/** `bucket_id bucket_ts_start bucket_ts_end available_at`, then the bits of every value in hex, or `null`. */
export function rowBits(row: Omit<VectorRow, "version">): string {
  const cells = Array.from(row.values, (value, place) => (isNull(row, place) ? "null" : floatBits(value)));
  return [row.bucketId, row.bucketTsStart, row.bucketTsEnd, row.availableAt, ...cells].join(" ");
}

/** Big endian, as the engine's hex() writes it. */
export function floatBits(value: number): string {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, value);
  return bytes.getBigUint64(0).toString(16).toUpperCase().padStart(16, "0");
}

/** What the store holds of a vector, by instrument, oldest first. */
export function onlineBits(store: OnlineStore, { name, history }: ServedVector): Record<string, string[]> {
  return Object.fromEntries(
    store
      .instruments(name)
      .map((instrument) => [instrument, store.sequence(name, instrument, history).map(rowBits)] as const)
      .filter(([, rows]) => rows.length > 0),
  );
}

/** The last rows of a vector's table in the same form, computed by the engine; `last`: how many, `history` by default. */
export async function tableBits(
  { engine }: Deployment,
  vector: ServedVector,
  last = vector.history,
): Promise<Record<string, string[]>> {
  const cells = vector.features.map(
    (name) =>
      `ifNull(hex(reverse(reinterpretAsFixedString(reinterpretAsUInt64(${quoteIdentifier(name)})))), 'null')`,
  );
  const times = ["bucket_ts_start", "bucket_ts_end", "available_at"].map(
    (name) => `toString(toUnixTimestamp64Milli(${name}))`,
  );
  const rows = await engine.rows<{ instrument: string; text: string }>(
    `SELECT concat(exchange, '/', market_type, '/', symbol) AS instrument,
       arrayStringConcat([toString(bucket_id), ${[...times, ...cells].join(", ")}], ' ') AS text
     FROM ${quoteName(vector.table)} FINAL ORDER BY instrument, bucket_id`,
  );
  const names = [...new Set(rows.map(({ instrument }) => instrument))];
  const textsOf = (name: string) => rows.filter((row) => row.instrument === name).map(({ text }) => text);
  return Object.fromEntries(names.map((name) => [name, textsOf(name).slice(-last)]));
}
