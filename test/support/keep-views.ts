import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** The views of the stock vector, and what of the stock views over wall-clock minutes takes least. */
const kept = new Set(["order_flow", "trade_impact", "book_state", "vpin", "trades_1m"]);

/**
 * Leaves few views in a project that `feature init` wrote. Each view makes every close slower, and what a test of the commands shows
 * does not depend on how many there are; the whole stock project is applied by test/engine/corpus.
 */
export function keepFewViews(project: string): void {
  const folder = join(project, "features");
  for (const file of readdirSync(folder)) {
    if (file.endsWith(".yaml") && !kept.has(file.replace(/\.yaml$/, ""))) rmSync(join(folder, file));
  }
}
