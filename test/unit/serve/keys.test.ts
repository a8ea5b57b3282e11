import { describe, expect, it } from "vitest";
import { createKey, parseKeys } from "../../../src/serve/keys/api-key.js";
import { grants, KeyRing } from "../../../src/serve/keys/key-ring.js";

describe("API keys", () => {
  const made = createKey("trader-1", ["read", "predict"]);

  it("are random, and stored as a hash", () => {
    expect(made.key).toMatch(/^pfk_trader-1_[A-Za-z0-9_-]{43}$/);
    expect(createKey("trader-1", ["read"]).key).not.toBe(made.key);
    expect(made.line).not.toContain(made.key.slice(13));
  });

  it("are found by the whole key only", () => {
    const ring = new KeyRing(parseKeys(made.line, "keys"));
    expect(ring.find(made.key)?.id).toBe("trader-1");
    for (const wrong of [
      `${made.key}=`,
      made.key.slice(0, -1),
      made.line,
      "",
      made.key.replace("trader-1", "trader-2"),
    ]) {
      expect(ring.find(wrong)).toBeUndefined();
    }
    expect(new KeyRing([]).isEmpty).toBe(true);
  });

  it("grant their scopes; admin grants all", () => {
    const [trader, boss] = parseKeys(`${made.line}\n${createKey("boss", ["admin"]).line}`, "keys");
    if (trader === undefined || boss === undefined) throw new Error("no keys");
    expect([grants(trader, "read"), grants(trader, "predict"), grants(trader, "admin")]).toEqual([
      true,
      true,
      false,
    ]);
    expect(grants(boss, "read")).toBe(true);
  });

  it("that are malformed are named by their line, and never quoted", () => {
    for (const bad of [
      "trader read",
      `x all sha256:${"0".repeat(64)}`,
      made.key,
      `${made.line}\n${made.line}`,
    ]) {
      try {
        parseKeys(`# keys\n${bad}`, "serve.keys");
        throw new Error(`accepted: ${bad}`);
      } catch (error) {
        expect(error).toMatchObject({ code: "FS_SERVE_KEYS" });
        expect(String(error)).toMatch(/Line [23] of serve\.keys/);
        expect(String(error)).not.toContain(made.key.slice(13));
      }
    }
    expect(() => createKey("No Name", ["read"])).toThrow("no name of a key");
  });
});
