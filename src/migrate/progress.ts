import type { Step } from "../plan/step.js";

/** What a run tells while it works. The receiver may be slow; a receiver that throws stops the run at that place. */
export type ApplyEvent =
  | { readonly kind: "migration"; readonly migration: string; readonly steps: number }
  | {
      readonly kind: "step";
      readonly migration: string;
      /** From 1. */
      readonly number: number;
      readonly steps: number;
      readonly step: Step;
      readonly state: "started" | "done";
    }
  | {
      readonly kind: "chunk";
      readonly migration: string;
      readonly step: Step;
      /** From 1. */
      readonly number: number;
      readonly chunks: number;
      /** Done so far, and in all that was left when the step began. */
      readonly trades: number;
      readonly allTrades: number;
      readonly state: "started" | "done";
    };

export type OnApplyEvent = (event: ApplyEvent) => void | Promise<void>;
