import { describe, expect, it } from "vitest";
import { compileProject } from "../../../src/compile/compile-project.js";
import { type VectorIdentity, vectorIdentity } from "../../../src/compile/vector-identity.js";
import { parseProject } from "../../../src/spec/parse-project.js";
import { readFiles, repository } from "../spec/project-files.js";

const stock = readFiles(repository);

/** The identity of trend_v1 when a file of the stock project is edited. */
function identity(path?: string, from: string | RegExp = "", to = ""): VectorIdentity {
  const files = stock.map((file) => {
    if (file.path !== path) return file;
    const text = file.text.replace(from, to);
    expect(text).not.toBe(file.text);
    return { path, text };
  });
  const specs = parseProject(files, {}, "/project");
  const vector = specs.vectors.find(({ name }) => name === "trend_v1");
  const version = compileProject(specs).objects.find(
    ({ kind, name }) => kind === "vector" && name === "trend_v1",
  );
  if (vector === undefined || version === undefined) throw new Error("no trend_v1");
  return vectorIdentity(vector, version);
}

describe("a vector's identity", () => {
  const file = "features/vectors/trend_v1.yaml";
  const before = identity();

  it("is two SHA-256 sums", () => {
    expect(before.signature).toMatch(/^[0-9a-f]{64}$/);
    expect(before.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ["a description", "features/vpin.yaml", /description: .*/, "description: another"],
    ["max_age and history", file, /history: 60.*\nmax_age: 120s/, "history: 9\nmax_age: 60s"],
  ])("does not change with %s", (_, path, from, to) => {
    expect(identity(path, from, to)).toEqual(before);
  });

  it("has another signature, and the same fingerprint, when a NULL rule changes", () => {
    const after = identity(file, "on_null: mean", "on_null: zero");
    expect(after.fingerprint).toBe(before.fingerprint);
    expect(after.signature).not.toBe(before.signature);
  });

  it.each([
    ["an expression upstream", "features/order_flow.yaml", "sum(quantity)", "2 * sum(quantity)"],
    ["the clock", "features.yaml", "max: 60s", "max: 61s"],
    ["the lag", file, "lag: 150ms", "lag: 151ms"],
  ])("has another fingerprint, and the same signature, when %s changes", (_, path, from, to) => {
    const after = identity(path, from, to);
    expect(after.signature).toBe(before.signature);
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });

  it("has both others when features change places", () => {
    const after = identity(file, /(order_flow.volume)\n {2}- (order_flow.quote_volume)/, "$2\n  - $1");
    expect(after.signature).not.toBe(before.signature);
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });
});
