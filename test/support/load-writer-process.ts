/**
 * Run as a process: writes into a server until its standard input ends, and prints how many inserts it has made. With letters there is a
 * collector for each (`AUSD`, …), and the server gathers their inserts; else the statements of four go one by one.
 *
 *     node --import tsx load-writer-process.ts <url> <user> <password> <root> <inserts a second> <ms between closes> [letters]
 */
import { openEngine } from "../../src/engine/open.js";
import { collector } from "./collector.js";
import { collectedProject, loadProject } from "./load-project.js";
import { startWriter } from "./load-writer.js";

const [url = "", username = "", password = "", root = "", ...rate] = process.argv.slice(2);
const [insertsPerSecond = 200, closeEveryMs = 60] = rate.slice(0, 2).map(Number);
const letters = rate[2];
const engine = await openEngine({
  kind: "server",
  name: "load",
  url,
  username,
  password,
  cluster: undefined,
});
const project = letters === undefined ? loadProject(root, 1) : collectedProject(root, 1, letters);
const writer =
  letters === undefined
    ? startWriter(engine, project, { insertsPerSecond, closeEveryMs })
    : startWriter(
        engine,
        project,
        { insertsPerSecond, closeEveryMs },
        collector(url, username, password, `${project.specs.project.databases.raw}.trades`),
      );
const report = setInterval(() => process.stdout.write(`${writer.inserts()}\n`), 50);
const die = (error: unknown): void => {
  process.stderr.write(String(error));
  process.exit(1);
};
writer.after(Number.POSITIVE_INFINITY).catch(die);
process.stdin.resume();
process.stdin.once("end", () => {
  clearInterval(report);
  // The wait above would keep the process.
  writer
    .stop()
    .then(() => engine.close())
    .then(() => process.exit(0), die);
});
