/**
 * One command in this process, on an embedded engine: `<root> <command> <place>`. While the writing statement number `place` is at
 * work, or with `chunk 2` the second chunk of a backfill, or with `day 2` that of the view of rows, the process kills itself; without a place it ends, and prints what is
 * left behind.
 */
import { join } from "node:path";
import { openEngine } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { applyProject } from "../../src/migrate/apply.js";
import { rollbackProject } from "../../src/migrate/rollback.js";
import { readWholeTarget, tiny } from "../engine/apply/left-behind.js";
import { closeSmallBuckets } from "./close-small-buckets.js";
import { smallProject } from "./small-catalog.js";
import { insertSmallTrades, withRows } from "./small-rows.js";

const [root = "", command = "", place = ""] = process.argv.slice(2);
const [, only, at] = /^(?:(chunk|day) )?(\d+)$/.exec(place) ?? [];
const marks: Readonly<Record<string, string>> = { chunk: "WITH buckets AS", day: "WHERE j.exchange = " };

/** The statement has been sent and may be anywhere, done or not begun, when the process is gone. */
function killing(engine: Engine): Engine {
  let writes = 0;
  const write = <T>(sql: string, run: () => Promise<T>): Promise<T> => {
    const running = run();
    const counts = only === undefined || sql.includes(marks[only] ?? "");
    if (counts && ++writes === Number(at)) setImmediate(() => process.kill(process.pid, "SIGKILL"));
    return running;
  };
  return {
    kind: engine.kind,
    rows: (sql, more) => engine.rows(sql, more),
    blocks: (sql, more) => engine.blocks(sql, more),
    exportTo: (path, format, sql, more) => engine.exportTo(path, format, sql, more),
    execute: (sql, more) => write(sql, () => engine.execute(sql, more)),
    insert: (table, block, settings) => write("", () => engine.insert(table, block, settings)),
    load: (sql, file, more) => write(sql, () => engine.load(sql, file, more)),
    close: () => engine.close(),
  };
}

const engine = await openEngine({ kind: "embedded", name: "embedded", path: join(root, "db") });
const options = { engine: killing(engine), project: smallProject(root), toolVersion: "1.2.3" };
const chunkLimits = { trades: 40, buckets: 3 };
switch (command) {
  case "apply":
    await applyProject({ ...options, catalog: withRows(tiny(), 1) });
    break;
  case "apply and close":
    await applyProject({ ...options, catalog: withRows(tiny(), 1) });
    await closeSmallBuckets(engine);
    await insertSmallTrades(engine, 0);
    break;
  case "replace":
    // Each run brings some: what was cut off is fed as well.
    await insertSmallTrades(engine, 1000);
    await applyProject({
      ...options,
      catalog: withRows(tiny({ volume: "sum(trades) * 2" }), 2),
      chunkLimits,
    });
    break;
  case "rollback":
    await rollbackProject(options);
    break;
}
process.stdout.write(JSON.stringify(await readWholeTarget(engine)));
await engine.close();
