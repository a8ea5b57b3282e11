/** A fetch at random moments against a brute-force search in the vector's stored rows. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchAtSpine } from "../../src/fetch/fetch-at-spine.js";
import { quoteIdentifier, quoteName } from "../../src/schema/quote.js";
import { floatBits, servedStock } from "./served-stock.js";
import type { Deployment } from "./stock-deployment.js";

interface KnownRow {
  readonly instrument: string;
  readonly id: number;
  readonly at: number;
  /** Of each feature, or `null`. */
  readonly bits: readonly string[];
}

/**
 * Fetches the stock vector at `count` moments that tie with each other and with the times at which rows became known or too old, lie
 * before the first row and after the last one, and belong in part to an instrument without rows. What differs from the search is
 * described, a line a moment; `matched` says how many have a row at all.
 */
export async function fetchDifferences(
  deployment: Deployment,
  count: number,
): Promise<{ readonly differences: string[]; readonly matched: number }> {
  const { engine, project } = deployment;
  const [served] = await servedStock(deployment);
  if (served === undefined) throw new Error("the stock project has no vector");
  const { name, clock, table, features, maxAgeMs, lagMs } = served;
  const rows = await storedRows(deployment, quoteName(table), features);
  const moments = momentsAround(rows, maxAgeMs, count);
  const folder = mkdtempSync(join(tmpdir(), "prism-fetch-oracle-"));
  try {
    const spine = { path: join(folder, "spine.csv") };
    const lines = moments.map(({ instrument, ts }) => `${instrument.replaceAll("/", ",")},${ts}`);
    writeFileSync(spine.path, `exchange,market_type,symbol,ts\n${lines.join("\n")}\n`);
    const out = { path: join(folder, "set.ndjson") };
    const vector = { name, clock, table, features, maxAgeMs, lagMs, signature: null, fingerprint: "" };
    const set = { vectors: [vector], labels: [] };
    await fetchAtSpine({ engine, set, database: project.databases.features, spine, out });
    const fetched = readFileSync(out.path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => shown(JSON.parse(line), features));
    const wanted = moments.map((moment) => search(rows, moment, maxAgeMs));
    return {
      differences: moments.flatMap((moment, at) =>
        fetched[at] === wanted[at]
          ? []
          : [`${moment.instrument} at ${moment.ts}: ${fetched[at]}, not ${wanted[at]}`],
      ),
      matched: wanted.filter((line) => !line.startsWith("null")).length,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Moment {
  readonly instrument: string;
  readonly ts: number;
}

function momentsAround(rows: readonly KnownRow[], maxAgeMs: number, count: number): Moment[] {
  let state = 1;
  const below = (limit: number) => {
    state = (state * 48271) % 2147483647;
    return state % limit;
  };
  const first = Math.min(...rows.map(({ at }) => at));
  const last = Math.max(...rows.map(({ at }) => at));
  return Array.from({ length: count }, (): Moment => {
    const row = rows[below(rows.length)];
    const at = row?.at ?? 0;
    const near = [at, at - 1, at + 1, at + maxAgeMs, at + maxAgeMs + 1];
    const ts = below(3) === 0 ? first - 300_000 + below(last - first + 600_000) : (near[below(5)] ?? at);
    return { instrument: below(20) === 0 ? "binance/spot/NEVERSEEN" : (row?.instrument ?? ""), ts };
  });
}

/** `bucket id, age in s, bits of each feature`. */
function search(rows: readonly KnownRow[], { instrument, ts }: Moment, maxAgeMs: number): string {
  let best: KnownRow | undefined;
  for (const row of rows) {
    if (row.instrument !== instrument || row.at > ts || ts - row.at > maxAgeMs) continue;
    if (best === undefined || row.at > best.at || (row.at === best.at && row.id > best.id)) best = row;
  }
  const none = (rows[0]?.bits ?? []).map(() => "null");
  return best === undefined
    ? ["null", "null", ...none].join(" ")
    : [best.id, (ts - best.at) / 1000, ...best.bits].join(" ");
}

function shown(row: Readonly<Record<string, unknown>>, features: readonly string[]): string {
  const cells = features.map((name) => {
    const value = row[name];
    return typeof value === "number" ? floatBits(value) : String(value);
  });
  return [String(row.bucket_id), String(row.age_s), ...cells].join(" ");
}

async function storedRows(
  { engine }: Deployment,
  table: string,
  features: readonly string[],
): Promise<KnownRow[]> {
  const list = features.map(quoteIdentifier).join(", ");
  const rows = await engine.rows<{ instrument: string; id: string; at: string; list: (number | null)[] }>(
    `SELECT concat(exchange, '/', market_type, '/', symbol) AS instrument, toString(bucket_id) AS id,
       toString(toUnixTimestamp64Milli(available_at)) AS at, [${list}] AS list
     FROM ${table} ORDER BY v DESC LIMIT 1 BY exchange, market_type, symbol, bucket_id`,
  );
  return rows.map(({ instrument, id, at, list }) => ({
    instrument,
    id: Number(id),
    at: Number(at),
    bits: list.map((value) => (value === null ? "null" : floatBits(value))),
  }));
}
