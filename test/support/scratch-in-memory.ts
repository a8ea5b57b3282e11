import { mkdirSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";

const memory = "/dev/shm";
/** Several times what two test files hold at once. */
const room = 3 * 1024 ** 3;

/**
 * Temporary files of the tests are kept in memory where the system has such a file system with room: the engine waits for the
 * disk at every CREATE and DROP, and tests do little else.
 */
export default function setup(): (() => void) | undefined {
  if (freeBytes(memory) < room) return undefined;
  removeLeftovers();
  const folder = join(memory, `prism-tests-${process.pid}`);
  mkdirSync(folder);
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

function freeBytes(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/** What runs left behind that were killed. */
function removeLeftovers(): void {
  for (const name of readdirSync(memory)) {
    const [, pid] = /^prism-tests-(\d+)$/.exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    try {
      rmSync(join(memory, name), { recursive: true, force: true });
    } catch {
      // What such a run had started may be writing there yet: the next run removes it.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    // Of another user: it is there.
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}
