/** What models/<name>.yaml is parsed into: the contract of an ONNX model. */
import type { Location } from "../errors.js";

/** One input tensor: `[1, features]`, or `[1, steps, features]` for sequences, the oldest step first. */
export interface ModelInput {
  /** Its name in the ONNX file. */
  readonly name: string;
  readonly shape: readonly number[];
  /** `view.column` in the tensor's order. */
  readonly features: "all" | readonly string[];
  readonly at: Location;
}

/** - `shadow`: computed and audited, never answered. `canary`: answers this per cent of the instruments. */
export type RolloutStage =
  | { readonly kind: "shadow" }
  | { readonly kind: "canary"; readonly percent: number }
  | { readonly kind: "live" };

/** Meta filter, expected value, guards and size. Amounts in bps are 1/10000 of the price. */
export interface DecisionSpec {
  readonly tau: number;
  readonly feeBps: number;
  readonly slippageBps: number;
  readonly reward:
    | { readonly kind: "constant"; readonly bps: number }
    | { readonly kind: "feature"; readonly feature: string; readonly times: number };
  /** The reward must be at least this many times the cost. */
  readonly k: number;
  readonly spread: { readonly feature: string; readonly maxBps: number } | undefined;
  readonly maxDataAgeMs: number | undefined;
  readonly size: { readonly base: number; readonly max: number | undefined };
}

export interface ModelContract {
  readonly kind: "model";
  readonly name: string;
  readonly description: string;
  readonly version: number;
  /** The name of the .onnx file in models/. */
  readonly file: string;
  /** 64 hex digits; undefined before `register`. */
  readonly sha256: string | undefined;
  readonly vector: {
    readonly name: string;
    readonly signature: string | undefined;
    readonly fingerprint: string | undefined;
  };
  readonly inputs: readonly ModelInput[];
  /** One number a feature of the vector, in its order. */
  readonly normalise: { readonly mean: readonly number[]; readonly scale: readonly number[] } | undefined;
  readonly outputs: {
    readonly probabilities: { readonly name: string; readonly classes: readonly number[] } | undefined;
    readonly value: { readonly name: string } | undefined;
  };
  readonly timeoutMs: number;
  readonly threads: number;
  readonly fallback: string | undefined;
  /** The name of the .json file in models/ that holds rows and answers. */
  readonly sample: string | undefined;
  readonly rollout: RolloutStage;
  readonly decision: DecisionSpec | undefined;
  readonly at: Location;
}
