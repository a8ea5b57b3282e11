import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, describe, it } from "vitest";
import { openEngine } from "../../src/engine/open.js";
import { startServer } from "../support/clickhouse-server.js";
import { describeLoad, type StartedWriter } from "./load/suite.js";

const script = fileURLToPath(new URL("../support/load-writer-process.ts", import.meta.url));
const server = await startServer();
afterAll(() => server?.stop());

/** The writer is a process of its own, as it is beside a server. */
async function startProcess(connection: readonly string[], root: string): Promise<StartedWriter> {
  const child = spawn(process.execPath, ["--import", "tsx", script, ...connection, root]);
  let inserts = 0;
  let complaint = "";
  child.stdout.on("data", (text: Buffer) => {
    inserts = Number(text.toString().trim().split("\n").at(-1));
  });
  child.stderr.on("data", (text: Buffer) => {
    complaint += text.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return {
    after: async (count) => {
      const goal = inserts + count;
      while (inserts < goal) {
        if (child.exitCode !== null) throw new Error(`the writer died: ${complaint}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    stop: async () => {
      child.stdin.end();
      if ((await ended) !== 0) throw new Error(`the writer failed: ${complaint}`);
    },
  };
}

if (server === undefined) {
  describe.skip("a change under load on server", () => it("needs cc or python3", () => undefined));
} else {
  const { url, username, password } = server;
  describeLoad(
    "server",
    () => openEngine({ kind: "server", name: "shared", url, username, password, cluster: undefined }),
    (_, root) => startProcess([url, username, password], root),
  );
}
