import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { compileProject } from "../../../src/compile/compile-project.js";
import { Findings } from "../../../src/errors.js";
import { parseProject } from "../../../src/spec/parse-project.js";
import type { SpecKind } from "../../../src/spec/spec-kind.js";
import type { SourceFile } from "../../../src/spec/yaml-file.js";
import { overlay, readFiles, repository } from "../spec/project-files.js";

/** Where a block's object belongs, by its first key. */
const folders: Readonly<Record<SpecKind, string>> = {
  project: "",
  view: "features/",
  vector: "features/vectors/",
  label: "features/labels/",
  csv: "sources/",
  job: "jobs/",
  model: "models/",
};

interface Block {
  readonly page: string;
  readonly line: number;
  readonly text: string;
  /** Codes that the fence names: what is refused, and how. */
  readonly codes: readonly string[];
}

/** Every fenced `yaml` block of a page. */
function blocksOf(page: string): Block[] {
  const markdown = readFileSync(join(repository, page), "utf8");
  return [...markdown.matchAll(/^```yaml([^\n]*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    page,
    line: markdown.slice(0, match.index).split("\n").length,
    text: match[2] ?? "",
    codes: (match[1] ?? "").split(/\s+/).filter(Boolean),
  }));
}

function fileOf({ text }: Block): SourceFile {
  const [kind = "", name] = Object.entries(parseYaml(text) as Record<string, unknown>)[0] ?? [];
  const folder = folders[kind as SpecKind];
  return { path: kind === "project" ? "features.yaml" : `${folder}${String(name)}.yaml`, text };
}

const stock = readFiles(repository);

/** The codes of all findings on the stock project with this block in it. */
function codesOf(block: Block): string[] {
  try {
    compileProject(parseProject(overlay(stock, [fileOf(block)]), environment, "/project"));
    return [];
  } catch (error) {
    if (error instanceof Findings) return error.findings.map(({ code, message }) => `${code} ${message}`);
    throw error;
  }
}

const environment = { CLICKHOUSE_URL: "http://localhost:8123", CLICKHOUSE_USER: "", CLICKHOUSE_PASSWORD: "" };

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "features/README.md",
  "jobs/README.md",
  "models/README.md",
  ...readdirSync(join(repository, "docs")).map((name) => `docs/${name}`),
].filter((page) => page.endsWith(".md"));

describe.each(pages.map((page) => [page, blocksOf(page)] as const).filter(([, blocks]) => blocks.length > 0))(
  "the yaml of %s",
  (page, blocks) => {
    it.each(blocks.map((block) => [`${page}:${block.line}`, block] as const))("%s", (_, block) => {
      const found = codesOf(block);
      if (block.codes.length === 0) expect(found).toEqual([]);
      else expect([...new Set(found.map((text) => text.split(" ")[0]))]).toEqual(block.codes);
    });
  },
);
