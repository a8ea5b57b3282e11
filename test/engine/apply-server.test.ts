import { afterAll, describe, it } from "vitest";
import { openEngine } from "../../src/engine/open.js";
import { startServer } from "../support/clickhouse-server.js";
import { describeApply } from "./apply/suite.js";

const server = await startServer();
afterAll(() => server?.stop());

if (server === undefined) {
  describe.skip("apply on server", () => it("needs cc or python3", () => undefined));
} else {
  const { url, username, password } = server;
  describeApply("server", () =>
    openEngine({ kind: "server", name: "shared", url, username, password, cluster: undefined }),
  );
}
