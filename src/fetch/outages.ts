/** Times whose rows are left out of a training set: a csv file of intervals, `[from, to)`. */
import { readFileSync } from "node:fs";
import type { Engine } from "../engine/port.js";
import { assertFile } from "../engine/staging.js";
import { FeatureError } from "../errors.js";
import { instrumentColumns, instrumentKey } from "../schema/common-columns.js";
import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import { renderCreate } from "../schema/render.js";
import { csvHeader } from "./csv-text.js";

interface Outage {
  /** Undefined: of every instrument. */
  readonly exchange: string | undefined;
  readonly market_type: string | undefined;
  readonly symbol: string | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

type Key = Readonly<Record<(typeof instrumentKey)[number], string>>;

/** Reads a file with the columns `from, to` and any of `exchange, market_type, symbol`; an empty key means all. */
export async function readOutages(path: string): Promise<Outage[]> {
  assertFile(path);
  const header = await csvHeader(path);
  const unknown = header.find(
    (name) => name !== "from" && name !== "to" && !instrumentKey.some((key) => key === name),
  );
  if (!header.includes("from") || !header.includes("to") || unknown !== undefined) {
    const message = `has the columns ${header.join(", ")}; expected from, to and any of ${instrumentKey.join(", ")}`;
    throw outageError(path, message, 1);
  }
  const lines = readFileSync(path, "utf8").split(/\r?\n/).slice(1);
  return lines.flatMap((line, place) => {
    if (line.trim() === "") return [];
    const fields = line.split(",").map((field) => field.trim().replace(/^"(.*)"$/, "$1"));
    const value = (name: string): string | undefined => fields[header.indexOf(name)] || undefined;
    const [fromMs, toMs] = [moment(value("from")), moment(value("to"))];
    if (fromMs === undefined || toMs === undefined || fields.length !== header.length) {
      const wanted = "two times such as 2024-08-08T23:54:15.342Z, or milliseconds since 1970 in 13 digits";
      throw outageError(
        path,
        `cannot be used: line ${place + 2} is ${JSON.stringify(line.slice(0, 80))}, expected ${wanted}`,
        place + 2,
      );
    }
    if (fromMs >= toMs)
      throw outageError(path, `cannot be used: in line ${place + 2}, from is not before to`, place + 2);
    return [
      {
        exchange: value("exchange"),
        market_type: value("market_type"),
        symbol: value("symbol"),
        fromMs,
        toMs,
      },
    ];
  });
}

function moment(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{13}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text))
    return undefined;
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) || text.length === 10 ? text : `${text}Z`;
  const ms = Date.parse(zoned.replace(" ", "T"));
  return Number.isNaN(ms) ? undefined : ms;
}

/** The outages of each instrument of a table, merged where they meet, as `from_ms, to_ms` in a new table. */
export async function stageOutages(
  engine: Engine,
  outages: readonly Outage[],
  rows: TableName,
  into: TableName,
): Promise<void> {
  const instruments = await engine.rows<Key>(
    `SELECT DISTINCT exchange, market_type, symbol FROM ${quoteName(rows)}`,
  );
  const merged = instruments.flatMap((key) =>
    merge(
      outages.filter((outage) =>
        instrumentKey.every((name) => outage[name] === undefined || outage[name] === key[name]),
      ),
    ).map(([fromMs, toMs]) => ({ key, fromMs, toMs })),
  );
  const columns = [
    ...instrumentColumns,
    { name: "from_ms", type: "Int64" },
    { name: "to_ms", type: "Int64" },
  ];
  await engine.execute(
    renderCreate({
      kind: "table",
      ...into,
      columns,
      engine: "MergeTree",
      orderBy: [...instrumentKey, "from_ms"],
    }),
  );
  if (merged.length === 0) return;
  await engine.insert(into, {
    rows: merged.length,
    columns: [
      ...instrumentKey.map((name) => ({ name, type: "String", values: merged.map(({ key }) => key[name]) })),
      { name: "from_ms", type: "Int64", values: BigInt64Array.from(merged, ({ fromMs }) => BigInt(fromMs)) },
      { name: "to_ms", type: "Int64", values: BigInt64Array.from(merged, ({ toMs }) => BigInt(toMs)) },
    ],
  });
}

function merge(outages: readonly Outage[]): [from: number, to: number][] {
  const result: [number, number][] = [];
  for (const { fromMs, toMs } of [...outages].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = result.at(-1);
    if (last !== undefined && fromMs <= last[1]) last[1] = Math.max(last[1], toMs);
    else result.push([fromMs, toMs]);
  }
  return result;
}

function outageError(path: string, what: string, line: number): FeatureError {
  return new FeatureError("FS_FETCH_OUTAGES", `The file of outages ${path} ${what}.`, {
    at: { file: path, line },
  });
}
