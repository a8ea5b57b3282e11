/** A case gives states of the book one after the other; books with these states are stored, and what the job reads of them is fitted. */
import { parseLots } from "../../../src/clock/decimal.js";
import { sourceRelation } from "../../../src/compile/source-relation.js";
import { estimateMicroprice } from "../../../src/jobs/microprice/estimate-microprice.js";
import { readTransitions } from "../../../src/jobs/microprice/read-transitions.js";
import type { Adapter } from "../adapter.js";
import { type GoldenBook, Stage } from "../stage.js";

interface Observation {
  readonly mid_half_ticks: number;
  readonly imb_bucket: number;
  readonly spread_ticks: number;
}

interface Params {
  readonly n_imb: number;
  readonly n_spread: number;
  readonly tick: number;
  readonly iters: number;
}

/** Keeps prices above 0 whatever the moves of a case. */
const baseTicks = 1_000_000;

export const micropriceStoikov: Adapter = async ({ inputs, params }, engine) => {
  const observations = inputs as readonly Observation[];
  const { n_imb: imbalances, n_spread: spreads, tick, iters: iterations } = params as Params;
  const tickSize = tick.toFixed(8).replace(/\.?0+$/, "");
  const stage = await Stage.open(engine, { views: ["microprice"], tickSize });
  const books = observations.map(({ mid_half_ticks, imb_bucket, spread_ticks }, index): GoldenBook => {
    const mid = (baseTicks + mid_half_ticks / 2) * tick;
    // The middle of the bucket: its edges are those of equal parts.
    const bid = (imb_bucket + 0.5) / imbalances;
    return {
      ts: index,
      bids: [[mid - (spread_ticks * tick) / 2, bid]],
      asks: [[mid + (spread_ticks * tick) / 2, 1 - bid]],
    };
  });
  await stage.books(books);
  const transitions = await readTransitions(engine, {
    books: sourceRelation(stage.project, "orderbooks", []),
    params: {
      exchange: "golden",
      market_type: "spot",
      symbol: "CASE0",
      from: 0,
      until: Date.UTC(2100),
      known_by: Date.UTC(2100),
    },
    edges: Array.from({ length: imbalances - 1 }, (_, index) => (index + 1) / imbalances),
    tickLots: parseLots(tickSize),
    gapMs: 1000,
  });
  const found = estimateMicroprice(transitions, { imbalances, spreads, tickSize: tick, iterations });
  return {
    actual: { ...found, states: found?.states.map(({ imbalance, spread }) => [imbalance, spread]) },
  };
};
