/** What a server says of its tables without looking at their definitions: writing out a thousand of them takes it seconds. */
import { engineErrorType } from "../engine/failure.js";
import type { Reader } from "../engine/port.js";
import { registryTable } from "../registry/tables.js";
import { quoteName } from "../schema/quote.js";
import type { Databases } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";

const stateSql = sqlTemplate(import.meta.url, "server-state");

export interface ServerState {
  /**
   * A digest that changes whenever a table, view or trigger of the project's databases is made, altered or dropped, and whenever what the
   * registry holds does. Like git's index it trusts times: the server replaces the file of a definition that it alters.
   */
  readonly state: string;
  /** Whether the last change of a definition is so long ago that a change from now on has another time. */
  readonly rests: boolean;
}

/** One statement. Undefined where there is no registry, or one that an earlier version made. */
export async function readServerState(
  reader: Reader,
  databases: Databases,
): Promise<ServerState | undefined> {
  const table = (name: "revisions" | "versions" | "pins"): string =>
    quoteName(registryTable(databases.registry, name));
  const sql = stateSql({ revisions: table("revisions"), versions: table("versions"), pins: table("pins") });
  try {
    const [row] = await reader.rows<{ state: string; rests: number | boolean }>(sql, {
      params: { databases: Object.values(databases) },
    });
    return row && { state: row.state, rests: Boolean(row.rests) };
  } catch (cause) {
    const type = engineErrorType(cause);
    if (type === "UNKNOWN_TABLE" || type === "UNKNOWN_DATABASE") return undefined;
    throw cause;
  }
}
