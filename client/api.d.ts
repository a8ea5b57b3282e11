// Written by scripts/client.ts. Do not edit; run `npx tsx scripts/client.ts`.
export interface paths {
    "/v1/vectors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The vectors that are served */
        get: operations["listVectors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vectors/{vector}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One vector: its features in order, its limits, its instruments */
        get: operations["getVector"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vectors/{vector}/latest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The newest row of each instrument that may be used now: what a point-in-time read would give
         * @description With `Accept: application/vnd.prism.rows` as bytes.
         */
        get: operations["latestRows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vectors/{vector}/sequence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The last rows of one instrument that end with the latest one, oldest first
         * @description With `Accept: application/vnd.prism.rows` as bytes.
         */
        get: operations["sequence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vectors/{vector}/buckets/{bucket_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The row of one bucket, as soon as it is computed, also before it may be used
         * @description With `Accept: application/vnd.prism.rows` as bytes.
         */
        get: operations["bucketRow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vectors/{vector}/point-in-time": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * For each (instrument, ts) the features as they were known then; NULL where nothing was known or it was too old
         * @description JSON up to 1000 rows. With `Accept: application/x-ndjson` (a row a line) or `application/vnd.apache.arrow.stream` up to 100000 rows, streamed.
         */
        post: operations["pointInTime"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/predict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Predictions and decisions for some instruments, from the rows in memory
         * @description Names a model, or a vector that one model alone reads. A prediction never fails: where no model could answer, `model` is null and `fallback_reason` says why. The route is there when a model was registered before the service started.
         */
        post: operations["predict"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vectors/{vector}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Server-Sent Events: an event `bucket` with the row of every bucket that closes
         * @description The id of an event is `<instrument> <bucket_id>`. A row may be used from its available_at on; the event comes when it is computed.
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process answers */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Requests may be sent: rows are in memory and kept up to date, and the service is not ending */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Numbers in Prometheus' text format */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: never;
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listVectors: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        vectors: {
                            vector: string;
                            description: string;
                            clock: string;
                            /** @description rows kept in memory of each instrument */
                            history: number;
                            max_age_s: number;
                            lag_s: number;
                            /** @description hash of the features' names, order, types and null rules */
                            signature: string;
                            /** @description hash of all that decides the numbers */
                            fingerprint: string;
                            features: string[];
                            instruments: string[];
                        }[];
                    };
                };
            };
            /** @description Default Response */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
        };
    };
    getVector: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                vector: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        vector: string;
                        description: string;
                        clock: string;
                        /** @description rows kept in memory of each instrument */
                        history: number;
                        max_age_s: number;
                        lag_s: number;
                        /** @description hash of the features' names, order, types and null rules */
                        signature: string;
                        /** @description hash of all that decides the numbers */
                        fingerprint: string;
                        features: string[];
                        instruments: string[];
                    };
                };
            };
            /** @description Default Response */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
        };
    };
    latestRows: {
        parameters: {
            query?: {
                /** @description one or several; all that are known when left out */
                instrument?: string[];
                /** @description also give rows older than max_age, which a training set has as NULL */
                stale?: boolean;
            };
            header?: never;
            path: {
                vector: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        vector: string;
                        /** @description 64 hex digits */
                        signature: string;
                        /** @description 64 hex digits */
                        fingerprint: string;
                        /** @description epoch milliseconds */
                        now: number;
                        /** @description some row is not fresh */
                        degraded: boolean;
                        rows: {
                            /** @description exchange/market_type/symbol, such as binance/spot/BTCUSDT */
                            instrument: string;
                            /**
                             * @description stale: older than the vector's max_age; empty: no row that may be used yet
                             * @enum {string}
                             */
                            status: "fresh" | "stale" | "empty";
                            /** @description seconds since available_at */
                            age_s: number | null;
                            bucket_id: number | null;
                            /** @description epoch milliseconds */
                            bucket_ts_start: number | null;
                            /** @description epoch milliseconds */
                            bucket_ts_end: number | null;
                            /** @description epoch milliseconds */
                            available_at: number | null;
                            /** @description `<view>__<column>` in the vector's order; NULL where undefined */
                            features: {
                                [key: string]: number | null;
                            } | null;
                        }[];
                    };
                };
            };
            /** @description Default Response */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
        };
    };
    sequence: {
        parameters: {
            query: {
                /** @description exchange/market_type/symbol, such as binance/spot/BTCUSDT */
                instrument: string;
                /** @description the vector's history when left out */
                length?: number;
                /** @description also give rows older than max_age, which a training set has as NULL */
                stale?: boolean;
            };
            header?: never;
            path: {
                vector: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        vector: string;
                        /** @description 64 hex digits */
                        signature: string;
                        /** @description 64 hex digits */
                        fingerprint: string;
                        /** @description exchange/market_type/symbol, such as binance/spot/BTCUSDT */
                        instrument: string;
                        /**
                         * @description stale: older than the vector's max_age; empty: no row that may be used yet
                         * @enum {string}
                         */
                        status: "fresh" | "stale" | "empty";
                        age_s: number | null;
                        /** @description epoch milliseconds */
                        now: number;
                        /** @description oldest first; fewer than asked for where there are no more */
                        rows: {
                            bucket_id: number;
                            /** @description epoch milliseconds */
                            bucket_ts_start: number;
                            /** @description epoch milliseconds */
                            bucket_ts_end: number;
                            /** @description epoch milliseconds */
                            available_at: number;
                            /** @description `<view>__<column>` in the vector's order; NULL where undefined */
                            features: {
                                [key: string]: number | null;
                            };
                        }[];
                    };
                };
            };
            /** @description Default Response */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
        };
    };
    bucketRow: {
        parameters: {
            query: {
                /** @description exchange/market_type/symbol, such as binance/spot/BTCUSDT */
                instrument: string;
            };
            header?: never;
            path: {
                vector: string;
                bucket_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        vector: string;
                        /** @description 64 hex digits */
                        signature: string;
                        /** @description 64 hex digits */
                        fingerprint: string;
                        /** @description exchange/market_type/symbol, such as binance/spot/BTCUSDT */
                        instrument: string;
                        bucket_id: number;
                        /** @description epoch milliseconds */
                        bucket_ts_start: number;
                        /** @description epoch milliseconds */
                        bucket_ts_end: number;
                        /** @description epoch milliseconds */
                        available_at: number;
                        /** @description `<view>__<column>` in the vector's order; NULL where undefined */
                        features: {
                            [key: string]: number | null;
                        };
                    };
                };
            };
            /** @description Default Response */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
        };
    };
    pointInTime: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                vector: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    rows: {
                        /** @description exchange/market_type/symbol, such as binance/spot/BTCUSDT */
                        instrument: string;
                        /** @description epoch milliseconds */
                        ts: number;
                    }[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        vector: string;
                        /** @description 64 hex digits */
                        signature: string;
                        /** @description 64 hex digits */
                        fingerprint: string;
                        /** @description one for each row of the request, in its order */
                        rows: {
                            /** @description exchange/market_type/symbol, such as binance/spot/BTCUSDT */
                            instrument: string;
                            /** @description epoch milliseconds */
                            ts: number;
                            bucket_id: number | null;
                            /** @description epoch milliseconds */
                            bucket_ts_end: number | null;
                            /** @description epoch milliseconds */
                            available_at: number | null;
                            age_s: number | null;
                            /** @description `<view>__<column>` in the vector's order; NULL where undefined */
                            features: {
                                [key: string]: number | null;
                            } | null;
                        }[];
                    };
                };
            };
            /** @description Default Response */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
        };
    };
    predict: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description this, or vector */
                    model?: string;
                    /** @description instead of model, where one model alone reads it */
                    vector?: string;
                    instruments: string[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description that was asked */
                        model: string;
                        /** @description epoch milliseconds */
                        now: number;
                        /** @description one for each instrument of the request, in its order */
                        predictions: {
                            /** @description of the audit's row */
                            request_id: string;
                            /** @description exchange/market_type/symbol, such as binance/spot/BTCUSDT */
                            instrument: string;
                            /** @description that answered; null: none could */
                            model: string | null;
                            version: number | null;
                            /**
                             * @description as what it answered
                             * @enum {string|null}
                             */
                            stage: "live" | "canary" | "fallback" | null;
                            vector: string | null;
                            /** @description 64 hex digits */
                            signature: string | null;
                            /** @description 64 hex digits: the version of the vector that was read */
                            fingerprint: string | null;
                            /** @description of the newest row that was read */
                            bucket_id: number | null;
                            /** @description epoch milliseconds */
                            available_at: number | null;
                            /** @description seconds since available_at */
                            age_s: number | null;
                            /** @description SHA-256 of the raw rows that were read */
                            inputs_hash: string | null;
                            probabilities: {
                                class: number;
                                probability: number | null;
                            }[] | null;
                            value: number | null;
                            /** @description null where the contract has none, or nothing was answered */
                            decision: {
                                act: boolean;
                                /** @enum {integer} */
                                side: -1 | 0 | 1;
                                /** @description of the chosen side */
                                probability: number | null;
                                size: number | null;
                                reward_bps: number | null;
                                cost_bps: number;
                                /** @description every check, passed or not */
                                reasons: {
                                    /** @enum {string} */
                                    check: "side" | "probability" | "reward" | "spread" | "data_age";
                                    ok: boolean;
                                    /** @description null: not known, which never passes */
                                    found: number | null;
                                    limit: number;
                                }[];
                            } | null;
                            /** @description why the model that was asked did not answer itself; null when it did */
                            fallback_reason: string | null;
                            latency_us: {
                                /** @description microseconds */
                                assemble: number;
                                /** @description microseconds */
                                run: number;
                                /** @description microseconds */
                                decide: number;
                                /** @description microseconds */
                                total: number;
                            };
                        }[];
                    };
                };
            };
            /** @description Default Response */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
        };
    };
    events: {
        parameters: {
            query?: {
                /** @description one or several; all that are known when left out */
                instrument?: string[];
            };
            header?: never;
            path: {
                vector: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description text/event-stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description Default Response */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok" | "unavailable";
                        reasons?: string[];
                    };
                };
            };
            /** @description Default Response */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok" | "unavailable";
                        reasons?: string[];
                    };
                };
            };
            /** @description Default Response */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok" | "unavailable";
                        reasons?: string[];
                    };
                };
            };
            /** @description Default Response */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description Default Response */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            code: string;
                            message: string;
                        };
                    };
                };
            };
        };
    };
}
