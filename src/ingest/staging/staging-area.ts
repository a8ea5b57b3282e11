import type { Engine } from "../../engine/port.js";
import type { TableName } from "../../schema/object.js";
import { stagingName, stagingPrefix } from "../../schema/passing-tables.js";
import { quoteIdentifier, quoteName } from "../../schema/quote.js";
import type { SourceName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import type { Reading } from "./reading.js";
import { stagingColumns } from "./stage-statement.js";

const createTable = sqlTemplate(import.meta.url, "create-staging");
const leftovers = sqlTemplate(import.meta.url, "leftover-tables");

/** The tables of one command: for each source one with the parsed rows, and one with the numbers of the rows to store. */
export class StagingArea {
  readonly #engine: Engine;
  readonly #database: string;
  readonly #id: string;
  readonly #sources = new Set<SourceName>();

  constructor(engine: Engine, database: string, id: string) {
    this.#engine = engine;
    this.#database = database;
    this.#id = id;
  }

  /** The sources that have rows, in the order of their first file. */
  get sources(): readonly SourceName[] {
    return [...this.#sources];
  }

  table(source: SourceName): TableName {
    return { database: this.#database, name: stagingName(source, this.#id) };
  }

  /** Where the store notes which rows of a slice are stored, when not all of them are. */
  get chosen(): TableName {
    return { database: this.#database, name: stagingName("chosen", this.#id) };
  }

  async open(reading: Reading): Promise<TableName> {
    const table = this.table(reading.source);
    if (this.#sources.has(reading.source)) return table;
    if (this.#sources.size === 0) {
      await this.#engine.execute(`CREATE TABLE ${quoteName(this.chosen)} (row UInt64) ENGINE = Memory`);
    }
    const columns = stagingColumns(reading).map(({ name, type }) => `${quoteIdentifier(name)} ${type}`);
    await this.#engine.execute(createTable({ table: quoteName(table), columns: columns.join(",\n") }));
    this.#sources.add(reading.source);
    return table;
  }

  /** Forgets the rows of one file. */
  async clear(source: SourceName, fileNumber: number): Promise<void> {
    await this.#engine.execute(`ALTER TABLE ${quoteName(this.table(source))} DROP PARTITION {file:UInt32}`, {
      params: { file: fileNumber },
    });
  }

  async drop(): Promise<void> {
    if (this.#sources.size === 0) return;
    for (const table of [...[...this.#sources].map((source) => this.table(source)), this.chosen]) {
      await this.#engine.execute(`DROP TABLE IF EXISTS ${quoteName(table)} SYNC`);
    }
    this.#sources.clear();
  }
}

/**
 * Drops the staging tables of commands that were killed. One process holds an embedded engine, so there every such table is one;
 * on a server those that nothing was done with for a day.
 */
export async function dropLeftovers(engine: Engine, database: string): Promise<void> {
  const tables = await engine.rows<{ name: string }>(leftovers(), {
    params: { database, prefix: stagingPrefix, older_than_s: engine.kind === "embedded" ? 0 : 86_400 },
  });
  for (const { name } of tables)
    await engine.execute(`DROP TABLE IF EXISTS ${quoteName({ database, name })} SYNC`);
}
