/** What must hold after a change under load, and during it. */
import { expect } from "vitest";
import { chunkMark } from "../../src/compile/catalog.js";
import { storedAs } from "../../src/compile/names.js";
import type { Engine } from "../../src/engine/port.js";
import type { DeployedObject } from "../../src/plan/deployed.js";
import { openRegistryReader } from "../../src/registry/reader.js";
import { quoteIdentifier, quoteName } from "../../src/schema/quote.js";
import type { LoadWriter } from "./load-writer.js";

const key = "exchange, market_type, symbol, bucket_id";
const tradeKey = "exchange, market_type, symbol, timestamp, trade_seq, trade_id";

/** Every version that is fed, live and retired, and the table that two of them share. */
export async function fedVersions(engine: Engine): Promise<DeployedObject[]> {
  const { objects } = await openRegistryReader(engine, "l_registry").required();
  return objects.filter(({ storage }) => storage !== null);
}

/**
 * Each bucket is in each version, once, with the values that computing it alone and afresh gives; of the view of rows, which belongs
 * to no clock, each trade.
 */
export async function expectComplete(engine: Engine, versions: readonly DeployedObject[]): Promise<void> {
  for (const { name, clock, dataHash, storage, backfill, columns } of versions) {
    const what = `${name} ${dataHash.slice(0, 8)}`;
    const table = quoteName(storage?.table ?? { database: "", name: "" });
    const [of, source] = clock === "" ? [tradeKey, "l_raw.trades"] : [key, "l_features.unified_buckets"];
    const names = columns.map((column) => column.name);
    const list = [of, ...names.map(quoteIdentifier)].join(", ");
    const read = [of, ...names.map((column) => storedAs(`${storage?.columnPrefix}${column}`, column))].join(
      ", ",
    );
    const computed = (backfill ?? "").slice((backfill ?? "").indexOf("\n") + 1).replace(chunkMark, "");
    const [counts] = await engine.rows(
      `SELECT
         (SELECT toString(count()) FROM ${source} FINAL) AS expected,
         (SELECT toString(count()) FROM ${table} FINAL) AS stored,
         (SELECT toString(uniqExact(${of})) FROM ${table}) AS distinct_keys`,
    );
    const { expected } = counts as { expected: string };
    expect({ what, ...counts }).toEqual({ what, expected, stored: expected, distinct_keys: expected });
    for (const [a, b] of [
      [`SELECT ${read} FROM ${table} FINAL`, `SELECT ${list} FROM (${computed})`],
      [`SELECT ${list} FROM (${computed})`, `SELECT ${read} FROM ${table} FINAL`],
    ])
      expect({
        what,
        rows: await engine.rows(`SELECT * FROM (${a} EXCEPT ${b}) ORDER BY ALL LIMIT 5`),
      }).toEqual({
        what,
        rows: [],
      });
  }
}

export interface AliasReader {
  /** Reads that were made; every one of them gave one version and each bucket once. */
  stop(): Promise<number>;
}

/** Until so many more buckets are complete, which is asked every `pauseMs`. */
export async function closedMore(
  engine: Engine,
  writer: Pick<LoadWriter, "after">,
  more: number,
  pauseMs = 50,
): Promise<void> {
  const count = async (): Promise<number> => {
    const [row] = await engine.rows<{ n: string }>(
      "SELECT toString(count()) AS n FROM l_features.closes FINAL",
    );
    return Number(row?.n);
  };
  const goal = (await count()) + more;
  while ((await count()) < goal) {
    // It throws what the writer died of.
    await writer.after(0);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/**
 * Reads the alias of `flow`, of the vector and, with rows, of `every_trade` again and again, `pauseMs` apart. A read that fails, mixes
 * versions or doubles a bucket or a trade ends it.
 */
export function readAliases(engine: Engine, pauseMs = 20, hasRows = false): AliasReader {
  let reads = 0;
  let stopping = false;
  const run = async (): Promise<void> => {
    while (!stopping) {
      for (const [alias, mark, of] of [
        ["flow", "mark", key],
        ["vector_both", "flow__mark", key],
        ...(hasRows ? [["every_trade", "mark", tradeKey]] : []),
      ]) {
        const [row] = await engine.rows<{ marks: string; rows: string; keys: string }>(
          `SELECT toString(uniqExact(${mark})) AS marks, toString(count()) AS rows, toString(uniqExact(${of})) AS keys
           FROM l_features.${alias}`,
        );
        expect(Number(row?.marks), `versions in one read of ${alias}`).toBeLessThanOrEqual(1);
        expect(row?.keys, `keys in one read of ${alias}`).toBe(row?.rows);
        reads += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const running = run();
  running.catch(() => {});
  return {
    stop: async () => {
      stopping = true;
      await running;
      return reads;
    },
  };
}
