import { quoteName } from "../../schema/quote.js";
import type { SourceName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import { idColumns, sequenceColumns } from "../staging/own-fragments.js";
import { sliceSql } from "./slice-sql.js";
import { inSlice, type Slice } from "./slices.js";
import { ofInstruments, type StoreContext, storedTable } from "./store-context.js";
import { storeShapes } from "./store-shape.js";

const probe = sqlTemplate(import.meta.url, "probe-slice");
const nearby = sqlTemplate(import.meta.url, "stored-nearby");
const choose = sqlTemplate(import.meta.url, "choose-rows");

export interface Choice {
  /** Every row says its own identity. */
  readonly isComplete: boolean;
  /** Only the rows in the table of chosen rows are stored; else all of them. */
  readonly isFiltered: boolean;
}

/**
 * Finds the rows of a slice that are new: of one identity the first that was ever stored stays. Mostly all are, which two cheap
 * questions tell; else the chosen rows are written down, so that later statements agree on them.
 */
export async function chooseRows(context: StoreContext, source: SourceName, slice: Slice): Promise<Choice> {
  const { engine, area, instruments } = context;
  const shape = storeShapes[source];
  const staging = quoteName(area.table(source));
  const keys = instruments.keyParams;
  const bounds = { from: slice.from, to: slice.to };
  // One number hashes much faster than a tuple.
  const staged =
    instruments.instruments.length === 1 ? shape.stagedIdentity : ["instrument", ...shape.stagedIdentity];
  const identity = staged.length === 1 ? (staged[0] ?? "") : `(${staged.join(", ")})`;
  const [found] = await engine.rows<{
    rows: string;
    open: number;
    identities: string;
    first_seq: string;
    last_seq: string;
  }>(probe({ staging, in_slice: inSlice, identity }), { params: bounds });
  if (found === undefined || found.rows === "0") return { isComplete: true, isFiltered: false };
  const isComplete = found.open === 0;
  const table = quoteName(storedTable(context, source));
  const params = { ...keys, ...bounds, first_seq: found.first_seq, last_seq: found.last_seq };
  const reach = reachOf(source, isComplete);
  if (isComplete && found.identities === found.rows && reach.isCheap) {
    const stored = await engine.rows(nearby({ table, of_instruments: ofInstruments, reach: reach.sql }), {
      params,
    });
    if (stored.length === 0) return { isComplete, isFiltered: false };
  }
  const chosen = quoteName(area.chosen);
  await engine.execute(`TRUNCATE TABLE ${chosen}`);
  await engine.execute(
    choose({
      chosen,
      slice: sliceSql(context, source, isComplete),
      identity: shape.identity.join(", "),
      table,
      of_instruments: ofInstruments,
      reach: reach.sql,
    }),
    { params: { ...params, places: instruments.instruments.map((_, index) => index + 1) } },
  );
  return { isComplete, isFiltered: true };
}

/** Which stored rows may have an identity of the slice. Ids are looked for in all of time: a copy may bear another time. */
function reachOf(
  source: SourceName,
  isComplete: boolean,
): { readonly sql: string; readonly isCheap: boolean } {
  const id = idColumns[source];
  const sequence = sequenceColumns[source];
  if (id === undefined) return { sql: inSlice, isCheap: true };
  if (isComplete && sequence !== undefined) {
    return { sql: `${sequence} BETWEEN {first_seq:UInt64} AND {last_seq:UInt64}`, isCheap: true };
  }
  return { sql: `${id} IN (SELECT ${id} FROM slice)`, isCheap: false };
}
