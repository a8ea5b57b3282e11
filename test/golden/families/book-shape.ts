/** One snapshot; the view is run once for each size. */
import type { Engine } from "../../../src/engine/port.js";
import type { Adapter } from "../adapter.js";
import { type GoldenBook, Stage, type ViewRow, type ViewYaml } from "../stage.js";

type Book = Pick<GoldenBook, "bids" | "asks">;

interface Params {
  readonly N: number;
  readonly kappa_bps: number;
  readonly buy_sizes: readonly number[];
  readonly sell_sizes: readonly number[];
}

export const bookShape: Adapter = async ({ inputs, params }, engine) => {
  const given = params as Params;
  const sizes = [...new Set([...given.buy_sizes, ...given.sell_sizes])];
  const bySize = await shapesOf(engine, inputs as Book, given, sizes.length === 0 ? [1] : sizes);
  const [shape = {}] = bySize.values();
  const impacts = (side: "buy" | "sell", wanted: readonly number[]) =>
    wanted.map((qty) => {
      const row = bySize.get(qty) ?? {};
      return {
        qty,
        filled: row[`${side}_filled`] ?? null,
        vwap: row[`${side}_vwap`] ?? null,
        impact_bps: row[`${side}_impact_bps`] ?? null,
        slippage_vs_touch_bps: row[`${side}_slippage_bps`] ?? null,
        last_price: row[`${side}_last_price`] ?? null,
      };
    });
  // A crossed, locked or one-sided book has no shape: there is no row.
  const of = (column: string): number | null => shape[column] ?? null;
  return {
    actual: {
      mid: of("mid"),
      spread_bps: of("spread_bps"),
      imb_l1: of("imbalance_1"),
      weighted_mid: of("weighted_mid"),
      weighted_mid_minus_mid_bps: of("weighted_mid_bps"),
      depth_bid: of("depth_bid"),
      depth_ask: of("depth_ask"),
      imb_topN: of("imbalance_depth"),
      imb_dist_weighted: of("imbalance_distance"),
      imb_rank_weighted: of("imbalance_rank"),
      vamp_topN: of("vamp"),
      bid_slope_lin: of("bid_slope"),
      bid_slope_loglog: of("bid_exponent"),
      bid_convexity: of("bid_convexity"),
      bid_naes_skjeltorp: of("bid_naes_skjeltorp"),
      ask_slope_lin: of("ask_slope"),
      ask_slope_loglog: of("ask_exponent"),
      ask_convexity: of("ask_convexity"),
      ask_naes_skjeltorp: of("ask_naes_skjeltorp"),
      buy_impact: impacts("buy", given.buy_sizes),
      sell_impact: impacts("sell", given.sell_sizes),
    },
  };
};

/** The shape by size of order, one copy of the view for each. Mid, spread and weighted mid are columns of book_state. */
async function shapesOf(
  engine: Engine,
  book: Book,
  { N, kappa_bps }: Params,
  sizes: readonly number[],
): Promise<ReadonlyMap<number, ViewRow>> {
  const names = new Map(sizes.map((size, index) => [`shape_${index}`, size]));
  const stage = await Stage.open(engine, {
    views: ["book_state"],
    copies: Object.fromEntries(
      [...names].map(([name, size]) => {
        const change = ({ params }: ViewYaml): void => {
          Object.assign(params, { depth: N, kappa_bps, size });
        };
        return [name, { of: "book_shape", change }];
      }),
    ),
  });
  await stage.buckets([{ start: 0, end: 10 }]);
  await stage.books([{ ts: 5, ...book }]);
  const [state] = await stage.rows("book_state");
  const shapes = new Map<number, ViewRow>();
  for (const [name, size] of names) {
    const [shape] = await stage.rows(name);
    shapes.set(size, { ...state, ...shape });
  }
  return shapes;
}
