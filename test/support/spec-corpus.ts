/**
 * Projects that between them write down everything that the language can say: over 60 views. Used to show that applying
 * twice is nothing to do, and that the way in which something is written makes no difference.
 */
import type { SourceFile } from "../../src/spec/yaml-file.js";

export interface CorpusProject {
  readonly name: string;
  readonly files: readonly SourceFile[];
}

export interface CorpusOptions {
  /** Every text written otherwise: order of keys, layout, comments, brackets, case of functions. */
  readonly rewritten?: boolean;
}

type Columns = Readonly<Record<string, string>>;

/** Expressions over trades, by view; each view has the columns in this order. */
const overTrades: readonly Columns[] = [
  { a: "sum(quantity)" },
  { a: "sum(quote)", b: "a / nullIf(sum(quantity), 0)" },
  { a: "sum(side * quantity)", b: "a / nullIf(sum(quantity), 0)", c: "abs(b)" },
  { a: "avg(price)" },
  { a: "avgIf(price, side = 1)", b: "avgIf(price, side = -1)", c: "a - b" },
  { a: "sumIf(quantity, quantity >= 1.50) / nullIf(sum(quantity), 0)" },
  { a: "count()" },
  { a: "countIf(side = 1) / nullIf(count(), 0)" },
  { a: "max(price) - min(price)", b: "a / nullIf(min(price), 0) * 10000" },
  { a: "argMax(price, ord) - argMin(price, ord)" },
  { a: "argMin(price, ord)", b: "argMax(price, ord)", c: "log(b / nullIf(a, 0))" },
  { a: "uniqExact(price_ticks)" },
  { a: "quantileExact(0.5)(quantity)", b: "quantileExact(0.90)(quantity)" },
  { a: "quantileExactIf(0.5)(quantity, side = 1)" },
  { a: "max(quantity_lots)", b: "min(price_lots)" },
  { a: "sum(price * quantity * side)" },
  { a: "if(count() > 10, sum(quantity), NULL)" },
  { a: "multiIf(count() > 100, 2, count() > 10, 1, 0)" },
  { a: "CASE WHEN count() > 10 THEN 1 ELSE 0 END" },
  { a: "greatest(max(price), 1.0)", b: "least(min(price), 1e9)" },
  { a: "sqrt(abs(sum(side * quantity)))", b: "sign(sum(side * quantity))" },
  { a: "exp(-1 * count() / 100.)", b: "pow(count(), 2)", c: "log1p(count())" },
  { a: "toFloat64(max(timestamp) - min(timestamp))" },
  { a: "arraySum(arrayMap(x -> x * x, groupArraySorted(5)(quantity)))" },
  { a: "count() IN (1, 2, 3)" },
  { a: "count() BETWEEN 2 AND 9" },
  { a: "NOT (count() > 5 OR count() < 2)" },
  { a: "coalesce(nullIf(sum(quantity), 0), 1)" },
  { a: "sum(quantity) - (sum(quantity) - sum(quote))", b: "(a + 1) * 2 - a / 3" },
  { a: "(max(price) > 1 AND min(price) > 1) OR count() = 0" },
  { a: "toFloat64(bucket_id) + toFloat64(count())" },
  { a: "dateDiff('millisecond', min(timestamp), max(timestamp))" },
  { a: "bitAnd(toUInt32(count()), 0xFF)" },
  { a: "max(length(toString(price_lots)))" },
  { a: "round(avg(quantity), 3)", b: "floor(avg(price))" },
];

const overBooks: readonly Columns[] = [
  { a: "argMax(mid, ord)" },
  { a: "argMax(tuple(mid), ord).1" },
  { a: "argMaxIf(ask_px[1] - bid_px[1], ord, mid IS NOT NULL)" },
  { a: "count() - sum(carry)" },
  { a: "sum(bid_qty[1])", b: "sum(ask_qty[1])", c: "(a - b) / nullIf(a + b, 0)" },
  { a: "max(arraySum(arraySlice(bid_qty, 1, 5)))" },
  { a: "max(arrayMax(arrayMap((p, q) -> p * q, bid_px, bid_qty)))" },
  { a: "minIf(mid, carry = 0)", b: "maxIf(mid, carry = 0)" },
  { a: "countIf(isNull(mid))" },
  { a: "avg(ask_px[1] - bid_px[1])" },
];

