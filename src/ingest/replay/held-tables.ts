import { sourceTable } from "../../compile/source-relation.js";
import type { Engine } from "../../engine/port.js";
import type { TableName } from "../../schema/object.js";
import { stagingName } from "../../schema/passing-tables.js";
import { quoteName } from "../../schema/quote.js";
import type { Project, SourceName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";

const createHeld = sqlTemplate(import.meta.url, "create-held");

/**
 * Tables that take a command's rows in place of the raw ones, of the same shape. Their names begin like those of staging tables: what a
 * killed command leaves behind is dropped by the next.
 */
export class HeldTables {
  readonly #engine: Engine;
  readonly #project: Project;
  readonly #id: string;
  readonly #sources = new Set<SourceName>();

  constructor(engine: Engine, project: Project, id: string) {
    this.#engine = engine;
    this.#project = project;
    this.#id = id;
  }

  /** The sources that have rows. */
  get sources(): readonly SourceName[] {
    return [...this.#sources];
  }

  table(source: SourceName): TableName {
    return this.#named("held", source);
  }

  /** The same rows with the time at which they become visible. */
  due(source: SourceName): TableName {
    return this.#named("due", source);
  }

  async open(source: SourceName): Promise<void> {
    if (this.#sources.has(source)) return;
    const table = quoteName(sourceTable(this.#project, source));
    await this.#engine.execute(createHeld({ held: quoteName(this.table(source)), table }));
    this.#sources.add(source);
  }

  async drop(): Promise<void> {
    for (const source of this.#sources) {
      for (const table of [this.table(source), this.due(source)]) {
        await this.#engine.execute(`DROP TABLE IF EXISTS ${quoteName(table)} SYNC`);
      }
    }
    this.#sources.clear();
  }

  #named(what: "held" | "due", source: SourceName): TableName {
    return { database: this.#project.databases.raw, name: stagingName(`${what}_${source}`, this.#id) };
  }
}
