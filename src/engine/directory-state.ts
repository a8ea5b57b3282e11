/** What an embedded engine's directory says of its tables without being opened: opening many tables takes seconds. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * A digest that changes whenever a database, table, view or trigger is made, altered or dropped, and whenever rows are added to
 * a table of `watched`. Like git's index it trusts names, sizes, inodes and times of files: the engine replaces the file of a
 * definition that it alters, and never changes a part of a table. Merges change it, too, although they change no row. Undefined when
 * the directory holds no such database.
 */
export function directoryState(directory: string, watched: string): string | undefined {
  if (!existsSync(join(directory, "metadata", `${watched}.sql`))) return undefined;
  try {
    const state = createHash("sha256");
    const metadata = join(directory, "metadata");
    for (const file of names(metadata, ".sql")) {
      state.update(`${file}\n${readFileSync(join(metadata, file), "utf8")}\n`);
      const database = join(metadata, file.slice(0, -".sql".length));
      for (const table of names(database, ".sql")) {
        const { ino, size, mtimeNs } = statSync(join(database, table), { bigint: true });
        state.update(`${table} ${ino} ${size} ${mtimeNs}\n`);
      }
    }
    const database = join(metadata, watched);
    for (const table of names(database, ".sql")) {
      const uuid = /\bUUID '([0-9a-f-]{36})'/.exec(readFileSync(join(database, table), "utf8"))?.[1] ?? "";
      state.update(`${table} ${names(join(directory, "store", uuid.slice(0, 3), uuid)).join(" ")}\n`);
    }
    return state.digest("hex");
  } catch (cause) {
    // Somebody is at work in it: then the engine has to be asked.
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