/** Over the view named, with windows. */
const overViews: readonly (readonly [from: string, windows: string, columns: Columns])[] = [
  ["trades_0", "{ w: { buckets: 20, min: 20 } }", { m: "sum(a) OVER w" }],
  [
    "trades_0",
    "{ w: { buckets: 20 }, l: { buckets: 100, min: 10 } }",
    { m: "avg(a) OVER w / nullIf(avg(a) OVER l, 0)" },
  ],
  ["trades_0", "{ w: { buckets: 20, current: false, min: 5 } }", { m: "a - avg(a) OVER w" }],
  ["trades_1", "{ w: { buckets: 5, min: 1 } }", { m: "max(b) OVER w - min(b) OVER w" }],
  [
    "trades_2",
    "{ w: { buckets: 50, min: 50 } }",
    { m: "sum(abs(a)) OVER w / nullIf(abs(sum(a) OVER w), 0)" },
  ],
  ["trades_3", "{ w: { buckets: 2 } }", { m: "first_value(a) OVER w", n: "a - m" }],
  ["trades_4", "{ w: { buckets: 3 } }", { m: "count(a) OVER w" }],
  ["trades_8", "{ w: { buckets: 10 } }", { m: "quantileExact(0.5)(a) OVER w" }],
  ["books_0", "{ w: { buckets: 10, min: 2 } }", { m: "a / nullIf(avg(a) OVER w, 0) - 1" }],
  ["books_4", "{ w: { buckets: 30, min: 3 } }", { m: "avg(c) OVER w" }],
  ["trades_10", "{}", { m: "c * c" }],
  ["[trades_0, trades_2]", "{}", { m: "trades_0.a - trades_2.a" }],
  ["[trades_0, books_0]", "{ w: { buckets: 4 } }", { m: "sum(trades_0.a * books_0.a) OVER w" }],
  ["views_0", "{ w: { buckets: 7 } }", { n: "avg(m) OVER w" }],
  ["[views_0, views_3]", "{}", { n: "views_0.m / nullIf(views_3.m, 0)" }],
  ["views_13", "{}", { o: "if(n > 0, log(n), NULL)" }],
];

/** All that a column and a view can say besides. */
const described = `view: described
description: "Quotes ' \\" and \`ticks\`, a backslash \\\\ and 中文"
owner: research
clock: ubt
from: trades
columns:
  net: { sql: "sum(side * quantity)", unit: base, doc: "It's signed; 100 % sure", feature: false }
  share: { sql: "net / nullIf(sum(quantity), 0)", unit: "[-1,1]", doc: "", type: Nullable(Float64) }
  loose: { sql: "any(price)", approx: 1e-9 }
expect:
  net: { not_null: true }
  share: { min: -1, max: 1, null_share: { max: 0.2 } }
`;

