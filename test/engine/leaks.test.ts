/** Planted leaks: specs that each do one thing that a feature may not do. Each is found, with its code, file and line. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { leaksOfCall } from "../../src/compile/leak-rules.js";
import { columnLineage, parseQueryTree } from "../../src/compile/query-tree.js";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { Findings } from "../../src/errors.js";
import { checkSpecs } from "../../src/migrate/check-specs.js";
import { parseProject } from "../../src/spec/parse-project.js";
import { readFiles, repository } from "../unit/spec/project-files.js";

const base = readFiles(repository).filter(({ path }) => /^features(?:\.yaml|\/order_flow\.yaml)$/.test(path));

const overViews = (sql: string): string =>
  `view: NAME\nclock: ubt\nfrom: order_flow\nwindows: { w3: { buckets: 3 } }\ncolumns:\n  leak: { sql: "${sql}" }\n`;
const overTrades = (sql: string, rows = ""): string =>
  `view: NAME\nclock: ubt\nfrom: trades\n${rows}columns:\n  leak: { sql: "${sql}" }\n`;

/** By name: the file, and the code that is expected. */
const planted: Readonly<Record<string, readonly [string, string]>> = {
  lead: [overViews("leadInFrame(close) OVER w3"), "FS_LEAK_FOLLOWING_ROWS"],
  following: [
    overViews(
      "max(high) OVER (PARTITION BY symbol ORDER BY bucket_id ROWS BETWEEN CURRENT ROW AND 5 FOLLOWING)",
    ),
    "FS_LEAK_FOLLOWING_ROWS",
  ],
  negative_lag: [overViews("lagInFrame(close, -1) OVER w3"), "FS_LEAK_NEGATIVE_LAG"],
  descending: [
    overViews(
      "max(high) OVER (PARTITION BY symbol ORDER BY bucket_id DESC ROWS BETWEEN 5 PRECEDING AND CURRENT ROW)",
    ),
    "FS_LEAK_DESCENDING_ORDER",
  ],
  unordered: [overViews("close - avg(close) OVER (PARTITION BY symbol)"), "FS_LEAK_UNORDERED_WINDOW"],
  no_window: [overViews("close / max(high)"), "FS_LEAK_GLOBAL"],
  standardised: [overViews("(volume - avg(volume)) / max(volume)"), "FS_LEAK_GLOBAL"],
  wall_clock: [overViews("close + toUnixTimestamp(now()) * 0"), "FS_LEAK_CLOCK_OR_CHANCE"],
  calendar: [overTrades("dateDiff('day', max(timestamp), today())"), "FS_LEAK_CLOCK_OR_CHANCE"],
  chance: [overTrades("sum(quantity) + rand() * 0"), "FS_LEAK_CLOCK_OR_CHANCE"],
  lambda_chance: [
    overTrades("arraySum(arrayMap(i -> i + randCanonical(i), [1, 2]))"),
    "FS_LEAK_CLOCK_OR_CHANCE",
  ],
  row_clock: [
    overTrades("sum(age)", "rows: { age: 'toUnixTimestamp(now()) - toUnixTimestamp(timestamp)' }\n"),
    "FS_LEAK_CLOCK_OR_CHANCE",
  ],
  row_filter: [overTrades("count()", "where: 'timestamp > now() - 60'\n"), "FS_LEAK_CLOCK_OR_CHANCE"],
  block: [overTrades("max(place)", "rows: { place: 'rowNumberInAllBlocks()' }\n"), "FS_LEAK_CLOCK_OR_CHANCE"],
  attempt: [overTrades("max(v) % 2"), "FS_LEAK_INPUT"],
  decimals: [overTrades("max(toDecimal64(price, 2) / toDecimal64(quantity, 2))"), "FS_SPEC_DECIMAL_DIVISION"],
  of_later_buckets: [
    overTrades("sum(sum(quantity)) OVER (ORDER BY bucket_id ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING)"),
    "FS_LEAK_FOLLOWING_ROWS",
  ],
  first_come: [overTrades("first_value(price)"), "FS_SPEC_ORDER_DEPENDENT"],
  // Trades share milliseconds and prices: which of them is the last is a matter of parts and threads.
  last_of_millisecond: [overTrades("argMax(price, timestamp)"), "FS_SPEC_ORDER_DEPENDENT"],
  size_at_high: [overTrades("argMaxIf(quantity, price, side = 1)"), "FS_SPEC_ORDER_DEPENDENT"],
  any_or_null: [overTrades("anyOrNull(price)"), "FS_SPEC_ORDER_DEPENDENT"],
  sum_or_null: [overTrades("sumOrNull(price)"), "FS_SPEC_ORDER_DEPENDENT"],
  sum_of_array: [overTrades("sumArray([price, quantity])"), "FS_SPEC_ORDER_DEPENDENT"],
  sketch: [overTrades("quantileGK(100, 0.5)(price)"), "FS_SPEC_ORDER_DEPENDENT"],
  funnel: [
    overTrades("windowFunnel(10)(toDateTime(timestamp), side = 1, side = -1)"),
    "FS_SPEC_ORDER_DEPENDENT",
  ],
  test_statistic: [overTrades("studentTTest(price, side = 1).1"), "FS_SPEC_ORDER_DEPENDENT"],
  shuffled: [overViews("arrayShuffle(path(close) OVER w3)[1]"), "FS_LEAK_CLOCK_OR_CHANCE"],
  sampled: [overViews("arrayRandomSample(path(close) OVER w3, 1)[1]"), "FS_LEAK_CLOCK_OR_CHANCE"],
  folded_chance: [
    `view: NAME\nclock: ubt\nfrom: order_flow\nscan: { buckets: 5 }\nstate:\n  s: { start: 0, next: 's + rand() % 2' }\ncolumns:\n  leak: { sql: s }\n`,
    "FS_LEAK_CLOCK_OR_CHANCE",
  ],
  hidden_in_let: [
    "view: NAME\nclock: ubt\nfrom: order_flow\nlet: { late: 'toUnixTimestamp(now())' }\ncolumns:\n  leak: { sql: 'close + late * 0' }\n",
    "FS_LEAK_CLOCK_OR_CHANCE",
  ],
  local_time: [overTrades("max(price) + toUnixTimestamp(localtime()) * 0"), "FS_LEAK_CLOCK_OR_CHANCE"],
  server: [overTrades("max(price) + length(displayName())"), "FS_LEAK_CLOCK_OR_CHANCE"],
  memory: [overTrades("isConstant(max(price))"), "FS_LEAK_CLOCK_OR_CHANCE"],
  // The engine no longer has it, and would say that only.
  neighbour: [overTrades("max(neighbor(price, 1))"), "FS_LEAK_CLOCK_OR_CHANCE"],
  whole_history: [
    overViews(
      "max(close) OVER (ORDER BY bucket_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)",
    ),
    "FS_LEAK_FOLLOWING_ROWS",
  ],
  of_all: [overViews("max(close) OVER ()"), "FS_LEAK_UNORDERED_WINDOW"],
  dictionary: [overViews("dictGet('later.prices', 'close', bucket_id)"), "FS_LEAK_INPUT"],
  other_table: [overTrades("countIf(toUInt8(side) IN system.one)"), "FS_LEAK_INPUT"],
  of_events: [
    "view: NAME\nclock: ubt\nas_of: liquidations\nevents: true\nmax_age: 10m\nwhere: 'rand() % 2 = 0'\ncolumns:\n  leak: { sql: 'sum(price)' }\n",
    "FS_LEAK_CLOCK_OR_CHANCE",
  ],
  last_of_events: [
    "view: NAME\nclock: ubt\nas_of: liquidations\nevents: true\nmax_age: 10m\ncolumns:\n  leak: { sql: 'argMax(price, timestamp)' }\n",
    "FS_SPEC_ORDER_DEPENDENT",
  ],
  of_a_row: [
    "view: NAME\nrow: trades\ncolumns:\n  leak: { sql: 'price + toUnixTimestamp(now()) * 0' }\n",
    "FS_LEAK_CLOCK_OR_CHANCE",
  ],
};

