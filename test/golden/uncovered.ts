/**
 * Families that this version has nothing for, with the reason that is printed. A family of the cases beside the repository is
 * here or has an adapter, and is not in both places: test/unit/support/golden-families.test.ts.
 */
export const uncovered: Readonly<Record<string, string>> = {
  hayashi_yoshida: "a view reads one instrument; nothing joins two yet",
  pin_mle: "PIN is not built",
  price_discovery: "a view reads one instrument; nothing joins two yet",
  price_level_clusters: "clusters of price levels are not built",
  trade_clusters: "clusters of trades are not built",
  trade_heatmap: "the heatmap of trades is not built",
  trend_state_sjm: "the trend state by a statistical jump model is not built",
  triple_barrier: "labels by the triple barrier are not built",
};

/** Of families that have an adapter: what of a case's `expected` nothing computes, by its key, with the reason that is printed. */
export const uncoveredKeys: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  trend_state_rule: { stats: "counts over a series of states are no feature of a bucket" },
};
