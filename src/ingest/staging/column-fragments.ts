/** Fragments of the columns that sources are made of. Each takes the cell's text and names its parts after the column. */
import { baseQuantity } from "./contract-sql.js";
import { type DecimalType, fits, isExact, isNumber, readDecimal, readRounded } from "./decimal-sql.js";
import { type Fragment, fragment } from "./fragment.js";
import type { TimeRule } from "./reading.js";
import { readTime } from "./time-sql.js";

const price: DecimalType = "Decimal(18, 8)";
const amount: DecimalType = "Decimal(38, 8)";

/** A price: above zero, exact. */
export function priceFragment(name: string, text: string): Fragment {
  const value = `${name}_value`;
  return fragment({
    aliases: [[value, readDecimal(text, price)]],
    fine: [`${value} > 0`, isExact(text)],
    problems: [exactProblem(name, text, price)],
    columns: [{ name, type: price, sql: value }],
  });
}

/** A quantity: above zero, exact; `contractPrice` names the price that inverse contracts are converted with. */
export function quantityFragment(name: string, text: string, contractPrice: string | undefined): Fragment {
  const given = `${name}_given`;
  const value = `${name}_value`;
  return fragment({
    aliases: [
      [given, readDecimal(text, amount)],
      [value, contractPrice === undefined ? given : baseQuantity(given, contractPrice)],
    ],
    fine: [`${value} > 0`, isExact(text)],
    problems: [
      exactProblem(name, text, amount),
      `if(${value} > 0, '', '${name} in base units is zero or too large')`,
    ],
    columns: [{ name, type: amount, sql: value }],
  });
}

/** A number of any sign that may be missing, rounded to eight decimals. */
export function roundedFragment(name: string, text: string, type: DecimalType): Fragment {
  const value = `${name}_value`;
  return fragment({
    aliases: [[value, readRounded(text, type)]],
    fine: [`(isNotNull(${value}) OR ${text} = '')`],
    problems: [
      `multiIf(${text} = '', '', NOT ${isNumber(text)}, '${name} is not a number', isNull(${value}), '${name} is too large', '')`,
    ],
    columns: [{ name, type: `Nullable(${type})`, sql: value }],
  });
}

/** A number that must be there and not be negative, rounded to eight decimals. */
export function neededFragment(name: string, text: string, type: DecimalType): Fragment {
  const value = `${name}_value`;
  return fragment({
    aliases: [[value, readRounded(text, type)]],
    fine: [`ifNull(${value} >= 0, false)`],
    problems: [numberProblem(name, text, `isNotNull(${value})`, `${value} < 0, '${name} is negative'`)],
    columns: [{ name, type, sql: `assumeNotNull(${value})` }],
  });
}

/** A count or sequence number; 0 where it is missing. */
export function countFragment(name: string, text: string): Fragment {
  const value = `${name}_value`;
  return fragment({
    aliases: [[value, `toUInt64OrNull(${text})`]],
    fine: [`(isNotNull(${value}) OR ${text} = '')`],
    problems: [`if(isNull(${value}) AND ${text} != '', '${name} is not a whole number', '')`],
    columns: [{ name, type: "UInt64", sql: `ifNull(${value}, 0)` }],
  });
}

/** 1 buy, 2 sell. */
export function sideFragment(name: string, text: string): Fragment {
  const value = `${name}_value`;
  const codes =
    "arrayConcat(arrayMap(word -> 1, {buy:Array(String)}), arrayMap(word -> 2, {sell:Array(String)}))";
  return fragment({
    aliases: [
      [
        value,
        `transform(lower(${text}), arrayConcat({buy:Array(String)}, {sell:Array(String)}), ${codes}, 0)`,
      ],
    ],
    fine: [`${value} > 0`],
    problems: [`if(${value} = 0, '${name} is unknown', '')`],
    columns: [
      {
        name,
        type: "Enum8('buy' = 1, 'sell' = 2)",
        sql: `CAST(greatest(${value}, 1) AS Enum8('buy' = 1, 'sell' = 2))`,
      },
    ],
  });
}

export function textFragment(name: string, text: string, type: string, otherwise: string): Fragment {
  return fragment({ columns: [{ name, type, sql: `if(${text} = '', ${otherwise}, ${text})` }] });
}

/** A time beside the row's own; NULL where it is missing. */
export function otherTimeFragment(name: string, text: string, rule: TimeRule): Fragment {
  const { aliases, microseconds, problem } = readTime(name, text, rule);
  return fragment({
    aliases,
    fine: [`(${microseconds} > 0 OR ${text} = '')`],
    problems: [`if(${microseconds} > 0 OR ${text} = '', '', ${problem(name)})`],
    columns: [
      {
        name,
        type: "Nullable(DateTime64(3, 'UTC'))",
        sql: `if(${microseconds} > 0, fromUnixTimestamp64Milli(intDiv(${microseconds}, 1000), 'UTC'), NULL)`,
      },
    ],
  });
}

/** `YYYY-MM-DD`; 1970-01-01 where it is missing. */
export function dateFragment(name: string, text: string): Fragment {
  const value = `${name}_value`;
  // The engine reads the 31st of February as a day in March.
  const isDate = `(${text} = '' OR toString(${value}) = ${text})`;
  return fragment({
    aliases: [[value, `toDateOrZero(${text})`]],
    fine: [isDate],
    problems: [`if(${isDate}, '', '${name} is not a date')`],
    columns: [{ name, type: "Date", sql: value }],
  });
}

function exactProblem(name: string, text: string, type: DecimalType): string {
  const more = [
    `toDecimal256OrNull(${text}, 40) <= 0, '${name} is not positive'`,
    `NOT ${isExact(text)}, '${name} has more than 8 decimals'`,
  ];
  return numberProblem(name, text, fits(text, type), more.join(", "));
}

/** Why a text is no number of a column; `more` are further cases of the `multiIf`. */
export function numberProblem(name: string, text: string, isFitting: string, more: string): string {
  const cases = [
    `${text} = '', '${name} is missing'`,
    `NOT ${isNumber(text)}, '${name} is not a number'`,
    `NOT ${isFitting}, '${name} is too large'`,
    more,
  ];
  return `multiIf(${cases.join(", ")}, '')`;
}
