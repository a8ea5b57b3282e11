import { openScratch } from "../../src/engine/open.js";
import { loadProject } from "../support/load-project.js";
import { startWriter } from "../support/load-writer.js";
import { describeLoad } from "./load/suite.js";

describeLoad("embedded", openScratch, async (engine, root) => {
  const writer = startWriter(engine, loadProject(root, 1), { insertsPerSecond: 200, closeEveryMs: 60 });
  return {
    after: async (count) => {
      const goal = writer.inserts() + count;
      while (writer.inserts() < goal) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    stop: () => writer.stop(),
  };
});
