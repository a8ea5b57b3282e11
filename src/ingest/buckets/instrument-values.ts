import type { NativeColumn } from "../../engine/native.js";
import type { InstrumentKey } from "../../spec/model.js";

/** The key columns of a block whose rows belong to these instruments, in the rows' order. */
export function instrumentValues(instruments: readonly InstrumentKey[]): NativeColumn[] {
  return [
    { name: "exchange", type: "String", values: instruments.map(({ exchange }) => exchange) },
    { name: "market_type", type: "String", values: instruments.map(({ marketType }) => marketType) },
    { name: "symbol", type: "String", values: instruments.map(({ symbol }) => symbol) },
  ];
}
