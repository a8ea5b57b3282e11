/**
 * A replacement and a rollback die before every one of their writing statements, and the next command ends where an undisturbed
 * run ends: compared by the whole content of all tables and of the registry. (apply-kill.test.ts kills real processes.)
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Catalog } from "../../src/compile/catalog.js";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { applyProject } from "../../src/migrate/apply.js";
import { rollbackProject } from "../../src/migrate/rollback.js";
import { openRegistryReader } from "../../src/registry/reader.js";
import { closeSmallBuckets } from "../support/close-small-buckets.js";
import { bury, dyingEngine } from "../support/dying-engine.js";
import { smallProject } from "../support/small-catalog.js";
import { databases, readWholeTarget, tiny } from "./apply/left-behind.js";

let engine: Engine;
let root: string;
beforeAll(async () => {
  engine = await openScratch();
});
afterAll(() => engine.close());

/** Version `round` of everything; chunks so small that a backfill has several. */
const replacement = (round: number): Catalog => tiny({ volume: `sum(trades) * ${round}` });
const options = () => ({ project: smallProject(root), toolVersion: "1.2.3", owner: "test" });
const apply = (catalog: Catalog, on = engine) =>
  applyProject({ ...options(), engine: on, catalog, chunkLimits: { trades: 40, buckets: 3 } });
const rollback = (on = engine) => rollbackProject({ ...options(), engine: on });

async function prepare(): Promise<void> {
  root = mkdtempSync(join(tmpdir(), "prism-walk-"));
  for (const database of databases) await engine.execute(`DROP DATABASE IF EXISTS ${database} SYNC`);
  await apply(tiny());
  await closeSmallBuckets(engine);
}

const died = (run: Promise<unknown>): Promise<boolean> =>
  run.then(
    () => false,
    () => true,
  );

/** Every place takes four minutes of the processor; the ninth part of them is what CI has time for. */
const isWhole = process.env.PRISM_WALK === "all";
const stride = isWhole ? 1 : 9;
/** Places that are walked on one target: each leaves versions behind that are fed and compared from then on. */
const section = 6;

/** One replacement after the other, each taken back, so that no place needs a target of its own. */
async function walk(places: readonly number[], disturbed: boolean): Promise<unknown[]> {
  await prepare();
  const states: unknown[] = [];
  for (const round of places) {
    const catalog = replacement(round + 1);
    if (disturbed) {
      await died(apply(catalog, dyingEngine(engine, round)));
      await bury(engine, "registry");
    }
    await apply(catalog);
    states.push(await readWholeTarget(engine));
    if (disturbed) {
      await died(rollback(dyingEngine(engine, round)));
      await bury(engine, "registry");
    }
    // A rollback that has begun is ended by the next command, whichever that is; one that has not begun is not.
    const began = (await openRegistryReader(engine, "registry").revisions()).at(-1)?.kind === "rollback";
    if (!began) await rollback();
    await apply(tiny());
    states.push(await readWholeTarget(engine));
  }
  rmSync(root, { recursive: true });
  return states;
}

it(
  "at every place, the next command ends where an undisturbed run ends",
  async () => {
    await prepare();
    let writes = 0;
    const count = dyingEngine(engine, Number.POSITIVE_INFINITY, () => writes++);
    await apply(replacement(2), count);
    expect(writes).toBeGreaterThan(25);
    const places = Array.from({ length: Math.ceil(writes / stride) }, (_, index) => 1 + index * stride);
    for (let from = 0; from < places.length; from += section) {
      const here = places.slice(from, from + section);
      const undisturbed = await walk(here, false);
      const states = await walk(here, true);
      for (const [index, state] of states.entries())
        expect(state, `${index % 2 === 0 ? "replaced" : "rolled back"}, place ${here[index >> 1]}`).toEqual(
          undisturbed[index],
        );
    }
  },
  isWhole ? 7_200_000 : 600_000,
);
