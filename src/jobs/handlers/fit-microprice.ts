import { parseLots } from "../../clock/decimal.js";
import { sourceRelation } from "../../compile/source-relation.js";
import { bucketsName } from "../../schema/clock-tables.js";
import { fitsName } from "../../schema/fits-table.js";
import { quoteName } from "../../schema/quote.js";
import { parseDuration } from "../../spec/duration.js";
import { type Instrument, instrumentName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import type { HandlerCall, JobContext } from "../handler.js";
import { estimateMicroprice } from "../microprice/estimate-microprice.js";
import { bookTops, readTransitions } from "../microprice/read-transitions.js";

const edgesSql = sqlTemplate(import.meta.url, "imbalance-edges");
const storeSql = sqlTemplate(import.meta.url, "store-fit");

const week = 7 * 86_400_000;
/** The name that views give under `table:`. */
const fitName = "microprice_fit";

interface FitShape {
  readonly clock: string;
  readonly lookBackMs: number;
  readonly imbalances: number;
  readonly spreads: number;
  readonly iterations: number;
}

/**
 * `microprice.fit`: for each instrument, Stoikov's adjustments from the snapshots of the look-back before the end of its last closed
 * bucket. Known a second after that bucket was: a bucket that is being closed meanwhile does not use it.
 */
export async function fitMicroprice({ context, with: values, signal }: HandlerCall): Promise<string> {
  const shape: FitShape = {
    clock: String(values.clock ?? "ubt"),
    lookBackMs: parseDuration(String(values.look_back ?? "")) ?? week,
    imbalances: Number(values.imbalances ?? 10),
    spreads: Number(values.spreads ?? 4),
    iterations: Number(values.iterations ?? 6),
  };
  const without: string[] = [];
  let fitted = 0;
  for (const instrument of context.specs.project.instruments) {
    signal.throwIfAborted();
    const outcome = await fitInstrument(context, instrument, shape);
    if (outcome === "fitted") fitted += 1;
    if (outcome === "too few") without.push(instrumentName(instrument));
  }
  return `${fitted} instruments fitted${without.length === 0 ? "" : `, too few moves of the mid for ${without.join(", ")}`}`;
}

async function fitInstrument(
  { engine, specs }: JobContext,
  instrument: Instrument,
  { clock, lookBackMs, imbalances, spreads, iterations }: FitShape,
): Promise<"fitted" | "too few" | "no books"> {
  const { project } = specs;
  const buckets = quoteName(bucketsName(project, clock));
  const key = {
    exchange: instrument.exchange,
    market_type: instrument.marketType,
    symbol: instrument.symbol,
  };
  const [last] = await engine.rows<{ end: string; known: string }>(
    `SELECT toString(toUnixTimestamp64Milli(max(bucket_ts_end))) AS end, toString(toUnixTimestamp64Milli(max(available_at))) AS known
     FROM ${buckets}
     WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
     HAVING count() > 0`,
    { params: key },
  );
  if (last === undefined) return "no books";
  const until = Number(last.end);
  const columns = ["exchange", "market_type", "symbol", "timestamp", "book_seq", "available_at"];
  const books = sourceRelation(project, "orderbooks", [...columns, "bid_px", "bid_qty", "ask_px", "ask_qty"]);
  const params = { ...key, from: until - lookBackMs, until, known_by: Number(last.known) };
  const levels = Array.from({ length: imbalances - 1 }, (_, index) => String((index + 1) / imbalances));
  const [found] = await engine.rows<{ edges: readonly number[]; snapshots: string }>(
    edgesSql({ levels: levels.join(", "), tops: bookTops(books) }),
    { params },
  );
  if (found === undefined || Number(found.snapshots) === 0) return "no books";
  const transitions = await readTransitions(engine, {
    books,
    params,
    edges: found.edges,
    tickLots: parseLots(instrument.tickSize),
    gapMs: project.clocks[clock]?.bookGapMs ?? 0,
  });
  const tickSize = Number(instrument.tickSize);
  const estimate = estimateMicroprice(transitions, { imbalances, spreads, tickSize, iterations });
  if (estimate === undefined || transitions.every(({ halfTicks }) => halfTicks === 0)) return "too few";
  await engine.execute(storeSql({ fits: quoteName(fitsName(project)), buckets }), {
    params: {
      ...params,
      fit: fitName,
      observations: Number(found.snapshots),
      edges: [...found.edges],
      adjustments: [...estimate.G],
      tick_size: tickSize,
      imbalances,
      spreads,
    },
  });
  return "fitted";
}
