import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Who has a data directory open: a note beside the engine's own files, and the engine's `status` file. */
export interface Holder {
  readonly pid: number;
  /** The command line, or undefined when nothing says it. */
  readonly command: string | undefined;
  /** ISO 8601, or undefined. */
  readonly since: string | undefined;
}

const noteName = "holder.json";

/** Leaves the note. It is information only, so failing to write it fails nothing. */
export function noteHolder(directory: string, holder: Holder): void {
  try {
    writeFileSync(join(directory, noteName), `${JSON.stringify(holder)}\n`);
  } catch {
    // The lock itself is the engine's.
  }
}

export function forgetHolder(directory: string, pid: number): void {
  if (readNote(directory)?.pid === pid) rmSync(join(directory, noteName), { force: true });
}

/** The holder named by the engine's lock file and the note; undefined when neither tells. It may have ended since. */
export function readHolder(directory: string): Holder | undefined {
  const note = readNote(directory);
  const pid = readStatusPid(directory) ?? note?.pid;
  if (pid === undefined) return undefined;
  return note?.pid === pid ? note : { pid, command: undefined, since: undefined };
}

/** Whether the holder has the lock file open now. Undefined where the system cannot tell (no /proc, another user's process). */
export function holdsDirectory(directory: string, pid: number): boolean | undefined {
  const descriptors = `/proc/${pid}/fd`;
  let names: string[];
  try {
    names = readdirSync(descriptors);
  } catch {
    return undefined;
  }
  const lock = join(realpathSync(directory), "status");
  return names.some((name) => {
    try {
      return readlinkSync(join(descriptors, name)) === lock;
    } catch {
      return false;
    }
  });
}

function readNote(directory: string): Holder | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(join(directory, noteName), "utf8"));
    if (typeof note !== "object" || note === null || !("pid" in note) || typeof note.pid !== "number")
      return undefined;
    return {
      pid: note.pid,
      command: "command" in note && typeof note.command === "string" ? note.command : undefined,
      since: "since" in note && typeof note.since === "string" ? note.since : undefined,
    };
  } catch {
    return undefined;
  }
}

function readStatusPid(directory: string): number | undefined {
  try {
    const found = /^PID: (\d+)$/m.exec(readFileSync(join(directory, "status"), "utf8"));
    return found?.[1] === undefined ? undefined : Number(found[1]);
  } catch {
    return undefined;
  }
}
