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

/** What the staged rows of a slice are like. */
export interface Probe {
  readonly rows: string;
  /** Bits of `openBits` that some row has. */
  readonly open: number;
  readonly identities: string;
  readonly first_seq: string;
  readonly last_seq: string;
}

/** Looks at the staged rows only, so it may run while another slice is stored. */
export async function probeSlice(context: StoreContext, source: SourceName, slice: Slice): Promise<Probe> {
  const { engine, area, instruments } = context;
  const { stagedIdentity } = storeShapes[source];
  // One number hashes much faster than a tuple.
  const columns = instruments.instruments.length === 1 ? stagedIdentity : ["instrument", ...stagedIdentity];
  const identity = columns.length === 1 ? (columns[0] ?? "") : `(${columns.join(", ")})`;
  const staging = quoteName(area.table(source));
  const [found] = await engine.rows<Probe>(probe({ staging, in_slice: inSlice, identity }), {
    params: { from: slice.from, to: slice.to },
  });
  return found ?? { rows: "0", open: 0, identities: "0", first_seq: "0", last_seq: "0" };
}

/**
 * Finds the rows of a slice that are new: of one identity the first that was ever stored stays. Mostly all are, which two cheap
 * questions tell; else the chosen rows are written down, so that later statements agree on them.
 */
export async function chooseRows(
  context: StoreContext,
  source: SourceName,
  slice: Slice,
  found: Probe,
): Promise<Choice> {
  const { engine, area, instruments } = context;
  const isComplete = found.open === 0;
  const table = storedOrHeld(context, source);
  const { first_seq, last_seq } = found;
  const params = { ...instruments.keyParams, from: slice.from, to: slice.to, first_seq, last_seq };
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
      identity: storeShapes[source].identity.join(", "),
      table,
      of_instruments: ofInstruments,
      reach: reach.sql,
    }),
    { params: { ...params, places: instruments.instruments.map((_, index) => index + 1) } },
  );
  return { isComplete, isFiltered: true };
}

/** The rows that were stored before, in FROM: with those that are held, which are stored by and by. */
function storedOrHeld({ held, ...context }: StoreContext, source: SourceName): string {
  const stored = quoteName(storedTable(context, source));
  if (held === undefined) return stored;
  return `(SELECT * FROM ${stored} UNION ALL SELECT * FROM ${quoteName(held.table(source))})`;
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
