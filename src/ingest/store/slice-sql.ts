/** The rows of a slice as SQL: with their identity, whether they say it themselves or not. */
import { quoteIdentifier, quoteName } from "../../schema/quote.js";
import type { SourceName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import { idColumns, sequenceColumns } from "../staging/own-fragments.js";
import { inSlice } from "./slices.js";
import type { StoreContext } from "./store-context.js";
import { storeShapes } from "./store-shape.js";

const complete = sqlTemplate(import.meta.url, "slice-complete");
const placed = sqlTemplate(import.meta.url, "slice-placed");

/** Columns: row, instrument, timestamp, available_at, the values, and what the source has of id and sequence number. */
export function sliceSql(context: StoreContext, source: SourceName, isComplete: boolean): string {
  const shape = storeShapes[source];
  const slots = {
    staging: quoteName(context.area.table(source)),
    in_slice: inSlice,
    values: shape.values.map(quoteIdentifier).join(",\n"),
    id: idColumns[source] ?? "no_id",
    sequence: sequenceColumns[source] ?? "no_sequence",
  };
  if (isComplete) return complete(slots);
  return placed({ ...slots, place: shape.placed.place, hash_bits: String(shape.placed.hashBits) });
}

/** Restricts rows of a slice, or of a staging table, to those that are stored. */
export function isChosen(context: StoreContext, isFiltered: boolean, row: "row" | "staged"): string {
  if (!isFiltered) return "true";
  const name = row === "row" ? "row" : "bitShiftLeft(toUInt64(file), 40) + line";
  return `${name} IN (SELECT row FROM ${quoteName(context.area.chosen)})`;
}

export const isLate = "toUnixTimestamp64Milli(timestamp) < {watermarks:Array(Int64)}[instrument]";
