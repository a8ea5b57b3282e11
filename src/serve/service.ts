import type { Engine } from "../engine/port.js";
import type { OnlinePredictions } from "../models/online-predictions.js";
import type { OnlineStore } from "../online/online-store.js";
import type { KeyRing } from "./keys/key-ring.js";

/** What a service stops at. */
export interface ServiceLimits {
  /** Rows of a point-in-time request that are answered as one JSON document. */
  readonly inlineRows: number;
  /** Rows of a point-in-time request that is answered as a stream. */
  readonly streamRows: number;
  /** Bytes of a point-in-time request's body; other bodies may have 64 KiB. */
  readonly bodyBytes: number;
  /** Requests a second of one key, or of one address without keys; 0: no limit. */
  readonly requestsPerSecond: number;
  readonly connections: number;
  /** Open event streams. */
  readonly eventStreams: number;
  /** For a request's head and body to come in. */
  readonly receiveMs: number;
  /** For an answer; a point-in-time query is cut off after it. */
  readonly answerMs: number;
}

export const defaultServiceLimits: ServiceLimits = {
  inlineRows: 1000,
  streamRows: 100_000,
  bodyBytes: 16 * 1024 * 1024,
  requestsPerSecond: 5000,
  connections: 1000,
  eventStreams: 200,
  receiveMs: 10_000,
  answerMs: 30_000,
};

/** Who predicts; `OnlinePredictions` does. */
export type Predictions = Pick<OnlinePredictions, "modelsOf" | "state" | "holds" | "predict">;

/** What the HTTP application is made of. */
export interface Service {
  readonly store: OnlineStore;
  /** Undefined where no model is registered: there is no route then. */
  readonly predictions?: Predictions | undefined;
  /** For questions about the past. */
  readonly engine: Engine;
  /** Where point-in-time requests make their tables. */
  readonly database: string;
  /** Instruments of the project, which may have no rows yet. */
  readonly instruments: readonly string[];
  readonly keys: KeyRing;
  /** Epoch ms; a replay has a clock of its own. */
  readonly now: () => number;
  /** Of the package. */
  readonly version: string;
  readonly limits: ServiceLimits;
  /** Takes log lines (JSON); undefined: nothing is logged. */
  readonly log: { write(line: string): void } | undefined;
}

/** When an answer that waits for the engine or a model is given up; its query is cut off before. Rows from memory need no timer. */
export function answerTimeout({ limits }: Service): number {
  return limits.answerMs + 5000;
}
