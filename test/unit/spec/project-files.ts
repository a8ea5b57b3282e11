import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Findings } from "../../../src/errors.js";
import type { ProjectSpecs } from "../../../src/spec/model.js";
import { parseProject } from "../../../src/spec/parse-project.js";
import { projectFileName, specFolders } from "../../../src/spec/spec-kind.js";
import type { SourceFile } from "../../../src/spec/yaml-file.js";

/** The repository, whose own files are the stock project. */
export const repository = fileURLToPath(new URL("../../..", import.meta.url));
export const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));

/** The spec files below a folder. */
export function readFiles(folder: string): SourceFile[] {
  const files = (below: string): string[] =>
    existsSync(join(folder, below))
      ? readdirSync(join(folder, below), { withFileTypes: true, recursive: true })
          .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
          .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replace(/^\//, ""))
      : [];
  const roots = new Set(specFolders.map(([name]) => name.split("/")[0] ?? ""));
  const paths = [...roots].flatMap(files);
  if (existsSync(join(folder, projectFileName))) paths.push(projectFileName);
  return [...new Set(paths)].map((path) => ({ path, text: readFileSync(join(folder, path), "utf8") }));
}

/** The files of `base`, with those of `changes` in their place. */
export function overlay(base: readonly SourceFile[], changes: readonly SourceFile[]): SourceFile[] {
  return [...new Map([...base, ...changes].map((file) => [file.path, file])).values()];
}

/** A project that parses; tests replace single files of it. */
export const baseProject: readonly SourceFile[] = readFiles(join(fixtures, "base"));

/** A variable of the environment as files write it. */
export function variable(name: string): string {
  return `\${${name}}`;
}

export interface ParseOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly target?: string;
}

export function parse(files: readonly SourceFile[], options: ParseOptions = {}): ProjectSpecs {
  return parseProject(files, options.env ?? {}, "/project", options.target);
}

/** The findings on these files, none when they parse. */
export function findingsOf(files: readonly SourceFile[], options: ParseOptions = {}): Findings["findings"] {
  try {
    parse(files, options);
    return [];
  } catch (error) {
    if (error instanceof Findings) return error.findings;
    throw error;
  }
}

/** Findings as people read them, for comparison with a file. */
export function render(findings: Findings["findings"]): string {
  return findings
    .map(({ at, code, message, hint }) => {
      const place = [at?.file, at?.line, at?.column].filter((part) => part !== undefined).join(":");
      return `${place} ${code}\n  ${message}\n  → ${hint}\n`;
    })
    .join("");
}
