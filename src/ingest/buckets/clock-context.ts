/** What every step of closing buckets needs: an engine that may write, the project, and one compiled clock of it. */
import type { Catalog, CompiledClock, CompiledObject } from "../../compile/catalog.js";
import type { Engine } from "../../engine/port.js";
import { FeatureError } from "../../errors.js";
import { quoteName } from "../../schema/quote.js";
import type { Clock, InstrumentKey, Project } from "../../spec/model.js";

export interface ClockContext {
  readonly engine: Engine;
  readonly project: Project;
  readonly clock: Clock;
  readonly compiled: CompiledClock;
  /** Objects of this clock, upstream first. */
  readonly objects: readonly CompiledObject[];
  /** Who writes, for the lease: shown to whoever is refused. */
  readonly owner: string;
}

export function clockContext(
  engine: Engine,
  project: Project,
  catalog: Catalog,
  clockName: string,
  owner: string,
): ClockContext {
  const clock = project.clocks[clockName];
  const compiled = catalog.clocks.find((item) => item.name === clockName);
  if (clock === undefined || compiled === undefined) {
    throw new FeatureError("FS_BUCKETS_UNKNOWN_CLOCK", `the project has no clock ${clockName}`, {
      hint: `Its clocks: ${Object.keys(project.clocks).join(", ")}.`,
    });
  }
  return {
    engine,
    project,
    clock,
    compiled,
    objects: catalog.objects.filter((object) => object.clock === clockName),
    owner,
  };
}

/** A table of the features database, quoted. */
export function featuresTable(context: Pick<ClockContext, "project">, name: string): string {
  return quoteName({ database: context.project.databases.features, name });
}

/** Bound parameters of `exchange = {exchange:String} AND …`. */
export function instrumentParams(key: InstrumentKey): {
  exchange: string;
  market_type: string;
  symbol: string;
} {
  return { exchange: key.exchange, market_type: key.marketType, symbol: key.symbol };
}

/** The row form of an instrument key, as queries return it. */
export interface InstrumentRow {
  readonly exchange: string;
  readonly market_type: InstrumentKey["marketType"];
  readonly symbol: string;
}

export function instrumentOf(row: InstrumentRow): InstrumentKey {
  return { exchange: row.exchange, marketType: row.market_type, symbol: row.symbol };
}
