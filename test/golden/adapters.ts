/** Which family is computed by what. A family is a file under families/ and a line here. */
import type { Adapter } from "./adapter.js";
import { bookShape } from "./families/book-shape.js";
import { bucketsHybrid } from "./families/buckets-hybrid.js";
import { footprint } from "./families/footprint.js";
import { lobAddCancel } from "./families/lob-add-cancel.js";
import { ofi } from "./families/ofi.js";
import { spreads } from "./families/spreads.js";

export const adapters: Readonly<Record<string, Adapter>> = {
  book_shape: bookShape,
  buckets_hybrid: bucketsHybrid,
  footprint,
  lob_add_cancel: lobAddCancel,
  ofi,
  spreads,
};

/** Families that this version has nothing for, with the reason that is printed. */
export const withoutAdapter: Readonly<Record<string, string>> = {
  hayashi_yoshida: "lead and lag between exchanges are not built",
  price_discovery: "price discovery between exchanges is not built",
  pin_mle: "PIN is not built",
};
