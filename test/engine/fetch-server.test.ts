import { afterAll, describe, it } from "vitest";
import { openEngine } from "../../src/engine/open.js";
import { startServer } from "../support/clickhouse-server.js";
import { describeFetch } from "./fetch/suite.js";

const server = await startServer();
afterAll(() => server?.stop());

if (server === undefined) {
  describe.skip("server", () => it("needs cc or python3", () => undefined));
} else {
  const { url, username, password } = server;
  describeFetch("server", () =>
    openEngine({ kind: "server", name: "shared", url, username, password, cluster: undefined }),
  );
}
