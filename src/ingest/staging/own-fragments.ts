/** What every staged row has: its time, when it was known, and what identifies it among the rows of its millisecond. */
import type { SourceName } from "../../spec/model.js";
import { cellOf, cellText, hasCell, type Texts } from "./cell-sql.js";
import { type Fragment, fragment } from "./fragment.js";
import type { Reading } from "./reading.js";
import { readTime } from "./time-sql.js";

/**
 * Bits of the staged column `open`: what the row does not say itself and the store has to find. 0: the row is complete, and its
 * sequence number alone tells it apart (with its timestamp, where the source is not identified by an id).
 */
export const openBits = { sequence: 1, id: 2, textId: 4 } as const;

/** Column of the venue's id, for sources that have one. */
export const idColumns: Readonly<Partial<Record<SourceName, string>>> = {
  trades: "trade_id",
  liquidations: "liquidation_id",
};

/** Column of the sequence number, for sources that have one. */
export const sequenceColumns: Readonly<Partial<Record<SourceName, string>>> = {
  trades: "trade_seq",
  orderbooks: "book_seq",
  funding_rates: "seq",
  open_interests: "seq",
  volatility_indices: "seq",
};

/** `timestamp` cut down to ms; `available_at` rounded up to ms, never before it: the row's own, else the time plus the delay. */
export function timeFragment(reading: Reading, texts: Texts): Fragment {
  const time = readTime("time", cellText(cellOf(reading, "timestamp"), texts), reading.time);
  const localText = cellText(cellOf(reading, "available_at"), texts);
  const local = readTime("local", localText, reading.time);
  const hasLocal = hasCell(reading, "available_at");
  const known = hasLocal
    ? "if(local_us > 0, local_us, time_us + {delay_us:Int64})"
    : "time_us + {delay_us:Int64}";
  return fragment({
    aliases: [...time.aliases, ...(hasLocal ? local.aliases : [["local_us", "toInt64(0)"] as const])],
    fine: ["time_us > 0", ...(hasLocal ? [`(local_us > 0 OR ${localText} = '')`] : [])],
    problems: [
      `if(time_us > 0, '', ${time.problem("time")})`,
      ...(hasLocal ? [`if(local_us > 0 OR ${localText} = '', '', ${local.problem("available_at")})`] : []),
    ],
    columns: [
      { name: "timestamp", type: "DateTime64(3, 'UTC')", sql: moment("intDiv(time_us, 1000)") },
      {
        name: "available_at",
        type: "DateTime64(3, 'UTC')",
        sql: moment(`intDiv(greatest(time_us, ${known} + 999), 1000)`),
      },
    ],
  });
}

function moment(milliseconds: string): string {
  return `fromUnixTimestamp64Milli(${milliseconds}, 'UTC')`;
}

/** `content` is a hash of the row's values, the same whatever file and format they came from. */
export function identityFragment(reading: Reading, texts: Texts, values: Fragment): Fragment {
  // A hash of something NULL would be NULL.
  const content = values.columns.map(({ type, sql }) =>
    type.startsWith("Nullable") ? `ifNull(toString(${sql}), '')` : sql,
  );
  const idColumn = idColumns[reading.source];
  const sequenceColumn = sequenceColumns[reading.source];
  const id = idColumn === undefined ? "''" : cellText(cellOf(reading, idColumn), texts);
  const derived = idColumn === undefined ? sequenceOfTime(reading, texts) : `toUInt64OrZero(${id})`;
  const isGiven = sequenceColumn !== undefined && hasCell(reading, sequenceColumn);
  const given = isGiven ? `toUInt64OrZero(${cellText(cellOf(reading, sequenceColumn), texts)})` : "0";
  const bits = [
    ...(sequenceColumn === undefined && idColumn === undefined
      ? []
      : [`${openBits.sequence} * (sequence = 0)`]),
    // Of a given sequence it is not known that it goes with one id.
    ...(idColumn === undefined
      ? []
      : [
          `${openBits.id} * (${id} = '')`,
          `${openBits.textId} * (derived_sequence = 0 OR sequence != derived_sequence)`,
        ]),
  ];
  return fragment({
    aliases: [
      ["content", `sipHash64(${content.join(", ")})`],
      ["derived_sequence", derived],
      ["sequence", isGiven ? `if(${given} > 0, ${given}, derived_sequence)` : "derived_sequence"],
      ["open_bits", `toUInt8(${bits.length === 0 ? "0" : bits.join(" + ")})`],
    ],
    columns: [
      { name: "id", type: "String", sql: id },
      { name: "seq", type: "UInt64", sql: "sequence" },
      { name: "open", type: "UInt8", sql: "open_bits" },
      { name: "content", type: "UInt64", sql: "if(open_bits = 0, 0, content)" },
    ],
  });
}

/**
 * 0 where nothing tells the order in a millisecond. The recorder's microsecond comes with 12 bits of the content: equal rows are one,
 * others of the same microsecond are not.
 */
function sequenceOfTime(reading: Reading, texts: Texts): string {
  const local = "bitOr(bitShiftLeft(toUInt64(local_us), 12), bitAnd(content, 4095))";
  const updateId = hasCell(reading, "last_update_id")
    ? `toUInt64OrZero(${cellText(cellOf(reading, "last_update_id"), texts)})`
    : "toUInt64(0)";
  return `if(local_us > 0, ${local}, ${updateId})`;
}
