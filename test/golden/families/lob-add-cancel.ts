/** Each interval between two snapshots by itself, and all of them. */
import type { Engine } from "../../../src/engine/port.js";
import type { Adapter } from "../adapter.js";
import { type GoldenBook, type GoldenBucket, type GoldenTrade, Stage, type ViewRow } from "../stage.js";

interface Inputs {
  readonly snapshots: readonly GoldenBook[];
  readonly trades: readonly GoldenTrade[];
}

export const lobAddCancel: Adapter = async ({ inputs }, engine) => {
  const { snapshots } = inputs as Inputs;
  const first = snapshots[0]?.ts ?? 0;
  const last = snapshots.at(-1)?.ts ?? 0;
  const pairs = snapshots
    .slice(1)
    .map(({ ts }, index) => ({ start: snapshots[index]?.ts ?? 0, end: ts + 1 }));
  const [all = nothing, ...each] = await changesWithin(engine, inputs as Inputs, [
    { start: first, end: last + 1 },
    ...pairs,
  ]);
  const intervals = each.map((row) => {
    const of = (side: string) => ({
      add: row[`${side}_added`],
      cancel: row[`${side}_cancelled`],
      exec: row[`${side}_executed`],
    });
    return row.elapsed_s === null ? null : { bid: of("bid"), ask: of("ask") };
  });
  const rates = (side: string) => ({
    add_rate: all[`${side}_add_rate`],
    cancel_rate: all[`${side}_cancel_rate`],
    exec_rate: all[`${side}_exec_rate`],
    net_rate: all[`${side}_net_rate`],
  });
  return { actual: { intervals, elapsed_s: all.elapsed_s, rates: { bid: rates("bid"), ask: rates("ask") } } };
};

/** No interval with both sides on both ends. */
const nothing: ViewRow = { elapsed_s: null };

/** One bucket for each span, each of an instrument of its own: they overlap. */
async function changesWithin(
  engine: Engine,
  { snapshots, trades }: Inputs,
  spans: readonly GoldenBucket[],
): Promise<ViewRow[]> {
  const stage = await Stage.open(engine, { views: ["book_changes"], series: spans.length });
  for (const [series, span] of spans.entries()) {
    await stage.buckets([span], series);
    await stage.books(snapshots, series);
    await stage.trades(trades, series);
  }
  const rows = await stage.rows("book_changes");
  return spans.map((_, series) => rows.find((row) => row.series === series) ?? nothing);
}
