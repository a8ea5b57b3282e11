import { describe, expect, it } from "vitest";
import { type PointInTime, pointInTimeQuery } from "../../../src/compile/point-in-time.js";
import { areFew } from "../../../src/compile/spine.js";

const vector = {
  table: { database: "features", name: "vector_trend_v1__0a1b2c3d" },
  features: ["order_flow__volume"],
};
const request: PointInTime = {
  spine: {
    table: { database: "raw", name: "moments" },
    columns: ["row", "symbol", "ts", "weight"],
    orderBy: "row",
  },
  vector,
  maxAgeMs: 120_000,
};

const contents = {
  range: { firstMs: 1_700_000_000_000, lastMs: 1_700_086_400_000 },
  words: { exchange: ["binance"], market_type: ["spot", "linear"], symbol: ["BTCUSDT", "ETHUSDT"] },
};
const place = (alias: string, key: string, word: string, count: number) =>
  `transform(\`${alias}\`.\`${key}\`, {${word}:Array(String)}, range(1, ${count} + 1), 0)`;
/** Words are bound as three parameters, the first of this number. */
const number = (alias: string, first: number) =>
  `(${place(alias, "exchange", `p${first}`, 1)} * (2 + 1) + ${place(alias, "market_type", `p${first + 1}`, 2)}) * (2 + 1)` +
  ` + ${place(alias, "symbol", `p${first + 2}`, 2)} as \`instrument_number\``;
const last = (parameter: string) => `fromUnixTimestamp64Milli({${parameter}:Int64}, 'UTC')`;

