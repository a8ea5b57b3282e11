import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { FeatureError } from "../errors.js";
import type { ProjectSpecs } from "../spec/model.js";
import type { SourceFile } from "../spec/parse-project.js";
import { projectFileName, specFolders } from "../spec/spec-kind.js";
import type { GlobalOptions } from "./shell.js";

/** Relative paths of the YAML files below a folder of the project, sorted; a folder that is not there has none. */
async function specFiles(root: string, folder: string): Promise<string[]> {
  if (!existsSync(join(root, folder))) return [];
  const entries = await readdir(join(root, folder), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}

/** The files of a project as they are written, paths relative to its folder. */
export interface ProjectFiles {
  /** Absolute. */
  readonly root: string;
  readonly files: readonly SourceFile[];
}

/** Reads the project in the folder asked for. */
export async function readProjectFiles(folder: string): Promise<ProjectFiles> {
  const root = resolve(folder);
  if (!existsSync(join(root, projectFileName))) {
    throw new FeatureError("FS_CLI_NO_PROJECT", `There is no ${projectFileName} in ${folder}.`, {
      object: folder,
    });
  }
  const folders = new Set(specFolders.map(([path]) => path.split("/", 1)[0] ?? path));
  const found = await Promise.all([...folders].map((name) => specFiles(root, name)));
  const paths = [projectFileName, ...found.flat()];
  const files = await Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(root, path), "utf8") })),
  );
  return { root, files };
}

/** Parses the project in the folder asked for. Findings on its files are thrown together. */
export async function loadProject(
  { project: folder, target }: Pick<GlobalOptions, "project" | "target">,
  env: Readonly<Record<string, string | undefined>>,
  read?: ProjectFiles,
): Promise<ProjectSpecs> {
  const { root, files } = read ?? (await readProjectFiles(folder));
  const { parseProject } = await import("../spec/parse-project.js");
  return parseProject(files, env, root, target);
}
