import { type BookRow, inBookOrder } from "../rows.js";
import type { BookState } from "./book-state.js";
import { midOf } from "./book-state.js";

interface Shape {
  readonly tick: number;
  readonly imbalances: number;
  readonly spreads: number;
  readonly iterations: number;
  /** Snapshots further apart do not follow each other. */
  readonly gapMs: number;
}

export interface NaiveFit {
  readonly edges: readonly number[];
  /** By `spread - 1` and bucket of the imbalance. */
  readonly adjustments: readonly (readonly number[])[];
}

/**
 * Expected moves of the mid by walking: from each state, the moves of the mid that are met, weighted by the chance to get there.
 * Probabilities are spread over states until what is left is nothing, where the product solves equations.
 */
export function naiveMicropriceFit(books: readonly BookRow[], shape: Shape): NaiveFit {
  const { tick, imbalances, spreads, iterations, gapMs } = shape;
  const valid = inBookOrder(books).filter((book) => midOf(book) !== null);
  const shares = valid.map(shareOf).toSorted((a, b) => a - b);
  const edges = Array.from({ length: imbalances - 1 }, (_, index) => {
    const place = ((index + 1) / imbalances) * (shares.length - 1);
    const [low, high] = [shares[Math.floor(place)] ?? 0, shares[Math.ceil(place)] ?? 0];
    return low + (high - low) * (place - Math.floor(place));
  });
  const stateOf = (book: BookRow): [number, number] => [
    edges.filter((edge) => shareOf(book) > edge).length,
    Math.round((Number(book.ask_px[0]) - Number(book.bid_px[0])) / tick),
  ];
  const next = new Map<string, { to: string; move: number }[]>();
  const key = (imbalance: number, spread: number): string => `${imbalance}/${spread}`;
  const note = (from: string, to: string, move: number): void => {
    next.set(from, [...(next.get(from) ?? []), { to, move }]);
  };
  valid.slice(1).forEach((book, index) => {
    const before = valid[index];
    if (before === undefined || book.timestamp - before.timestamp > gapMs) return;
    const [[i, s], [j, t]] = [stateOf(before), stateOf(book)];
    if (s > spreads || t > spreads) return;
    const moved = Math.round((((midOf(book) ?? 0) - (midOf(before) ?? 0)) / tick) * 2);
    const move = Math.max(-2, Math.min(2, moved));
    note(key(i, s), key(j, t), move);
    note(key(imbalances - 1 - i, s), key(imbalances - 1 - j, t), -move);
  });
  const walk = (state: string, moves: number): number => {
    let expected = 0;
    let here = new Map([[state, 1]]);
    for (let move = 0; move < moves; move++) {
      const arrived = new Map<string, number>();
      let waiting = here;
      for (let step = 0; step < 20_000 && [...waiting.values()].some((chance) => chance > 1e-15); step++) {
        const still = new Map<string, number>();
        for (const [at, chance] of waiting) {
          const steps = next.get(at) ?? [];
          for (const { to, move: halfTicks } of steps) {
            const part = chance / steps.length;
            expected += (part * halfTicks * tick) / 2;
            const into = halfTicks === 0 ? still : arrived;
            into.set(to, (into.get(to) ?? 0) + part);
          }
        }
        waiting = still;
      }
      here = arrived;
    }
    return expected;
  };
  const adjustments = Array.from({ length: spreads }, (_, spread) =>
    Array.from({ length: imbalances }, (__, imbalance) => walk(key(imbalance, spread + 1), iterations)),
  );
  return { edges, adjustments };
}

export function naiveMicroprice(
  state: BookState,
  fit: NaiveFit | undefined,
  tick: number,
): Readonly<Record<string, number | null>> {
  const { mid, spread_bps, top_imbalance } = state;
  const isKnown = fit !== undefined && mid !== null && spread_bps !== null;
  const spread = isKnown ? Math.round((spread_bps * mid) / 10_000 / tick) : null;
  const bucket =
    fit === undefined || top_imbalance === null
      ? null
      : fit.edges.filter((edge) => (1 + top_imbalance) / 2 > edge).length;
  const stateOf = { imbalance_bucket: bucket, spread_ticks: spread };
  const none = { ...stateOf, microprice_adjustment: null, microprice: null, microprice_bps: null };
  if (fit === undefined || mid === null || spread === null || bucket === null) return none;
  const adjustment = fit.adjustments[spread - 1]?.[bucket];
  if (adjustment === undefined) return none;
  return {
    ...stateOf,
    microprice_adjustment: adjustment,
    microprice: mid + adjustment,
    microprice_bps: (adjustment / mid) * 10_000,
  };
}

/** Size at the bid over both sizes. */
function shareOf(book: BookRow): number {
  const [bid, ask] = [Number(book.bid_qty[0]), Number(book.ask_qty[0])];
  return (1 + (bid - ask) / (bid + ask)) / 2;
}
