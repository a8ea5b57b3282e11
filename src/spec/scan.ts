/** `scan:` and `state:` of a view's file: an ordered fold over the buckets since an anchor. */
import type { Location } from "../errors.js";
import { pointerTo } from "./json-pointer.js";
import type { Window } from "./model.js";
import type { SpecReader } from "./spec-reader.js";

/** A number that is carried from bucket to bucket. */
export interface ScanState {
  readonly name: string;
  /** Before the first bucket; NULL if undefined. */
  readonly start: number | undefined;
  /** What it becomes with a bucket. Its own name, and those of the other states, mean what they were before. */
  readonly next: string;
  readonly at: Location;
}

export interface Scan {
  /** The buckets that are folded, the current one included. */
  readonly window: Window;
  readonly states: readonly ScanState[];
}

export interface RawScan {
  readonly scan?: { readonly buckets?: number; readonly since?: "utc_day" };
  readonly state?: Readonly<Record<string, { readonly start?: number; readonly next: string }>>;
}

/** The name of the window that the fold goes over. */
export const scanWindow = "scan";

/** @param isOverViews whether the view reads other views, whose buckets can be folded */
export function readScan(reader: SpecReader, raw: RawScan, isOverViews: boolean): Scan | undefined {
  for (const [key, other] of [
    ["scan", "state"],
    ["state", "scan"],
  ] as const) {
    if (raw[key] === undefined || raw[other] !== undefined) continue;
    const example =
      other === "scan" ? "scan: { buckets: 500 }" : 'state: { sum: { start: 0, next: "sum + volume" } }';
    const message = `\`${key}:\` needs \`${other}:\``;
    reader.add(
      "FS_SPEC_MISSING_KEY",
      message,
      reader.file.keyAt(`/${key}`),
      `Write for example \`${example}\`.`,
    );
  }
  if (raw.scan === undefined || raw.state === undefined) return undefined;
  const at = reader.file.keyAt("/scan");
  if (!isOverViews) {
    const message = "`scan:` goes over the buckets of other views, and this view reads none";
    reader.add("FS_SPEC_WINDOW", message, at, "Put it into a view over this one.");
  }
  const { buckets } = raw.scan;
  return {
    window: {
      ...{ name: scanWindow, min: 1, current: true, at },
      ...(buckets === undefined ? { kind: "utc_day", length: 86_400 } : { kind: "buckets", length: buckets }),
    },
    states: Object.entries(raw.state).map(([name, { start, next }]) => ({
      name,
      start,
      next,
      at: reader.file.keyAt(pointerTo("/state", name)),
    })),
  };
}
