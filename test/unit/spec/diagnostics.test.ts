import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ErrorCode, errorCodes } from "../../../src/errors.js";
import {
  baseProject,
  findingsOf,
  fixtures,
  overlay,
  readFiles,
  render,
  repository,
} from "./project-files.js";

/** Each folder replaces or adds files of the project in fixtures/base; the findings on it are in its findings.txt. */
const cases = readdirSync(fixtures).filter((name) => name !== "base");

describe("findings on broken files", () => {
  it("has none on the project that the cases start from", () => {
    expect(render(findingsOf(baseProject))).toBe("");
  });

  it.each(cases)("%s", async (name) => {
    const folder = join(fixtures, name);
    const findings = findingsOf(overlay(baseProject, readFiles(folder)));
    expect(findings).not.toEqual([]);
    for (const { at } of findings) expect(at?.file).toBeDefined();
    await expect(render(findings)).toMatchFileSnapshot(join(folder, "findings.txt"));
  });

  it("covers every code that the parser has", () => {
    const folder = join(repository, "src/spec");
    const source = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    const used = (Object.keys(errorCodes) as ErrorCode[]).filter(
      (code) => code.startsWith("FS_SPEC_") && source.some((text) => text.includes(`"${code}"`)),
    );
    const found = new Set<string>(
      cases.flatMap((name) =>
        findingsOf(overlay(baseProject, readFiles(join(fixtures, name)))).map((finding) => finding.code),
      ),
    );
    expect(used.filter((code) => !found.has(code))).toEqual([]);
  });

  it("never shows a secret", () => {
    for (const name of ["secrets", "secrets-syntax"]) {
      const findings = findingsOf(overlay(baseProject, readFiles(join(fixtures, name))));
      expect(JSON.stringify(findings.map((finding) => finding.report()))).not.toContain("hunter2");
    }
  });
});
