import { FeatureError, Findings } from "../../errors.js";
import { quoteName } from "../../schema/quote.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import { type StoreContext, storedTable } from "./store-context.js";

const storedKind = sqlTemplate(import.meta.url, "stored-kind");

export type TradeKind = "trade" | "agg";

const words: Readonly<Record<TradeKind, string>> = { trade: "trades", agg: "aggTrades" };

/**
 * The kind of each instrument's trades, in the order of the instrument table. An aggregate and its single trades are the same
 * volume twice, so an instrument holds one kind.
 *
 * @param staged the kinds that the files bring, by instrument number
 * @throws FeatureError or Findings: FS_INGEST_MIXED_KINDS
 */
export async function tradeKindsOf(
  context: StoreContext,
  staged: ReadonlyMap<number, ReadonlySet<TradeKind>>,
): Promise<TradeKind[]> {
  const problems: FeatureError[] = [];
  const kinds: TradeKind[] = [];
  for (const [index, instrument] of context.instruments.instruments.entries()) {
    const brought = [...(staged.get(index + 1) ?? [])];
    const stored = brought.length === 0 ? undefined : await storedKindOf(context, instrument);
    const all = new Set([...brought, ...(stored === undefined ? [] : [stored])]);
    if (all.size > 1) problems.push(mixed(instrument, stored));
    kinds.push(brought[0] ?? "trade");
  }
  if (problems.length > 1) throw new Findings(problems);
  if (problems[0] !== undefined) throw problems[0];
  return kinds;
}

async function storedKindOf(
  context: StoreContext,
  instrument: InstrumentKey,
): Promise<TradeKind | undefined> {
  const { exchange, marketType, symbol } = instrument;
  const [row] = await context.engine.rows<{ kind: TradeKind }>(
    storedKind({ table: quoteName(storedTable(context, "trades")) }),
    { params: { exchange, market_type: marketType, symbol } },
  );
  return row?.kind;
}

function mixed(instrument: InstrumentKey, stored: TradeKind | undefined): FeatureError {
  const name = instrumentName(instrument);
  const found =
    stored === undefined
      ? `the files bring trades and aggTrades of ${name}`
      : `${name} holds ${words[stored]}, and the files bring ${words[stored === "trade" ? "agg" : "trade"]}`;
  return new FeatureError("FS_INGEST_MIXED_KINDS", `${found}: their volume would count twice`, {
    object: name,
  });
}