export function specCorpus(options: CorpusOptions = {}): CorpusProject[] {
  const { rewritten = false } = options;
  const view = (
    name: string,
    from: string,
    windows: string,
    columns: Columns,
    clock = "ubt",
  ): SourceFile => ({
    path: `features/${name}.yaml`,
    text: viewText(name, from, windows, columns, clock, rewritten),
  });
  return [
    {
      name: "every expression",
      files: [
        { path: "features.yaml", text: projectText("corpus_a", "{ raw: 7d, features: 90d, versions: 2 }") },
        ...overTrades.map((columns, index) => view(`trades_${index}`, "trades", "{}", columns)),
        ...overBooks.map((columns, index) => view(`books_${index}`, "books", "{}", columns)),
        ...overViews.map(([from, windows, columns], index) => view(`views_${index}`, from, windows, columns)),
        { path: "features/described.yaml", text: described },
        vector("first", ["trades_0.a", "books_0.a", "views_0.m"]),
        vector("second", [
          "{ feature: described.share, on_null: zero }",
          "{ feature: views_15.o, on_null: reject }",
        ]),
      ],
    },
    {
      name: "other clocks, retention for good, foreign tables",
      files: [
        {
          path: "features.yaml",
          text: projectText("corpus_b", "{ raw: none, features: none, versions: 1 }", [
            "sources:",
            "  trades: { table: elsewhere.ticks, external: true, columns: { price: px, quantity: qty }, delay: 20ms }",
            "  orderbooks: { delay: 5ms }",
            "  funding_rates: { table: funding, max_age: 9h }",
          ]),
        },
        view("counted", "trades", "{}", { a: "sum(quantity)" }, "ticks"),
        view("counted_books", "books", "{}", { b: "argMax(mid, ord)" }, "ticks"),
        view(
          "counted_both",
          "[counted, counted_books]",
          "{ w: { buckets: 3 } }",
          { m: "avg(counted.a) OVER w" },
          "ticks",
        ),
        view("plain", "trades", "{}", { a: "avg(price)" }),
      ],
    },
  ];
}

function projectText(name: string, retention: string, more: readonly string[] = []): string {
  const database = (role: string): string => `${role}: ${name}_${role}`;
  return [
    `project: ${name}`,
    "engine: embedded",
    "targets: { embedded: { engine: embedded, path: .feature/db } }",
    `databases: { ${["raw", "cold", "features", "registry"].map(database).join(", ")} }`,
    "instruments:",
    "  binance/spot/BTCUSDT: { tick_size: 0.01, lot_size: 0.00001, base: BTC, quote: USDT }",
    "  binance/linear/BTCUSDT: { tick_size: 0.1, lot_size: 0.001, contract_size: 1, base: BTC, quote: USDT }",
    "clocks:",
    "  ubt: { mode: volume, max: 60s, size: { from: bucket_config, default: { binance/spot/BTCUSDT: 12.5 } } }",
    "  ticks: { mode: count, max: 90s, max_trades: 5000, book_gap: 30s, size: 100 }",
    `retention: ${retention}`,
    ...more,
    "",
  ].join("\n");
}

function viewText(
  name: string,
  from: string,
  windows: string,
  columns: Columns,
  clock: string,
  rewritten: boolean,
): string {
  const column = ([key, sql]: readonly [string, string]): string =>
    rewritten
      ? `  ${key}:\n    # what it is\n    sql: |\n      ${otherwise(sql)}`
      : `  ${key}: { sql: ${JSON.stringify(sql)} }`;
  const parts = [
    `view: ${name}`,
    `clock: ${clock}`,
    `from: ${from}`,
    ...(windows === "{}" ? [] : [`windows: ${windows}`]),
    `columns:\n${Object.entries(columns).map(column).join("\n")}`,
  ];
  return `${(rewritten ? ["# written otherwise", ...parts.reverse()] : parts).join("\n")}\n`;
}

/** The same expression to the engine, as other people write it. */
function otherwise(sql: string): string {
  const words = sql
    .replace(/\b(sum|sumIf|avg|count|max|min|abs|if|greatest|least)\(/g, (call) =>
      /^(?:sumIf|avgIf)/.test(call) ? call : call.toUpperCase(),
    )
    .replace(/\b(AND|OR|NOT|IN|OVER|CASE|WHEN|THEN|ELSE|END|BETWEEN)\b/g, (word) => word.toLowerCase())
    .replace(/ \/ /g, "   /* by */   / ");
  return `((${words})) -- as before`;
}

function vector(name: string, features: readonly string[]): SourceFile {
  const text = `vector: ${name}\nclock: ubt\nmax_age: 60s\nfeatures:\n${features.map((one) => `  - ${one}`).join("\n")}\n`;
  return { path: `features/vectors/${name}.yaml`, text };
}
