import type { Engine } from "../../src/engine/port.js";
import type { GoldenCase } from "./golden-case.js";

export interface Outcome {
  /** In the form of the case's `expected`. */
  readonly actual: unknown;
  /** What of `expected` nothing computes: reasons by key. A case beside the repository has none. */
  readonly notCovered?: Readonly<Record<string, string>>;
}

/**
 * Computes one case of a family: puts its rows into the tables that the stock view reads and runs the view's own compiled
 * SELECT, with the case's parameters in place of the stock view's.
 */
export type Adapter = (golden: GoldenCase, engine: Engine) => Promise<Outcome>;
