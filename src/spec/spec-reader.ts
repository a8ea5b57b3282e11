/** A file under reading: its values, the findings on it, and the conversions that all kinds of files share. */
import { type ErrorCode, FeatureError, type Location } from "../errors.js";
import { parseDuration } from "./duration.js";
import type { YamlFile } from "./yaml-file.js";

/** Prices are stored with 8 decimals and 10 digits before the point; quantities and sizes fit far more. */
const maxDecimals = 8;
const maxWholeDigits = 10;

export class SpecReader {
  readonly file: YamlFile;
  readonly findings: FeatureError[];

  constructor(file: YamlFile, findings: FeatureError[]) {
    this.file = file;
    this.findings = findings;
  }

  add(code: ErrorCode, message: string, at: Location, hint?: string): void {
    this.findings.push(new FeatureError(code, message, { at, ...(hint === undefined ? {} : { hint }) }));
  }

  /** A duration that the schema has checked; too large ones are found here. */
  duration(pointer: string, text: string | undefined, fallbackMs: number): number {
    if (text === undefined) return fallbackMs;
    const milliseconds = parseDuration(text);
    if (milliseconds !== undefined) return milliseconds;
    this.add(
      "FS_SPEC_VALUE",
      `${text} is too long for a duration`,
      this.file.at(pointer),
      "Write a shorter one.",
    );
    return fallbackMs;
  }

  /** A positive decimal, exactly as it was written: 0.00001 never becomes 1e-5. */
  decimal(pointer: string): string {
    const text = this.file.textAt(pointer) ?? "";
    const [, whole, fraction = ""] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
    const at = this.file.at(pointer);
    if (whole === undefined) {
      this.add(
        "FS_SPEC_VALUE",
        `${text} is no plain decimal number`,
        at,
        "Write digits and a point, such as 0.00001.",
      );
    } else if (!/[1-9]/.test(text)) {
      this.add("FS_SPEC_VALUE", `${text} is not above 0`, at, "Write a number above 0.");
    } else if (fraction.replace(/0+$/, "").length > maxDecimals) {
      const message = `${text} has more than ${maxDecimals} decimals, the finest step that is stored`;
      this.add("FS_SPEC_VALUE", message, at, `Write at most ${maxDecimals} decimals.`);
    } else if (whole.replace(/^0+/, "").length > maxWholeDigits) {
      const message = `${text} has more than ${maxWholeDigits} digits before the point`;
      this.add("FS_SPEC_VALUE", message, at, `Write at most ${maxWholeDigits} digits before the point.`);
    } else {
      return text;
    }
    return "1";
  }
}

/** Names of entries to values, without the names that every object inherits. */
export function recordOf<T>(entries: Iterable<readonly [string, T]>): Readonly<Record<string, T>> {
  const record: Record<string, T> = Object.create(null);
  for (const [key, value] of entries) record[key] = value;
  return record;
}
