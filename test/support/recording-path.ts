import { fileURLToPath } from "node:url";
import { isSharedFileMissing } from "./shared-files.js";

/** Absolute path of a recording below `../shared/data`; undefined, after a line that says so, where it is absent. */
export function recordingPath(path: string): string | undefined {
  if (isSharedFileMissing(`data/${path}`)) return undefined;
  return fileURLToPath(new URL(`../../../shared/data/${path}`, import.meta.url));
}
