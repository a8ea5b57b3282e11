import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, inflateRawSync } from "node:zlib";

const root = fileURLToPath(new URL("../../../shared/", import.meta.url));

/**
 * For `describe.skipIf`: true, after a line that says so, when the shared files beside the repository are absent.
 * @param path below `../shared`, such as `golden/buckets_hybrid.json`
 */
export function isSharedFileMissing(path: string): boolean {
  if (existsSync(root + path)) return false;
  console.warn(`SKIPPED: ../shared/${path} is not there`);
  return true;
}

/** The absolute path of a shared file. */
export function sharedFile(path: string): string {
  return root + path;
}

/** A golden case; the caller knows its form. */
export function readGolden<Case>(name: string): Case {
  return JSON.parse(readFileSync(`${root}golden/${name}.json`, "utf8")) as Case;
}

/** Text of a recording: plain, `.gz`, or `.zip` with one member. */
export function readRecording(path: string): string {
  const bytes = readFileSync(`${root}data/${path}`);
  if (path.endsWith(".gz")) return gunzipSync(bytes).toString("utf8");
  if (!path.endsWith(".zip")) return bytes.toString("utf8");
  const headerBytes = 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  return inflateRawSync(bytes.subarray(headerBytes)).toString("utf8");
}
