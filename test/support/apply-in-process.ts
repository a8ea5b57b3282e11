/**
 * Applies the tiny catalog in this process, on an embedded engine: `<root> <place>`. At the event number `place` the process
 * kills itself; 0 lets it end, and prints what is left behind.
 */
import { join } from "node:path";
import { openEngine } from "../../src/engine/open.js";
import { applyProject } from "../../src/migrate/apply.js";
import { readLeftBehind, tiny } from "../engine/apply/left-behind.js";
import { smallProject } from "./small-catalog.js";

const [root = "", place = "0"] = process.argv.slice(2);
const engine = await openEngine({ kind: "embedded", name: "embedded", path: join(root, "db") });
let seen = 0;
await applyProject({
  engine,
  project: smallProject(root),
  catalog: tiny(),
  toolVersion: "1.2.3",
  onEvent: () => {
    if (++seen === Number(place)) process.kill(process.pid, "SIGKILL");
  },
});
process.stdout.write(JSON.stringify(await readLeftBehind(engine, root)));
await engine.close();
