import { createWriteStream } from "node:fs";
import { rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { FeatureError } from "../../errors.js";
import { brokenFile } from "./broken-file.js";
import type { TempFolder } from "./temp-folder.js";

/** A csv that was in a zip: its base name there, and where it was unpacked to. */
export interface Member {
  readonly name: string;
  readonly path: string;
}

/** Market data in csv packs to a fifth or a tenth; nothing of that kind comes near this. */
const highestRatio = 300;
/** Below this size the ratio says nothing: a short file of equal lines packs well. */
const harmlessBytes = 64 * 1024 * 1024;
const mostMembers = 1000;

/**
 * Unpacks the csv members of a zip, in order of name. Sizes and checksums are compared with the zip's directory.
 *
 * @throws FeatureError FS_INGEST_BROKEN_FILE (cut short, damaged, encrypted), FS_INGEST_ZIP (no csv, too large)
 */
export async function unzip(path: string, name: string, folder: TempFolder): Promise<Member[]> {
  const zip = await openPromise(path, { autoClose: false }).catch((cause: unknown) => {
    throw brokenFile(name, cause);
  });
  try {
    const entries = await csvEntries(zip, name);
    await checkSizes(entries, path, name, folder.fresh(""));
    const members: Member[] = [];
    for (const entry of entries) {
      const target = folder.fresh(".csv");
      await unpack(zip, entry, target).catch(async (cause: unknown) => {
        await rm(target, { force: true });
        throw brokenFile(name, cause);
      });
      members.push({ name: baseName(entry), path: target });
    }
    return members;
  } finally {
    zip.close();
  }
}

async function csvEntries(zip: ZipFile, name: string): Promise<Entry[]> {
  const found: Entry[] = [];
  const others: string[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      if (found.length + others.length >= mostMembers) break;
      if (entry.fileName.endsWith("/") || entry.fileName.startsWith("__MACOSX/")) continue;
      if (/\.csv$/i.test(entry.fileName)) found.push(entry);
      else others.push(baseName(entry));
    }
  } catch (cause) {
    throw brokenFile(name, cause);
  }
  if (found.length === 0) {
    const holds = others.length === 0 ? "nothing" : others.slice(0, 5).join(", ");
    throw new FeatureError("FS_INGEST_ZIP", `${name} holds no csv file; it holds ${holds}`, { object: name });
  }
  return found.sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
}

async function checkSizes(
  entries: readonly Entry[],
  path: string,
  name: string,
  target: string,
): Promise<void> {
  const packed = (await stat(path)).size;
  const unpacked = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  const { bavail, bsize } = await statfs(dirname(target));
  if (unpacked > harmlessBytes && unpacked > packed * highestRatio) {
    throw new FeatureError(
      "FS_INGEST_ZIP",
      `${name} would unpack to ${unpacked} bytes, ${Math.round(unpacked / packed)} times its size; market data does not pack like that`,
      { object: name, hint: "If it is meant to be so, unpack it yourself and ingest the csv." },
    );
  }
  if (unpacked > bavail * bsize) {
    throw new FeatureError(
      "FS_INGEST_ZIP",
      `${name} unpacks to ${unpacked} bytes, but ${dirname(target)} has ${bavail * bsize} bytes free`,
      { object: name, hint: "Point TMPDIR to a disk with more space." },
    );
  }
}

async function unpack(zip: ZipFile, entry: Entry, target: string): Promise<void> {
  if (entry.isEncrypted()) throw new Error("it is encrypted");
  let checksum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      checksum = crc32(chunk, checksum);
      done(null, chunk);
    },
  });
  await pipeline(await zip.openReadStreamPromise(entry), check, createWriteStream(target));
  if (checksum !== entry.crc32) throw new Error("its checksum is wrong");
}

function baseName(entry: Entry): string {
  return entry.fileName.split(/[/\\]/).at(-1) ?? entry.fileName;
}
