/**
 * A client of `feature serve`: zero dependencies, the engine is not imported. Answers have the types of the service's OpenAPI
 * document (api.ts, generated).
 */
import type { operations } from "./api.js";
import { type BinaryRows, binaryType, decodeRows } from "./binary-rows.js";

export type { BinaryRow, BinaryRows } from "./binary-rows.js";
export { decodeRows } from "./binary-rows.js";

type Answer<Operation extends keyof operations> = operations[Operation] extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;

export type VectorDescription = Answer<"getVector">;
export type LatestAnswer = Answer<"latestRows">;
export type SequenceAnswer = Answer<"sequence">;
export type BucketAnswer = Answer<"bucketRow">;
export type PointInTimeAnswer = Answer<"pointInTime">;
export type PredictAnswer = Answer<"predict">;
export type PredictedInstrument = PredictAnswer["predictions"][number];
export type PointInTimeRow = PointInTimeAnswer["rows"][number];
export type Readiness = Answer<"ready">;

/** A moment of decision: instrument as exchange/market_type/symbol, `ts` in epoch ms. */
export interface Moment {
  readonly instrument: string;
  readonly ts: number;
}

/** What an event stream brings for every bucket that closes. */
export interface BucketEvent {
  readonly vector: string;
  /** Of the version that the row is of: a stream goes on when another one becomes live. */
  readonly fingerprint: string;
  readonly instrument: string;
  readonly bucket_id: number;
  readonly bucket_ts_start: number;
  readonly bucket_ts_end: number;
  /** The row may be used from here on. */
  readonly available_at: number;
  readonly features: Readonly<Record<string, number | null>>;
}

export interface ClientOptions {
  /** Such as http://127.0.0.1:8417. */
  readonly url: string;
  readonly key?: string;
  /** The global `fetch` by default. */
  readonly fetch?: typeof fetch;
}

/** A refusal of the service. */
export class PrismError extends Error {
  readonly status: number;
  /** Such as `unauthorized`, `not_found`, `too_large`, `rate_limited`, `unavailable`. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "PrismError";
    this.status = status;
    this.code = code;
  }
}

interface RowsOptions {
  /** All that are known when left out. */
  readonly instruments?: readonly string[];
  /** Also rows older than the vector's max_age. */
  readonly stale?: boolean;
  readonly signal?: AbortSignal;
}

/** A model, or a vector that one model alone reads; 1 to 200 instruments. */
export type PredictRequest = { readonly instruments: readonly string[] } & (
  | { readonly model: string }
  | { readonly vector: string }
);

interface SequenceOptions {
  /** The vector's history when left out. */
  readonly length?: number;
  readonly stale?: boolean;
  readonly signal?: AbortSignal;
}

export class PrismClient {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: typeof fetch;

  constructor({ url, key, fetch: own }: ClientOptions) {
    this.#url = url.replace(/\/+$/, "");
    this.#headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    this.#fetch = own ?? fetch;
  }