/** These are found before the engine is asked. */
const plantedInText: Readonly<Record<string, readonly [string, string]>> = {
  sub_select: [overViews("close - (SELECT max(close) FROM order_flow)"), "FS_LEAK_SUBSELECT"],
  in_select: [overTrades("countIf(price IN (select 1))"), "FS_LEAK_SUBSELECT"],
  any_price: [overTrades("any(price)"), "FS_SPEC_ORDER_DEPENDENT"],
  turned_round: [overViews("arrayReverse(groupArray(close))[1]"), "FS_SPEC_ORDER_DEPENDENT"],
  // It would be the bucket's id in the whole SELECT.
  hidden_alias: [overViews("close + (2 AS bucket_id)"), "FS_SPEC_EXPRESSION"],
  two_rows: [overViews("arrayJoin([close, open])"), "FS_SPEC_EXPRESSION"],
  two_columns: [overTrades("untuple(tuple(max(price), min(price)))"), "FS_SPEC_EXPRESSION"],
  rows_backwards: [
    overTrades("max(nx)", "rows: { nx: 'max(price) OVER (ORDER BY ord DESC)' }\n"),
    "FS_SPEC_EXPRESSION",
  ],
};

const filesOf = (specs: typeof planted) =>
  Object.entries(specs).map(([name, [text]]) => ({
    path: `features/${name}.yaml`,
    text: text.replace("NAME", name),
  }));

