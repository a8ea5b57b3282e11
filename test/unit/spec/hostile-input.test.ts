import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Findings } from "../../../src/errors.js";
import { parseProject } from "../../../src/spec/parse-project.js";
import {
  baseProject,
  findingsOf,
  overlay,
  readFiles,
  render,
  repository,
  variable,
} from "./project-files.js";

const stock = readFiles(repository);

/** What may go wrong with a text: some of it lost, doubled, moved, or replaced by what YAML reads as something else. */
const mutation = fc.record({
  kind: fc.constantFrom(
    "delete",
    "insert",
    "replace",
    "double line",
    "drop line",
    "swap lines",
    "indent line",
  ),
  at: fc.nat(5_000),
  length: fc.integer({ min: 1, max: 30 }),
  text: fc.oneof(
    fc.string({ maxLength: 6, unit: "grapheme" }),
    fc.constantFrom(..."-?:,[]{}#&*!|>'\"%@`~\t\r\n \0\ufeff\u2028"),
    fc.constantFrom(
      "null",
      "true",
      ".nan",
      ".inf",
      "-1",
      "1e999",
      "0x1F",
      "[]",
      "{}",
      "<<",
      "*a",
      "&a ",
      "!!set ",
      "---\n",
    ),
    fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", variable("HOME")),
  ),
});

function mutate(
  text: string,
  { kind, at, length, text: piece }: { kind: string; at: number; length: number; text: string },
): string {
  const place = text.length === 0 ? 0 : at % text.length;
  const lines = text.split("\n");
  const line = at % lines.length;
  switch (kind) {
    case "delete":
      return text.slice(0, place) + text.slice(place + length);
    case "insert":
      return text.slice(0, place) + piece + text.slice(place);
    case "replace":
      return text.slice(0, place) + piece + text.slice(place + length);
    case "double line":
      return lines.toSpliced(line, 0, lines[line] ?? "").join("\n");
    case "drop line":
      return lines.toSpliced(line, 1).join("\n");
    case "indent line":
      return lines.with(line, `${" ".repeat(length % 5)}${lines[line] ?? ""}`).join("\n");
    default: {
      const other = (line + length) % lines.length;
      return lines
        .with(line, lines[other] ?? "")
        .with(other, lines[line] ?? "")
        .join("\n");
    }
  }
}

/** Parses; anything but Findings with places is a failure of the test. */
function survives(files: readonly { path: string; text: string }[]): void {
  try {
    parseProject(files, {}, "/project");
  } catch (error) {
    if (!(error instanceof Findings)) throw error;
    expect(error.findings.length).toBeGreaterThan(0);
    for (const finding of error.findings) {
      expect(files.some((file) => file.path === finding.at?.file)).toBe(true);
      expect(finding.message).not.toMatch(/undefined|\[object|NaN/);
    }
  }
}

describe("whatever the files hold", () => {
  it("throws Findings and nothing else on damaged files", () => {
    fc.assert(
      fc.property(
        fc.nat(stock.length - 1),
        fc.array(mutation, { minLength: 1, maxLength: 8 }),
        (index, mutations) => {
          const file = stock[index];
          if (file === undefined) return;
          const text = mutations.reduce(mutate, file.text);
          survives(overlay(stock, [{ path: file.path, text }]));
        },
      ),
      // Each run parses the whole stock project.
      { numRuns: 40 },
    );
  });

  it("throws Findings and nothing else on any data", () => {
    const key = fc.constantFrom(
      "view",
      "clock",
      "from",
      "columns",
      "sql",
      "windows",
      "w",
      "buckets",
      "expect",
      "project",
      "targets",
      "engine",
      "embedded",
      "clocks",
      "size",
      "default",
      "__proto__",
      "valueOf",
      "csv",
      "sides",
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(key, tie("tree")),
      ),
    }));
    const path = fc.constantFrom(
      "features.yaml",
      "features/x.yaml",
      "features/vectors/x.yaml",
      "features/labels/x.yaml",
      "sources/x.yaml",
      "jobs/x.yaml",
      "models/x.yaml",
    );
    fc.assert(
      fc.property(path, tree, (name, data) =>
        survives(overlay(baseProject, [{ path: name, text: JSON.stringify(data) }])),
      ),
      { numRuns: 120 },
    );
  });

  it("throws Findings and nothing else on any text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: "binary" }), (text) =>
        survives(overlay(baseProject, [{ path: "features/x.yaml", text }])),
      ),
      { numRuns: 100 },
    );
  });

  it.each([
    [
      "aliases of aliases",
      [
        "a0: &a0 [x, x, x, x, x, x, x, x, x]",
        ...Array.from(
          { length: 9 },
          (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(", ")}]`,
        ),
      ].join("\n"),
    ],
    ["deep lists", `view: ${"[".repeat(20_000)}`],
    ["deep mappings", Array.from({ length: 2_000 }, (_, n) => `${" ".repeat(n)}a:`).join("\n")],
    ["deep closed lists", `view: ${"[".repeat(3_000)}${"]".repeat(3_000)}`],
    ["more characters than any spec", `# ${"x".repeat(2_000_000)}`],
    ["many keys", Array.from({ length: 20_000 }, (_, n) => `k${n}: 1`).join("\n")],
    ["an old directive", "%YAML 1.1\n---\nview: yes\n"],
    ["merge keys", "view: x\ncolumns: { <<: { a: { sql: '1' } } }"],
    ["a NUL", "view: \0"],
  ])("answers %s in a moment", (_, text) => {
    const start = process.cpuUsage();
    const findings = findingsOf(overlay(baseProject, [{ path: "features/x.yaml", text }]));
    expect(findings).not.toEqual([]);
    // Of the processor: what is wrong takes minutes, and a busy machine may take its time.
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(10);
  });

  it("takes aliases that are meant well", () => {
    const text =
      "view: x\nclock: ubt\nfrom: trades\ncolumns:\n  a: &a { sql: 'sum(quantity)', unit: base }\n  b: *a\n";
    expect(render(findingsOf(overlay(baseProject, [{ path: "features/x.yaml", text }])))).toBe("");
  });
});
