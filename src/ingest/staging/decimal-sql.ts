/** Expressions that read decimals from text without losing a digit, and say what is wrong with those that cannot be read. */

const digits = 8;
const number = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$";

export type DecimalType = "Decimal(18, 8)" | "Decimal(38, 8)";

/** 0 where the text is no number or does not fit. Digits beyond the eighth are cut off: see `isExact`. */
export function readDecimal(text: string, type: DecimalType): string {
  return `${type === "Decimal(18, 8)" ? "toDecimal64OrZero" : "toDecimal128OrZero"}(${text}, ${digits})`;
}

/** Whether a number fits its type. */
export function fits(text: string, type: DecimalType): string {
  return `isNotNull(${type === "Decimal(18, 8)" ? "toDecimal64OrNull" : "toDecimal128OrNull"}(${text}, ${digits}))`;
}

/** Nullable; rounded to eight decimals, for values that somebody computed (rates, index prices, averages). */
export function readRounded(text: string, type: DecimalType): string {
  const rounded = `round(toDecimal256OrNull(${text}, 30), ${digits})`;
  return `accurateCastOrNull(${rounded}, '${type}')`;
}

/** Whether the text has at most eight decimals. The first test is cheap and nearly always enough. */
export function isExact(text: string): string {
  const isShort =
    `(position(${text}, '.') = 0 OR length(${text}) - position(${text}, '.') <= ${digits})` +
    ` AND position(${text}, 'e') = 0 AND position(${text}, 'E') = 0`;
  return `if(${isShort}, true, ifNull(toDecimal256OrNull(${text}, 40) = toDecimal256OrNull(${text}, ${digits}), false))`;
}

export function isNumber(text: string): string {
  return `match(${text}, '${number}')`;
}
