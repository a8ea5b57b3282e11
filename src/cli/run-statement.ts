import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../engine/port.js";
import { plural } from "./count-text.js";
import type { Outcome } from "./outcome.js";
import { renderRecords, renderTable } from "./render-table.js";
import type { StatementKind } from "./sql-statement.js";

type Row = Readonly<Record<string, unknown>>;

/** SHOW, DESCRIBE and EXPLAIN have no streamed result: the engine writes them to a file. */
async function inspect(engine: Engine, sql: string): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "prism-sql-"));
  try {
    const file = join(folder, "rows.ndjson");
    await engine.exportTo(file, "JSONEachRow", sql);
    const lines = (await readFile(file, "utf8")).split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Row);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function show(rows: readonly Row[], width: number | undefined): string {
  const count = `${plural(rows.length, "row")}\n`;
  const [first] = rows;
  if (first === undefined) return count;
  const header = Object.keys(first);
  const cells = rows.map((row) => header.map((name) => row[name]));
  const table = renderTable(header, cells);
  const fits = width === undefined || table.split("\n").every((line) => line.length <= width);
  return `${fits ? table : renderRecords(header, cells)}\n${count}`;
}

/** Runs one statement. Of a change nothing comes back. */
export async function runStatement(
  engine: Engine,
  sql: string,
  kind: StatementKind,
  width: number | undefined,
): Promise<Outcome> {
  if (kind === "change") {
    await engine.execute(sql);
    return { result: [], text: () => "Done.\n" };
  }
  const rows = kind === "query" ? await engine.rows<Row>(sql) : await inspect(engine, sql);
  return { result: rows, text: () => show(rows, width) };
}
