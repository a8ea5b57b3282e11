/** `split:`: trades cut at whole multiples of a volume, so that a row lies in one slice of it. */
import { parseLots } from "../clock/decimal.js";
import type { Split } from "../spec/stream-rows.js";
import { sqlTemplate } from "../sql-template.js";
import { rowWindow } from "./expression/row-windows.js";
import { nested } from "./nested.js";
import type { RowLevel } from "./row-level.js";

const template = sqlTemplate(import.meta.url, "split-before");

/** Where the volume before a bucket is read: the table of all buckets, and the relation of those that are computed. */
export interface SplitScope {
  readonly bounds: string;
  readonly buckets: string;
}

/** What the join adds to each row; the levels below drop it. */
export const beforeColumns = ["split__day", "split__before", "split__size"] as const;

/** FROM-text of the stream with, on each row, the volume of the day before its bucket. */
export function splitRelation(columns: readonly string[], stream: string, scope: SplitScope): string {
  const text = template({
    columns: columns.map((name) => `s.${name} AS ${name}`).join(",\n"),
    stream,
    ...scope,
  });
  return nested(text);
}

/**
 * Of a bucket that spans more slices only the last ones have rows: where the volume is far too small for a market, every trade
 * would become thousands.
 */
const slicesPerBucket = 100;

/** The steps from there to one row a trade and slice. Everything is in whole lots. */
export function splitLevels({ volume }: Split): RowLevel[] {
  const size = volume === undefined ? "split__size" : `toInt128(${parseLots(volume)})`;
  const begin = "split__end - quantity_lots";
  const first = `intDiv(split__last - 1, ${size}) - ${slicesPerBucket - 1}`;
  const at = (slices: string): string => `${slices} * ${size}`;
  return [
    {
      columns: [
        { name: "split__end", sql: `split__before + sum(quantity_lots) OVER ${rowWindow("so_far")}` },
      ],
    },
    { columns: [{ name: "split__last", sql: `max(split__end) OVER ${rowWindow("bucket")}` }] },
    {
      columns: [
        {
          name: "split__slice",
          sql: `toInt64(arrayJoin(range(toUInt64(greatest(intDiv(${begin}, ${size}), ${first})), toUInt64(greatest(intDiv(split__end - 1, ${size}) + 1, ${first})))))`,
        },
      ],
    },
    {
      columns: [
        // Dense within a day; days are far apart.
        { name: "slice", sql: "split__day * 1000000000 + split__slice" },
        {
          name: "slice_lots",
          sql: `least(split__end, ${at("(split__slice + 1)")}) - greatest(${begin}, ${at("split__slice")})`,
        },
        { name: "slice_is_start", sql: `${begin} <= ${at("split__slice")}` },
        { name: "slice_is_end", sql: `split__end >= ${at("(split__slice + 1)")}` },
      ],
      drop: ["split__end", "split__last", "split__slice", ...beforeColumns],
    },
  ];
}
