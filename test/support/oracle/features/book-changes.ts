import type { StreamBook } from "../naive-streams.js";
import { Rational } from "../rational.js";
import type { TradeRow } from "../rows.js";

type Numbers = Readonly<Record<string, number | null>>;

/**
 * @param trades the bucket's trades, in order
 * @param books the bucket's own snapshots, in order, without the carried one
 * @returns null where no interval can be compared
 */
export function naiveBookChanges(trades: readonly TradeRow[], books: readonly StreamBook[]): Numbers | null {
  let elapsed = 0;
  const sums = { bid: { add: 0, cancel: 0, exec: 0 }, ask: { add: 0, cancel: 0, exec: 0 } };
  let intervals = 0;
  books.forEach((now, index) => {
    const before = books[index - 1];
    if (before === undefined) return;
    const sides = [now.bid_px, now.ask_px, before.bid_px, before.ask_px];
    if (sides.some(({ length }) => length === 0)) return;
    intervals += 1;
    elapsed += (now.timestamp - before.timestamp) / 1000;
    // Snapshots of one millisecond have no trades between them: all trades of it come before the first.
    const between = trades.filter(
      ({ timestamp }) => timestamp > before.timestamp && timestamp <= now.timestamp,
    );
    for (const side of ["bid", "ask"] as const) {
      const change = sideChange(side, before, now, between);
      sums[side].add += change.add;
      sums[side].cancel += change.cancel;
      sums[side].exec += change.exec;
    }
  });
  if (intervals === 0) return null;
  const rate = (value: number): number | null => (elapsed === 0 ? null : value / elapsed);
  const columns = (["bid", "ask"] as const).flatMap((side) => {
    const { add, cancel, exec } = sums[side];
    return [
      [`${side}_added`, add],
      [`${side}_cancelled`, cancel],
      [`${side}_executed`, exec],
      [`${side}_add_rate`, rate(add)],
      [`${side}_cancel_rate`, rate(cancel)],
      [`${side}_exec_rate`, rate(exec)],
      [`${side}_net_rate`, rate(add - cancel)],
    ] as const;
  });
  return { elapsed_s: elapsed, ...Object.fromEntries(columns) };
}

function sideChange(side: "bid" | "ask", before: StreamBook, now: StreamBook, trades: readonly TradeRow[]) {
  const sizes = (book: StreamBook) => {
    const [px, qty] = side === "bid" ? [book.bid_px, book.bid_qty] : [book.ask_px, book.ask_qty];
    return new Map(px.map((price, index) => [Number(price), exact(qty[index] ?? "0")] as const).reverse());
  };
  const [old, current] = [sizes(before), sizes(now)];
  const worst = (book: StreamBook): number => Number((side === "bid" ? book.bid_px : book.ask_px).at(-1));
  const isVisible = (price: number): boolean =>
    side === "bid"
      ? price >= Math.max(worst(before), worst(now))
      : price <= Math.min(worst(before), worst(now));
  const hits = trades.filter((trade) => trade.side === (side === "bid" ? "sell" : "buy"));
  const prices = new Set([...old.keys(), ...current.keys(), ...hits.map(({ price }) => Number(price))]);
  const total = { add: 0, cancel: 0, exec: 0 };
  for (const price of [...prices].filter(isVisible)) {
    const done = Rational.sum(
      hits.filter((trade) => Number(trade.price) === price).map(({ quantity }) => exact(quantity)),
    );
    const net = (current.get(price) ?? Rational.zero)
      .minus(old.get(price) ?? Rational.zero)
      .plus(done)
      .toNumber();
    total.exec += done.toNumber();
    total.add += Math.max(net, 0);
    total.cancel += Math.max(-net, 0);
  }
  return total;
}

/** Recordings write small sizes as 9e-05. */
function exact(text: string): Rational {
  return Rational.parse(text.includes("e") ? Number(text).toFixed(8) : text);
}
