/** `every: 1m`: a view of wall-clock minutes. They are the buckets of a clock of their own, which no file declares. */
import { parseDuration } from "./duration.js";
import type { Clock, FeatureView, Project } from "./model.js";
import type { SpecReader } from "./spec-reader.js";

const dayMs = 86_400_000;
const units = [
  ["d", dayMs],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

/** `every_1m`, `every_90s`: one name a length, however it was written. */
function clockOf(lengthMs: number): string {
  const [unit, ms] = units.find(([, size]) => lengthMs % size === 0) ?? ["s", 1000];
  return `every_${lengthMs / ms}${unit}`;
}

const pattern = /^every_(\d+[dhms])$/;

/** The clock that a view names, by `clock:` or by `every:`. */
export function readClockName(
  reader: SpecReader,
  raw: { readonly clock?: string; readonly every?: string },
): string {
  if (raw.every === undefined) return raw.clock ?? "";
  const lengthMs = parseDuration(raw.every) ?? 0;
  if (lengthMs >= 1000 && dayMs % lengthMs === 0) return clockOf(lengthMs);
  reader.add(
    "FS_SPEC_VALUE",
    `\`every: ${raw.every}\` does not divide a day into equal periods`,
    reader.file.at("/every"),
    "Write 1s, 10s, 1m, 5m, 15m, 1h or another length that does.",
  );
  return clockOf(60_000);
}

/** The clocks of a project's files, and one for each length that views are computed by. */
export function withPeriodClocks(project: Project, views: readonly FeatureView[]): Project {
  const added = [...new Set(views.map(({ clock }) => clock))].sort().flatMap((name): Clock[] => {
    const length = pattern.exec(name)?.[1];
    const lengthMs = length === undefined ? undefined : parseDuration(length);
    if (lengthMs === undefined || Object.hasOwn(project.clocks, name)) return [];
    return [
      {
        ...{ name, mode: "time", targetMs: lengthMs, maxMs: lengthMs, maxTrades: 0, bookGapMs: 120_000 },
        size: { fromBucketConfig: false, byInstrument: {}, fallback: undefined },
        allowedLatenessMs: 200,
      },
    ];
  });
  if (added.length === 0) return project;
  return {
    ...project,
    clocks: { ...project.clocks, ...Object.fromEntries(added.map((clock) => [clock.name, clock])) },
  };
}
