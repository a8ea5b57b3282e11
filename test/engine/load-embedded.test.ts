import { openScratch } from "../../src/engine/open.js";
import { loadProject } from "../support/load-project.js";
import { startWriter } from "../support/load-writer.js";
import { describeLoad } from "./load/suite.js";

describeLoad("embedded", openScratch, (engine, root) =>
  startWriter(engine, loadProject(root, 1), { insertsPerSecond: 200, closeEveryMs: 60 }),
);
