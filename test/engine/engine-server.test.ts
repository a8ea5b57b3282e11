import { afterAll, describe, expect, it } from "vitest";
import { openEngine } from "../../src/engine/open.js";
import type { Target } from "../../src/spec/model.js";
import { startServer } from "../support/clickhouse-server.js";
import { describeClosing } from "./port/closing.js";
import { describeEngine } from "./port/suite.js";

const server = await startServer();
afterAll(() => server?.stop());

if (server === undefined) {
  describe.skip("server", () => it("needs cc or python3", () => undefined));
} else {
  const { url, username, password } = server;
  const target = {
    kind: "server",
    name: "shared",
    url,
    username,
    password,
    cluster: undefined,
  } as const satisfies Target;
  describeEngine("server", () => openEngine(target));
  describeClosing("server", () => openEngine(target));

  describe("the way to a server", () => {
    type Changes = Partial<Exclude<Target, { kind: "embedded" }>>;
    const refusal = (changes: Changes) =>
      openEngine({ ...target, ...changes }).then(
        () => undefined,
        (error: unknown) => error,
      );

    it("names a wrong password without showing it", async () => {
      const error = await refusal({ password: "wrong-password" });
      expect(error).toMatchObject({ code: "FS_ENGINE_AUTH", object: "shared" });
      expect(JSON.stringify(error)).not.toContain("wrong-password");
      expect(String(error)).toContain(`${url}/ refused the user prism`);
    });

    it("takes credentials out of the url", async () => {
      const withUser = new URL(url);
      withUser.username = username;
      withUser.password = encodeURIComponent(password);
      const engine = await openEngine({ ...target, url: withUser.href, username: "", password: "" });
      expect(await engine.rows("SELECT currentUser() AS x")).toEqual([{ x: username }]);
      await engine.close();
    });

    it("names a server that does not answer, without credentials", async () => {
      const error = await refusal({
        url: "http://someone:hidden-word@127.0.0.1:1",
        password: "another-secret",
      });
      expect(error).toMatchObject({ code: "FS_ENGINE_UNREACHABLE", object: "shared" });
      expect(String(error)).toMatch("http://127.0.0.1:1/ does not answer: ECONNREFUSED.");
      expect(await refusal({ url: "http://no.such.host.invalid" })).toMatchObject({
        code: "FS_ENGINE_UNREACHABLE",
      });
      expect(await refusal({ url: "not a url" })).toMatchObject({ code: "FS_ENGINE_TARGET" });
      expect(await refusal({ kind: "cluster" })).toMatchObject({ code: "FS_ENGINE_TARGET" });
    });

    it("hides the password in whatever the server says", async () => {
      const engine = await openEngine(target);
      const error = await engine
        .execute(`SELECT '${password.replaceAll("'", "''")}'`)
        .catch((cause: unknown) => cause);
      expect(error).toBeUndefined();
      const text = await engine
        .execute("SELECT throwIf(1, {p:String})", { params: { p: password } })
        .catch(String);
      expect(text).not.toContain(password);
      await engine.close();
    });
  });
}
