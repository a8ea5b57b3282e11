import { mkdirSync } from "node:fs";
import { FeatureError } from "../errors.js";
import { type Holder, holdsDirectory, readHolder } from "./holder.js";

type Chdb = typeof import("chdb") & typeof import("chdb/connection");

/**
 * Memory that a statement gives back stays with the process for a minute, in which the next close comes: the engine's own 5 s hand it
 * to the kernel in between, and to fault it in again costs a close more than its work (docs/engine-facts.md).
 */
const allocator = "dirty_decay_ms:60000";

/** Loads chDB: 560 MB on disk and a quarter of a second, so only for commands that need the engine. */
export async function loadChdb(): Promise<Chdb> {
  // Read once, when the library is loaded. Who has set it knows better.
  process.env.JE_MALLOC_CONF ??= allocator;
  const [engine, connection] = await Promise.all([import("chdb"), import("chdb/connection")]);
  return { ...engine, ...connection };
}

/** Makes the data directory if it is not there. */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new FeatureError("FS_ENGINE_OPEN", `The data directory ${path} cannot be made.`, {
      object: path,
      cause,
    });
  }
}

/** Refuses a directory that another process holds, before the engine prints its own complaint. */
export function assertFree(path: string): void {
  const holder = readHolder(path);
  if (holder === undefined || holder.pid === process.pid) return;
  if (holdsDirectory(path, holder.pid) === true) throw locked(path, holder);
}

/** Why the engine did not open the directory. The engine itself only says that it failed. */
export function openFailure(path: string, cause: unknown): FeatureError {
  const words = cause instanceof Error ? cause.message : String(cause);
  if (words.includes("one active data directory per process")) {
    const message = `This process has another data directory open, so it cannot open ${path}.`;
    const hint = "Close the other engine first: one process opens one data directory at a time.";
    return new FeatureError("FS_ENGINE_LOCKED", message, { object: path, hint, cause });
  }
  const holder = readHolder(path);
  if (holder !== undefined && holder.pid !== process.pid && runs(holder.pid))
    return locked(path, holder, cause);
  return new FeatureError("FS_ENGINE_OPEN", `The data directory ${path} cannot be opened. ${words}`, {
    object: path,
    cause,
  });
}

function locked(path: string, holder: Holder, cause?: unknown): FeatureError {
  const command = holder.command === undefined ? "" : ` (${holder.command})`;
  const since = holder.since === undefined ? "" : `, since ${holder.since}`;
  const message = `The data directory ${path} is held by process ${holder.pid}${command}${since}.`;
  return new FeatureError("FS_ENGINE_LOCKED", message, { object: path, cause });
}

/** Whether a process of that number exists, ours or another user's. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}
