import { FeatureError, Findings } from "../errors.js";
import { scrubPaths } from "./scrub.js";

/** What the system says about a file: its path is the user's own and may be shown. */
function fileError(thrown: unknown): FeatureError | undefined {
  if (!(thrown instanceof Error) || !("syscall" in thrown) || !("path" in thrown)) return undefined;
  const path = String(thrown.path);
  const message = thrown.message.replace(/^(\w+): /, "").replace(/, \w+ '.*$/, "");
  return new FeatureError("FS_CLI_FILE", `${message} (${thrown.syscall})`, {
    at: { file: path },
    cause: thrown,
  });
}

/** Whatever was thrown, as the product's own errors. What is none of ours is a defect: FS_INTERNAL. */
export function normaliseError(thrown: unknown): readonly FeatureError[] {
  if (thrown instanceof Findings && thrown.findings.length > 0) return thrown.findings;
  if (thrown instanceof FeatureError) return [thrown];
  const refused = fileError(thrown);
  if (refused !== undefined) return [refused];
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return [new FeatureError("FS_INTERNAL", scrubPaths(text), { cause: thrown })];
}