describe("the point-in-time query", () => {
  it("joins each spine row with the last row known by then", () => {
    const { sql, params } = pointInTimeQuery({
      ...request,
      spine: { ...request.spine, contents },
      packed: true,
    });
    expect(sql).toBe(
      [
        "select `joined`.`row` as `row`, `joined`.`symbol` as `symbol`, `joined`.`ts` as `ts`, `joined`.`weight` as `weight`,",
        "if(`joined`.`fresh`, `joined`.`bucket_id`, null) as `bucket_id`,",
        "if(`joined`.`fresh`, `joined`.`bucket_ts_end`, null) as `bucket_ts_end`,",
        "if(`joined`.`fresh`, `joined`.`available_at`, null) as `available_at`,",
        "if(`joined`.`fresh`, `joined`.`age_ms` / 1000, null) as `age_s`,",
        "if(`joined`.`fresh`, `joined`.`order_flow__volume`, null) as `order_flow__volume`",
        "from (select `spine_row`.`row` as `row`, `spine_row`.`symbol` as `symbol`, `spine_row`.`ts` as `ts`, `spine_row`.`weight` as `weight`,",
        "`vector_row`.`bucket_id` as `bucket_id`, `vector_row`.`bucket_ts_end` as `bucket_ts_end`, `vector_row`.`available_at` as `available_at`,",
        "toUnixTimestamp64Milli(`spine_row`.`ts`) - toUnixTimestamp64Milli(`vector_row`.`available_at`) as `age_ms`,",
        "toUnixTimestamp64Milli(`spine_row`.`ts`) - toUnixTimestamp64Milli(`vector_row`.`available_at`) <= {p0:Int64} as `fresh`,",
        "`vector_row`.`order_flow__volume` as `order_flow__volume`",
        "from (select `spine`.`exchange` as `exchange`, `spine`.`market_type` as `market_type`, `spine`.`symbol` as `symbol`, `spine`.`ts` as `ts`, `spine`.`row` as `row`, `spine`.`weight` as `weight`,",
        "bitShiftLeft(toUInt64(toUnixTimestamp64Milli(`spine`.`ts`) - {p1:Int64}), 37) + {p2:UInt64} as `known_by`,",
        number("spine", 3),
        "from `raw`.`moments` as `spine`) as `spine_row`",
        `asof left join (select ${number("vector", 6)},`,
        "`vector`.`bucket_id` as `bucket_id`, `vector`.`bucket_ts_end` as `bucket_ts_end`, `vector`.`available_at` as `available_at`,",
        "bitShiftLeft(toUInt64(toUnixTimestamp64Milli(`vector`.`available_at`) - {p9:Int64}), 37) + `vector`.`bucket_id`",
        "+ throwIf(`vector`.`bucket_id` > {p10:UInt64}, 'a bucket id needs more bits') as `known_at`,",
        "`vector`.`order_flow__volume` as `order_flow__volume`",
        "from `features`.`vector_trend_v1__0a1b2c3d` as `vector` final",
        "where indexHint(`vector`.`exchange` in {p11:Array(String)} and `vector`.`market_type` in {p12:Array(String)} and `vector`.`symbol` in {p13:Array(String)})",
        "and `vector`.`available_at` >= fromUnixTimestamp64Milli({p14:Int64}, 'UTC') - toIntervalMillisecond({p15:Int64})",
        `and \`vector\`.\`available_at\` <= ${last("p16")} and indexHint(\`vector\`.\`bucket_ts_start\` <= ${last("p17")})) as \`vector_row\``,
        "on `spine_row`.`instrument_number` = `vector_row`.`instrument_number` and `vector_row`.`known_at` <= `spine_row`.`known_by`) as `joined`",
        "order by `joined`.`row` settings `join_use_nulls` = 1, `join_algorithm` = 'hash', `max_block_size` = 262144, `preferred_block_size_bytes` = 32000000, `do_not_merge_across_partitions_select_final` = 1",
      ].join(" "),
    );
    const { exchange, market_type, symbol } = contents.words;
    const { firstMs, lastMs } = contents.range;
    expect(Object.values(params)).toEqual([
      ...[120_000, firstMs - 120_000, 2n ** 37n - 1n],
      ...[exchange, market_type, symbol, exchange, market_type, symbol],
      ...[firstMs - 120_000, 2n ** 37n - 1n],
      ...[exchange, market_type, symbol],
      ...[firstMs, 120_000, lastMs, lastMs],
    ]);
  });

  it("looks for itself what the spine holds, and takes ids of 64 bits", () => {
    const { sql, params } = pointInTimeQuery(request);
    const moments = "from `raw`.`moments` as `spine`";
    for (const key of ["exchange", "market_type", "symbol"]) {
      const words = `(select distinct \`spine\`.\`${key}\` as \`${key}\` ${moments})`;
      const list = `(select arraySort(groupArray(toString(\`spine\`.\`${key}\`))) as \`words\` from ${words} as \`spine\`)`;
      for (const alias of ["spine", "vector"]) {
        expect(sql).toContain(
          `transform(\`${alias}\`.\`${key}\`, ${list}, range(1, length(${list}) + 1), 0)`,
        );
      }
      expect(sql).toContain(`\`vector\`.\`${key}\` in ${words}`);
    }
    expect(sql).toContain(`>= (select min(\`spine\`.\`ts\`) as \`moment\` ${moments}) - `);
    expect(sql).toContain(
      "toDecimal128(bitShiftLeft(toInt128(toUnixTimestamp64Milli(`vector`.`available_at`)), 64) + `vector`.`bucket_id`, 0) as `known_at`",
    );
    expect(Object.values(params)).toEqual([120_000, 2n ** 64n - 1n, 120_000]);
    const long = { ...contents, range: { firstMs: -9e12, lastMs: 1e13 } };
    const wide = pointInTimeQuery({ ...request, spine: { ...request.spine, contents: long }, packed: true });
    expect(wide.sql).toContain("toDecimal128(");
  });

  it("is told of few words only, since a server takes them as part of its address", () => {
    const of = (symbol: readonly string[]) => areFew({ ...contents.words, symbol });
    const symbols = (count: number) => Array.from({ length: count }, (_, place) => `S${place}`);
    expect([of([]), of(symbols(100)), of(symbols(101))]).toEqual([true, true, false]);
    expect([of(["A".repeat(1000)]), of(["A".repeat(1500)])]).toEqual([true, false]);
  });

  it("sorts on disk when it is told to, and leaves out an order that nobody asked for", () => {
    const { sql } = pointInTimeQuery({
      ...request,
      spine: { table: request.spine.table, columns: ["row"] },
      algorithm: "full_sorting_merge",
    });
    expect(sql).toContain(
      "`join_algorithm` = 'full_sorting_merge', `max_bytes_before_external_sort` = 500000000",
    );
    expect(sql).not.toContain("order by");
  });

  it("refuses spine columns that would be taken for its own", () => {
    const clash = (name: string) => () =>
      pointInTimeQuery({ ...request, spine: { ...request.spine, columns: [name] } });
    expect(clash("bucket_id")).toThrow("two columns named bucket_id");
    expect(clash("order_flow__volume")).toThrow("two columns named order_flow__volume");
    expect(clash("age_ms")).toThrow("two columns named age_ms");
  });
});
