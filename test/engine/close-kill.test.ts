/** The real command, killed (-9) again and again while it works, then run to its end: the tables of a run in peace. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stockMarket } from "../../src/cli/demo/market-model.js";
import { writeMarket } from "../../src/cli/demo/write-market.js";
import { directoryState } from "../../src/engine/directory-state.js";
import { openEngine } from "../../src/engine/open.js";
import { killFeature } from "../support/kill-feature.js";
import { runFeature } from "../support/run-feature.js";
import { deployedStock } from "../support/stock-deployment.js";
import { type StoredRow, storedTables } from "../support/stored-rows.js";

const folder = mkdtempSync(join(tmpdir(), "prism-kill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Three instruments, ten minutes around the end of a month: buckets and trades of two partitions. */
const market = { ...stockMarket, startMs: Date.UTC(2024, 2, 31, 23, 55), hours: 1 / 6 };

type Command = "trades" | "books";
const commands = {} as Record<Command, string[]>;
const busyMs = {} as Record<Command, number>;
let undisturbed: Record<string, StoredRow[]>;

beforeAll(async () => {
  const files = await writeMarket(join(folder, "files"), market);
  const paths = (layout: string) => files.filter((file) => file.layout === layout).map(({ path }) => path);
  commands.trades = ["ingest", "binance-archive", ...paths("binance-archive")];
  commands.books = ["ingest", "tardis", ...paths("tardis").filter((path) => path.includes("book_snapshot"))];
  const empty = join(folder, "empty");
  // What is lost does not depend on how many views there are, and each makes every close slower.
  await expectDone(["init", empty, "--lean"]);
  await expectDone(["--project", empty, "apply", "--quiet"]);
  cpSync(join(folder, "empty"), join(folder, "peace"), { recursive: true });
  for (const name of ["trades", "books"] as const) {
    const run = await killFeature(join(folder, "peace"), commands[name]);
    expect(run.status, run.stderr).toBe(0);
    busyMs[name] = run.busyMs;
  }
  undisturbed = await tablesIn("peace");
});

async function expectDone(args: string[]): Promise<void> {
  const { status, stderr } = await runFeature(args);
  expect(status, stderr).toBe(0);
}

async function tablesIn(project: string): Promise<Record<string, StoredRow[]>> {
  const path = join(folder, project, ".feature/db");
  const engine = await openEngine({ kind: "embedded", name: "embedded", path });
  try {
    return await storedTables(await deployedStock(engine));
  } finally {
    await engine.close();
  }
}

/** Kills a command at shares of the time that it works for when left in peace, then lets it finish. */
async function disturbed(project: string, name: Command, shares: readonly number[]): Promise<number> {
  let kills = 0;
  const state = () => directoryState(join(folder, project, ".feature/db"), "marketprism_registry");
  const before = state();
  for (const share of shares) {
    const { status } = await killFeature(join(folder, project), commands[name], share * busyMs[name]);
    if (status === null) kills += 1;
    // By its seal the next diff still knows that nothing is to do.
    expect(state()).toBe(before);
  }
  const { status, stderr } = await killFeature(join(folder, project), commands[name]);
  expect(status, stderr).toBe(0);
  return kills;
}

describe("ingest that is killed while it works", () => {
  it("has enough to lose", () => {
    const months = new Set(
      (undisturbed.unified_buckets ?? []).map((row) => String(row.bucket_ts_end).slice(0, 7)),
    );
    expect([...months].sort()).toEqual(["2024-03", "2024-04"]);
    const closes = (undisturbed.closes ?? []).filter(({ path }) => path === "hot");
    expect(undisturbed.unified_buckets?.length).toBe(closes.length);
    expect(undisturbed.orderbooks?.length).toBeGreaterThan(2_500);
  });

  it.each<[string, Command, Command, number[][]]>([
    [
      "trades, then books",
      "trades",
      "books",
      [
        [0.1, 0.45, 0.8],
        [0.35, 0.75],
      ],
    ],
    [
      "books, then trades",
      "books",
      "trades",
      [
        [0.2, 0.6],
        [0.3, 0.65, 0.95],
      ],
    ],
  ])("ends with the same tables: %s", async (project, first, second, [early = [], late = []]) => {
    cpSync(join(folder, "empty"), join(folder, project), { recursive: true });
    const kills =
      (await disturbed(project, first, early.map(jittered))) +
      (await disturbed(project, second, late.map(jittered)));
    // On a machine that was slow before and is fast now, a command may be done before it is killed.
    expect(kills).toBeGreaterThan(0);
    const tables = await tablesIn(project);
    for (const [name, rows] of Object.entries(undisturbed)) expect(tables[name], name).toEqual(rows);
  });
});

function jittered(share: number): number {
  return Math.max(0, share + (Math.random() - 0.5) / 5);
}
