import type { Params } from "../../engine/port.js";
import { bucketsName } from "../../schema/clock-tables.js";
import { quoteName } from "../../schema/quote.js";
import type { Clock, SourceName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import type { InstrumentTable } from "../staging/instrument-table.js";
import type { Choice } from "./choose-rows.js";
import { isChosen, sliceSql } from "./slice-sql.js";
import type { Slice } from "./slices.js";
import { ofInstruments, type StoreContext } from "./store-context.js";

const template = sqlTemplate(import.meta.url, "mark-dirty");
const asOfTemplate = sqlTemplate(import.meta.url, "mark-dirty-as-of");
const reopenSql = sqlTemplate(import.meta.url, "reopen-dirty");

const intentOf = (id: string): string => `ingest-${id}`;

/**
 * Writes down which closed buckets the rows of a slice change, before the rows are stored: what is computed from them is repeated even
 * after a crash. Trades make no bucket dirty that was cut from trades: those that come after it are late.
 */
export function markDirty(
  context: StoreContext,
  source: SourceName,
  slice: Slice,
  choice: Choice,
): Promise<void> {
  const rows = sliceSql(context, source, choice.isComplete);
  const chosen = isChosen(context, choice.isFiltered, "row");
  return markDirtyBuckets(context, source, rows, chosen, {
    from: slice.from,
    to: slice.to,
    intent: intentOf(context.id),
  });
}

/**
 * The same for rows of any SELECT of `instrument, timestamp, available_at`. `params` binds what it has; `from`: buckets that end
 * before are not looked at; `intent`: a name that was not marked as done before, since done it stays.
 */
export async function markDirtyBuckets(
  {
    engine,
    project,
    instruments,
  }: Pick<StoreContext, "engine" | "project"> & { readonly instruments: Pick<InstrumentTable, "keyParams"> },
  source: SourceName,
  slice: string,
  chosen: string,
  params: Params & { readonly from: number; readonly intent: string },
): Promise<void> {
  // A trade below a clock's watermark is late and changes no bucket; a clock of book updates has no say in that.
  const isChanged = (clock: Clock): boolean =>
    source === "orderbooks" || (source === "trades" && clock.mode === "event");
  for (const clock of Object.values(project.clocks)) {
    const maxAgeMs = clock.slowSources?.[source];
    if (!isChanged(clock) && maxAgeMs === undefined) continue;
    const sql = (maxAgeMs === undefined ? template : asOfTemplate)({
      dirty: quoteName({ database: project.databases.features, name: "dirty" }),
      buckets: quoteName(bucketsName(project, clock.name)),
      slice,
      is_chosen: chosen,
      of_instruments: ofInstruments,
    });
    await engine.execute(sql, {
      params: {
        ...instruments.keyParams,
        ...params,
        clock: clock.name,
        source,
        ...(maxAgeMs === undefined ? {} : { max_age: maxAgeMs }),
      },
    });
  }
}

/** To be called when all rows are stored: what another writer took as done before they were is open again. */
export async function reopenDirty({ engine, project, id }: StoreContext): Promise<void> {
  const dirty = quoteName({ database: project.databases.features, name: "dirty" });
  await engine.execute(reopenSql({ dirty }), { params: { intent: intentOf(id) } });
}
