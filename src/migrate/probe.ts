import { formatQuery } from "../engine/introspect.js";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { type Step, type StepKind, stepName } from "../plan/step.js";
import type { TableName } from "../schema/object.js";
import { sqlTemplate } from "../sql-template.js";
import { canonicalCreate } from "./canonical-create.js";

const liveSql = sqlTemplate(import.meta.url, "live-objects");
const namesSql = sqlTemplate(import.meta.url, "live-names");

interface LiveObject {
  readonly database: string;
  readonly name: string;
  readonly engine: string;
  readonly create_table_query: string;
}

/** What stands where steps put something, by `database.name`. */
export type LiveObjects = ReadonlyMap<string, LiveObject>;

/** What stands under the targets of these steps now; one statement, however many there are. */
export async function readLive(reader: Reader, steps: readonly Step[]): Promise<LiveObjects> {
  const rows = await readTargets<LiveObject>(reader, liveSql(), steps);
  return new Map(rows.map((row) => [stepName(row), row]));
}

/** Whether something stands under one of these names. */
export async function areNamesTaken(reader: Reader, names: readonly TableName[]): Promise<boolean> {
  return (await readNamed<TableName>(reader, namesSql(), names)).length > 0;
}

async function readTargets<T>(reader: Reader, sql: string, steps: readonly Step[]): Promise<T[]> {
  return readNamed(
    reader,
    sql,
    steps.flatMap(({ target }) => (target === undefined ? [] : [target])),
  );
}

async function readNamed<T>(reader: Reader, sql: string, names: readonly TableName[]): Promise<T[]> {
  if (names.length === 0) return [];
  return reader.rows<T>(sql, {
    params: { databases: names.map(({ database }) => database), names: names.map(({ name }) => name) },
  });
}

/**
 * Whether a step has nothing left to do. Throws FS_MIGRATION_CONFLICT when its name is taken by something else, which is
 * never changed unasked. Steps that may be repeated without harm are never done.
 */
export async function isDone(reader: Reader, step: Step, objects?: LiveObjects): Promise<boolean> {
  if (!isProbed(step)) return false;
  const live = (objects ?? (await readLive(reader, [step]))).get(step.target ? stepName(step.target) : "");
  if (live === undefined) return false;
  switch (step.kind) {
    case "create_table":
    case "create_trigger":
      if (canonicalCreate(live.create_table_query) === (await canonical(reader, step.sql))) return true;
      throw conflict(step, live);
    case "switch_alias": {
      const found = canonicalCreate(live.create_table_query);
      if (found === (await canonical(reader, step.sql))) return true;
      const isOurs = step.reverse?.startsWith("CREATE ") && found === (await canonical(reader, step.reverse));
      if (live.engine === "View" && isOurs) return false;
      throw conflict(step, live);
    }
    default:
      return !live.create_table_query.includes(" TTL ");
  }
}

const making: ReadonlySet<StepKind> = new Set(["create_table", "create_trigger", "switch_alias"]);

/** Whether the database can say that it was done; of what is altered, only of a TTL that goes. */
function isProbed({ kind, sql }: Step): boolean {
  return making.has(kind) || (kind === "alter_table" && sql.endsWith(" REMOVE TTL"));
}

/** Throws FS_MIGRATION_STEP_FAILED when what steps made is not there. */
export async function verifyDone(reader: Reader, steps: readonly Step[]): Promise<void> {
  const makers = steps.filter(({ kind }) => making.has(kind));
  // Names alone: definitions of many objects take the engine a while to write.
  const there = new Set((await readTargets<TableName>(reader, namesSql(), makers)).map(stepName));
  const missing = makers.find(({ target }) => target !== undefined && !there.has(stepName(target)));
  if (missing === undefined) return;
  throw new FeatureError(
    "FS_MIGRATION_STEP_FAILED",
    `${missing.name}: the engine did not refuse it, yet it is not there`,
    { object: missing.object },
  );
}

async function canonical(reader: Reader, sql: string): Promise<string> {
  return canonicalCreate(await formatQuery(reader, sql));
}

function conflict(step: Step, live: LiveObject): FeatureError {
  return new FeatureError(
    "FS_MIGRATION_CONFLICT",
    `${stepName(live)} exists and is something else: ${shortened(live.create_table_query)}`,
    { object: step.object },
  );
}

function shortened(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`;
}
