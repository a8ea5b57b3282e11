/** A small project whose versions can be told apart in every row, for tests that change it while buckets close. */
import type { Catalog } from "../../src/compile/catalog.js";
import { compileProject } from "../../src/compile/compile-project.js";
import type { StoredVersion } from "../../src/compile/placement.js";
import type { ProjectSpecs } from "../../src/spec/model.js";
import { parseProject } from "../../src/spec/parse-project.js";

export interface LoadProject {
  readonly specs: ProjectSpecs;
  readonly symbols: readonly string[];
  /** For a target that has nothing. */
  readonly catalog: Catalog;
  /** For a target that has these versions. */
  readonly compiled: (deployed: { readonly objects: readonly StoredVersion[] }) => Catalog;
}

export interface LoadProjectOptions {
  /** Without the vector nothing is hot. */
  readonly hasVector?: boolean;
  /** Adds `every_trade`: a row for each trade, computed when it is stored. */
  readonly hasRows?: boolean;
  readonly symbols?: readonly string[];
  readonly bucketSize?: number;
}

/** Trades a bucket: all have quantity 1. */
export const tradesInBucket = 3;
/** The symbols that the writer trades. */
export const loadSymbols = symbolsFrom("ABCD");

/** What collectors bring in: a symbol each, and buckets that hold a few of their statements. */
export function collectedProject(root: string, version: number, letters: string): LoadProject {
  return loadProject(root, version, { symbols: symbolsFrom(letters), bucketSize: 10 * tradesInBucket });
}

/** One for each letter: `AUSD`, … */
function symbolsFrom(letters: string): readonly [string, ...string[]] {
  const [first = "A", ...more] = [...letters].map((letter) => `${letter}USD`);
  return [first, ...more];
}

/**
 * Version 1 has levels 0 to 2: `flow` and `tally` over trades, which share a table, `trail` over flow, the vector over all. In version `n`
 * every volume is n times as large and `mark` is n, while `tally` stays as it is; from version 2 on there is one view and one level more,
 * `far` over trail.
 */
export function loadProject(
  root: string,
  version: number,
  {
    hasVector = true,
    hasRows = false,
    symbols = loadSymbols,
    bucketSize = tradesInBucket,
  }: LoadProjectOptions = {},
): LoadProject {
  const more = version > 1;
  const files = [
    {
      path: "features.yaml",
      text: `project: load
engine: embedded
targets: { embedded: { engine: embedded, path: db } }
databases: { raw: l_raw, cold: l_cold, features: l_features, registry: l_registry }
instruments:
${symbols.map((symbol) => `  binance/spot/${symbol}: { tick_size: 0.01, lot_size: 1, base: "${symbol.slice(0, 1)}", quote: USD }`).join("\n")}
sources: { trades: { table: trades } }
clocks: { ubt: { mode: volume, size: { fallback: ${bucketSize} } } }
retention: { versions: 2 }
`,
    },
    {
      path: "features/flow.yaml",
      text: `view: flow
clock: ubt
from: trades
columns:
  volume: { sql: "sum(quantity) * ${version}", unit: base }
  last_price: { sql: "argMax(price, ord)", unit: quote }
  mark: { sql: "max(${version})" }
`,
    },
    {
      path: "features/tally.yaml",
      text: `view: tally
clock: ubt
from: trades
columns:
  volume: { sql: "count()" }
  mean_price: { sql: "sum(price * quantity) / nullIf(sum(quantity), 0)", unit: quote }
`,
    },
    {
      path: "features/trail.yaml",
      text: `view: trail
clock: ubt
from: flow
windows: { w5: { buckets: 5, min: 1 } }
columns:
  volume_5: { sql: "sum(volume) OVER w5", unit: base }
`,
    },
    ...(more
      ? [
          {
            path: "features/far.yaml",
            text: `view: far
clock: ubt
from: trail
windows: { w9: { buckets: 9, min: 1 } }
columns:
  volume_59: { sql: "sum(volume_5) OVER w9", unit: base }
`,
          },
        ]
      : []),
    ...(hasRows
      ? [
          {
            path: "features/every_trade.yaml",
            text: `view: every_trade
row: trades
params: { mark_of_all: ${version} }
columns:
  value: { sql: "price * quantity * mark_of_all", unit: quote }
  mark: { sql: "quantity * 0 + mark_of_all" }
`,
          },
        ]
      : []),
    ...(!hasVector
      ? []
      : [
          {
            path: "features/vectors/both.yaml",
            text: `vector: both
clock: ubt
max_age: 120s
features: [flow.volume, flow.mark, tally.volume, trail.volume_5${more ? ", far.volume_59" : ""}]
`,
          },
        ]),
  ];
  const specs = parseProject(files, {}, root);
  const compiled: LoadProject["compiled"] = ({ objects }) => compileProject(specs, objects);
  return { specs, symbols, catalog: compiled({ objects: [] }), compiled };
}
