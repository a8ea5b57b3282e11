import { linkSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { FeatureError } from "../errors.js";

const prefix = "exchange-";
let folders = 0;

/**
 * A folder for files that pass between the process and the embedded engine. It lies in the data directory: same disk, and
 * whoever holds the directory may clear what a killed process left.
 */
export class StagingFolder {
  readonly #path: string;
  #files = 0;

  constructor(directory: string) {
    for (const name of readdirSync(directory)) {
      if (name.startsWith(prefix) && !name.startsWith(`${prefix}${process.pid}-`)) {
        rmSync(join(directory, name), { recursive: true, force: true });
      }
    }
    this.#path = join(directory, `${prefix}${process.pid}-${++folders}`);
    mkdirSync(this.#path);
  }

  /** A path for a new file. */
  fresh(suffix: string): string {
    return join(this.#path, `${++this.#files}${suffix}`);
  }

  /**
   * Another path of a user's file, free of the characters that `file()` takes for patterns. It keeps the suffix that tells the
   * compression. The caller removes it.
   */
  alias(file: string): string {
    const target = resolve(file);
    assertFile(target);
    const link = this.fresh(/\.[A-Za-z0-9]+$/.exec(basename(target))?.[0] ?? "");
    try {
      symlinkSync(target, link);
    } catch {
      // Systems that keep links for administrators still allow a second name.
      linkSync(target, link);
    }
    return link;
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }
}

/** The engine reads a folder, a socket or nothing at all without complaint; a file is what was meant. */
export function assertFile(path: string): void {
  let found: string | undefined;
  try {
    if (statSync(path).isFile()) return;
    found = "is not a file";
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new FeatureError(
      "FS_ENGINE_FILE",
      missing ? `${path} does not exist.` : `${path} cannot be read.`,
      {
        object: path,
        cause,
      },
    );
  }
  throw new FeatureError("FS_ENGINE_FILE", `${path} ${found}.`, { object: path });
}
