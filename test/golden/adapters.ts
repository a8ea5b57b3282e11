/** Which family is computed by what. A family is a file under families/ and a line here. */
import type { Adapter } from "./adapter.js";
import { bucketsHybrid } from "./families/buckets-hybrid.js";

export const adapters: Readonly<Record<string, Adapter>> = {
  buckets_hybrid: bucketsHybrid,
};

/** Families that this version has nothing for, with the reason that is printed. */
export const withoutAdapter: Readonly<Record<string, string>> = {
  hayashi_yoshida: "lead and lag between exchanges are not built",
  price_discovery: "price discovery between exchanges is not built",
  pin_mle: "PIN is not built",
};
