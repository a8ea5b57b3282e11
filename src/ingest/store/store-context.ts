import { sourceTable } from "../../compile/source-relation.js";
import type { Engine } from "../../engine/port.js";
import type { TableName } from "../../schema/object.js";
import { quoteName } from "../../schema/quote.js";
import type { Project, SourceName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import type { HeldTables } from "../replay/held-tables.js";
import type { InstrumentTable } from "../staging/instrument-table.js";
import type { StagingArea } from "../staging/staging-area.js";

export const ofInstruments = sqlTemplate(import.meta.url, "of-instruments")();

/** What every step of storing needs. */
export interface StoreContext {
  readonly engine: Engine;
  readonly project: Project;
  readonly area: StagingArea;
  readonly instruments: InstrumentTable;
  /** Names the command in tokens and intents. */
  readonly id: string;
  readonly dataSource: string;
  /** Takes the rows in place of the raw tables; undefined: they are stored at once. */
  readonly held?: HeldTables;
}

export function storedTable(context: Pick<StoreContext, "project">, source: SourceName): TableName {
  return sourceTable(context.project, source);
}

/** A table of the raw database, quoted. */
export function rawTable(context: Pick<StoreContext, "project">, name: string): string {
  return quoteName({ database: context.project.databases.raw, name });
}
