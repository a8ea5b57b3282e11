// Written by scripts/client.ts. Do not edit; run `npx tsx scripts/client.ts`.
/** The binary form of rows (docs/serving.md): little endian, every number at a multiple of 8. */
export declare const binaryType = "application/vnd.prism.rows";
export interface BinaryRow {
    readonly instrument: string;
    /** stale: older than the vector's max_age; empty: no row that may be used yet. */
    readonly status: "fresh" | "stale" | "empty";
    /** Seconds since availableAt; NaN without a row. */
    readonly ageS: number;
    /** 0 without a row. */
    readonly bucketId: number;
    readonly bucketTsStart: number;
    readonly bucketTsEnd: number;
    readonly availableAt: number;
    /** 0 where `nulls` has the feature's bit: bit `i % 8` of byte `i / 8`. A view of the answer's bytes. */
    readonly values: Float64Array;
    readonly nulls: Uint8Array;
}
export interface BinaryRows {
    /** Hash of the features' names, order, types and null rules; 64 hex digits. */
    readonly signature: string;
    readonly features: number;
    readonly rows: readonly BinaryRow[];
}
/** Throws a RangeError for bytes that are not this form. */
export declare function decodeRows(bytes: ArrayBuffer): BinaryRows;
