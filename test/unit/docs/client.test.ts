import { expect, it } from "vitest";
import { clientFiles, committed, regenerateCommand } from "../../../scripts/client.js";

it("the OpenAPI document, the client's types and its JavaScript are in step with the routes and src/client", async () => {
  const files = await clientFiles();
  expect([...files.keys()].filter((path) => path.startsWith("client/")).sort()).toEqual([
    "client/api.d.ts",
    "client/binary-rows.d.ts",
    "client/binary-rows.js",
    "client/client.d.ts",
    "client/client.js",
    "client/openapi.json",
  ]);
  for (const [path, text] of files) {
    expect(committed(path) === text, `${path} is out of step: run \`${regenerateCommand}\``).toBe(true);
  }
}, 60_000);
