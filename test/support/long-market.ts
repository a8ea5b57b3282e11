/** One long market for tests that close the same rows in several ways. */
import fc from "fast-check";
import { playSteps, type Step, stepArbitrary } from "./market-steps.js";
import type { BookRow, StoredTrade } from "./oracle/rows.js";

export interface LongMarket {
  readonly trades: readonly StoredTrade[];
  readonly books: readonly BookRow[];
}

/**
 * Trades and books of two instruments, a few late trades among them; some rows come twice. Quantities are of very
 * different size, so that sums of floats depend on their order.
 * @param shape changes each step
 */
export function longMarket(
  steps: number,
  seed: number,
  shape: (step: Step, index: number) => Step = (step) => step,
): LongMarket {
  const [list = []] = fc.sample(
    fc.array(stepArbitrary, { minLength: steps, maxLength: steps, size: "max" }),
    {
      numRuns: 1,
      seed,
    },
  );
  const { trades, books } = playSteps(list.map(shape));
  const copies = <Row>(row: Row, again: number): Row[] => (again === 0 ? [row] : [row, row]);
  return {
    trades: trades.flatMap(({ row, delay, again }) =>
      copies({ ...row, late: delay > 9 ? (1 as const) : (0 as const) }, again),
    ),
    books: books.flatMap(({ row, again }) => copies(row, again)),
  };
}
