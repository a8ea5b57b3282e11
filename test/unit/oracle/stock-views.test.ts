import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { naiveStockViews } from "../../support/oracle/stock-views.js";
import { packageRoot } from "../../support/run-feature.js";

it("every view of features/ is recomputed naively, and nothing else", () => {
  const files = readdirSync(join(packageRoot, "features")).filter((name) => name.endsWith(".yaml"));
  const nothing = { buckets: [], minutes: [], trades: [], books: [], bookGapMs: 0, minuteGapMs: 0 };
  const slow = { funding: [], interest: [], indices: [], liquidations: [] };
  const oracles = naiveStockViews({ ...nothing, ...slow, tick: "0.01", fit: undefined });
  expect(Object.keys(oracles).sort()).toEqual(files.map((name) => name.replace(".yaml", "")).sort());
});
