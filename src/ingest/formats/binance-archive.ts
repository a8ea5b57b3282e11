import { FeatureError } from "../../errors.js";
import { type InstrumentKey, instrumentName, type MarketType } from "../../spec/model.js";
import type { Head, Part } from "../files/input-file.js";
import { constant, field, type Reading } from "../staging/reading.js";
import {
  type ArchivePlaces,
  archiveLayout,
  isArchiveMarket,
  kindOfHeader,
  kindOfWidth,
  placesOf,
} from "./archive-layout.js";
import { type ArchiveName, readArchiveName } from "./archive-name.js";
import type { Format, FormatContext } from "./format.js";
import { headerError } from "./header-error.js";

/**
 * Binance's public archive (data.binance.vision): trades and aggTrades of spot, USD-M and COIN-M futures, as zip or csv, with or
 * without a header. Times are milliseconds, of spot since 2025 microseconds.
 */
export const binanceArchive: Format = {
  name: "binance-archive",
  wants: "text",
  read: async (part, context) => [readArchive(part, context)],
};

/** Lines that are looked at for the number of columns: one broken line does not make a file foreign. */
const sample = 20;

function readArchive(part: Part, context: FormatContext): Reading {
  const names = part.telling.map(readArchiveName);
  const key = instrumentOfName(part.name, names, context);
  const { lines, hasByteOrderMark } = part.head ?? { lines: [], hasByteOrderMark: false };
  const named = names.find(({ kind }) => kind !== undefined)?.kind;
  const { places, width, kind, hasHeader } = layoutOf(part.name, lines, key.marketType, named);
  const words = { exchange: key.exchange, market: key.marketType, symbol: key.symbol };
  const declared = context.project.instruments.find((item) => instrumentName(item) === instrumentName(key));
  // The contract size gives the same quantities whoever recorded a trade; the file's own conversion stands in for it.
  const isInBase = places.baseQuantity !== undefined && declared?.contractSize === undefined;
  return {
    source: "trades",
    rowKind: kind,
    rows: {
      kind: "delimited",
      delimiter: ",",
      width,
      headerLines: hasHeader ? 1 : 0,
      hasByteOrderMark,
      isLoose: false,
    },
    cells: {
      trade_id: field(places.id),
      price: field(places.price),
      quantity: field(isInBase && places.baseQuantity !== undefined ? places.baseQuantity : places.quantity),
      timestamp: field(places.time),
      side: field(places.isBuyerMaker),
    },
    levels: undefined,
    words: {
      exchange: constant(words.exchange),
      market: constant(words.market),
      symbol: constant(words.symbol),
    },
    firstWords: words,
    time: { unit: "milliseconds_or_microseconds", zone: "UTC", isTyped: false },
    // The buyer was the maker: the taker sold.
    sides: { buy: ["false"], sell: ["true"] },
    anyOf: [],
    quantities: isInBase ? "base" : "contracts",
    instrumentOf: () => key,
  };
}

function instrumentOfName(
  file: string,
  names: readonly ArchiveName[],
  context: FormatContext,
): InstrumentKey {
  const { instrument, market: given } = context.options;
  if (instrument !== undefined) return instrument;
  const symbol = names.find((name) => name.symbol !== undefined)?.symbol;
  if (symbol === undefined) {
    throw new FeatureError("FS_INGEST_INSTRUMENT", `the name of ${file} does not tell its instrument`, {
      object: file,
      hint: "Name it like the archive's files (BTCUSDT-trades-2024-08-08.zip), or add --instrument binance/spot/BTCUSDT.",
    });
  }
  const market = given ?? names.find((name) => name.market !== undefined)?.market;
  if (market === undefined) {
    throw new FeatureError(
      "FS_INGEST_INSTRUMENT",
      `neither the name nor a folder of ${file} tells its market: ${symbol} may be spot or a future`,
      {
        object: file,
        hint: "Add --market spot, --market linear (USD-M) or --market inverse (COIN-M), or put the file into a folder spot, futures-um or futures-cm.",
      },
    );
  }
  return { exchange: "binance", marketType: market, symbol };
}

interface FoundLayout {
  readonly places: ArchivePlaces;
  readonly width: number;
  readonly kind: "trade" | "agg";
  readonly hasHeader: boolean;
}

function layoutOf(
  file: string,
  lines: Head["lines"],
  market: MarketType,
  named: "trade" | "agg" | undefined,
): FoundLayout {
  if (!isArchiveMarket(market)) {
    throw new FeatureError("FS_INGEST_INSTRUMENT", `the archive's ${market} files are not read`, {
      object: file,
    });
  }
  const rows = lines
    .slice(0, sample)
    .filter((line) => line !== "")
    .map((line) => line.split(","));
  const first = rows[0] ?? [];
  const widths = rows.map((row) => row.length);
  const hasHeader = first.length > 0 && !/^\s*\d+\s*$/.test(first[0] ?? "");
  if (hasHeader) {
    const places = placesOf(first);
    const kind = kindOfHeader(first);
    if (places === undefined || (named !== undefined && kind !== named)) {
      throw headerError(file, first, archiveLayout(market, named ?? kind).names.join(", "));
    }
    return { places, width: first.length, kind, hasHeader };
  }
  const kind = named ?? kindOfWidth(market, widths[0] ?? 0);
  const layout = kind === undefined ? undefined : archiveLayout(market, kind);
  if (
    kind === undefined ||
    layout === undefined ||
    (widths.length > 0 && !widths.includes(layout.names.length))
  ) {
    const expected = layout ?? archiveLayout(market, "trade");
    throw new FeatureError(
      "FS_INGEST_HEADER",
      `${file} has ${widths[0]} columns; ${expected.names.length} are expected of ${market} ${kind === "agg" ? "aggTrades" : "trades"}: ${expected.names.join(", ")}`,
      { object: file, at: { file, line: 1 }, hint: "Is the market right? See --market and --instrument." },
    );
  }
  return { places: layout, width: layout.names.length, kind, hasHeader };
}
