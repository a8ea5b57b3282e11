/** The folder `migrations/`: files, their checksums, and what may have happened to them. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FeatureError, Findings } from "../errors.js";
import type { VersionRecord } from "../plan/deployed.js";
import { type Migration, migrationName, migrationNumber } from "./migration.js";
import { parseMigration, renderMigration, unixLines } from "./migration-text.js";

/** A migration and the hash of its files, by which the registry knows it. */
export interface StoredMigration extends Migration {
  readonly hash: string;
}

interface Checksums {
  readonly schema: "feature.checksums/1";
  /** File name → SHA-256 of its content with LF ends of lines. */
  readonly files: Readonly<Record<string, string>>;
}

const checksumsFile = "checksums.json";
const versionsSuffix = ".versions.json";
const unfinished = ".tmp";

/**
 * All migrations in order. Throws when the folder is not what was written: FS_MIGRATION_DUPLICATE, _GAP, _EDITED, _MISSING,
 * _UNLISTED, all that were found together. A write that was cut off by a crash is finished or forgotten first.
 */
export function readMigrations(folder: string): StoredMigration[] {
  if (!existsSync(folder)) return [];
  const checksums = readChecksums(folder);
  finishWrite(folder, checksums);
  const files = readFiles(folder);
  const findings = [...numbering(folder), ...content(folder, files, checksums)];
  const [first] = findings;
  if (first !== undefined) throw findings.length === 1 ? first : new Findings(findings);
  return migrationNames(folder).map((name) => stored(folder, files, name));
}

/** Adds migrations to the folder. Either all of them are there afterwards, with their checksums, or none is. */
export function writeMigrations(folder: string, migrations: readonly Migration[]): StoredMigration[] {
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, string>();
  for (const migration of migrations) {
    files.set(`${migration.name}.sql`, renderMigration(migration));
    files.set(`${migration.name}${versionsSuffix}`, renderRecords(migration.records));
  }
  for (const [name, text] of files) writeFileSync(join(folder, name + unfinished), text);
  const sums = [...files].map(([name, text]) => [name, sha256(text)] as const);
  const checksums = putChecksums(folder, { ...readChecksums(folder).files, ...Object.fromEntries(sums) });
  finishWrite(folder, checksums);
  const written = readFiles(folder);
  return migrations.map((migration) => stored(folder, written, migration.name));
}

/** Takes the last migration out of the folder: one that failed and was given up. */
export function removeMigration(folder: string, name: string): void {
  const names = [`${name}.sql`, `${name}${versionsSuffix}`];
  const rest = Object.entries(readChecksums(folder).files).filter(([file]) => !names.includes(file));
  for (const file of names) rmSync(join(folder, file), { force: true });
  putChecksums(folder, Object.fromEntries(rest));
}

/** Checksums name a file before it gets its name: what they name and is complete under its working name becomes real. */
function finishWrite(folder: string, checksums: Checksums): void {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(unfinished))) {
    const [path, name] = [join(folder, file), file.slice(0, -unfinished.length)];
    if (checksums.files[name] === sha256(readFileSync(path, "utf8"))) renameSync(path, join(folder, name));
    else rmSync(path, { force: true });
  }
}

function numbering(folder: string): FeatureError[] {
  const names = migrationNames(folder);
  return names.flatMap((name, index): FeatureError[] => {
    const [number, before] = [
      migrationNumber(name),
      index === 0 ? 0 : migrationNumber(names[index - 1] ?? ""),
    ];
    if (number === before)
      return [
        finding(
          "FS_MIGRATION_DUPLICATE",
          folder,
          `${name}.sql`,
          `${names[index - 1]}.sql has its number too`,
        ),
      ];
    if (number > before + 1)
      return [
        finding("FS_MIGRATION_GAP", folder, `${name}.sql`, `number ${before + 1} is missing before it`),
      ];
    return [];
  });
}

interface FileContent {
  readonly text: string;
  /** SHA-256 with LF ends of lines. */
  readonly hash: string;
}

/** By file name. */
type Files = ReadonlyMap<string, FileContent>;

function readFiles(folder: string): Files {
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql") || name.endsWith(versionsSuffix));
  return new Map(
    names.map((name) => {
      const text = readFileSync(join(folder, name), "utf8");
      return [name, { text, hash: sha256(text) }];
    }),
  );
}

