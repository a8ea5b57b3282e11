import type { FileSource, Params } from "../../engine/port.js";
import type { TableName } from "../../schema/object.js";
import { quoteIdentifier, quoteName } from "../../schema/quote.js";
import { sqlTemplate } from "../../sql-template.js";
import { cellOf, cellText, Texts } from "./cell-sql.js";
import { type Fragment, joinFragments, type StagedColumn } from "./fragment.js";
import type { InstrumentTable } from "./instrument-table.js";
import { identityFragment, timeFragment } from "./own-fragments.js";
import type { Reading } from "./reading.js";
import { rowsSql } from "./row-source-sql.js";
import { sourceFragment } from "./source-fragments.js";

const template = sqlTemplate(import.meta.url, "stage");

/** The columns that every staging table begins with. */
export const commonColumns: readonly Omit<StagedColumn, "sql">[] = [
  { name: "file", type: "UInt32" },
  { name: "line", type: "UInt64" },
  { name: "reason", type: "LowCardinality(String)" },
  { name: "text", type: "String" },
  { name: "instrument", type: "UInt32" },
];

export interface StageStatement {
  readonly sql: string;
  readonly params: Params;
  readonly file: Pick<FileSource, "format" | "structure">;
}

/**
 * The load that parses a file into a staging table. Rows that cannot be stored get a `reason` and the beginning of their line as
 * `text`; rows of instruments that the table does not hold get instrument 0 and their words as `text`.
 */
export function stageStatement(
  staging: TableName,
  fileNumber: number,
  reading: Reading,
  instruments: InstrumentTable,
  delayMs: number,
): StageStatement {
  const texts = new Texts();
  const rows = rowsSql(reading.rows);
  const parts = stagedFragment(reading, texts, instruments.hasContracts);
  const word = (cell: "exchange" | "market" | "symbol"): string => cellText(reading.words[cell], texts);
  const aliases = [
    [
      "words",
      `concat(lower(${word("exchange")}), '/', lower(${word("market")}), '/', upper(${word("symbol")}))`,
    ],
    ["instrument", "transform(words, {words:Array(String)}, {numbers:Array(UInt32)}, toUInt32(0))"],
    ...parts.aliases,
  ];
  const anyOf = reading.anyOf.map((column) => `${cellText(cellOf(reading, column), texts)} != ''`);
  return {
    sql: template({
      staging: quoteName(staging),
      columns: [...commonColumns, ...parts.columns].map(({ name }) => quoteIdentifier(name)).join(", "),
      aliases: aliases.map(([name, sql]) => `${sql} AS ${name}`).join(",\n"),
      fine: [...rows.fine, ...parts.fine].join("\nAND "),
      reason: reasonOf([...rows.problems, ...parts.problems]),
      values: parts.columns.map(({ sql }) => sql).join(",\n"),
      rows: rows.sql,
      is_row: anyOf.length === 0 ? "true" : anyOf.join(" OR "),
    }),
    params: {
      ...rows.params,
      ...instruments.stagingParams,
      file_number: fileNumber,
      delay_us: delayMs * 1000,
      ...(usesSides(reading) ? { buy: reading.sides.buy, sell: reading.sides.sell } : {}),
      ...texts.params,
    },
    file: rows.file,
  };
}

/** Columns of a source's staging table. */
export function stagingColumns(reading: Reading): readonly Omit<StagedColumn, "sql">[] {
  return [...commonColumns, ...stagedFragment(reading, new Texts(), false).columns];
}

function stagedFragment(reading: Reading, texts: Texts, hasContracts: boolean): Fragment {
  const isConverted = hasContracts && reading.quantities === "contracts";
  const values = sourceFragment(reading, texts, isConverted);
  return joinFragments([timeFragment(reading, texts), values, identityFragment(reading, texts, values)]);
}

function usesSides(reading: Reading): boolean {
  return reading.source === "trades" || reading.source === "liquidations";
}

/** The first of the reasons that is not empty. A row that none of them explains would be a defect of this list. */
function reasonOf(problems: readonly string[]): string {
  const first = `arrayFirst(problem -> problem != '', [${problems.join(",\n")}])`;
  return `ifNull(nullIf(${first}, ''), 'not readable')`;
}
