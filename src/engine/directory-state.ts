/** What an embedded engine's directory says of its tables without being opened: opening many tables takes seconds. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { TableName } from "../schema/object.js";
import { passingPatterns } from "../schema/passing-tables.js";
import { storedBlocks } from "./stored-blocks.js";

const passing = Object.values(passingPatterns).map((pattern) => new RegExp(pattern));

/** Whether a file of a definition is a lease's, or of something staged. */
function isPassing(file: string): boolean {
  // The engine escapes slashes in names of files; what else it escapes matches as it is.
  const name = file.slice(0, -".sql".length).replaceAll("%2F", "/");
  return passing.some((pattern) => pattern.test(name));
}

/**
 * A digest that changes whenever a database, table, view or trigger is made, altered or dropped, and whenever rows are added to
 * a table of `watched` or taken out of one. Like git's index it trusts names, sizes, inodes and times of files: the engine replaces the
 * file of a definition that it alters. A merge leaves it as it is. Undefined when the directory holds no such database.
 */
export function directoryState(directory: string, watched: string): string | undefined {
  if (!existsSync(join(directory, "metadata", `${watched}.sql`))) return undefined;
  return whenQuiet(() => {
    const state = createHash("sha256");
    const metadata = join(directory, "metadata");
    for (const file of names(metadata, ".sql")) {
      state.update(`${file}\n${readFileSync(join(metadata, file), "utf8")}\n`);
      const database = join(metadata, file.slice(0, -".sql".length));
      for (const table of names(database, ".sql")) {
        if (isPassing(table)) continue;
        const { ino, size, mtimeNs } = statSync(join(database, table), { bigint: true });
        state.update(`${table} ${ino} ${size} ${mtimeNs}\n`);
      }
    }
    for (const file of names(join(metadata, watched), ".sql")) {
      const name = file.slice(0, -".sql".length);
      state.update(`${name} ${blocksOf(directory, { database: watched, name })}\n`);
    }
    return state.digest("hex");
  });
}

/** A digest that changes whenever rows are added to one of these tables or taken out of it; of merges it says nothing. */
export function rowsState(directory: string, tables: readonly TableName[]): string | undefined {
  return whenQuiet(() => {
    const state = createHash("sha256");
    for (const table of tables)
      state.update(`${table.database}.${table.name} ${blocksOf(directory, table)}\n`);
    return state.digest("hex");
  });
}

/** Whether something has this name: a table, a view or a trigger. */
export function isTaken(directory: string, { database, name }: TableName): boolean {
  return existsSync(join(directory, "metadata", database, `${name}.sql`));
}

function blocksOf(directory: string, { database, name }: TableName): string {
  const definition = readFileSync(join(directory, "metadata", database, `${name}.sql`), "utf8");
  const uuid = /\bUUID '([0-9a-f-]{36})'/.exec(definition)?.[1] ?? "";
  const folder = join(directory, "store", uuid.slice(0, 3), uuid);
  return storedBlocks(names(folder), (part) => readCount(join(folder, part)));
}

/** Rows of a part; those of an unfinished one are not known. */
function readCount(part: string): number {
  try {
    return Number(readFileSync(join(part, "count.txt"), "utf8"));
  } catch {
    return Number.NaN;
  }
}

/** Undefined when somebody is at work in the directory: then the engine has to be asked. */
function whenQuiet(read: () => string): string | undefined {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Error && "code" in cause) return undefined;
    throw cause;
  }
}

/** A database without tables has no folder, and a Null table no parts. */
function names(folder: string, ending = ""): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort();
}
