import { realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import { FeatureError, Findings } from "../../errors.js";
import { type InputFile, standardInput } from "./input-file.js";

/**
 * The files that the arguments name, in their order, each once: a path, a pattern (its matches in order of name), or `-`. A file
 * whose name looks like a pattern is that file. All arguments that name no file are reported together.
 *
 * @throws FeatureError or Findings: FS_INGEST_NO_FILE, FS_INGEST_DIRECTORY
 */
export async function expandPaths(args: readonly string[], folder: string): Promise<InputFile[]> {
  const found = new Map<string, InputFile>();
  const problems: FeatureError[] = [];
  for (const argument of args) {
    try {
      for (const file of await filesOf(argument, folder)) {
        const key = file.given === standardInput ? standardInput : await realpath(file.path);
        if (!found.has(key)) found.set(key, file);
      }
    } catch (error) {
      if (!(error instanceof FeatureError)) throw error;
      problems.push(error);
    }
  }
  if (problems.length > 1) throw new Findings(problems);
  if (problems[0] !== undefined) throw problems[0];
  return [...found.values()];
}

async function filesOf(argument: string, folder: string): Promise<InputFile[]> {
  if (argument === standardInput) return [{ given: argument, path: "" }];
  const path = resolve(folder, argument);
  const kind = await kindOf(path);
  if (kind === "file") return [{ given: argument, path }];
  if (kind === "directory") {
    throw new FeatureError("FS_INGEST_DIRECTORY", `${argument} is a directory`, {
      object: argument,
      hint: `Name its files, for example '${argument.replace(/\/+$/, "")}/*'.`,
    });
  }
  if (!isDynamicPattern(argument)) {
    throw new FeatureError("FS_INGEST_NO_FILE", `${argument} does not exist`, { object: argument });
  }
  const matches = await glob(argument, { cwd: folder, onlyFiles: true, expandDirectories: false });
  if (matches.length === 0) {
    throw new FeatureError("FS_INGEST_NO_FILE", `no file matches ${argument}`, { object: argument });
  }
  return matches.sort().map((given) => ({ given, path: resolve(folder, given) }));
}

async function kindOf(path: string): Promise<"file" | "directory" | undefined> {
  try {
    return (await stat(path)).isDirectory() ? "directory" : "file";
  } catch {
    return undefined;
  }
}
