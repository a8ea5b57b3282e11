/** How the commands of a random market become runs of ingest: over which files, in which order, and how they are closed. */
import fc from "fast-check";
import type { InsertLimits } from "../../src/ingest/buckets/batches.js";
import type { MarketCommand } from "./market.js";
import { type MarketFile, tardisFiles } from "./tardis-files.js";

export interface Handling {
  /** By command: its rows are laid out in so many files of each instrument. */
  readonly pieces: readonly number[];
  /** By command: whether it joins the run before it, if that has no rows of its kind yet. */
  readonly joins: readonly boolean[];
  /** By run: how its files are shuffled. */
  readonly shuffles: readonly number[];
  readonly limits: InsertLimits;
}

/** More commands than a random market has. */
const most = { minLength: 10, maxLength: 10 };

export const handlingArbitrary: fc.Arbitrary<Handling> = fc.record({
  pieces: fc.array(fc.constantFrom(1, 1, 1, 1, 2), most),
  joins: fc.array(fc.constantFrom(true, true, false), most),
  shuffles: fc.array(fc.nat(1_000_000), most),
  limits: fc.record({
    buckets: fc.constantFrom(12, 40, 20_000, 20_000),
    trades: fc.constantFrom(50, 500_000, 500_000),
    spanMs: fc.constantFrom(15_000, 3_600_000, 3_600_000),
    bookRows: fc.constantFrom(50, 250_000),
  }),
});

/** The files of each run, in the order in which they are passed. */
export function ingestRuns(commands: readonly MarketCommand[], handling: Handling): MarketFile[][] {
  const runs: { kinds: Set<string>; files: MarketFile[] }[] = [];
  for (const [index, command] of commands.entries()) {
    const files = splitEvenly(command, handling.pieces[index] ?? 1).flatMap(tardisFiles);
    const last = runs.at(-1);
    // Two commands of trades in one run would be one command: what is late in the second would not be.
    if (handling.joins[index] === true && last !== undefined && !last.kinds.has(command.kind)) {
      last.kinds.add(command.kind);
      last.files.push(...files);
    } else runs.push({ kinds: new Set([command.kind]), files });
  }
  return runs.map(({ files }, index) => shuffled(files, handling.shuffles[index] ?? 0));
}

function splitEvenly(command: MarketCommand, pieces: number): MarketCommand[] {
  const size = Math.ceil(command.rows.length / pieces);
  return Array.from({ length: pieces }, (_, piece): MarketCommand => {
    const from = piece * size;
    return command.kind === "trades"
      ? { kind: "trades", rows: command.rows.slice(from, from + size) }
      : { kind: "books", rows: command.rows.slice(from, from + size) };
  }).filter(({ rows }) => rows.length > 0);
}

/** Which of the permutations is told by a number. */
function shuffled<Item>(items: readonly Item[], which: number): Item[] {
  const left = [...items];
  let rest = which;
  return items.flatMap(() => {
    const place = rest % left.length;
    rest = Math.floor(rest / left.length);
    return left.splice(place, 1);
  });
}
