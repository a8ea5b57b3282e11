/** One market for tests that bring its rows in several commands. */
import fc from "fast-check";
import { playSteps, type RecordedBook, type RecordedTrade, stepArbitrary } from "./market-steps.js";
import { tardisFiles } from "./tardis-files.js";

const seed = 5;

/**
 * Trades of two instruments in two halves of time, of the first half a few trades that come after the second, and the books
 * of all of it: as rows, and as Tardis files.
 */
export function threePartMarket(steps: number) {
  const [list = []] = fc.sample(
    fc.array(stepArbitrary, { minLength: steps, maxLength: steps, size: "max" }),
    {
      numRuns: 1,
      seed,
    },
  );
  const { trades, books } = playSteps(list);
  const rows = trades.map(({ row }) => row);
  const isLate = (_: RecordedTrade, index: number) => index % 17 === 3;
  const early = rows.slice(0, rows.length / 2);
  const parts = {
    first: early.filter((row, index) => !isLate(row, index)),
    second: rows.slice(rows.length / 2),
    late: early.filter(isLate),
  };
  const snapshots: RecordedBook[] = books.map(({ row }) => row);
  return {
    rows: { ...parts, books: snapshots },
    files: {
      first: tardisFiles({ kind: "trades", rows: parts.first }),
      second: tardisFiles({ kind: "trades", rows: parts.second }),
      late: tardisFiles({ kind: "trades", rows: parts.late }),
      /** Both in one file an instrument. */
      secondAndLate: tardisFiles({ kind: "trades", rows: [...parts.second, ...parts.late] }),
      books: tardisFiles({ kind: "books", rows: snapshots }),
    },
  };
}
