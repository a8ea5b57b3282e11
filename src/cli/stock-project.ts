import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { neededViews } from "../compile/view-paths.js";
import { FeatureError } from "../errors.js";
import { packageRoot } from "./package-root.js";
import { loadProject } from "./project-files.js";

/**
 * What a new project gets of the package's own files. The schemas come along, so that the `$schema=` line of each file
 * points to the same place as here, and a clone without node_modules is still checked by editors.
 */
const stockFiles = /^(features\.yaml|(features|jobs|models|sources)\/.+|schemas\/[^/]+\.schema\.json)$/;

/** npm leaves files of this name out of packages, so it is written from here. */
const gitignore = "# The embedded engine's data.\n.feature/\n";

async function listStockFiles(): Promise<string[]> {
  const entries = await readdir(packageRoot, { withFileTypes: true });
  const folders = entries.filter(
    (entry) => entry.isDirectory() && stockFiles.test(`${entry.name}/x.schema.json`),
  );
  const inside = folders.map(async ({ name }) => {
    const files = await readdir(join(packageRoot, name), { withFileTypes: true, recursive: true });
    return files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name).slice(packageRoot.length).replaceAll("\\", "/"));
  });
  return ["features.yaml", ...(await Promise.all(inside)).flat()]
    .filter((path) => stockFiles.test(path))
    .sort();
}

/** Files of views that no stock vector needs. */
async function optionalFiles(): Promise<Set<string>> {
  const { views, aliases, vectors } = await loadProject({ project: packageRoot, target: undefined }, {});
  const needed = neededViews(views, vectors);
  return new Set([
    ...views.filter(({ name }) => !needed.has(name)).map(({ at }) => at.file),
    ...aliases.filter((alias) => !alias.views.every((view) => needed.has(view))).map(({ at }) => at.file),
  ]);
}

/**
 * Writes the stock project into a folder (`lean`: only the views of its vectors) and returns the relative paths written. Files that exist are an error that
 * lists them, before anything is written, unless `overwrite`; an existing .gitignore is left as it is.
 */
export async function writeStockProject(
  folder: string,
  { overwrite, lean }: { readonly overwrite: boolean; readonly lean: boolean },
): Promise<string[]> {
  const all = await listStockFiles();
  const left = lean ? await optionalFiles() : new Set<string>();
  const paths = all.filter((path) => !left.has(path));
  const existing = paths.filter((path) => existsSync(join(folder, path)));
  if (existing.length > 0 && !overwrite) {
    throw new FeatureError(
      "FS_CLI_FILE_EXISTS",
      `The folder already has ${existing.length} of the files to write:\n${existing.join("\n")}`,
      { object: folder },
    );
  }
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join(packageRoot, path), join(folder, path));
  }
  const hasGitignore = existsSync(join(folder, ".gitignore"));
  if (!hasGitignore) await writeFile(join(folder, ".gitignore"), gitignore);
  return hasGitignore ? paths : [...paths, ".gitignore"];
}
