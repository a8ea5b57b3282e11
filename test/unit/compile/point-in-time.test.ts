import { describe, expect, it } from "vitest";
import { type PointInTime, pointInTimeQuery } from "../../../src/compile/point-in-time.js";

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

const instruments =
  "select distinct `spine`.`exchange` as `exchange`, `spine`.`market_type` as `market_type`, `spine`.`symbol` as `symbol` from `raw`.`moments` as `spine`";
const words = (key: string) =>
  `(select arraySort(groupUniqArray(toString(\`spine\`.\`${key}\`))) as \`words\` from \`raw\`.\`moments\` as \`spine\`)`;
const place = (alias: string, key: string) =>
  `transform(\`${alias}\`.\`${key}\`, ${words(key)}, arrayEnumerate(${words(key)}), 0)`;
const radix = (key: string) => `(length(${words(key)}) + 1)`;
const number = (alias: string) =>
  `(${place(alias, "exchange")} * ${radix("market_type")} + ${place(alias, "market_type")}) * ${radix("symbol")} + ${place(alias, "symbol")} as \`instrument_number\``;
const last = "(select max(`spine`.`ts`) as `last` from `raw`.`moments` as `spine`)";

describe("the point-in-time query", () => {
  it("joins each spine row with the last row known by then", () => {
    const { sql, params } = pointInTimeQuery(request);
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
        "toDecimal128(bitShiftLeft(toInt128(toUnixTimestamp64Milli(`spine`.`ts`)), 64) + {p1:UInt64}, 0) as `known_by`,",
        number("spine"),
        "from `raw`.`moments` as `spine`) as `spine_row`",
        `asof left join (select ${number("vector")},`,
        "`vector`.`bucket_id` as `bucket_id`, `vector`.`bucket_ts_end` as `bucket_ts_end`, `vector`.`available_at` as `available_at`,",
        "toDecimal128(bitShiftLeft(toInt128(toUnixTimestamp64Milli(`vector`.`available_at`)), 64) + `vector`.`bucket_id`, 0) as `known_at`,",
        "`vector`.`order_flow__volume` as `order_flow__volume`",
        "from `features`.`vector_trend_v1__0a1b2c3d` as `vector` final",
        `where indexHint((\`vector\`.\`exchange\`, \`vector\`.\`market_type\`, \`vector\`.\`symbol\`) in (${instruments}))`,
        "and `vector`.`available_at` >= (select min(`spine`.`ts`) as `first` from `raw`.`moments` as `spine`) - toIntervalMillisecond({p2:Int64})",
        `and \`vector\`.\`available_at\` <= ${last} and \`vector\`.\`bucket_ts_start\` <= ${last}) as \`vector_row\``,
        "on `spine_row`.`instrument_number` = `vector_row`.`instrument_number` and `vector_row`.`known_at` <= `spine_row`.`known_by`) as `joined`",
        "order by `joined`.`row` settings `join_use_nulls` = 1, `join_algorithm` = 'hash', `do_not_merge_across_partitions_select_final` = 1",
      ].join(" "),
    );
    expect(params).toEqual({ p0: 120_000, p1: 18_446_744_073_709_551_615n, p2: 120_000 });
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
