/** What csv, ndjson and parquet share: a column map, or our own column names, over fields that are found by name or place. */
import { FeatureError } from "../../errors.js";
import { parseInstrumentName } from "../../spec/instrument-name.js";
import type { CsvMap, InstrumentKey, SourceName } from "../../spec/model.js";
import { neededColumns } from "../../spec/source-columns.js";
import {
  absent,
  type Cell,
  constant,
  field,
  type InstrumentWords,
  type Reading,
  type RowSource,
} from "../staging/reading.js";
import type { FormatContext } from "./format.js";
import { missingColumnsError } from "./header-error.js";
import { ownColumns } from "./own-columns.js";

/** The place of a field, from 1, by the name or place that a map gives; undefined when the file does not have it. */
type FieldPlace = (column: string | number) => number | undefined;

interface MappedFile {
  readonly name: string;
  readonly rows: RowSource;
  readonly placeOf: FieldPlace;
  /** Fields of the first row; undefined where it was not looked at. */
  readonly firstRow: readonly string[] | undefined;
}

export function sourceOf(context: FormatContext): SourceName {
  return context.options.map?.source ?? context.options.source ?? "trades";
}

/** The file's columns that are read, by ours: those of the map, or our own names. */
export function fileColumns(context: FormatContext): ReadonlyMap<string, string | number> {
  const { map } = context.options;
  const pairs =
    map === undefined
      ? ownColumns(sourceOf(context)).map((name) => [name, name] as const)
      : Object.entries(map.columns);
  return new Map<string, string | number>(pairs);
}

/** Refuses a file that lacks columns: of those that a map names any, of our own those without which no row is one. */
export function refuseMissing(
  file: string,
  found: readonly string[],
  context: FormatContext,
  placeOf: FieldPlace,
): void {
  const { map } = context.options;
  const missing = missingColumns(context, placeOf);
  if (missing.length === 0) return;
  if (map !== undefined) {
    throw missingColumnsError(
      file,
      found,
      missing,
      `rows by the map ${map.name}`,
      `The map is ${map.at.file}.`,
    );
  }
  const own = ownColumns(sourceOf(context)).join(", ");
  const hint = `A map says what a file's columns are called: see --map. Our own names are ${own}.`;
  throw missingColumnsError(file, found, missing, `rows of ${sourceOf(context)}`, hint);
}

function missingColumns(context: FormatContext, placeOf: FieldPlace): (string | number)[] {
  const has = (column: string | number): boolean => placeOf(column) !== undefined;
  if (context.options.map !== undefined) {
    return [...fileColumns(context).values()].filter((column) => !has(column));
  }
  const source = sourceOf(context);
  const missing = neededColumns(source).filter((column) => !has(column));
  if (source === "trades" && !has("side") && !has("is_maker")) missing.push("side");
  return missing;
}

export function mappedReading(file: MappedFile, context: FormatContext): Reading {
  const { map } = context.options;
  const cells = cellsOf(file.placeOf, context);
  const isMakerOnly = cells.side === undefined && cells.is_maker !== undefined;
  const words = wordCells(file.name, cells, context);
  return {
    source: sourceOf(context),
    rowKind: sourceOf(context) === "trades" ? "trade" : undefined,
    rows: file.rows,
    cells: isMakerOnly ? { ...cells, side: cells.is_maker ?? absent } : cells,
    levels: undefined,
    words,
    firstWords: wordsOf(words, file.firstRow),
    time: { ...(map?.time ?? { unit: "any", zone: "UTC" }), isTyped: file.rows.kind === "parquet" },
    sides: isMakerOnly ? makerSides : lowerCase(map?.sides ?? { buy: ["buy"], sell: ["sell"] }),
    anyOf: [],
    quantities: map === undefined ? "base" : "contracts",
    instrumentOf: (found) => instrumentOf(found, context),
  };
}

/** The buyer was the maker: the taker sold. */
const makerSides: Reading["sides"] = { buy: ["false", "0", "f", "no"], sell: ["true", "1", "t", "yes"] };

function lowerCase(sides: CsvMap["sides"]): Reading["sides"] {
  const lower = (words: readonly string[]): string[] => words.map((word) => word.toLowerCase());
  return { buy: lower(sides.buy), sell: lower(sides.sell) };
}

function cellsOf(placeOf: FieldPlace, context: FormatContext): Record<string, Cell> {
  const cells: Record<string, Cell> = {};
  for (const [column, name] of fileColumns(context)) {
    const place = placeOf(name);
    if (place !== undefined) cells[column] = field(place);
  }
  for (const [column, text] of Object.entries(context.options.map?.constants ?? {}))
    cells[column] = constant(text);
  return cells;
}

function wordCells(
  file: string,
  cells: Readonly<Record<string, Cell>>,
  context: FormatContext,
): Reading["words"] {
  const { instrument } = context.options;
  const cell = (column: string, given: string | undefined): Cell => {
    const found = cells[column] ?? (given === undefined ? undefined : constant(given));
    if (found !== undefined) return found;
    throw noWord(column, `the rows of ${file}`);
  };
  return {
    exchange: cell("exchange", instrument?.exchange),
    market: cell("market_type", instrument?.marketType),
    symbol: cell("symbol", instrument?.symbol),
  };
}

function wordsOf(cells: Reading["words"], row: readonly string[] | undefined): InstrumentWords | undefined {
  const text = (cell: Cell): string | undefined =>
    cell.kind === "constant" ? cell.text : cell.kind === "field" ? row?.[cell.place - 1] : undefined;
  const [exchange, market, symbol] = [text(cells.exchange), text(cells.market), text(cells.symbol)];
  if (exchange === undefined || market === undefined || symbol === undefined) return undefined;
  return { exchange, market, symbol };
}

function instrumentOf(words: InstrumentWords, context: FormatContext): InstrumentKey | FeatureError {
  const given = context.instrumentOption.take(words);
  if (given !== undefined) return given;
  const empty = (["exchange", "market", "symbol"] as const).find((word) => words[word] === "");
  if (empty !== undefined) return noWord(empty === "market" ? "market_type" : empty, "some rows");
  const text = `${words.exchange.toLowerCase()}/${words.market.toLowerCase()}/${words.symbol.toUpperCase()}`;
  const parsed = parseInstrumentName(text);
  if (!("problem" in parsed)) return parsed;
  return new FeatureError("FS_INGEST_INSTRUMENT", parsed.problem, {
    object: text,
    hint: "Correct the map's columns or constants, or add --instrument exchange/market_type/symbol.",
  });
}

function noWord(column: string, rows: string): FeatureError {
  return new FeatureError("FS_INGEST_INSTRUMENT", `nothing says the ${column} of ${rows}`, {
    hint: "Add --instrument exchange/market_type/symbol, or name it under `columns` or `constants` of the map.",
  });
}
