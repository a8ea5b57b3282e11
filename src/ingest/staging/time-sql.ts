/** Expressions that read times from text as microseconds since 1970. */
import { quoteString } from "../../schema/quote.js";
import type { TimeRule } from "./reading.js";

/** 2009-01-01 and 2100-01-01, in seconds: what is outside is no time of a market. */
const earliest = 1_230_768_000;
const latest = 4_102_444_800;

const perSecond = { seconds: 1, milliseconds: 1e3, microseconds: 1e6, nanoseconds: 1e9 } as const;
/** The engine itself would read 99:00 as a time some days later. */
const isoPattern = quoteString(
  "^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:([0-5][0-9]|60))?([^0-9:]|$)",
);

export interface TimeReading {
  /** `<name>_number` and `<name>_us`: Int64, 0 where the text is no time of the kind that is expected. */
  readonly aliases: readonly (readonly [name: string, sql: string])[];
  readonly microseconds: string;
  /** Why a text gave 0: a sentence that begins with `column`. */
  readonly problem: (column: string) => string;
}

/** Branches and NULL are slow for whole columns, so numbers are told apart by arithmetic. */
export function readTime(name: string, text: string, rule: TimeRule): TimeReading {
  const number = `${name}_number`;
  const microseconds = `${name}_us`;
  return {
    aliases: [
      [number, `toInt64OrZero(${text})`],
      [microseconds, readTyped(text, number, rule)],
    ],
    microseconds,
    problem: (column) => problem(text, rule, column),
  };
}

/** A typed time comes as ISO text in UTC; other texts of that form are none of the unit's. */
function readTyped(text: string, number: string, rule: TimeRule): string {
  const read = readMicroseconds(text, number, rule);
  const hasOwn = rule.unit === "iso" || rule.unit === "any";
  return rule.isTyped && !hasOwn
    ? `if(match(${text}, ${isoPattern}), ${fromIso(text, "UTC")}, ${read})`
    : read;
}

function readMicroseconds(text: string, number: string, rule: TimeRule): string {
  switch (rule.unit) {
    case "milliseconds_or_microseconds":
      return byMagnitude(number);
    case "iso":
      return fromIso(text, rule.zone);
    case "any":
      return `if(${number} = 0, ${fromIso(text, "UTC")}, ${byMagnitude(number)})`;
    default: {
      const unit = perSecond[rule.unit];
      const whole = unit > 1e6 ? `intDiv(${number}, ${unit / 1e6})` : `${number} * ${1e6 / unit}`;
      const inTime = `${whole} * ${within(number, unit)}`;
      if (unit >= 1e6) return inTime;
      const broken = `toInt64(toDecimal128OrZero(${text}, 6) * ${1e6 / unit})`;
      return `if(position(${text}, '.') = 0, ${inTime}, ${broken} * ${within(broken, 1e6)})`;
    }
  }
}

/** Milliseconds and microseconds of the years in question have no value in common. */
function byMagnitude(number: string): string {
  return `${number} * (1000 * ${within(number, 1e3)} + ${within(number, 1e6)})`;
}

function fromIso(text: string, zone: string): string {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})$/.exec(zone) ?? [];
  const name = sign === undefined ? zone : `Fixed/UTC${sign}${hours}:${minutes}:00`;
  const time = `toUnixTimestamp64Micro(parseDateTime64BestEffortOrZero(${text}, 6, ${quoteString(name)}))`;
  return `if(match(${text}, ${isoPattern}), ${time} * ${within(time, 1e6)}, 0)`;
}

function within(value: string, unit: number): string {
  return `(${value} >= ${earliest * unit} AND ${value} < ${latest * unit})`;
}

function problem(text: string, rule: TimeRule, column: string): string {
  const isNumber = rule.unit !== "iso";
  const isText = rule.unit === "iso" || rule.unit === "any";
  const cases = [
    `${text} = '', '${column} is missing'`,
    ...(isNumber && rule.unit !== "seconds"
      ? [`${within(`toInt64OrZero(${text})`, 1)}, '${column} is in seconds'`]
      : []),
    ...(isNumber ? [`isNotNull(toFloat64OrNull(${text})), '${column} is out of range'`] : []),
    ...(isText ? [`match(${text}, ${isoPattern}), '${column} is out of range'`] : []),
  ];
  return `multiIf(${cases.join(", ")}, '${column} is not a time')`;
}
