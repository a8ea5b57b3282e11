// Written by scripts/client.ts. Do not edit; run `npx tsx scripts/client.ts`.
/**
 * A client of `feature serve`: zero dependencies, the engine is not imported. Answers have the types of the service's OpenAPI
 * document (api.ts, generated).
 */
import type { operations } from "./api.js";
import { type BinaryRows } from "./binary-rows.js";
export type { BinaryRow, BinaryRows } from "./binary-rows.js";
export { decodeRows } from "./binary-rows.js";
type Answer<Operation extends keyof operations> = operations[Operation] extends {
    responses: {
        200: {
            content: {
                "application/json": infer Body;
            };
        };
    };
} ? Body : never;
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
export declare class PrismError extends Error {
    readonly status: number;
    /** Such as `unauthorized`, `not_found`, `too_large`, `rate_limited`, `unavailable`. */
    readonly code: string;
    constructor(status: number, code: string, message: string);
}
interface RowsOptions {
    /** All that are known when left out. */
    readonly instruments?: readonly string[];
    /** Also rows older than the vector's max_age. */
    readonly stale?: boolean;
    readonly signal?: AbortSignal;
}
/** A model, or a vector that one model alone reads; 1 to 200 instruments. */
export type PredictRequest = {
    readonly instruments: readonly string[];
} & ({
    readonly model: string;
} | {
    readonly vector: string;
});
interface SequenceOptions {
    /** The vector's history when left out. */
    readonly length?: number;
    readonly stale?: boolean;
    readonly signal?: AbortSignal;
}
export declare class PrismClient {
    #private;
    constructor({ url, key, fetch: own }: ClientOptions);
    vectors(): Promise<readonly VectorDescription[]>;
    vector(name: string): Promise<VectorDescription>;
    /** The newest row of each instrument that may be used now. */
    latest(vector: string, options?: RowsOptions): Promise<LatestAnswer>;
    /** The same in the binary form: smaller, and features as Float64Array. */
    latestRows(vector: string, options?: RowsOptions): Promise<BinaryRows>;
    /** The last rows of one instrument, oldest first. */
    sequence(vector: string, instrument: string, options?: SequenceOptions): Promise<SequenceAnswer>;
    sequenceRows(vector: string, instrument: string, options?: SequenceOptions): Promise<BinaryRows>;
    /** The row of one bucket. */
    bucket(vector: string, instrument: string, bucketId: number): Promise<BucketAnswer>;
    bucketRows(vector: string, instrument: string, bucketId: number): Promise<BinaryRows>;
    /** What was known at each moment; up to 1000 rows. */
    pointInTime(vector: string, rows: readonly Moment[]): Promise<PointInTimeAnswer>;
    /** The same for many rows, as they come. */
    pointInTimeStream(vector: string, rows: readonly Moment[]): AsyncGenerator<PointInTimeRow>;
    /** The same as an Arrow IPC stream, for whoever reads that. */
    pointInTimeArrow(vector: string, rows: readonly Moment[]): Promise<ReadableStream<Uint8Array> | null>;
    /** What a model says about each instrument now; the key needs the scope predict. */
    predict(request: PredictRequest, options?: {
        readonly signal?: AbortSignal;
    }): Promise<PredictAnswer>;
    /** Every bucket that closes from now on. Ends when the service ends, or by `signal`. */
    events(vector: string, options?: {
        readonly instruments?: readonly string[];
        readonly signal?: AbortSignal;
    }): AsyncGenerator<BucketEvent>;
    /** Whether requests may be sent; never throws for a service that answers. */
    ready(): Promise<Readiness>;
}
