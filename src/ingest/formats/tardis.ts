import { FeatureError } from "../../errors.js";
import type { InstrumentKey, SourceName } from "../../spec/model.js";
import type { Part } from "../files/input-file.js";
import { splitLine } from "../files/split-line.js";
import {
  absent,
  bookKinds,
  type Cell,
  constant,
  field,
  type InstrumentWords,
  type LevelColumn,
  type Reading,
} from "../staging/reading.js";
import type { Format, FormatContext } from "./format.js";
import { headerError, missingColumnsError } from "./header-error.js";
import { tardisInstrument } from "./tardis-exchanges.js";
import {
  commonNames,
  neededNames,
  sourcesOfType,
  type TardisType,
  tardisTypes,
  typeOfPath,
  typesOfHeader,
} from "./tardis-layout.js";

/**
 * Tardis.dev's csv datasets. Columns are found by the names in the header; times are microseconds, `local_timestamp` is the
 * recorder's clock. Several instruments may share a file.
 */
export const tardis: Format = {
  name: "tardis",
  wants: "text",
  read: async (part, context) => {
    const header = splitLine(part.head?.lines[0] ?? "", ",").map((name) => name.trim());
    const type = typeOf(part, header, context);
    const missing = [...commonNames, ...neededNames[type]].filter((name) => !header.includes(name));
    if (missing.length > 0) {
      throw missingColumnsError(part.name, header, missing, `Tardis' ${type}`);
    }
    return sourcesOfType[type].map((source) => readTardis(part, header, type, source, context));
  },
};

function typeOf(part: Part, header: readonly string[], context: FormatContext): TardisType {
  const named = part.telling.map(typeOfPath).find((type) => type !== undefined);
  if (named !== undefined) return named;
  const asked = context.options.source;
  const all = typesOfHeader(header);
  const fitting = asked === undefined ? all : all.filter((type) => sourcesOfType[type].includes(asked));
  const [first] = fitting;
  if (first === undefined) {
    throw headerError(part.name, header, `those of one of ${tardisTypes.join(", ")}`);
  }
  if (first !== "trades" || fitting.length === 1) return first;
  throw new FeatureError(
    "FS_INGEST_INSTRUMENT",
    `${part.name} may hold trades or liquidations: their columns are the same`,
    {
      object: part.name,
      hint: "Add --source trades or --source liquidations, or keep Tardis' file name.",
    },
  );
}

function readTardis(
  part: Part,
  header: readonly string[],
  type: TardisType,
  source: SourceName,
  context: FormatContext,
): Reading {
  const place = (name: string): number => header.indexOf(name) + 1;
  const cell = (name: string): Cell => (place(name) === 0 ? absent : field(place(name)));
  const first = splitLine(part.head?.lines[1] ?? "", ",");
  const firstWords = {
    exchange: first[place("exchange") - 1] ?? "",
    market: "",
    symbol: first[place("symbol") - 1] ?? "",
  };
  return {
    source,
    rowKind: type === "trades" ? "trade" : bookKinds.find((kind) => kind === type),
    rows: {
      kind: "delimited",
      delimiter: ",",
      width: header.length,
      headerLines: 1,
      hasByteOrderMark: part.head?.hasByteOrderMark ?? false,
      isLoose: false,
    },
    cells: {
      timestamp: cell("timestamp"),
      available_at: cell("local_timestamp"),
      trade_id: cell("id"),
      liquidation_id: cell("id"),
      price: cell("price"),
      quantity: cell("amount"),
      side: cell("side"),
      funding_rate: cell("funding_rate"),
      predicted_funding_rate: cell("predicted_funding_rate"),
      next_funding_time: cell("funding_timestamp"),
      mark_price: cell("mark_price"),
      index_price: cell("index_price"),
      last_price: cell("last_price"),
      open_interest: cell("open_interest"),
    },
    levels: source === "orderbooks" ? levelsOf(header, type) : undefined,
    words: { exchange: cell("exchange"), market: constant(""), symbol: cell("symbol") },
    firstWords: firstWords.exchange === "" || firstWords.symbol === "" ? undefined : firstWords,
    time: { unit: "microseconds", zone: "UTC", isTyped: false },
    sides: { buy: ["buy"], sell: ["sell"] },
    anyOf: anyOf[source] ?? [],
    quantities: "contracts",
    instrumentOf: (words) => instrumentOf(words, context),
  };
}

/** A ticker row carries what changed: not every row has an open interest or a rate. */
const anyOf: Readonly<Partial<Record<SourceName, readonly string[]>>> = {
  funding_rates: ["funding_rate", "predicted_funding_rate", "mark_price", "index_price"],
  open_interests: ["open_interest"],
};

function levelsOf(header: readonly string[], type: TardisType): Record<LevelColumn, number[]> {
  const places = (side: "bids" | "asks", value: "price" | "amount"): number[] => {
    if (type === "quotes") return [header.indexOf(`${side.slice(0, 3)}_${value}`) + 1];
    const found: number[] = [];
    for (let level = 0; header.includes(`${side}[${level}].${value}`); level++) {
      found.push(header.indexOf(`${side}[${level}].${value}`) + 1);
    }
    return found;
  };
  return {
    bid_px: places("bids", "price"),
    bid_qty: places("bids", "amount"),
    ask_px: places("asks", "price"),
    ask_qty: places("asks", "amount"),
  };
}

function instrumentOf(words: InstrumentWords, context: FormatContext): InstrumentKey | FeatureError {
  const given = context.instrumentOption.take(words);
  if (given !== undefined) return given;
  const symbol = words.symbol.toUpperCase();
  const known = tardisInstrument(words.exchange.toLowerCase(), symbol);
  if (known !== undefined) return known;
  return new FeatureError(
    "FS_INGEST_INSTRUMENT",
    `which market Tardis' ${words.exchange} ${symbol} is, is not known`,
    {
      object: `${words.exchange} ${symbol}`,
      hint: "Say it with --instrument exchange/market_type/symbol, one instrument a command.",
    },
  );
}
