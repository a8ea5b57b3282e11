import { type Compilable, type Kysely, sql } from "kysely";
import { asof } from "../../src/compile/kysely/asof.js";
import { final } from "../../src/compile/kysely/final.js";
import { limitBy } from "../../src/compile/kysely/limit-by.js";
import { settings } from "../../src/compile/kysely/settings.js";
import { table } from "../../src/compile/kysely/table.js";
import { typed } from "../../src/compile/kysely/typed-parameter.js";

/** Queries of the ClickHouse dialect: their text is asserted without an engine, their rows on each of them. */
interface DialectQuery {
  readonly name: string;
  readonly build: (db: Kysely<unknown>) => Compilable & { execute(): Promise<unknown[]> };
  readonly text: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** What they give on the tables of `dialectTables`. */
  readonly rows: readonly unknown[];
}

const trades = { database: "dialect", name: "trades" };
const quotes = { database: "dialect", name: "odd `na\\me" };

interface Trade {
  readonly symbol: string;
  readonly time: number;
  readonly size: number;
}
interface Quote {
  readonly symbol: string;
  readonly time: number;
  readonly bid: number;
}

export const dialectTables = [
  "CREATE DATABASE dialect ENGINE = Atomic",
  "CREATE TABLE dialect.trades (symbol String, time Int64, size Int64, v UInt64) ENGINE = ReplacingMergeTree(v) ORDER BY (symbol, time)",
  "INSERT INTO dialect.trades VALUES ('A', 10, 1, 1), ('A', 20, 2, 1), ('B', 10, 3, 1)",
  "INSERT INTO dialect.trades VALUES ('A', 20, 22, 2)",
  "CREATE TABLE dialect.`odd \\`na\\\\me` (symbol String, time Int64, bid Float64) ENGINE = MergeTree ORDER BY (symbol, time)",
  "INSERT INTO dialect.`odd \\`na\\\\me` VALUES ('A', 5, 0.5), ('A', 15, 1.5), ('A', 20, 2)",
];

