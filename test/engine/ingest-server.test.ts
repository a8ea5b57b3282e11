import { afterAll, describe, it } from "vitest";
import { openEngine } from "../../src/engine/open.js";
import { startServer } from "../support/clickhouse-server.js";
import { describeBroken } from "./ingest/broken.js";
import { describeFormats } from "./ingest/formats.js";
import { describeRecordings } from "./ingest/recordings.js";
import { describeStore } from "./ingest/store.js";

const server = await startServer();
afterAll(() => server?.stop());

if (server === undefined) {
  describe.skip("server", () => it("needs cc or python3", () => undefined));
} else {
  const { url, username, password } = server;
  const open = () =>
    openEngine({ kind: "server", name: "shared", url, username, password, cluster: undefined });
  describeFormats("server", open);
  describeStore("server", open);
  describeBroken("server", open);
  describeRecordings("server", open);
}
