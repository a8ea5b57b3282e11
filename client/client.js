// Written by scripts/client.ts. Do not edit; run `npx tsx scripts/client.ts`.
import { binaryType, decodeRows } from "./binary-rows.js";
export { decodeRows } from "./binary-rows.js";
/** A refusal of the service. */
export class PrismError extends Error {
    status;
    /** Such as `unauthorized`, `not_found`, `too_large`, `rate_limited`, `unavailable`. */
    code;
    constructor(status, code, message) {
        super(message);
        this.name = "PrismError";
        this.status = status;
        this.code = code;
    }
}
export class PrismClient {
    #url;
    #headers;
    #fetch;
    constructor({ url, key, fetch: own }) {
        this.#url = url.replace(/\/+$/, "");
        this.#headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
        this.#fetch = own ?? fetch;
    }
    async vectors() {
        return (await this.#json("/v1/vectors")).vectors;
    }
    vector(name) {
        return this.#json(`/v1/vectors/${encodeURIComponent(name)}`);
    }
    /** The newest row of each instrument that may be used now. */
    latest(vector, options = {}) {
        return this.#json(latestPath(vector, options), options.signal);
    }
    /** The same in the binary form: smaller, and features as Float64Array. */
    latestRows(vector, options = {}) {
        return this.#binary(latestPath(vector, options), options.signal);
    }
    /** The last rows of one instrument, oldest first. */
    sequence(vector, instrument, options = {}) {
        return this.#json(sequencePath(vector, instrument, options), options.signal);
    }
    sequenceRows(vector, instrument, options = {}) {
        return this.#binary(sequencePath(vector, instrument, options), options.signal);
    }
    /** The row of one bucket. */
    bucket(vector, instrument, bucketId) {
        return this.#json(bucketPath(vector, instrument, bucketId));
    }
    bucketRows(vector, instrument, bucketId) {
        return this.#binary(bucketPath(vector, instrument, bucketId));
    }
    /** What was known at each moment; up to 1000 rows. */
    async pointInTime(vector, rows) {
        return (await this.#moments(vector, rows, "application/json")).json();
    }
    /** The same for many rows, as they come. */
    async *pointInTimeStream(vector, rows) {
        const response = await this.#moments(vector, rows, "application/x-ndjson");
        for await (const line of lines(response))
            if (line !== "")
                yield JSON.parse(line);
    }
    /** The same as an Arrow IPC stream, for whoever reads that. */
    async pointInTimeArrow(vector, rows) {
        return (await this.#moments(vector, rows, "application/vnd.apache.arrow.stream")).body;
    }
    /** What a model says about each instrument now; the key needs the scope predict. */
    async predict(request, options = {}) {
        const response = await this.#post("/v1/predict", request, "application/json", options.signal);
        return response.json();
    }
    /** Every bucket that closes from now on. Ends when the service ends, or by `signal`. */
    async *events(vector, options = {}) {
        const path = `/v1/vectors/${encodeURIComponent(vector)}/events${query({ instrument: options.instruments })}`;
        const response = await this.#request(path, { headers: { accept: "text/event-stream" } }, options.signal);
        for await (const line of lines(response)) {
            if (line.startsWith("data: "))
                yield JSON.parse(line.slice(6));
        }
    }
    /** Whether requests may be sent; never throws for a service that answers. */
    async ready() {
        const response = await this.#fetch(`${this.#url}/readyz`);
        return (await response.json());
    }
    #moments(vector, rows, accept) {
        return this.#post(`/v1/vectors/${encodeURIComponent(vector)}/point-in-time`, { rows }, accept);
    }
    #post(path, body, accept, signal) {
        const headers = { accept, "content-type": "application/json" };
        return this.#request(path, { method: "POST", headers, body: JSON.stringify(body) }, signal);
    }
    async #json(path, signal) {
        return (await this.#request(path, {}, signal)).json();
    }
    async #binary(path, signal) {
        const response = await this.#request(path, { headers: { accept: binaryType } }, signal);
        return decodeRows(await response.arrayBuffer());
    }
    async #request(path, init, signal) {
        const response = await this.#fetch(this.#url + path, {
            ...init,
            headers: { ...init.headers, ...this.#headers },
            ...(signal === undefined ? {} : { signal }),
        });
        if (response.ok)
            return response;
        const body = (await response.json().catch(() => ({})));
        throw new PrismError(response.status, body.error?.code ?? "unknown", body.error?.message ?? `The service answered ${response.status}.`);
    }
}
function latestPath(vector, { instruments, stale }) {
    return `/v1/vectors/${encodeURIComponent(vector)}/latest${query({ instrument: instruments, stale })}`;
}
function sequencePath(vector, instrument, { length, stale }) {
    return `/v1/vectors/${encodeURIComponent(vector)}/sequence${query({ instrument, length, stale })}`;
}
function bucketPath(vector, instrument, bucketId) {
    return `/v1/vectors/${encodeURIComponent(vector)}/buckets/${bucketId}${query({ instrument })}`;
}
function query(values) {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(values)) {
        if (value === undefined)
            continue;
        for (const one of Array.isArray(value) ? value : [value])
            search.append(name, String(one));
    }
    const text = search.toString();
    return text === "" ? "" : `?${text}`;
}
/** The lines of a body; one that is cut off by the stream's end comes too. */
async function* lines(response) {
    if (response.body === null)
        return;
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of response.body) {
        const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        rest = parts.pop() ?? "";
        yield* parts;
    }
    if (rest !== "")
        yield rest;
}
