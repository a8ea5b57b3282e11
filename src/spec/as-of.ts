/** `as_of:` and `max_age:` of a view's file: a slow source, as it was known when a bucket was. */
import { FeatureError } from "../errors.js";
import type { AsOf, FeatureView, Project, SourceName } from "./model.js";
import { sourceColumns } from "./source-columns.js";
import type { SpecReader } from "./spec-reader.js";

export interface RawAsOf {
  readonly as_of?: SourceName;
  readonly events?: boolean;
  readonly max_age?: string;
  readonly columns: Readonly<Record<string, { readonly sql: string }>>;
}

/** Beside the source's own columns: how old the row was when the bucket was known. */
export const ageColumn = "age_ms";
/** Of rows with `events: true`: 1 with the first bucket that knew the row. */
export const newColumn = "is_new";

/** The columns that expressions may use: those of the source that are not the bucket's. */
export function asOfColumns(source: SourceName): readonly string[] {
  const ofBucket = ["exchange", "market_type", "symbol", "available_at"];
  return sourceColumns(source).filter((name) => !ofBucket.includes(name));
}

/** They work on the rows of `events: true`. */
const ofEvents: ReadonlySet<string> = new Set(["where", "rows", "by"]);
const notHere = [...ofEvents, "windows", "time_windows", "valid", "grid", "lookup", "split", "delay"];

/** Undefined for a view without `as_of`. */
export function readAsOf(reader: SpecReader, raw: RawAsOf): AsOf | undefined {
  if (raw.as_of === undefined) {
    for (const key of ["max_age", "events"] as const) {
      if (raw[key] === undefined) continue;
      const message = `\`${key}:\` is about the rows of \`as_of:\`, which this view does not have`;
      reader.add("FS_SPEC_VALUE", message, reader.file.keyAt(`/${key}`), "Write `as_of: funding_rates`.");
    }
    return undefined;
  }
  const events = raw.events ?? false;
  for (const key of notHere) {
    if (!Object.hasOwn(raw, key) || (events && ofEvents.has(key))) continue;
    const message = events
      ? `\`${key}:\` does not work on the rows of a slow source`
      : `\`${key}:\` works on many rows, and \`as_of:\` gives one for each bucket`;
    const hint = ofEvents.has(key)
      ? "Write `events: true`, or put it into a view over this one."
      : "Put it into a view over this one.";
    reader.add("FS_SPEC_VALUE", message, reader.file.keyAt(`/${key}`), hint);
  }
  const taken = events ? [] : [...asOfColumns(raw.as_of), ageColumn];
  for (const [name, { sql }] of Object.entries(raw.columns)) {
    // Handing a column on under its own name hides nothing.
    if (!taken.includes(name) || sql.trim() === name) continue;
    const message = `column ${name} bears the name of a column of ${raw.as_of}`;
    reader.add("FS_SPEC_SHADOWS", message, reader.file.keyAt(`/columns/${name}`));
  }
  return {
    source: raw.as_of,
    maxAgeMs: raw.max_age === undefined ? undefined : reader.duration("/max_age", raw.max_age, 1),
    events,
    at: reader.file.keyAt("/as_of"),
  };
}

/** How old a row may be; undefined where neither the view nor the source says it. */
export function maxAgeOf({ source, maxAgeMs }: AsOf, project: Project): number | undefined {
  return maxAgeMs ?? project.sources[source].maxAgeMs;
}

export function asOfFindings(project: Project, views: readonly FeatureView[]): FeatureError[] {
  return views.flatMap(({ name, asOf }) => {
    if (asOf === undefined || (maxAgeOf(asOf, project) ?? 0) > 0) return [];
    const message = `view ${name} reads ${asOf.source} as of its buckets, but nothing says how old a row may be`;
    const hint = `Write \`max_age: 9h\` in the view, or \`sources: { ${asOf.source}: { max_age: 9h } }\` in features.yaml.`;
    return [new FeatureError("FS_SPEC_MISSING_KEY", message, { at: asOf.at, hint })];
  });
}

/** The project, with what rows of slow sources may change in the buckets of each clock: the longest age by source. */
export function withSlowSources(project: Project, views: readonly FeatureView[]): Project {
  const ages = new Map<string, Partial<Record<SourceName, number>>>();
  for (const { clock, asOf } of views) {
    if (asOf === undefined) continue;
    const known = ages.get(clock) ?? {};
    const age = Math.max(known[asOf.source] ?? 0, maxAgeOf(asOf, project) ?? 0);
    ages.set(clock, { ...known, [asOf.source]: age });
  }
  if (ages.size === 0) return project;
  const clocks = Object.entries(project.clocks).map(([name, clock]) => {
    const slow = ages.get(name);
    return [name, slow === undefined ? clock : { ...clock, slowSources: slow }] as const;
  });
  return { ...project, clocks: Object.fromEntries(clocks) };
}