function content(folder: string, files: Files, checksums: Checksums): FeatureError[] {
  const findings = [...files].flatMap(([name, { hash: found }]): FeatureError[] => {
    const expected = checksums.files[name];
    if (expected === undefined)
      return [finding("FS_MIGRATION_UNLISTED", folder, name, `${checksumsFile} does not name it`)];
    if (found === expected) return [];
    return [finding("FS_MIGRATION_EDITED", folder, name, `its SHA-256 is ${found}, expected ${expected}`)];
  });
  const missing = Object.keys(checksums.files).filter((name) => !files.has(name));
  return [
    ...findings,
    ...missing.map((name) => finding("FS_MIGRATION_MISSING", folder, name, `${checksumsFile} names it`)),
  ];
}

function finding(
  code: ConstructorParameters<typeof FeatureError>[0],
  folder: string,
  file: string,
  message: string,
): FeatureError {
  return new FeatureError(code, `${file}: ${message}`, { at: { file: join(folder, file) } });
}

function migrationNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .map((name) => name.slice(0, -".sql".length))
    .filter((name) => migrationName.test(name))
    .sort((a, b) => migrationNumber(a) - migrationNumber(b) || (a < b ? -1 : 1));
}

/** What a migration says is parsed when somebody asks for it: most were applied long ago, and count by their hash only. */
function stored(folder: string, files: Files, name: string): StoredMigration {
  const [sqlFile, recordsFile] = [`${name}.sql`, `${name}${versionsSuffix}`];
  const [sql, versions] = [files.get(sqlFile), files.get(recordsFile)];
  if (sql === undefined || versions === undefined)
    throw finding("FS_MIGRATION_MISSING", folder, recordsFile, `${name}.sql has none`);
  let migration: Migration | undefined;
  const parsed = (): Migration => {
    migration ??= {
      ...parseNamed(sql.text, join(folder, sqlFile), name),
      records: parseRecords(versions.text, join(folder, recordsFile)),
    };
    return migration;
  };
  return {
    name,
    hash: createHash("sha256").update(`${sql.hash}\n${versions.hash}\n`).digest("hex"),
    get parent() {
      return parsed().parent;
    },
    get class() {
      return parsed().class;
    },
    get steps() {
      return parsed().steps;
    },
    get records() {
      return parsed().records;
    },
  };
}

function parseNamed(sql: string, file: string, name: string): ReturnType<typeof parseMigration> {
  const parsed = parseMigration(sql, file);
  if (parsed.name === name) return parsed;
  throw new FeatureError("FS_MIGRATION_SYNTAX", `it says that it is ${parsed.name}`, { at: { file } });
}

function renderRecords(records: readonly VersionRecord[]): string {
  return `${JSON.stringify({ schema: "feature.versions/1", records }, null, 1)}\n`;
}

function parseRecords(text: string, file: string): readonly VersionRecord[] {
  const document = parseJson<{ schema: string; records: readonly VersionRecord[] }>(text, file);
  if (document.schema !== "feature.versions/1") throw unreadable(file, `schema is ${document.schema}`);
  return document.records;
}

function readChecksums(folder: string): Checksums {
  const file = join(folder, checksumsFile);
  if (!existsSync(file)) return { schema: "feature.checksums/1", files: {} };
  const checksums = parseJson<Checksums>(readFileSync(file, "utf8"), file);
  if (checksums.schema !== "feature.checksums/1") throw unreadable(file, `schema is ${checksums.schema}`);
  return checksums;
}

function putChecksums(folder: string, files: Readonly<Record<string, string>>): Checksums {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  const checksums: Checksums = { schema: "feature.checksums/1", files: sorted };
  const path = join(folder, checksumsFile);
  writeFileSync(path + unfinished, `${JSON.stringify(checksums, null, 2)}\n`);
  renameSync(path + unfinished, path);
  return checksums;
}

function parseJson<T>(text: string, file: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause));
  }
}

function unreadable(file: string, message: string): FeatureError {
  return new FeatureError("FS_MIGRATION_SYNTAX", message, { at: { file } });
}

function sha256(text: string): string {
  return createHash("sha256").update(unixLines(text)).digest("hex");
}
