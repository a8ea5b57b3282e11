/** Durations as files and the command line write them: a whole number and its unit. */

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const pattern = /^(\d{1,12})(ms|s|m|h|d)$/;

/** `200ms`, `30s`, `5m`, `9h`, `7d` in milliseconds; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = pattern.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const milliseconds = Number(count) * unitMs[unit as keyof typeof unitMs];
  return Number.isSafeInteger(milliseconds) ? milliseconds : undefined;
}
