import { expect, it } from "vitest";
import { editYaml } from "../../../src/spec/edit-yaml.js";

it("changes values and keeps comments, order and all else", () => {
  const text = [
    "# A model of ours.",
    "model: trend # its name",
    "version: 1",
    "sha256: old",
    "vector: { name: trend_v1 } # features/vectors",
    "timeout: 20ms",
    "",
  ].join("\n");
  const edited = editYaml(text, [
    { path: ["version"], value: 2 },
    { path: ["sha256"], value: undefined },
    { path: ["vector", "signature"], value: "5c1e0000" },
    { path: ["normalise"], value: { mean: [0.5, 1e21], scale: [1, 2] } },
    { path: ["inputs"], value: [{ name: "x", shape: [1, 2], features: "all" }] },
  ]);
  expect(edited).toBe(
    [
      "# A model of ours.",
      "model: trend # its name",
      "version: 2",
      "vector: { name: trend_v1, signature: 5c1e0000 } # features/vectors",
      "timeout: 20ms",
      "normalise:",
      "  mean: [ 0.5, 1e+21 ]",
      "  scale: [ 1, 2 ]",
      "inputs: [ { name: x, shape: [ 1, 2 ], features: all } ]",
      "",
    ].join("\n"),
  );
});