export const dialectQueries: readonly DialectQuery[] = [
  {
    name: "FINAL reads the newest version",
    build: (db) =>
      db
        .selectFrom(final<Trade, "t">(trades, "t"))
        .select(["t.symbol", "t.time", "t.size"])
        .where("t.symbol", "=", "A")
        .where("t.size", ">", 1)
        .orderBy("t.time", "desc")
        .limit(5),
    text:
      "select `t`.`symbol` as `symbol`, `t`.`time` as `time`, `t`.`size` as `size` from `dialect`.`trades` as `t` final " +
      "where `t`.`symbol` = {p0:String} and `t`.`size` > {p1:Int64} order by `t`.`time` desc limit {p2:Int64}",
    params: { p0: "A", p1: 1, p2: 5 },
    rows: [{ symbol: "A", time: "20", size: "22" }],
  },
  {
    name: "an ASOF LEFT JOIN keeps misses as NULL with join_use_nulls",
    build: (db) =>
      db
        .selectFrom(final<Trade, "t">(trades, "t"))
        .leftJoin(table<Quote, "q">(quotes, "q"), (join) =>
          asof(join.onRef("q.symbol", "=", "t.symbol").onRef("q.time", "<=", "t.time")),
        )
        .select(["t.symbol", "t.time", "q.bid"])
        .orderBy("t.symbol")
        .orderBy("t.time")
        .modifyEnd(settings({ join_use_nulls: 1 })),
    text:
      "select `t`.`symbol` as `symbol`, `t`.`time` as `time`, `q`.`bid` as `bid` from `dialect`.`trades` as `t` final " +
      "asof left join `dialect`.`odd \\`na\\\\me` as `q` on `q`.`symbol` = `t`.`symbol` and `q`.`time` <= `t`.`time` " +
      "order by `t`.`symbol`, `t`.`time` settings `join_use_nulls` = 1",
    params: {},
    rows: [
      { symbol: "A", time: "10", bid: 0.5 },
      { symbol: "A", time: "20", bid: 2 },
      { symbol: "B", time: "10", bid: null },
    ],
  },
  {
    name: "an ASOF INNER JOIN leaves misses out, and a plain join stays one",
    build: (db) =>
      db
        .selectFrom(final<Trade, "t">(trades, "t"))
        .innerJoin(table<Quote, "q">(quotes, "q"), (join) =>
          asof(join.onRef("q.symbol", "=", "t.symbol").onRef("q.time", "<", "t.time")),
        )
        .innerJoin(table<Quote, "same">(quotes, "same"), "same.time", "q.time")
        .select(["t.time", "same.bid"])
        .orderBy("t.time"),
    text:
      "select `t`.`time` as `time`, `same`.`bid` as `bid` from `dialect`.`trades` as `t` final " +
      "asof inner join `dialect`.`odd \\`na\\\\me` as `q` on `q`.`symbol` = `t`.`symbol` and `q`.`time` < `t`.`time` " +
      "inner join `dialect`.`odd \\`na\\\\me` as `same` on `same`.`time` = `q`.`time` order by `t`.`time`",
    params: {},
    rows: [
      { time: "10", bid: 0.5 },
      { time: "20", bid: 1.5 },
    ],
  },
  {
    name: "LIMIT BY comes before SETTINGS",
    build: (db) =>
      db
        .selectFrom(table<Quote, "q">(quotes, "q"))
        .select(["q.symbol", "q.time"])
        .orderBy("q.time", "desc")
        .modifyEnd(limitBy(2, [sql.ref("q.symbol")]))
        .modifyEnd(settings({ max_threads: 1, log_comment: "it's \\ here" })),
    text:
      "select `q`.`symbol` as `symbol`, `q`.`time` as `time` from `dialect`.`odd \\`na\\\\me` as `q` order by `q`.`time` desc " +
      "limit 2 by `q`.`symbol` settings `max_threads` = 1, `log_comment` = 'it\\'s \\\\ here'",
    params: {},
    rows: [
      { symbol: "A", time: "20" },
      { symbol: "A", time: "15" },
    ],
  },
  {
    name: "parameters carry inferred and given types",
    build: (db) =>
      db.selectNoFrom([
        sql`${"it's \\ {p1:Int64} `x`"}`.as("text"),
        sql`${-5}`.as("integer"),
        sql`${2.5}`.as("float"),
        sql`${Number.POSITIVE_INFINITY} > ${1e300}`.as("larger"),
        sql`${true}`.as("truth"),
        sql`${2n ** 63n}`.as("unsigned"),
        sql`${sql.val(["a'", "b"])}`.as("list"),
        typed("2024-08-08 23:54:15.342", "DateTime64(3, 'UTC')").as("time"),
        typed(null, "Nullable(String)").as("nothing"),
        typed([], "Array(Int64)").as("empty"),
        sql.lit("quote ' and \\").as("literal"),
      ]),
    text:
      "select {p0:String} as `text`, {p1:Int64} as `integer`, {p2:Float64} as `float`, " +
      "{p3:Float64} > {p4:Float64} as `larger`, {p5:Bool} as `truth`, {p6:UInt64} as `unsigned`, " +
      "{p7:Array(String)} as `list`, {p8:DateTime64(3, 'UTC')} as `time`, {p9:Nullable(String)} as `nothing`, " +
      "{p10:Array(Int64)} as `empty`, 'quote \\' and \\\\' as `literal`",
    params: {
      p0: "it's \\ {p1:Int64} `x`",
      p1: -5,
      p2: 2.5,
      p3: Number.POSITIVE_INFINITY,
      p4: 1e300,
      p5: true,
      p6: 2n ** 63n,
      p7: ["a'", "b"],
      p8: "2024-08-08 23:54:15.342",
      p9: null,
      p10: [],
    },
    rows: [
      {
        text: "it's \\ {p1:Int64} `x`",
        integer: "-5",
        float: 2.5,
        larger: 1,
        truth: true,
        unsigned: "9223372036854775808",
        list: ["a'", "b"],
        time: "2024-08-08 23:54:15.342",
        nothing: null,
        empty: [],
        literal: "quote ' and \\",
      },
    ],
  },
  {
    name: "sub-selects, IN lists and unions",
    build: (db) =>
      db
        .selectFrom(
          db
            .selectFrom(final<Trade, "t">(trades, "t"))
            .select(["t.symbol", "t.time"])
            .where("t.time", "in", [10, 11])
            .unionAll(
              db
                .selectFrom(table<Quote, "q">(quotes, "q"))
                .select(["q.symbol", "q.time"])
                .where("q.bid", "in", [0.5]),
            )
            .as("both"),
        )
        .select(["both.symbol", (eb) => eb.fn.countAll<string>().as("rows")])
        .groupBy("both.symbol")
        .orderBy("both.symbol"),
    text:
      "select `both`.`symbol` as `symbol`, count(*) as `rows` from (select `t`.`symbol` as `symbol`, `t`.`time` as `time` from `dialect`.`trades` as `t` final " +
      "where `t`.`time` in ({p0:Int64}, {p1:Int64}) union all " +
      "select `q`.`symbol` as `symbol`, `q`.`time` as `time` from `dialect`.`odd \\`na\\\\me` as `q` where `q`.`bid` in ({p2:Float64})) as `both` " +
      "group by `both`.`symbol` order by `both`.`symbol`",
    params: { p0: 10, p1: 11, p2: 0.5 },
    rows: [
      { symbol: "A", rows: "2" },
      { symbol: "B", rows: "1" },
    ],
  },
];
