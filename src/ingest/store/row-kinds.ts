import { FeatureError, Findings } from "../../errors.js";
import { quoteName } from "../../schema/quote.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import { bookKinds, type RowKind } from "../staging/reading.js";
import { type StoreContext, storedTable } from "./store-context.js";

const storedTradeKind = sqlTemplate(import.meta.url, "stored-trade-kind");
const storedBookKind = sqlTemplate(import.meta.url, "stored-book-kind");

/** Sources of whose rows there are several kinds. */
export type KindSource = "trades" | "orderbooks";

const words: Readonly<Record<RowKind, string>> = {
  trade: "trades",
  agg: "aggTrades",
  quotes: "quotes",
  book_snapshot_5: "book_snapshot_5",
  book_snapshot_25: "book_snapshot_25",
};

const reasons: Readonly<Record<KindSource, string>> = {
  trades: "their volume would count twice",
  orderbooks: "between deep books a shallow one looks as if levels had gone",
};

/**
 * The kind of each instrument's rows, in the order of the instrument table; undefined where the files do not say one. An aggregate
 * and its single trades are the same volume twice, and books of different depth change whatever looks below the first level or
 * at changes of the book, so an instrument holds one kind.
 *
 * @param staged the kinds that the files bring, by instrument number
 * @throws FeatureError or Findings: FS_INGEST_MIXED_KINDS
 */
export async function rowKindsOf(
  context: StoreContext,
  source: KindSource,
  staged: ReadonlyMap<number, ReadonlySet<RowKind>>,
): Promise<(RowKind | undefined)[]> {
  const problems: FeatureError[] = [];
  const kinds: (RowKind | undefined)[] = [];
  for (const [index, instrument] of context.instruments.instruments.entries()) {
    const brought = [...(staged.get(index + 1) ?? [])];
    const stored = brought.length === 0 ? undefined : await storedKindOf(context, source, instrument);
    const others = brought.filter((kind) => kind !== (stored ?? brought[0]));
    if (others.length > 0) problems.push(mixed(source, instrument, stored, brought));
    kinds.push(brought[0]);
  }
  if (problems.length > 1) throw new Findings(problems);
  if (problems[0] !== undefined) throw problems[0];
  return kinds;
}

/** What the rows of a book say of where they are from: the format, and of which kind they are. */
export function bookDataSource(format: string, kind: RowKind | undefined): string {
  return kind === undefined ? format : `${format}/${kind}`;
}

async function storedKindOf(
  context: StoreContext,
  source: KindSource,
  instrument: InstrumentKey,
): Promise<RowKind | undefined> {
  const { exchange, marketType, symbol } = instrument;
  const template = source === "trades" ? storedTradeKind : storedBookKind;
  const data_sources = bookKinds.map((kind) => bookDataSource("tardis", kind));
  const [row] = await context.engine.rows<{ kind: RowKind }>(
    template({ table: quoteName(storedTable(context, source)) }),
    {
      params: {
        exchange,
        market_type: marketType,
        symbol,
        ...(source === "orderbooks" ? { data_sources } : {}),
      },
    },
  );
  return row?.kind;
}

function mixed(
  source: KindSource,
  instrument: InstrumentKey,
  stored: RowKind | undefined,
  brought: readonly RowKind[],
): FeatureError {
  const name = instrumentName(instrument);
  const bring = brought.map((kind) => words[kind]).join(" and ");
  const found =
    stored === undefined
      ? `the files bring ${bring} of ${name}`
      : `${name} holds ${words[stored]}, and the files bring ${bring}`;
  const deepest = bookKinds.findLast((kind) => brought.includes(kind));
  const hint =
    deepest === undefined
      ? undefined
      : stored === undefined
        ? `Name the deepest ones only, which hold the others' levels: '*_${deepest}_*' beside the files of other data.`
        : "Leave these files out; for another depth start from an empty table.";
  return new FeatureError("FS_INGEST_MIXED_KINDS", `${found}: ${reasons[source]}`, {
    object: name,
    ...(hint === undefined ? {} : { hint }),
  });
}
