import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "prism-ingest-";

/** A folder for unpacked files and standard input; folders that killed processes left behind are removed on the way. */
export class TempFolder {
  readonly #path: string;
  #files = 0;

  private constructor(path: string) {
    this.#path = path;
  }

  static async open(parent: string = tmpdir()): Promise<TempFolder> {
    for (const name of await readdir(parent)) {
      const [, pid] = new RegExp(`^${prefix}(\\d+)-`).exec(name) ?? [];
      if (pid === undefined || isRunning(Number(pid))) continue;
      await rm(join(parent, name), { recursive: true, force: true });
    }
    return new TempFolder(await mkdtemp(join(parent, `${prefix}${process.pid}-`)));
  }

  get path(): string {
    return this.#path;
  }

  /** A path for a new file. Never made of a member's or a user's name. */
  fresh(suffix: string): string {
    this.#files += 1;
    return join(this.#path, `${this.#files}${suffix}`);
  }

  async remove(): Promise<void> {
    await rm(this.#path, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