const label = readFiles(repository).filter(({ path }) =>
  /^features\/labels\/|\/book_state\.yaml$/.test(path),
);

/** Of specs that are refused as they are read: the code of the first finding by file, each at its line. */
function readFindings(specs: Readonly<Record<string, string>>): Record<string, string> {
  const files = Object.entries(specs).map(([name, text]) => ({
    path: `features/${name}.yaml`,
    text: text.replace("NAME", name),
  }));
  try {
    parseProject([...base, ...label, ...files], { CLICKHOUSE_URL: "http://localhost" }, "/project");
  } catch (error) {
    if (!(error instanceof Findings)) throw error;
    return Object.fromEntries(
      error.findings.map(({ code, at }) => {
        expect(at?.line, at?.file).toBeGreaterThan(2);
        return [at?.file?.replace(/^features\/|\.yaml$/g, "") ?? "", code];
      }),
    );
  }
  return {};
}

describe("planted leaks", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openScratch();
  });
  afterAll(() => engine.close());

  async function found(specs: typeof planted): Promise<Record<string, string>> {
    const project = parseProject(
      [...base, ...filesOf(specs)],
      { CLICKHOUSE_URL: "http://localhost" },
      "/project",
    );
    const error = await checkSpecs(engine, project).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof Findings)) throw error ?? new Error("nothing was found");
    for (const { at } of error.findings) expect(at?.line, at?.file).toBeGreaterThan(3);
    const byFile = error.findings.map(
      ({ code, at }) => [at?.file?.replace(/^features\/|\.yaml$/g, ""), code] as const,
    );
    expect(byFile.length).toBe(new Set(byFile.map(([file]) => file)).size);
    return Object.fromEntries(byFile);
  }
  const expected = (specs: typeof planted) =>
    Object.fromEntries(Object.entries(specs).map(([name, [, code]]) => [name, code]));

  it("are found in the engine's tree, all of them at once", async () => {
    expect(await found(planted)).toEqual(expected(planted));
  });

  it("are not seen where there is none: names of lambdas, places that decide, aggregates without an order", async () => {
    const clean = {
      any_name: overTrades("arraySum(arrayMap(v -> v + 1, [count()]))"),
      last_at_high: overTrades("argMax(quantity, (price, ord))"),
      by_its_own: overTrades("argMax(price, (quantity, -price))"),
      accepted: overTrades("argMax(quantity, price)").replace('" }', '", approx: 1e-9 }'),
      without_order: overTrades(
        "maxOrNull(price) + groupBitXor(toUInt64(quantity)) + quantileExactLow(0.5)(price)",
      ),
    };
    const texts = Object.entries(clean).map(([name, text]) => [name, [text, ""]] as const);
    const files = [...base, ...filesOf(Object.fromEntries(texts))];
    await checkSpecs(engine, parseProject(files, { CLICKHOUSE_URL: "http://localhost" }, "/project"));
  });

  it("are found in the text where the engine is not needed", async () => {
    expect(await found(plantedInText)).toEqual(expected(plantedInText));
  });

  it("are found where a view says what it reads, and when", async () => {
    const later = (more: string): string =>
      `view: NAME\nclock: ubt\nfrom: trades\n${more}columns:\n  leak: { sql: 'max(later.mid)' }\n`;
    const of = (from: string, more = ""): string =>
      `view: NAME\nclock: ubt\nfrom: ${from}\n${more}columns:\n  leak: { sql: "1" }\n`;
    expect(
      readFindings({
        no_delay: later("lookup: { later: { source: books, at: 5s } }\n"),
        of_bucket: later("lookup: { later: { source: books, of: bucket, at: 1s } }\n"),
        short_delay: later("delay: 1s\nlookup: { later: { source: books, at: 5s } }\n"),
        outcome: later("delay: 5s\nlookup: { later: { source: books, at: 5s } }\n").replace("leak", "kept"),
        // Which outcome is known depends on the bucket at which one stands.
        outcomes: of("outcome", "windows: { w3: { buckets: 3 } }\n"),
        folded_outcomes: of("outcome", "scan: { buckets: 3 }\nstate: { s: { start: 0, next: s + kept } }\n"),
        label: of("trend_3"),
        beside_label: of("[order_flow, label_trend_3]"),
        ahead: of("order_flow", "windows: { w: { buckets: -3 } }\n"),
        anchored_ahead: of("order_flow", "scan: { buckets: -3 }\nstate: { s: { start: 0, next: s } }\n"),
      }),
    ).toEqual({
      no_delay: "FS_SPEC_VALUE",
      of_bucket: "FS_SPEC_VALUE",
      short_delay: "FS_SPEC_VALUE",
      outcomes: "FS_SPEC_WINDOW",
      folded_outcomes: "FS_SPEC_WINDOW",
      label: "FS_LEAK_LABEL",
      beside_label: "FS_LEAK_LABEL",
      ahead: "FS_SPEC_VALUE",
      anchored_ahead: "FS_SPEC_VALUE",
    });
  });

  it("and mistakes are all reported once, in one go, with what can be read and what to write", async () => {
    const books = readFiles(repository).filter(({ path }) => path === "features/book_state.yaml");
    const view = (name: string, head: string, ...columns: readonly string[]) => ({
      path: `features/${name}.yaml`,
      text: `view: ${name}\n${head}\ncolumns:\n${columns.map((sql, at) => `  ${name}_${at + 1}: { sql: "${sql}" }\n`).join("")}`,
    });
    const trades = "clock: ubt\nfrom: trades";
    const files = [
      ...base,
      ...books,
      view("bracket", trades, "sum(price"),
      // Two views read it: what is wrong with it is said once, and of them nothing.
      view("above", "clock: ubt\nfrom: bracket", "bracket_1 + nonsense"),
      view("beside", "clock: ubt\nfrom: bracket", "bracket_1 + nonsense"),
      view(
        "many",
        trades,
        "sum(qty)",
        "sum(pprice)",
        "price * 2",
        "now()",
        "toString(count())",
        "many_1 + 1",
      ),
      view("joined", "clock: ubt\nfrom: [order_flow, book_state]", "volume", "order_flow.volum", "q.mid"),
      view("neighbour", trades, "max(prev(price))", "sum(sum(price))", "count() SETTINGS max_threads = 1"),
      view("single", "row: trades", "sum(price)", "next(price)"),
      view("known", "clock: ubt\nas_of: funding_rates", "max(funding_rate)"),
    ];
    const refused = await checkSpecs(
      engine,
      parseProject(files, { CLICKHOUSE_URL: "http://localhost" }, "/project"),
    ).catch((reason: unknown) => reason);
    if (!(refused instanceof Findings)) throw refused;
    const said = refused.findings.map(({ object, code, hint }) => `${object} ${code} ${hint}`);
    expect(said.map((line) => line.replace(/, timestamp, ord, .*\.$/, ", …"))).toEqual([
      "bracket.bracket_1 FS_SPEC_EXPRESSION Write one ClickHouse expression without SELECT; it may use the columns above it.",
      "joined.joined_1 FS_SPEC_EXPRESSION Write order_flow.volume.",
      "joined.joined_2 FS_SPEC_EXPRESSION Did you mean `order_flow.volume`?",
      "joined.joined_3 FS_SPEC_EXPRESSION Declare q under `from:` (a view), `lookup:` (books) or `table:` (what a job fits).",
      "known.known_1 FS_LEAK_GLOBAL Write `events: true` to aggregate all rows that a bucket knows, or a view over this one.",
      "many.many_1 FS_SPEC_EXPRESSION It can read price, quantity, quote, side, price_lots, quantity_lots, price_ticks, …",
      "many.many_2 FS_SPEC_EXPRESSION Did you mean `price`?",
      "many.many_3 FS_SPEC_EXPRESSION Write an aggregate of it, for example argMax(price, ord) for the last one.",
      "many.many_4 FS_LEAK_CLOCK_OR_CHANCE Use the bucket's own times; a feature must have the same value when it is computed again.",
      "many.many_5 FS_SPEC_TYPE Make a number of it: a comparison is 1 or 0, toUnixTimestamp64Milli(t) is a time, length(a) counts an array.",
      'neighbour.neighbour_1 FS_SPEC_EXPRESSION Write a step of `rows:`, for example `change: "price - prev(price)"`, and aggregate that.',
      "neighbour.neighbour_2 FS_SPEC_EXPRESSION Compute it in a step of `rows:`, OVER bucket, and use that column.",
      "neighbour.neighbour_3 FS_SPEC_EXPRESSION Write one ClickHouse expression without SELECT; it may use the columns above it.",
      "single.single_1 FS_LEAK_GLOBAL A view with `row:` sees one row: aggregate in a view with `from:`.",
      "single.single_2 FS_SPEC_EXPRESSION Compare rows in a view with `from:` and `rows:`.",
    ]);
    // The SELECT around an expression is the compiler's, and nobody's business.
    expect(refused.message).not.toMatch(/scratch_|GROUP BY|__/);
  });

  it("are all functions that the engine itself does not call repeatable, but for these", async () => {
    const names = await engine.rows<{ name: string }>(
      `SELECT name FROM system.functions
       WHERE NOT is_aggregate AND alias_to = '' AND origin = 'System' AND NOT coalesce(deterministic, 0)`,
    );
    expect(names.length).toBeGreaterThan(150);
    const free = names.flatMap(({ name }) => (leaksOfCall(name).length === 0 ? [name] : []));
    // The first is refused in the text. The second is arithmetic.
    expect(free.sort()).toEqual(["arrayJoin", "financialNetPresentValueExtended"]);
  });

  it("stand in a tree that tells what each column is made of", async () => {
    const lines = await engine.rows<{ explain: string }>(
      "EXPLAIN QUERY TREE SELECT a + 1 AS x, b AS y FROM (SELECT number * 2 AS a, concat('v', toString(number)) AS b FROM numbers(3))",
    );
    const tree = parseQueryTree(lines.map(({ explain }) => explain));
    expect(columnLineage(tree)).toEqual({ x: ["number"], y: ["number"] });
  });
});
