import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { FeatureError } from "../../errors.js";
import { brokenFile } from "./broken-file.js";
import type { Head } from "./input-file.js";

const headBytes = 256 * 1024;
/** A header of 25 book levels has 2 kB. Beyond this a file has no lines. */
const longestLine = 128 * 1024;

/**
 * The first lines of a text file.
 *
 * @throws FeatureError FS_INGEST_EMPTY, FS_INGEST_NOT_TEXT for binary data, FS_INGEST_BROKEN_FILE when it cannot be unpacked
 */
export async function readHead(path: string, isCompressed: boolean, name: string): Promise<Head> {
  const { bytes, isWhole } = await firstBytes(path, isCompressed, name);
  if (bytes.includes(0)) throw notText(name, "it holds zero bytes");
  const hasByteOrderMark = bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
  const lines = bytes
    .subarray(hasByteOrderMark ? 3 : 0)
    .toString("utf8")
    .split("\n");
  if (isWhole && lines.at(-1) === "") lines.pop();
  if (!isWhole) lines.pop();
  if (isWhole && lines.every((line) => line.trim() === "")) {
    throw new FeatureError("FS_INGEST_EMPTY", `${name} has no rows`, { object: name });
  }
  if (!isWhole && (lines[0] === undefined || lines[0].length > longestLine)) {
    throw notText(name, `its first line has more than ${longestLine} bytes`);
  }
  return { lines: lines.map((line) => line.replace(/\r$/, "")), hasByteOrderMark };
}

function notText(name: string, found: string): FeatureError {
  return new FeatureError("FS_INGEST_NOT_TEXT", `${name} is not a text file: ${found}`, { object: name });
}

async function firstBytes(
  path: string,
  isCompressed: boolean,
  name: string,
): Promise<{ bytes: Buffer; isWhole: boolean }> {
  const file = createReadStream(path, { highWaterMark: headBytes });
  const source = isCompressed ? file.pipe(createGunzip()) : file;
  if (source !== file) file.on("error", (error) => source.destroy(error));
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= headBytes) return { bytes: Buffer.concat(chunks), isWhole: false };
    }
    return { bytes: Buffer.concat(chunks), isWhole: true };
  } catch (cause) {
    throw brokenFile(name, cause);
  } finally {
    file.destroy();
  }
}
