/** A second process for tests: opens an embedded engine on a directory and holds it until its input ends or it is killed. */
import { openEngine } from "../../src/engine/open.js";

const path = process.argv[2] ?? "";
const command = process.argv[3] ?? "";
const engine = await openEngine({ kind: "embedded", name: "held", path }, { command });
console.log("open");
process.stdin.resume();
process.stdin.on("end", () => void engine.close());
