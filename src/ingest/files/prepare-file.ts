import { createWriteStream } from "node:fs";
import { rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { FeatureError } from "../../errors.js";
import { brokenFile } from "./broken-file.js";
import { type InputFile, type Part, standardInput } from "./input-file.js";
import { readHead } from "./read-head.js";
import { readSignature, type Signature } from "./signature.js";
import type { TempFolder } from "./temp-folder.js";
import { type Member, unzip } from "./unzip.js";

/** Copies standard input into the folder, since files are read more than once. Other files stay where they are. */
export async function spool(file: InputFile, stdin: Readable, folder: TempFolder): Promise<InputFile> {
  if (file.given !== standardInput) return file;
  const path = folder.fresh("");
  await pipeline(stdin, createWriteStream(path));
  return { ...file, path };
}

/**
 * What of a file the engine can read: the file itself, or the csv members of a zip, unpacked into the folder. The bytes decide what
 * a file is, not its name; a name that promises another compression is an error.
 *
 * @param wants `text` for lines, `parquet` for Parquet
 * @throws FeatureError FS_INGEST_EMPTY, FS_INGEST_BROKEN_FILE, FS_INGEST_ZIP, FS_INGEST_NOT_TEXT, FS_INGEST_NOT_PARQUET
 */
export async function prepareFile(
  file: InputFile,
  wants: "text" | "parquet",
  folder: TempFolder,
): Promise<Part[]> {
  const name = file.given;
  const signature = await signatureOf(file, name);
  if (signature === "empty") throw new FeatureError("FS_INGEST_EMPTY", `${name} is empty`, { object: name });
  refusePromise(name, signature);
  if (wants === "parquet") {
    if (signature !== "parquet") {
      throw new FeatureError("FS_INGEST_NOT_PARQUET", `${name} is not a Parquet file`, { object: name });
    }
    return [{ file, name, telling: [file.path], path: file.path, head: undefined, release: async () => {} }];
  }
  if (signature === "parquet" || signature === "foreign") {
    throw new FeatureError("FS_INGEST_NOT_TEXT", `${name} is not text, .gz or .zip`, {
      object: name,
      ...(signature === "parquet" ? { hint: "Read it with `feature ingest parquet`." } : {}),
    });
  }
  return signature === "zip" ? zipParts(file, folder) : [await textPart(file, signature === "gzip", folder)];
}

async function signatureOf(file: InputFile, name: string): Promise<Signature> {
  try {
    return await readSignature(file.path);
  } catch (cause) {
    throw brokenFile(name, cause);
  }
}

/** A `.zip` or `.gz` whose bytes say otherwise was cut short or replaced, for instance by an error page. */
function refusePromise(name: string, signature: Signature): void {
  const [, suffix] = /\.(zip|gz)$/i.exec(name) ?? [];
  const promised = suffix?.toLowerCase() === "zip" ? "zip" : "gzip";
  if (suffix === undefined || signature === promised) return;
  throw brokenFile(name, new Error(`its bytes are not those of a ${promised} file`));
}

async function textPart(file: InputFile, isCompressed: boolean, folder: TempFolder): Promise<Part> {
  const name = file.given;
  const head = await readHead(file.path, isCompressed, name);
  if (isCompressed === /\.gz$/i.test(file.path)) {
    return { file, name, telling: [file.path], path: file.path, head, release: async () => {} };
  }
  // The engine goes by the suffix.
  const path = folder.fresh(isCompressed ? ".csv.gz" : ".csv");
  await symlink(file.path, path);
  return { file, name, telling: [file.path], path, head, release: () => rm(path, { force: true }) };
}

async function zipParts(file: InputFile, folder: TempFolder): Promise<Part[]> {
  const members = await unzip(file.path, file.given, folder);
  const parts: Part[] = [];
  for (const member of members) {
    const name = members.length === 1 ? file.given : `${file.given}/${member.name}`;
    parts.push({
      file,
      name,
      telling: members.length === 1 ? [file.path, beside(file, member)] : [beside(file, member)],
      path: member.path,
      head: await readHead(member.path, false, name),
      release: () => rm(member.path, { force: true }),
    });
  }
  return parts;
}

function beside(file: InputFile, member: Member): string {
  return join(dirname(file.path), member.name);
}
