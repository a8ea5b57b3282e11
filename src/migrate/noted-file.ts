/** What a command leaves beside the project to save the next one time: lost or unreadable, it costs that time and nothing else. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export function writeNoted(root: string, name: string, value: object): void {
  try {
    mkdirSync(dirname(notedFile(root, name)), { recursive: true });
    writeFileSync(notedFile(root, name), `${JSON.stringify(value)}\n`);
  } catch {
    // A folder that may not be written.
  }
}

/** Undefined when there is none, writing it was cut off, or somebody has edited it. */
export function readNoted(root: string, name: string): unknown {
  try {
    return JSON.parse(readFileSync(notedFile(root, name), "utf8"));
  } catch {
    return undefined;
  }
}

export function forgetNoted(root: string, name: string): void {
  rmSync(notedFile(root, name), { force: true });
}

function notedFile(root: string, name: string): string {
  return join(root, ".feature", `${name}.json`);
}
