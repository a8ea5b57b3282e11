/** Each interval between two snapshots by itself, and all of them. */
import type { Engine } from "../../../src/engine/port.js";
import type { Adapter } from "../adapter.js";
import { type GoldenBook, type GoldenTrade, Stage, type ViewRow } from "../stage.js";

interface Inputs {
  readonly snapshots: readonly GoldenBook[];
  readonly trades: readonly GoldenTrade[];
}

export const lobAddCancel: Adapter = async ({ inputs }, engine) => {
  const { snapshots } = inputs as Inputs;
  const first = snapshots[0]?.ts ?? 0;
  const last = snapshots.at(-1)?.ts ?? 0;
  const all = await changesWithin(engine, inputs as Inputs, first, last + 1);
  const intervals = [];
  for (const [index, { ts }] of snapshots.slice(1).entries()) {
    const row = await changesWithin(engine, inputs as Inputs, snapshots[index]?.ts ?? 0, ts + 1);
    const of = (side: string) => ({
      add: row[`${side}_added`],
      cancel: row[`${side}_cancelled`],
      exec: row[`${side}_executed`],
    });
    intervals.push(row.elapsed_s === null ? null : { bid: of("bid"), ask: of("ask") });
  }
  const rates = (side: string) => ({
    add_rate: all[`${side}_add_rate`],
    cancel_rate: all[`${side}_cancel_rate`],
    exec_rate: all[`${side}_exec_rate`],
    net_rate: all[`${side}_net_rate`],
  });
  return { actual: { intervals, elapsed_s: all.elapsed_s, rates: { bid: rates("bid"), ask: rates("ask") } } };
};

async function changesWithin(
  engine: Engine,
  { snapshots, trades }: Inputs,
  start: number,
  end: number,
): Promise<ViewRow> {
  const stage = await Stage.open(engine, { views: ["book_changes"] });
  await stage.buckets([{ start, end }]);
  await stage.books(snapshots);
  await stage.trades(trades);
  const [row] = await stage.rows("book_changes");
  return row ?? { elapsed_s: null };
}
