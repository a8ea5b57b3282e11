import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { repository } from "../spec/project-files.js";

const ignored = new Set(["node_modules", ".git", ".feature", "coverage", "fixtures"]);

/** Every Markdown file of the repository, relative to it. */
function pagesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (ignored.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return pagesBelow(path);
    return entry.name.endsWith(".md") ? [relative(repository, path)] : [];
  });
}

const pages = pagesBelow(repository);
const textOf = (page: string): string => readFileSync(join(repository, page), "utf8");
const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, "");

/** The anchors that a page's headings get where Markdown is shown. */
function anchorsOf(page: string): string[] {
  return [...withoutCode(textOf(page)).matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

it.each(pages)("%s links to what is there", (page) => {
  for (const [, target = ""] of withoutCode(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^https?:/.test(target)) continue;
    const [path = "", anchor] = target.split("#");
    const linked = path === "" ? page : relative(repository, join(repository, dirname(page), path));
    expect(existsSync(join(repository, linked)), `${page} → ${target}`).toBe(true);
    if (anchor !== undefined && linked.endsWith(".md")) expect(anchorsOf(linked), target).toContain(anchor);
  }
});

describe("folders say what they are for", () => {
  const foldersBelow = (folder: string): string[] =>
    readdirSync(join(repository, folder))
      .map((name) => join(folder, name))
      .filter((path) => statSync(join(repository, path)).isDirectory() && !path.endsWith("/sql"));
  const folders = ["src", ...foldersBelow("src"), "bench", "features", "jobs", "migrations", "models"];

  it.each([...folders, "registry", "schemas", "scripts", "sources", "test"])("%s", (folder) => {
    expect(existsSync(join(repository, folder, "README.md"))).toBe(true);
  });
});

it("every decision is in the index", () => {
  const files = readdirSync(join(repository, "docs/adr")).filter((name) => /^\d{4}-/.test(name));
  const listed = [...textOf("docs/adr/README.md").matchAll(/\((\d{4}-[^)]+)\)/g)].map((match) => match[1]);
  expect(listed).toEqual(files.sort());
  for (const file of files) {
    const headings = [...textOf(`docs/adr/${file}`).matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(headings, file).toEqual(["Context", "Decision", "Consequences"]);
  }
});
