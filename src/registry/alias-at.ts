import type { Reader } from "../engine/port.js";
import { quoteName } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";
import { registryTable } from "./tables.js";

const template = sqlTemplate(import.meta.url, "alias-at");

/**
 * The statement that switched an object's alias last, up to and with a revision: it names the table that readers saw. Undefined when
 * no revision up to then did.
 */
export async function aliasAt(
  reader: Reader,
  database: string,
  object: string,
  revision: number,
): Promise<string | undefined> {
  const [row] = await reader.rows<{ executed: string }>(
    template({
      steps: quoteName(registryTable(database, "steps")),
      revisions: quoteName(registryTable(database, "revisions")),
    }),
    { params: { object, revision } },
  );
  return row?.executed;
}
