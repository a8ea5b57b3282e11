/** sources/<name>.yaml → CsvMap. */
import { exchangeProblem, marketTypeProblem, symbolProblem } from "./instrument-name.js";
import { pointerTo } from "./json-pointer.js";
import type { CsvMap, SourceName } from "./model.js";
import { type RawSides, readSides } from "./sides.js";
import { neededColumns, sourceColumns } from "./source-columns.js";
import { recordOf, type SpecReader } from "./spec-reader.js";
import { didYouMean } from "./suggest.js";
import { isTimeZone } from "./time-zone.js";

interface RawCsvMap {
  readonly csv: string;
  readonly source: SourceName;
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly columns: Readonly<Record<string, string | number>>;
  readonly constants?: Readonly<Record<string, string | number>>;
  readonly time?: { readonly unit?: CsvMap["time"]["unit"]; readonly zone?: string };
  readonly sides?: RawSides;
}

export function readCsvMapFile(reader: SpecReader): CsvMap {
  const raw = reader.file.data as RawCsvMap;
  const header = raw.header ?? true;
  checkNames(reader, raw);
  checkNeeded(reader, raw);
  checkPlaces(reader, raw, header);
  checkConstants(reader, raw);
  const zone = raw.time?.zone ?? "UTC";
  if (!isTimeZone(zone)) {
    reader.add(
      "FS_SPEC_VALUE",
      `${zone} is no time zone`,
      reader.file.at("/time/zone"),
      "Write an IANA name such as Europe/Berlin, or an offset such as +03:00.",
    );
  }
  return {
    name: raw.csv,
    source: raw.source,
    delimiter: raw.delimiter ?? ",",
    header,
    columns: recordOf(Object.entries(raw.columns)),
    constants: recordOf(
      Object.entries(raw.constants ?? {}).map(([column, value]) => [
        column,
        // As written: a symbol 0010 is not the number 10.
        reader.file.textAt(pointerTo("/constants", column)) ?? String(value),
      ]),
    ),
    time: { unit: raw.time?.unit ?? "milliseconds", zone },
    sides: readSides(reader, "/sides", raw.sides),
    at: reader.file.keyAt("/csv"),
  };
}

function checkNames(reader: SpecReader, raw: RawCsvMap): void {
  const known = sourceColumns(raw.source);
  for (const key of ["columns", "constants"] as const) {
    for (const column of Object.keys(raw[key] ?? {})) {
      const at = reader.file.keyAt(pointerTo(`/${key}`, column));
      if (!known.includes(column)) {
        const hint = didYouMean(column, known, `Columns of ${raw.source}: ${known.join(", ")}.`);
        reader.add("FS_SPEC_UNKNOWN_REFERENCE", `${raw.source} has no column ${column}`, at, hint);
      } else if (key === "constants" && Object.hasOwn(raw.columns, column)) {
        reader.add(
          "FS_SPEC_DUPLICATE",
          `${column} is a column of the file and a constant`,
          at,
          "Keep one of the two.",
        );
      }
    }
  }
}

function checkNeeded(reader: SpecReader, raw: RawCsvMap): void {
  const has = (column: string): boolean =>
    Object.hasOwn(raw.columns, column) || Object.hasOwn(raw.constants ?? {}, column);
  const missing = neededColumns(raw.source).filter((column) => !has(column));
  if (raw.source === "trades" && !has("side") && !has("is_maker")) missing.push("side");
  for (const column of missing) {
    const hint = `Add \`${column}: <the file's column>\` to \`columns\`.`;
    reader.add(
      "FS_SPEC_MISSING_KEY",
      `\`columns\` has no ${column}, which ${raw.source} need`,
      reader.file.keyAt("/columns"),
      hint,
    );
  }
}

function checkPlaces(reader: SpecReader, raw: RawCsvMap, header: boolean): void {
  for (const [column, place] of Object.entries(raw.columns)) {
    if (header || typeof place === "number") continue;
    const message = `\`columns.${column}\` is a name, but the file has no header (\`header: false\`)`;
    reader.add(
      "FS_SPEC_VALUE",
      message,
      reader.file.at(pointerTo("/columns", column)),
      "Write the column's place, counted from 1.",
    );
  }
}

const constantProblems = {
  exchange: exchangeProblem,
  market_type: marketTypeProblem,
  symbol: symbolProblem,
} as const;

function checkConstants(reader: SpecReader, raw: RawCsvMap): void {
  for (const [column, problemOf] of Object.entries(constantProblems)) {
    const pointer = pointerTo("/constants", column);
    const text = raw.constants?.[column] === undefined ? undefined : reader.file.textAt(pointer);
    const problem = text === undefined ? undefined : problemOf(text);
    if (problem !== undefined) {
      const hint = "Write the instrument as in features.yaml: binance, spot, BTCUSDT.";
      reader.add("FS_SPEC_VALUE", problem, reader.file.at(pointer), hint);
    }
  }
}
