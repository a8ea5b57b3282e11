import type { Decision } from "./decide.js";

/** - `live`, `canary`: answered by that version. `fallback`: by another model. `shadow`: computed beside, never answered. */
export type PredictionRole = "live" | "canary" | "fallback" | "shadow";

/** Microseconds of each stage: from rows to tensors, in ONNX Runtime (with its queue), deciding, and all of it. */
export interface PredictionLatency {
  readonly assembleUs: number;
  readonly runUs: number;
  readonly decideUs: number;
  readonly totalUs: number;
}

/** What is said about one instrument. */
export interface Prediction {
  readonly requestId: string;
  readonly instrument: string;
  /** The model that was asked. */
  readonly asked: string;
  /** The model and version that answered; null when none could. */
  readonly model: string | null;
  readonly version: number | null;
  readonly role: PredictionRole | null;
  readonly vector: string | null;
  readonly signature: string | null;
  readonly fingerprint: string | null;
  /** The newest row that was read; null where there was none. */
  readonly bucketId: number | null;
  /** Epoch ms. */
  readonly availableAt: number | null;
  /** From availableAt to the moment of asking. */
  readonly ageMs: number | null;
  /** SHA-256 of the raw rows that were read. */
  readonly inputsHash: string | null;
  readonly probabilities: readonly { readonly class: number; readonly probability: number }[] | null;
  readonly value: number | null;
  readonly decision: Decision | null;
  /** Why the model that was asked did not answer itself; null when it did. */
  readonly fallbackReason: string | null;
  readonly latency: PredictionLatency;
}
