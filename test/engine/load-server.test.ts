import { afterAll, describe, it } from "vitest";
import { openEngine } from "../../src/engine/open.js";
import { startServer } from "../support/clickhouse-server.js";
import { startWriterProcess } from "../support/start-writer-process.js";
import { describeLoad } from "./load/suite.js";

const server = await startServer();
afterAll(() => server?.stop());

if (server === undefined) {
  describe.skip("a change under load on server", () => it("needs cc or python3", () => undefined));
} else {
  const { url, username, password } = server;
  describeLoad(
    "server",
    () => openEngine({ kind: "server", name: "shared", url, username, password, cluster: undefined }),
    (_, root) =>
      startWriterProcess([url, username, password], root, { insertsPerSecond: 200, closeEveryMs: 60 }),
  );
}
