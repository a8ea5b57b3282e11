import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { basename } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { ZipFile } from "yazl";

/** Simulated files are read once and thrown away: the fastest level of compression is the right one. */
const compressionLevel = 1;

/** One text file, written as it grows: as it is, as `.gz`, or as the only member of a `.zip` (by the path's ending). */
export class TextFile {
  readonly path: string;
  readonly #input = new PassThrough({ highWaterMark: 1 << 20 });
  readonly #written: Promise<void>;

  constructor(path: string) {
    this.path = path;
    const file = createWriteStream(path);
    if (path.endsWith(".zip")) {
      const zip = new ZipFile();
      const member = `${basename(path, ".zip")}.csv`;
      zip.addReadStream(this.#input, member, { mtime: new Date(0), compressionLevel });
      zip.end();
      this.#written = pipeline(zip.outputStream, file);
    } else if (path.endsWith(".gz")) {
      this.#written = pipeline(this.#input, createGzip({ level: compressionLevel }), file);
    } else {
      this.#written = pipeline(this.#input, file);
    }
    // A failure is reported by end(); until then it must not count as unhandled.
    this.#written.catch((error: Error) => this.#input.destroy(error));
  }

  async write(text: string): Promise<void> {
    if (!this.#input.write(text)) await once(this.#input, "drain");
  }

  async end(): Promise<void> {
    this.#input.end();
    await this.#written;
  }
}
