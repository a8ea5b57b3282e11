/** The folder models/ of a project: contracts, and the files beside them. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FeatureError } from "../errors.js";

export class ModelFolder {
  readonly #path: string;

  /** @param root absolute path of the project's folder */
  constructor(root: string) {
    this.#path = join(root, "models");
  }

  has(file: string): boolean {
    return existsSync(join(this.#path, file));
  }

  /** @throws FeatureError FS_MODEL_FILE when it is not there or can not be read */
  async read(file: string): Promise<Buffer> {
    try {
      return await readFile(join(this.#path, file));
    } catch (cause) {
      throw new FeatureError("FS_MODEL_FILE", `models/${file} is not there, or can not be read`, {
        object: file,
        cause,
      });
    }
  }

  /** The file appears when it is complete, and replaces what was there. */
  async write(file: string, content: string | Uint8Array): Promise<void> {
    await mkdir(this.#path, { recursive: true });
    const part = join(this.#path, `.${file}.part`);
    await writeFile(part, content);
    await rename(part, join(this.#path, file));
  }
}
