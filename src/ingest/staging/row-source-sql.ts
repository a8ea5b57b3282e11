/** How a file becomes rows `(line, raw, fields)`: the SELECT, the engine's format, and the tests that the row itself must pass. */
import type { FileSource, Params } from "../../engine/port.js";
import { quoteIdentifier } from "../../schema/quote.js";
import { sqlTemplate } from "../../sql-template.js";
import type { RowSource } from "./reading.js";

const delimited = sqlTemplate(import.meta.url, "rows-delimited");
const loose = sqlTemplate(import.meta.url, "fields-loose");
const json = sqlTemplate(import.meta.url, "rows-json");
const parquet = sqlTemplate(import.meta.url, "rows-parquet");

export interface RowsSql {
  readonly sql: string;
  readonly params: Params;
  readonly file: Pick<FileSource, "format" | "structure">;
  readonly fine: readonly string[];
  readonly problems: readonly string[];
}

const lines = { format: "LineAsString", structure: "content String" } as const;

export function rowsSql(rows: RowSource): RowsSql {
  switch (rows.kind) {
    case "delimited":
      return delimitedSql(rows);
    case "json":
      return {
        sql: json({
          elements: elements(rows.keys.map((_, index) => `record.${index + 1}`)),
          content: contentSql(rows.hasByteOrderMark),
        }),
        params: {
          shape: `Tuple(${rows.keys.map((key) => `${quoteIdentifier(key)} Nullable(String)`).join(", ")})`,
        },
        file: lines,
        fine: [],
        problems: ["if(JSONType(raw) = 'Object', '', 'not a JSON object')"],
      };
    case "parquet":
      return {
        sql: parquet({
          elements: elements(
            rows.columns.map(({ name, isArray }) =>
              isArray ? `toString(${quoteIdentifier(name)})` : quoteIdentifier(name),
            ),
          ),
        }),
        params: {},
        file: {
          format: "Parquet",
          structure: rows.columns
            .map(
              ({ name, isArray }) =>
                `${quoteIdentifier(name)} ${isArray ? "Array(Nullable(String))" : "Nullable(String)"}`,
            )
            .join(", "),
        },
        fine: [],
        problems: [],
      };
  }
}

function delimitedSql(rows: Extract<RowSource, { kind: "delimited" }>): RowsSql {
  const cell = `[^${escapeInClass(rows.delimiter)}]*`;
  const isWide = `length(fields) = ${rows.width}`;
  return {
    sql: delimited({
      fields: rows.isLoose ? loose() : "splitByChar({delimiter:String}, raw)",
      content: contentSql(rows.hasByteOrderMark),
    }),
    params: {
      delimiter: rows.delimiter,
      header_lines: rows.headerLines,
      ...(rows.isLoose
        ? { quoted_cell: `(\\s*"(?:[^"]|"")*"\\s*|${cell})${escapeOutside(rows.delimiter)}` }
        : {}),
    },
    file: lines,
    fine: [isWide],
    problems: [`if(${isWide}, '', 'wrong number of columns')`],
  };
}

function elements(expressions: readonly string[]): string {
  return expressions.map((expression) => `ifNull(${expression}, '')`).join(", ");
}

function escapeOutside(delimiter: string): string {
  return delimiter.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}

function escapeInClass(delimiter: string): string {
  return delimiter.replace(/[\\\]^-]/g, "\\$&");
}

function contentSql(hasByteOrderMark: boolean): string {
  return hasByteOrderMark ? "if({line} = 1, substring(content, 4), content)" : "content";
}
