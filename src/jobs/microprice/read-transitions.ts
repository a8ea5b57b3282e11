/** The states of an instrument's best prices, as transitions with their counts. */
import type { Params, Reader } from "../../engine/port.js";
import { sqlTemplate } from "../../sql-template.js";
import type { Transition } from "./estimate-microprice.js";

const topsSql = sqlTemplate(import.meta.url, "book-tops");
const transitionsSql = sqlTemplate(import.meta.url, "book-transitions");

interface Request {
  /** FROM-text of the order books. */
  readonly books: string;
  /** The instrument, `from` and `until` in epoch ms, and `known_by`. */
  readonly params: Params;
  /** Upper ends of the buckets of the imbalance but the last; an imbalance on an edge is below it. */
  readonly edges: readonly number[];
  /** Tick size, in units of 1e-8. */
  readonly tickLots: bigint;
  /** Snapshots further apart than this do not follow each other. */
  readonly gapMs: number;
}

/** SELECT of the valid best prices in order of time. */
export function bookTops(books: string): string {
  return topsSql({ books });
}

export async function readTransitions(reader: Reader, request: Request): Promise<Transition[]> {
  const { books, params, edges, tickLots, gapMs } = request;
  const rows = await reader.rows<{
    imbalance: number;
    spread: number;
    next_imbalance: number;
    next_spread: number;
    half_ticks: number;
    times: string;
  }>(transitionsSql({ tops: bookTops(books) }), {
    params: { ...params, edges: [...edges], tick: tickLots, gap: gapMs },
  });
  return rows.map((row) => ({
    from: { imbalance: row.imbalance, spread: row.spread },
    to: { imbalance: row.next_imbalance, spread: row.next_spread },
    halfTicks: row.half_ticks,
    count: Number(row.times),
  }));
}
