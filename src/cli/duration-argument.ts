import { FeatureError } from "../errors.js";
import { parseDuration } from "../spec/duration.js";

/** `30s`, `12h`, `7d` in milliseconds; above 0. */
export function durationArgument(option: string, text: string): number {
  const duration = /^\d{1,12}(ms|s|m|h|d)$/.test(text) ? parseDuration(text) : undefined;
  if (duration !== undefined && duration > 0) return duration;
  throw new FeatureError("FS_CLI_USAGE", `${option} ${text} is no duration.`, {
    hint: "Write a whole number with its unit, such as 12h or 7d.",
  });
}
