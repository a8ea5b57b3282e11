import type { StreamBook } from "../naive-streams.js";

type Numbers = Readonly<Record<string, number | null>>;
const levels = [0, 1, 2, 3, 4] as const;

/** @param books the bucket's snapshots, in order, the carried one first */
export function naiveOfi(books: readonly StreamBook[]): Numbers {
  const byLevel = levels.map((level) =>
    books.flatMap((now, index) => {
      const before = books[index - 1];
      const event = before === undefined ? null : eventOf(stateOf(before, level), stateOf(now, level));
      return event === null ? [] : [event];
    }),
  );
  const sums = byLevel.map((events) => (events.length === 0 ? null : total(events.map(({ e }) => e))));
  const depths = byLevel.map((events) =>
    events.length === 0 ? null : total(events.map(({ depth }) => depth)) / events.length,
  );
  const mean = (values: readonly (number | null)[]): number | null =>
    values.includes(null) ? null : total(values.map(Number)) / values.length;
  const [ofi, depth] = [sums[0] ?? null, depths[0] ?? null];
  const [meanOfi, meanDepth] = [mean(sums), mean(depths)];
  return {
    ofi_events: byLevel[0]?.length ?? 0,
    avg_depth: depth,
    ofi_normalised: ofi === null || depth === null ? null : ofi / depth,
    ...Object.fromEntries(sums.map((value, index) => [`ofi_${index + 1}`, value])),
    avg_depth_5: meanDepth,
    ofi_multi_level: meanOfi === null || meanDepth === null ? null : meanOfi / meanDepth,
  };
}

interface State {
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
}

function stateOf(book: StreamBook, level: number): State | null {
  const [bid, ask] = [book.bid_px[level], book.ask_px[level]];
  if (bid === undefined || ask === undefined) return null;
  return {
    bid: Number(bid),
    bidSize: Number(book.bid_qty[level]),
    ask: Number(ask),
    askSize: Number(book.ask_qty[level]),
  };
}

function eventOf(before: State | null, now: State | null) {
  if (before === null || now === null) return null;
  const bid = (now.bid >= before.bid ? now.bidSize : 0) - (now.bid <= before.bid ? before.bidSize : 0);
  const ask = (now.ask <= before.ask ? now.askSize : 0) - (now.ask >= before.ask ? before.askSize : 0);
  return { e: bid - ask, depth: (now.bidSize + now.askSize) / 2 };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
