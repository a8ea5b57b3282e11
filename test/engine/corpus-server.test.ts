import { afterAll, describe, it } from "vitest";
import { openEngine } from "../../src/engine/open.js";
import { startServer } from "../support/clickhouse-server.js";
import { describeNoted } from "./corpus/noted-server.js";
import { describeCorpus } from "./corpus/suite.js";

const server = await startServer();
afterAll(() => server?.stop());

if (server === undefined) {
  describe.skip("the corpus on server", () => it("needs cc or python3", () => undefined));
} else {
  const { url, username, password } = server;
  describeCorpus("server", () =>
    openEngine({ kind: "server", name: "shared", url, username, password, cluster: undefined }),
  );
  describeNoted(server);
}
