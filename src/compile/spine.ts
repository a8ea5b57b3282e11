/** The table of moments that a point-in-time query starts from, and what the query needs to know of it. */
import { type RawBuilder, sql } from "kysely";
import { instrumentKey } from "../schema/common-columns.js";
import type { TableName } from "../schema/object.js";
import type { TimeRange } from "./known-at.js";
import { queryBuilder } from "./kysely/query-builder.js";
import { table } from "./kysely/table.js";
import { typed } from "./kysely/typed-parameter.js";
import { column } from "./stored-vector.js";

/** `exchange, market_type, symbol` as LowCardinality(String), `ts DateTime64(3, 'UTC')`, and any other columns. */
export interface Spine {
  readonly table: TableName;
  /** The columns that the result begins with. */
  readonly columns: readonly string[];
  /** A column that the result is sorted by; undefined: the result has no order. */
  readonly orderBy?: string;
  /** What the table holds. Without it the query looks for itself, eight times, each of which is planned and read alone. */
  readonly contents?: SpineContents | undefined;
}

export interface SpineContents {
  /** Of `ts`. */
  readonly range: TimeRange;
  /** The different words of each key column; `areFew` of them. */
  readonly words: SpineWords;
}

export type SpineWords = Readonly<Record<InstrumentWord, readonly string[]>>;

export const mostWords = 100;
const mostCharacters = 1500;

/**
 * Whether words can be listed in a statement. They are bound to it three times each, and a server takes what is bound as part of its
 * address, of which proxies allow some kilobytes.
 */
export function areFew(words: SpineWords): boolean {
  const lists = Object.values(words);
  return lists.every((list) => list.length <= mostWords) && lists.flat().join("").length <= mostCharacters;
}

export type InstrumentWord = (typeof instrumentKey)[number];

export interface SpineRow {
  readonly exchange: string;
  readonly market_type: string;
  readonly symbol: string;
  readonly ts: string;
}

export function spineRows({ table: name }: Spine) {
  return queryBuilder().selectFrom(table<SpineRow, "spine">(name, "spine"));
}

/** The spine's first and last moment. */
export function spineEnds(spine: Spine): {
  readonly first: RawBuilder<unknown>;
  readonly last: RawBuilder<unknown>;
} {
  const { contents } = spine;
  if (contents === undefined) {
    const moment = (which: "min" | "max") =>
      sql`${spineRows(spine).select(sql`${sql.raw(which)}(${column("spine", "ts")})`.as("moment"))}`;
    return { first: moment("min"), last: moment("max") };
  }
  const moment = (ms: number) => sql`fromUnixTimestamp64Milli(${typed(ms, "Int64")}, 'UTC')`;
  return { first: moment(contents.range.firstMs), last: moment(contents.range.lastMs) };
}

/** Whether each word of `alias`' instrument is one of the spine's. */
export function ofSpineWords(spine: Spine, alias: string): RawBuilder<boolean> {
  const known = instrumentKey.map((key) => sql`${column(alias, key)} in ${setOfWords(spine, key)}`);
  return sql`${sql.join(known, sql` and `)}`;
}

/**
 * An instrument as one number: the places of its three words among the spine's words, the first being 1, in mixed radix. A word that
 * the spine does not have counts as 0, so no other instrument has the number of one of the spine's. The engine finds a place once
 * for each word of a block's dictionary; three strings it would hash for each row.
 */
export function instrumentNumber(spine: Spine, alias: string): RawBuilder<unknown> {
  const place = (key: InstrumentWord) => {
    const { list, count } = listOfWords(spine, key);
    return sql`transform(${column(alias, key)}, ${list}, range(1, ${count} + 1), 0)`;
  };
  const radix = (key: InstrumentWord) => sql`(${listOfWords(spine, key).count} + 1)`;
  return sql`(${place("exchange")} * ${radix("market_type")} + ${place("market_type")}) * ${radix("symbol")} + ${place("symbol")}`;
}

function setOfWords(spine: Spine, key: InstrumentWord): RawBuilder<unknown> {
  return spine.contents === undefined ? sql`${distinct(spine, key)}` : bound(spine.contents, key);
}

function listOfWords(spine: Spine, key: InstrumentWord) {
  const { contents } = spine;
  if (contents !== undefined)
    return { list: bound(contents, key), count: sql.lit(contents.words[key].length) };
  const list = queryBuilder()
    .selectFrom(distinct(spine, key).as("spine"))
    .select(sql`arraySort(groupArray(toString(${column("spine", key)})))`.as("words"));
  return { list: sql`${list}`, count: sql`length(${list})` };
}

function bound({ words }: SpineContents, key: InstrumentWord): RawBuilder<unknown> {
  return typed(words[key], "Array(String)");
}

/** A subquery of the words that a column of the spine has. */
function distinct(spine: Spine, key: InstrumentWord) {
  return spineRows(spine).select(column("spine", key).as(key)).distinct();
}
