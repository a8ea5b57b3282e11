/**
 * Stoikov's micro-price: how far the mid is expected to move, by the state of the book. Stoikov 2018, "The micro-price: a high-frequency
 * estimator of future prices"; the construction is that of the author's notebook (sstoikov/microprice).
 */

/** State of the best prices: which bucket of the imbalance, from 0, and how wide the spread is, in ticks from 1. */
export interface BookStateOf {
  readonly imbalance: number;
  readonly spread: number;
}

/** How often one observed state followed another, the mid having moved by so many half ticks. */
export interface Transition {
  readonly from: BookStateOf;
  readonly to: BookStateOf;
  readonly halfTicks: number;
  readonly count: number;
}

export interface MicropriceShape {
  /** Buckets of the imbalance. */
  readonly imbalances: number;
  /** Widest spread in ticks: transitions from or to a wider one are left out. */
  readonly spreads: number;
  /** In quote. */
  readonly tickSize: number;
  /** How many moves of the mid are looked ahead. */
  readonly iterations: number;
}

type Matrix = readonly (readonly number[])[];

/** Rows and columns are states: all imbalances of the narrowest spread, then those of the next. */
export interface Microprice {
  readonly states: readonly BookStateOf[];
  /** Probability of each next state when the mid does not move. */
  readonly Q: Matrix;
  /** Probability of each move of the mid, in the order of `K`. */
  readonly R1: Matrix;
  /** Probability of each next state when the mid moves. */
  readonly R2: Matrix;
  /** Moves of the mid, in quote. */
  readonly K: readonly number[];
  /** Expected first move, in quote. */
  readonly G1: readonly number[];
  /** Probability of each state after the first move. */
  readonly B: Matrix;
  /** What is added to the mid, in quote. */
  readonly G: readonly number[];
}

const moves = [-2, -1, 1, 2] as const;

/**
 * Undefined if from some state the mid never moves, however long one waits: then no expectation exists. A state that was never seen
 * gets an adjustment of 0.
 */
export function estimateMicroprice(
  transitions: readonly Transition[],
  { imbalances, spreads, tickSize, iterations }: MicropriceShape,
): Microprice | undefined {
  const states = Array.from({ length: spreads }, (_, spread) =>
    Array.from({ length: imbalances }, (__, imbalance) => ({ imbalance, spread: spread + 1 })),
  ).flat();
  const place = ({ imbalance, spread }: BookStateOf): number => (spread - 1) * imbalances + imbalance;
  const isState = ({ imbalance, spread }: BookStateOf): boolean =>
    imbalance >= 0 && imbalance < imbalances && spread >= 1 && spread <= spreads;
  const mirror = ({ imbalance, spread }: BookStateOf): BookStateOf => ({
    imbalance: imbalances - 1 - imbalance,
    spread,
  });
  const stay = zeros(states.length, states.length);
  const move = zeros(states.length, moves.length);
  const after = zeros(states.length, states.length);
  const totals = new Array<number>(states.length).fill(0);
  const count = (from: number, to: number, halfTicks: number, times: number): void => {
    totals[from] = (totals[from] ?? 0) + times;
    if (halfTicks === 0) {
      add(stay, from, to, times);
      return;
    }
    add(after, from, to, times);
    add(move, from, moves.indexOf(clipped(halfTicks)), times);
  };
  for (const { from, to, halfTicks, count: times } of transitions) {
    if (!isState(from) || !isState(to)) continue;
    count(place(from), place(to), halfTicks, times);
    // The market has no side: each transition is counted with bid and ask exchanged as well.
    count(place(mirror(from)), place(mirror(to)), -halfTicks, times);
  }
  const share = (matrix: number[][]): number[][] =>
    matrix.map((row, index) => row.map((value) => (totals[index] ? value / totals[index] : 0)));
  const [Q, R1, R2] = [share(stay), share(move), share(after)];
  const K = moves.map((halfTicks) => (halfTicks * tickSize) / 2);
  const expected = R1.map((row) => [row.reduce((sum, value, index) => sum + value * (K[index] ?? 0), 0)]);
  // (I - Q) X = [R1 K | R2], solved once for both.
  const identity = Q.map((row, index) => row.map((value, other) => (index === other ? 1 : 0) - value));
  const solved = solve(
    identity,
    expected.map((row, index) => [...row, ...(R2[index] ?? [])]),
  );
  if (solved === undefined) return undefined;
  const G1 = solved.map((row) => row[0] ?? 0);
  const B = solved.map((row) => row.slice(1));
  let term = G1;
  const G = [...G1];
  for (let step = 1; step < iterations; step++) {
    term = B.map((row) => row.reduce((sum, value, index) => sum + value * (term[index] ?? 0), 0));
    term.forEach((value, index) => {
      G[index] = (G[index] ?? 0) + value;
    });
  }
  return { states, Q, R1, R2, K, G1, B, G };
}

function clipped(halfTicks: number): (typeof moves)[number] {
  if (halfTicks < 0) return halfTicks <= -2 ? -2 : -1;
  return halfTicks >= 2 ? 2 : 1;
}

function zeros(rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
}

function add(matrix: number[][], row: number, column: number, value: number): void {
  const line = matrix[row];
  if (line !== undefined) line[column] = (line[column] ?? 0) + value;
}

/** Below this a pivot is rounding: a chain that never leaves some states. */
const smallestPivot = 1e-12;

/** Gaussian elimination with partial pivoting; undefined if the matrix is singular. */
function solve(matrix: Matrix, right: Matrix): number[][] | undefined {
  const size = matrix.length;
  const rows = matrix.map((row, index) => [...row, ...(right[index] ?? [])]);
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = row;
    }
    const found = rows[pivot];
    const other = rows[column];
    const value = found?.[column] ?? 0;
    if (found === undefined || other === undefined || Math.abs(value) < smallestPivot) return undefined;
    rows[pivot] = other;
    rows[column] = found.map((cell) => cell / value);
    const lead = rows[column] ?? [];
    for (let row = 0; row < size; row++) {
      const line = rows[row];
      const factor = line?.[column] ?? 0;
      if (row === column || line === undefined || factor === 0) continue;
      rows[row] = line.map((cell, index) => cell - factor * (lead[index] ?? 0));
    }
  }
  return rows.map((row) => row.slice(size));
}
