import { basename } from "node:path";
import type { SourceName } from "../../spec/model.js";
import type { ContentHash } from "../files/content-hash.js";
import { rawTable, type StoreContext } from "./store-context.js";

/** What the table of files says of one file. */
export interface FileEntry extends ContentHash {
  readonly name: string;
  readonly sources: readonly SourceName[];
  readonly rows: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly late: number;
}

/**
 * Notes files as begun (`finishedAt` undefined) or as done. A file whose rows were all stored before keeps the note of the
 * command that stored them.
 */
export async function logFiles(
  context: StoreContext,
  entries: readonly FileEntry[],
  startedAt: number,
  finishedAt: number | undefined,
): Promise<void> {
  const known = await finishedFiles(context, entries);
  const fresh = entries.filter((entry) => entry.stored > 0 || !known.has(`${entry.sha256} ${entry.name}`));
  if (fresh.length === 0) return;
  const column = <T>(name: string, type: string, value: (entry: FileEntry) => T) => ({
    name,
    type,
    values: fresh.map(value),
  });
  await context.engine.insert(
    { database: context.project.databases.raw, name: "ingest_files" },
    {
      rows: fresh.length,
      columns: [
        column("path", "String", ({ name }) => name),
        column("name", "String", ({ name }) => basename(name)),
        column("size", "UInt64", ({ size }) => BigInt(size)),
        column("sha256", "String", ({ sha256 }) => sha256),
        column("format", "String", () => context.dataSource),
        column("source", "String", ({ sources }) => sources.join(",")),
        column("rows", "UInt64", ({ rows }) => BigInt(rows)),
        column("stored", "UInt64", ({ stored }) => BigInt(stored)),
        column("duplicate", "UInt64", ({ duplicate }) => BigInt(duplicate)),
        column("rejected", "UInt64", ({ rejected }) => BigInt(rejected)),
        column("late", "UInt64", ({ late }) => BigInt(late)),
        column("started_at", "DateTime64(3, 'UTC')", () => BigInt(startedAt)),
        column("finished_at", "Nullable(DateTime64(3, 'UTC'))", () =>
          finishedAt === undefined ? null : BigInt(finishedAt),
        ),
      ],
    },
  );
}

async function finishedFiles(context: StoreContext, entries: readonly FileEntry[]): Promise<Set<string>> {
  const rows = await context.engine.rows<{ sha256: string; path: string }>(
    `SELECT sha256, path
     FROM ${rawTable(context, "ingest_files")} FINAL
     WHERE format = {format:String} AND sha256 IN {hashes:Array(String)} AND isNotNull(finished_at)`,
    { params: { format: context.dataSource, hashes: entries.map(({ sha256 }) => sha256) } },
  );
  return new Set(rows.map((row) => `${row.sha256} ${row.path}`));
}
