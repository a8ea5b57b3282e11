/**
 * Run as a process: writes into a server until its standard input ends, and prints how many inserts it has made.
 *
 *     node --import tsx load-writer-process.ts <url> <user> <password> <root> <inserts a second> <ms between closes>
 */
import { openEngine } from "../../src/engine/open.js";
import { loadProject } from "./load-project.js";
import { startWriter } from "./load-writer.js";

const [url = "", username = "", password = "", root = "", ...rate] = process.argv.slice(2);
const [insertsPerSecond = 200, closeEveryMs = 60] = rate.map(Number);
const engine = await openEngine({
  kind: "server",
  name: "load",
  url,
  username,
  password,
  cluster: undefined,
});
const writer = startWriter(engine, loadProject(root, 1), { insertsPerSecond, closeEveryMs });
const report = setInterval(() => process.stdout.write(`${writer.inserts()}\n`), 50);
process.stdin.resume();
process.stdin.once("end", () => {
  clearInterval(report);
  writer.stop().then(
    () => engine.close(),
    (error: unknown) => {
      process.stderr.write(String(error));
      process.exit(1);
    },
  );
});
