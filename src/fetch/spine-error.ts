import { FeatureError } from "../errors.js";

/** The error of a spine: `what` goes on after the file's path. */
export function spineError(
  path: string,
  what: string,
  more: { readonly line?: number; readonly cause?: unknown } = {},
): FeatureError {
  const at = more.line === undefined ? { file: path } : { file: path, line: more.line };
  return new FeatureError("FS_FETCH_SPINE", `The spine ${path} ${what}.`, { at, cause: more.cause });
}
