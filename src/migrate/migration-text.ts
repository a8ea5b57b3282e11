/**
 * The text of a migration file: plain SQL in steps, each under a header of comments. A header says how many lines its
 * statement has, so that no text inside of a statement can be taken for the next header.
 */
import { paths } from "../compile/catalog.js";
import { FeatureError } from "../errors.js";
import type { ChangeClass } from "../plan/change.js";
import { type Step, type StepKind, stepKinds } from "../plan/step.js";
import type { TableName } from "../schema/object.js";
import type { Migration } from "./migration.js";

type MigrationSql = Omit<Migration, "records">;

const classes: readonly ChangeClass[] = ["metadata", "additive", "rebuild", "destructive"];
const noteToPeople = [
  "-- Written and run by `feature apply`. To run it by hand: the statements in order, in any ClickHouse client.",
  "-- A check gives no rows when all is well.",
];

export function renderMigration(migration: MigrationSql): string {
  const lines = [
    header("migration", migration.name),
    header("parent", migration.parent),
    header("class", migration.class),
    header("steps", String(migration.steps.length)),
    ...noteToPeople,
  ];
  migration.steps.forEach((step, index) => {
    const sql = unixLines(step.sql);
    lines.push(
      "",
      header(`step ${index + 1}`, step.name),
      header("kind", step.kind),
      header("object", step.object),
      ...(step.target === undefined ? [] : [header("target", tableText(step.target))]),
      ...(step.buckets === undefined ? [] : [header("buckets", tableText(step.buckets))]),
      ...(step.rows === undefined ? [] : [header("rows", tableText(step.rows))]),
      ...(step.behind === undefined ? [] : [header("behind", `${step.behind.clock} ${step.behind.path}`)]),
      ...(step.whole === undefined
        ? []
        : unixLines(step.whole)
            .split("\n")
            .map((line) => header("whole", line))),
      ...(step.reverse === undefined
        ? []
        : unixLines(step.reverse)
            .split("\n")
            .map((line) => header("reverse", line))),
      header("lines", String(sql.split("\n").length)),
      sql,
      ";",
    );
  });
  return `${lines.join("\n")}\n`;
}

/** The inverse of `renderMigration`. Throws FS_MIGRATION_SYNTAX with the line. `file` is for messages. */
export function parseMigration(text: string, file: string): MigrationSql {
  const lines = new Lines(unixLines(text), file);
  const name = lines.header("migration");
  const parent = lines.header("parent");
  const class_ = lines.header("class");
  const known = classes.find((item) => item === class_);
  if (known === undefined) throw lines.unexpected(`class ${class_}`, `one of ${classes.join(", ")}`);
  const count = Number(lines.header("steps"));
  for (const note of noteToPeople) lines.exactly(note);
  const steps = Array.from({ length: count }, (_, index) => parseStep(lines, index + 1));
  lines.exactly("");
  lines.end();
  return { name, parent, class: known, steps };
}

function parseStep(lines: Lines, number: number): Step {
  lines.exactly("");
  const name = lines.header(`step ${number}`);
  const kindText = lines.header("kind");
  const kind: StepKind | undefined = stepKinds.find((item) => item === kindText);
  if (kind === undefined) throw lines.unexpected(`kind ${kindText}`, `one of ${stepKinds.join(", ")}`);
  const object = lines.header("object");
  const target = parseTable(lines.optionalHeader("target"));
  const buckets = parseTable(lines.optionalHeader("buckets"));
  const rows = parseTable(lines.optionalHeader("rows"));
  const behind = parseBehind(lines);
  const whole = lines.repeated("whole");
  const reverse = lines.repeated("reverse");
  const sql = lines.take(Number(lines.header("lines")));
  lines.exactly(";");
  return {
    name,
    kind,
    object,
    target,
    buckets,
    ...(rows === undefined ? {} : { rows }),
    ...(behind === undefined ? {} : { behind }),
    ...(whole === undefined ? {} : { whole }),
    sql,
    reverse,
  };
}

function parseBehind(lines: Lines): Step["behind"] {
  const text = lines.optionalHeader("behind");
  if (text === undefined) return undefined;
  const [clock = "", name] = text.split(" ");
  const path = paths.find((known) => known === name);
  if (path === undefined) throw lines.unexpected(`path ${text}`, `a clock and one of ${paths.join(", ")}`);
  return { clock, path };
}

class Lines {
  readonly #lines: readonly string[];
  readonly #file: string;
  #next = 0;

  constructor(text: string, file: string) {
    this.#lines = text.split("\n");
    this.#file = file;
  }

  header(key: string): string {
    const value = this.optionalHeader(key);
    if (value === undefined) throw this.unexpected(this.#found(), `-- ${key}: …`, 1);
    return value;
  }

  optionalHeader(key: string): string | undefined {
    const line = this.#lines[this.#next];
    if (line === `-- ${key}:`) {
      this.#next++;
      return "";
    }
    const start = `-- ${key}: `;
    if (line === undefined || !line.startsWith(start)) return undefined;
    this.#next++;
    return line.slice(start.length);
  }

  /** A text of as many lines as there are headers of that key. */
  repeated(key: string): string | undefined {
    const found: string[] = [];
    for (let line = this.optionalHeader(key); line !== undefined; line = this.optionalHeader(key))
      found.push(line);
    return found.length === 0 ? undefined : found.join("\n");
  }

  exactly(text: string): void {
    if (this.#lines[this.#next] !== text) throw this.unexpected(this.#found(), JSON.stringify(text), 1);
    this.#next++;
  }

  take(count: number): string {
    const taken = this.#lines.slice(this.#next, this.#next + count);
    if (!(count > 0) || taken.length < count)
      throw this.unexpected(this.#found(), `${count} lines of a statement`, 1);
    this.#next += count;
    return taken.join("\n");
  }

  end(): void {
    if (this.#next < this.#lines.length) throw this.unexpected(this.#found(), "the end of the file", 1);
  }

  #found(): string {
    const line = this.#lines[this.#next];
    return line === undefined ? "the end of the file" : JSON.stringify(line);
  }

  unexpected(found: string, expected: string, ahead = 0): FeatureError {
    return new FeatureError("FS_MIGRATION_SYNTAX", `found ${found}, expected ${expected}`, {
      at: { file: this.#file, line: this.#next + ahead },
    });
  }
}

function tableText(table: TableName): string {
  return `${table.database}.${table.name}`;
}

function parseTable(text: string | undefined): TableName | undefined {
  if (text === undefined) return undefined;
  const dot = text.lastIndexOf(".");
  return { database: text.slice(0, dot), name: text.slice(dot + 1) };
}

/** Without a blank at the end, which editors would drop. */
function header(key: string, value: string): string {
  if (/[\n\r]/.test(value))
    throw new FeatureError("FS_INTERNAL", `a header of a migration with two lines: ${value}`);
  return value === "" ? `-- ${key}:` : `-- ${key}: ${value}`;
}

/** Version control may rewrite the ends of lines. */
export function unixLines(text: string): string {
  return text.replaceAll("\r\n", "\n");
}
