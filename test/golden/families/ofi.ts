/** The events one by one (a bucket for each snapshot, the one before carried in), and all of them together. */
import type { Engine } from "../../../src/engine/port.js";
import type { Adapter } from "../adapter.js";
import { type GoldenBucket, Stage, type ViewRow } from "../stage.js";

interface State {
  readonly ts: number;
  readonly bid: number | null;
  readonly bid_qty: number | null;
  readonly ask: number | null;
  readonly ask_qty: number | null;
}

export const ofi: Adapter = async ({ inputs }, engine) => {
  const states = inputs as readonly State[];
  const [first] = states;
  const last = states.at(-1);
  const empty = { e: [], ofi: null, n_valid: 0, avg_depth: null, ofi_normalised: null };
  if (first === undefined || last === undefined) return { actual: empty };
  const [all = {}] = await rowsOf(engine, states, [{ start: first.ts, end: last.ts + 1 }]);
  const each = await rowsOf(
    engine,
    states,
    states.map(({ ts }) => ({ start: ts, end: ts + 1 })),
  );
  return {
    actual: {
      e: states.map((_, index) => each.find((row) => row.bucket_id === index + 1)?.ofi_1 ?? null),
      ofi: all.ofi_1,
      n_valid: all.ofi_events,
      avg_depth: all.avg_depth,
      ofi_normalised: all.ofi_normalised,
    },
  };
};

async function rowsOf(
  engine: Engine,
  states: readonly State[],
  buckets: readonly GoldenBucket[],
): Promise<ViewRow[]> {
  const stage = await Stage.open(engine, { views: ["ofi"], bookGapMs: 365 * 86_400_000 });
  await stage.buckets(buckets);
  const side = (price: number | null, size: number | null): [number, number][] =>
    price === null || size === null ? [] : [[price, size]];
  await stage.books(
    states.map((state) => ({
      ts: state.ts,
      bids: side(state.bid, state.bid_qty),
      asks: side(state.ask, state.ask_qty),
    })),
  );
  return stage.rows("ofi");
}