  async vectors(): Promise<readonly VectorDescription[]> {
    return (await this.#json<{ vectors: VectorDescription[] }>("/v1/vectors")).vectors;
  }

  vector(name: string): Promise<VectorDescription> {
    return this.#json(`/v1/vectors/${encodeURIComponent(name)}`);
  }

  /** The newest row of each instrument that may be used now. */
  latest(vector: string, options: RowsOptions = {}): Promise<LatestAnswer> {
    return this.#json(latestPath(vector, options), options.signal);
  }

  /** The same in the binary form: smaller, and features as Float64Array. */
  latestRows(vector: string, options: RowsOptions = {}): Promise<BinaryRows> {
    return this.#binary(latestPath(vector, options), options.signal);
  }

  /** The last rows of one instrument, oldest first. */
  sequence(vector: string, instrument: string, options: SequenceOptions = {}): Promise<SequenceAnswer> {
    return this.#json(sequencePath(vector, instrument, options), options.signal);
  }

  sequenceRows(vector: string, instrument: string, options: SequenceOptions = {}): Promise<BinaryRows> {
    return this.#binary(sequencePath(vector, instrument, options), options.signal);
  }

  /** The row of one bucket. */
  bucket(vector: string, instrument: string, bucketId: number): Promise<BucketAnswer> {
    return this.#json(bucketPath(vector, instrument, bucketId));
  }

  bucketRows(vector: string, instrument: string, bucketId: number): Promise<BinaryRows> {
    return this.#binary(bucketPath(vector, instrument, bucketId));
  }

  /** What was known at each moment; up to 1000 rows. */
  async pointInTime(vector: string, rows: readonly Moment[]): Promise<PointInTimeAnswer> {
    return (await this.#moments(vector, rows, "application/json")).json() as Promise<PointInTimeAnswer>;
  }

  /** The same for many rows, as they come. */
  async *pointInTimeStream(vector: string, rows: readonly Moment[]): AsyncGenerator<PointInTimeRow> {
    const response = await this.#moments(vector, rows, "application/x-ndjson");
    for await (const line of lines(response)) if (line !== "") yield JSON.parse(line) as PointInTimeRow;
  }

  /** The same as an Arrow IPC stream, for whoever reads that. */
  async pointInTimeArrow(
    vector: string,
    rows: readonly Moment[],
  ): Promise<ReadableStream<Uint8Array> | null> {
    return (await this.#moments(vector, rows, "application/vnd.apache.arrow.stream")).body;
  }

  /** What a model says about each instrument now; the key needs the scope predict. */
  async predict(
    request: PredictRequest,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<PredictAnswer> {
    const response = await this.#post("/v1/predict", request, "application/json", options.signal);
    return response.json() as Promise<PredictAnswer>;
  }

  /** Every bucket that closes from now on. Ends when the service ends, or by `signal`. */
  async *events(
    vector: string,
    options: { readonly instruments?: readonly string[]; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<BucketEvent> {
    const path = `/v1/vectors/${encodeURIComponent(vector)}/events${query({ instrument: options.instruments })}`;
    const response = await this.#request(path, { headers: { accept: "text/event-stream" } }, options.signal);
    for await (const line of lines(response)) {
      if (line.startsWith("data: ")) yield JSON.parse(line.slice(6)) as BucketEvent;
    }
  }

  /** Whether requests may be sent; never throws for a service that answers. */
  async ready(): Promise<Readiness> {
    const response = await this.#fetch(`${this.#url}/readyz`);
    return (await response.json()) as Readiness;
  }

  #moments(vector: string, rows: readonly Moment[], accept: string): Promise<Response> {
    return this.#post(`/v1/vectors/${encodeURIComponent(vector)}/point-in-time`, { rows }, accept);
  }

  #post(path: string, body: unknown, accept: string, signal?: AbortSignal): Promise<Response> {
    const headers = { accept, "content-type": "application/json" };
    return this.#request(path, { method: "POST", headers, body: JSON.stringify(body) }, signal);
  }

  async #json<T>(path: string, signal?: AbortSignal): Promise<T> {
    return (await this.#request(path, {}, signal)).json() as Promise<T>;
  }

  async #binary(path: string, signal?: AbortSignal): Promise<BinaryRows> {
    const response = await this.#request(path, { headers: { accept: binaryType } }, signal);
    return decodeRows(await response.arrayBuffer());
  }

  async #request(
    path: string,
    init: { method?: string; headers?: Record<string, string>; body?: string },
    signal?: AbortSignal,
  ): Promise<Response> {
    const response = await this.#fetch(this.#url + path, {
      ...init,
      headers: { ...init.headers, ...this.#headers },
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.ok) return response;
    const body = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
    throw new PrismError(
      response.status,
      body.error?.code ?? "unknown",
      body.error?.message ?? `The service answered ${response.status}.`,
    );
  }
}

function latestPath(vector: string, { instruments, stale }: RowsOptions): string {
  return `/v1/vectors/${encodeURIComponent(vector)}/latest${query({ instrument: instruments, stale })}`;
}

function sequencePath(vector: string, instrument: string, { length, stale }: SequenceOptions): string {
  return `/v1/vectors/${encodeURIComponent(vector)}/sequence${query({ instrument, length, stale })}`;
}

function bucketPath(vector: string, instrument: string, bucketId: number): string {
  return `/v1/vectors/${encodeURIComponent(vector)}/buckets/${bucketId}${query({ instrument })}`;
}

function query(
  values: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

/** The lines of a body; one that is cut off by the stream's end comes too. */
async function* lines(response: Response): AsyncGenerator<string> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}
