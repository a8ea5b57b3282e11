/** What a server says of its tables without looking at all of their definitions: writing out a thousand of them takes it seconds. */
import { engineErrorType } from "../engine/failure.js";
import type { Reader } from "../engine/port.js";
import { registryTable } from "../registry/tables.js";
import { passingPatterns } from "../schema/passing-tables.js";
import { quoteName } from "../schema/quote.js";
import type { Databases } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";

const stateSql = sqlTemplate(import.meta.url, "server-state");
const newestSql = sqlTemplate(import.meta.url, "server-newest");

/**
 * A digest that changes whenever a table, view or trigger of the project's databases is made, altered or dropped, and whenever what the
 * registry holds does. Times have seconds, so what is altered within the second of an earlier change keeps its time: of what changed last
 * the definitions are part of it. Undefined where there is no registry, or one that an earlier version made, and where the databases keep
 * no times.
 */
export async function readServerState(reader: Reader, databases: Databases): Promise<string | undefined> {
  const table = (name: "revisions" | "versions" | "pins"): string =>
    quoteName(registryTable(databases.registry, name));
  const sql = stateSql({ revisions: table("revisions"), versions: table("versions"), pins: table("pins") });
  const params = { databases: Object.values(databases), ...passingPatterns };
  try {
    const [known] = await reader.rows<{ state: string; has_times: number | boolean; newest: string[] }>(sql, {
      params,
    });
    if (known === undefined || !known.has_times) return undefined;
    const [newest] = await reader.rows<{ state: string }>(newestSql(), {
      params: { ...params, names: known.newest },
    });
    return newest && `${known.state}${newest.state}`;
  } catch (cause) {
    const type = engineErrorType(cause);
    if (type === "UNKNOWN_TABLE" || type === "UNKNOWN_DATABASE") return undefined;
    throw cause;
  }
}
