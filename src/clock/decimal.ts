/** Exact decimals: text and integers of 1e-8, the scale of every quantity and price that is stored. */
import { FeatureError } from "../errors.js";

const scale = 8;
const decimalText = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Decimal text (`12.5`, `0.00000001`, `1e-7`) to lots, units of 1e-8. Exact at any size.
 * @throws FeatureError FS_CLOCK_DECIMAL when it is no number, or has digits below 1e-8.
 */
export function parseLots(text: string): bigint {
  const match = decimalText.exec(text.trim());
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match ?? [];
  const digits = whole + fraction;
  if (digits === "") {
    throw new FeatureError("FS_CLOCK_DECIMAL", `"${text}" is no decimal number`);
  }
  const shift = scale - fraction.length + Number(exponent);
  const significant = BigInt(digits);
  const magnitude = shift >= 0 ? significant * 10n ** BigInt(shift) : dropZeros(significant, -shift, text);
  return sign === "-" ? -magnitude : magnitude;
}

function dropZeros(digits: bigint, count: number, text: string): bigint {
  const divisor = 10n ** BigInt(count);
  if (digits % divisor !== 0n) {
    throw new FeatureError("FS_CLOCK_DECIMAL", `${text} has more than ${scale} decimals`);
  }
  return digits / divisor;
}

/** Lots to the shortest decimal text: `1250000000n` is `12.5`. The inverse of `parseLots`. */
export function formatLots(lots: bigint): string {
  const digits = (lots < 0n ? -lots : lots).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  return `${lots < 0n ? "-" : ""}${digits.slice(0, -scale)}${fraction === "" ? "" : "."}${fraction}`;
}
