/** Batches of trades as running totals by timestamp: what lets a replay leap from one end of a bucket to the next. */
import { FeatureError } from "../errors.js";
import { type PlainBatch, plainBatch, type TradeBatch, type WideColumn } from "./trade-batch.js";

/** Plain numbers where every total is exact as such, else big integers. */
export type LotTotals = ArrayLike<number> | ArrayLike<bigint>;

/** Timestamps in order, each with all its trades. Totals begin with 0, so there is one more of them than `length`. */
export interface GroupTotals {
  readonly length: number;
  /** Epoch ms, ascending. */
  readonly at: Float64Array;
  /** Lots of the timestamps before this one. */
  readonly lots: LotTotals;
  /** Trades, or book updates, of the timestamps before this one. */
  readonly trades: Float64Array;
}

/** A timestamp of which the next batch may bring more. */
interface WaitingGroup {
  readonly at: number;
  readonly lots: bigint;
  readonly trades: number;
}

export class GroupTotaller {
  #waiting: WaitingGroup | undefined;

  /**
   * The timestamps that the batch completes: its last one waits for the next batch.
   * @throws FeatureError FS_CLOCK_ORDER for a timestamp below the one before.
   */
  take(batch: TradeBatch): GroupTotals {
    if (batch.length === 0) return none;
    const plain = plainBatch(batch);
    const { at, trades, ends } = groupsOf(plain, this.#waiting);
    const before = this.#waiting?.lots ?? 0n;
    const lots = plainTotals(plain.lots, ends, before) ?? bigTotals(plain.lots, ends, before);
    const last = ends.length - 1;
    this.#waiting = {
      at: at[last] as number,
      lots: BigInt(lots[last + 1] as number | bigint) - BigInt(lots[last] as number | bigint),
      trades: (trades[last + 1] as number) - (trades[last] as number),
    };
    return { length: last, at, lots, trades };
  }

  /** The timestamp that waits, once it is known to be complete. */
  rest(): GroupTotals {
    if (this.#waiting === undefined) return none;
    const { at, lots, trades } = this.#waiting;
    this.#waiting = undefined;
    return {
      length: 1,
      at: Float64Array.of(at),
      lots: [0n, lots],
      trades: Float64Array.of(0, trades),
    };
  }
}

const none: GroupTotals = { length: 0, at: new Float64Array(0), lots: [0], trades: new Float64Array(1) };

/** `ends`: the row behind each group. A group that waited is the first one; it may get no row of this batch. */
function groupsOf(
  { length, timestamp, count }: PlainBatch,
  waiting: WaitingGroup | undefined,
): { readonly at: Float64Array; readonly trades: Float64Array; readonly ends: Uint32Array } {
  const at = new Float64Array(length + 1);
  const trades = new Float64Array(length + 2);
  const ends = new Uint32Array(length + 1);
  let groups = 0;
  let total = 0;
  let last = Number.NEGATIVE_INFINITY;
  if (waiting !== undefined) {
    last = waiting.at;
    total = waiting.trades;
    at[0] = last;
    trades[1] = total;
    groups = 1;
  }
  for (let row = 0; row < length; row++) {
    const now = timestamp[row] as number;
    if (now !== last) {
      // Written so that NaN is refused too.
      if (!(now > last)) {
        throw new FeatureError("FS_CLOCK_ORDER", `a trade at ${now} ms follows one at ${last} ms`);
      }
      at[groups] = now;
      groups += 1;
      last = now;
    }
    total += count === undefined ? 1 : (count[row] as number);
    trades[groups] = total;
    ends[groups - 1] = row + 1;
  }
  return { at, trades, ends: ends.subarray(0, groups) };
}

/** Undefined where a total is too large to be exact. */
function plainTotals(
  { halves, stride, used }: WideColumn,
  ends: Uint32Array,
  before: bigint,
): Float64Array | undefined {
  if (used > 2 || before > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const totals = new Float64Array(ends.length + 1);
  let total = Number(before);
  let row = 0;
  for (let group = 0; group < ends.length; group++) {
    for (; row < (ends[group] as number); row++) {
      const base = row * stride;
      total += halves[base] as number;
      if (used === 2) total += (halves[base + 1] as number) * 2 ** 32;
    }
    totals[group + 1] = total;
  }
  return total <= Number.MAX_SAFE_INTEGER ? totals : undefined;
}

function bigTotals({ halves, stride, used }: WideColumn, ends: Uint32Array, before: bigint): bigint[] {
  const totals = [0n];
  let total = before;
  let row = 0;
  for (const end of ends) {
    for (; row < end; row++) {
      let lots = 0n;
      for (let half = used - 1; half >= 0; half--) {
        lots = (lots << 32n) + BigInt(halves[row * stride + half] as number);
      }
      total += lots;
    }
    totals.push(total);
  }
  return totals;
}
