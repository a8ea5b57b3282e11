/** Rows of a vector in every form in which they leave: the same bits are to be in all of them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Moment, PrismClient } from "../../src/client/client.js";
import { fetchEveryBucket } from "../../src/fetch/fetch-every-bucket.js";
import { buildInputs, planInputs } from "../../src/models/input-plan.js";
import { rawValue } from "../../src/models/model-row.js";
import type { ServedVector } from "../../src/online/served-vector.js";
import { quoteIdentifier, quoteName } from "../../src/schema/quote.js";
import type { VectorSpec } from "../../src/spec/model.js";
import type { ServedRecording } from "./served-recording.js";
import { floatBits, rowBits, tableBits } from "./served-stock.js";

/** Rows by instrument, oldest first, each in the form of `rowBits`. */
export type Rows = Readonly<Record<string, readonly string[]>>;

export interface JsonRow {
  readonly bucket_id: number;
  readonly bucket_ts_start?: number;
  readonly bucket_ts_end: number;
  readonly available_at: number;
  readonly features: Readonly<Record<string, number | null>> | null;
}

/** A row of a JSON answer in the form of `rowBits`. */
export function jsonBits(row: JsonRow, start: string | number | undefined = row.bucket_ts_start): string {
  return [row.bucket_id, start, row.bucket_ts_end, row.available_at, ...cellBits(row.features)].join(" ");
}

const cellBits = (features: JsonRow["features"]): string[] =>
  Object.values(features ?? {}).map((cell) => (cell === null ? "null" : floatBits(cell)));

/**
 * All rows that `table` has, in each form; every ring holds all of them, and the service's time is not before the last.
 * @param every of the rows that are asked for one by one, one in so many is
 */
export async function rowForms(
  served: ServedRecording,
  { vector, spec }: { readonly vector: ServedVector; readonly spec: VectorSpec },
  client: PrismClient,
  { table, every }: { readonly table: Rows; readonly every: number },
): Promise<Record<string, Rows>> {
  const { name } = vector;
  const forms: Record<string, Record<string, string[]>> = {};
  const add = (form: string, instrument: string, rows: string[]): void => {
    forms[form] = { ...forms[form], [instrument]: rows };
  };
  for (const [instrument, rows] of Object.entries(table)) {
    add("what a model is given", instrument, modelBits(served, vector, spec, instrument));
    const asked = { length: rows.length, stale: true };
    const sequence = await client.sequence(name, instrument, asked);
    add(
      "JSON",
      instrument,
      sequence.rows.map((row) => jsonBits(row)),
    );
    const binary = await client.sequenceRows(name, instrument, asked);
    add(
      "bytes",
      instrument,
      binary.rows.map((row) => rowBits(row)),
    );
    const [json, bytes]: string[][] = [[...rows], [...rows]];
    for (const [index, row] of rows.entries()) {
      if (index % every > 0) continue;
      const id = Number(row.split(" ", 1)[0]);
      json?.splice(index, 1, jsonBits(await client.bucket(name, instrument, id)));
      bytes?.splice(
        index,
        1,
        (await client.bucketRows(name, instrument, id)).rows.map((one) => rowBits(one)).join(),
      );
    }
    add("JSON of one bucket", instrument, json ?? []);
    add("bytes of one bucket", instrument, bytes ?? []);

    // A point in time has no start of a bucket; of rows that are known from one moment on the last is given.
    const cells = rows.map((row) => row.split(" "));
    const moments = cells.map((row): Moment => ({ instrument, ts: Number(row[3]) }));
    const starts = cells.map((row) => row[1]);
    const inTime = (await client.pointInTime(name, moments)).rows as readonly JsonRow[];
    add(
      "point in time",
      instrument,
      inTime.map((row, index) => jsonBits(row, starts[index])),
    );
    const streamed: string[] = [];
    for await (const row of client.pointInTimeStream(name, moments))
      streamed.push(jsonBits(row as JsonRow, starts[streamed.length]));
    add("point in time, streamed", instrument, streamed);
    const arrow = await new Response(await client.pointInTimeArrow(name, moments)).arrayBuffer();
    const answered = await readBack(served, vector, "ArrowStream", arrow);
    add(
      "point in time, Arrow",
      instrument,
      (answered[instrument] ?? []).map((row, index) => row.replace(/^(\S+) \S+/, `$1 ${starts[index]}`)),
    );
  }
  return { ...forms, "training file": await trainingBits(served, vector) };
}

/** What is read for a model, and its tensor where nothing is normalised, with NaN for NULL: both of the raw value. */
function modelBits(
  { store }: ServedRecording,
  vector: ServedVector,
  spec: VectorSpec,
  instrument: string,
): string[] {
  const features = spec.features.map((feature) => ({ ...feature, onNull: "keep" as const }));
  const input = { name: "x", shape: [1, features.length], features: "all" as const, at: spec.at };
  const plan = planInputs({ inputs: [input], normalise: undefined }, { features });
  return store.sequence(vector.name, instrument, vector.history).map((row) => {
    const cells = features.map((_, place) => rawValue(row, place));
    const tensor = buildInputs(plan, [[row]])[0]?.data ?? [];
    const isSame = cells.every((cell, place) =>
      Object.is(tensor[place], cell === null ? Number.NaN : Math.fround(cell)),
    );
    const { bucketId, bucketTsStart, bucketTsEnd, availableAt } = row;
    const head = [bucketId, bucketTsStart, bucketTsEnd, availableAt];
    const bits = cells.map((cell) => (cell === null ? "null" : floatBits(cell)));
    return [...head, ...(isSame ? bits : [`a tensor of ${[...tensor]}`])].join(" ");
  });
}

async function trainingBits(served: ServedRecording, vector: ServedVector): Promise<Rows> {
  const folder = mkdtempSync(join(tmpdir(), "prism-parity-"));
  try {
    const { engine, project } = served.deployment;
    const path = join(folder, "train.parquet");
    const fetched = { ...vector, signature: null };
    const set = { vectors: [fetched], labels: [] };
    await fetchEveryBucket({ engine, set, database: project.databases.features, out: { path } });
    return await readBack(served, vector, "Parquet", path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bits of a file as the engine reads it, which is how it reads the vector's table. */
async function readBack(
  { deployment }: ServedRecording,
  vector: ServedVector,
  format: "Parquet" | "ArrowStream",
  file: string | ArrayBuffer,
): Promise<Rows> {
  const { engine, project } = deployment;
  const copy = { database: project.databases.features, name: `copy_of_${vector.name}` };
  const folder = mkdtempSync(join(tmpdir(), "prism-parity-"));
  try {
    const path = typeof file === "string" ? file : join(folder, "answer");
    if (typeof file !== "string") writeFileSync(path, new Uint8Array(file));
    await engine.execute(`CREATE TABLE ${quoteName(copy)} AS ${quoteName(vector.table)}`);
    const heads = ["exchange", "market_type", "symbol", "bucket_id", "bucket_ts_end", "available_at"];
    const start = format === "Parquet" ? ["bucket_ts_start"] : [];
    const list = [...heads, ...start, ...vector.features].map(quoteIdentifier).join(", ");
    await engine.load(`INSERT INTO ${quoteName(copy)} (${list}) SELECT ${list} FROM {file}`, {
      path,
      format,
    });
    return await tableBits(deployment, { ...vector, table: copy });
  } finally {
    await engine.execute(`DROP TABLE IF EXISTS ${quoteName(copy)}`);
    rmSync(folder, { recursive: true, force: true });
  }
}
