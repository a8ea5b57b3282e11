import { formatQuery } from "../engine/introspect.js";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { Step } from "../plan/step.js";
import { sqlTemplate } from "../sql-template.js";
import { canonicalCreate } from "./canonical-create.js";

const liveSql = sqlTemplate(import.meta.url, "live-object");

interface LiveObject {
  readonly engine: string;
  readonly create_table_query: string;
}

/**
 * Whether a step has nothing left to do. Throws FS_MIGRATION_CONFLICT when its name is taken by something else, which is
 * never changed unasked. Steps that may be repeated without harm are never done.
 */
export async function isDone(reader: Reader, step: Step): Promise<boolean> {
  switch (step.kind) {
    case "create_table":
    case "create_trigger": {
      const live = await liveObject(reader, step);
      if (live === undefined) return false;
      if (canonicalCreate(live.create_table_query) === (await canonical(reader, step.sql))) return true;
      throw conflict(step, live);
    }
    case "switch_alias": {
      const live = await liveObject(reader, step);
      if (live === undefined) return false;
      const found = canonicalCreate(live.create_table_query);
      if (found === (await canonical(reader, step.sql))) return true;
      const isOurs = step.reverse?.startsWith("CREATE ") && found === (await canonical(reader, step.reverse));
      if (live.engine === "View" && isOurs) return false;
      throw conflict(step, live);
    }
    case "alter_table": {
      if (!step.sql.endsWith(" REMOVE TTL")) return false;
      const live = await liveObject(reader, step);
      return live !== undefined && !live.create_table_query.includes(" TTL ");
    }
    default:
      return false;
  }
}

/** Throws FS_MIGRATION_STEP_FAILED when what a step made is not there. */
export async function verifyDone(reader: Reader, step: Step): Promise<void> {
  const makes =
    step.kind === "create_table" || step.kind === "create_trigger" || step.kind === "switch_alias";
  if (!makes || (await liveObject(reader, step)) !== undefined) return;
  throw new FeatureError(
    "FS_MIGRATION_STEP_FAILED",
    `${step.name}: the engine did not refuse it, yet it is not there`,
    {
      object: step.object,
    },
  );
}

async function liveObject(reader: Reader, { target }: Step): Promise<LiveObject | undefined> {
  if (target === undefined) return undefined;
  const { database, name } = target;
  const [row] = await reader.rows<LiveObject>(liveSql(), { params: { database, name } });
  return row;
}

async function canonical(reader: Reader, sql: string): Promise<string> {
  return canonicalCreate(await formatQuery(reader, sql));
}

function conflict(step: Step, live: LiveObject): FeatureError {
  const name = `${step.target?.database}.${step.target?.name}`;
  return new FeatureError(
    "FS_MIGRATION_CONFLICT",
    `${name} exists and is something else: ${shortened(live.create_table_query)}`,
    { object: step.object },
  );
}

function shortened(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`;
}
