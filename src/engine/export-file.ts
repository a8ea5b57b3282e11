import { accessSync, constants, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { FeatureError } from "../errors.js";

let exports = 0;

/**
 * Writes a file as a whole: into a hidden one in the same folder, renamed when it is complete. A failure leaves what was there
 * before. A name that ends in `.gz` is compressed.
 */
export async function replaceFile(
  path: string,
  write: (file: string, compression: "gzip" | "none") => Promise<void>,
): Promise<void> {
  const target = resolve(path);
  assertPlace(target);
  const draft = join(dirname(target), `.${basename(target)}.${process.pid}-${++exports}.tmp`);
  try {
    await write(draft, target.endsWith(".gz") ? "gzip" : "none");
    renameSync(draft, target);
  } catch (cause) {
    rmSync(draft, { force: true });
    if (cause instanceof FeatureError) throw cause;
    throw new FeatureError("FS_ENGINE_FILE", `${path} cannot be written.`, { object: path, cause });
  }
}

/** Fails before the query runs, not after it. */
function assertPlace(target: string): void {
  const folder = dirname(target);
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new FeatureError("FS_ENGINE_FILE", `The folder ${folder} is not there, or not writable.`, {
      object: target,
      cause,
    });
  }
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) {
    throw new FeatureError("FS_ENGINE_FILE", `${target} is a folder.`, { object: target });
  }
}
