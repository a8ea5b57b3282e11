import { bucketsName } from "../../schema/clock-tables.js";
import { quoteName } from "../../schema/quote.js";
import type { SourceName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import type { Choice } from "./choose-rows.js";
import { isChosen, sliceSql } from "./slice-sql.js";
import type { Slice } from "./slices.js";
import { ofInstruments, type StoreContext } from "./store-context.js";

const template = sqlTemplate(import.meta.url, "mark-dirty");

/**
 * Writes down which closed buckets the rows of a slice change, before the rows are stored: what is computed from them is repeated even
 * after a crash. Trades never make a bucket dirty: those that come after it was cut are late.
 */
export async function markDirty(
  context: StoreContext,
  source: SourceName,
  slice: Slice,
  choice: Choice,
): Promise<void> {
  const { engine, project, instruments, id } = context;
  for (const clock of Object.values(project.clocks)) {
    const sql = template({
      dirty: quoteName({ database: project.databases.features, name: "dirty" }),
      buckets: quoteName(bucketsName(project, clock.name)),
      slice: sliceSql(context, source, choice.isComplete),
      is_chosen: isChosen(context, choice.isFiltered, "row"),
      of_instruments: ofInstruments,
    });
    await engine.execute(sql, {
      params: {
        ...instruments.keyParams,
        from: slice.from,
        to: slice.to,
        clock: clock.name,
        intent: `ingest-${id}`,
        source,
      },
    });
  }
}
