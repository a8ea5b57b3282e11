/** One clock of `clocks:` in features.yaml. */

import { pointerTo } from "./json-pointer.js";
import type { Clock } from "./model.js";
import type { RawClock } from "./raw-project.js";
import { recordOf, type SpecReader } from "./spec-reader.js";
import { didYouMean } from "./suggest.js";

/** The clock with its defaults. `instruments` are the names that sizes may be given for. */
export function readClock(
  reader: SpecReader,
  name: string,
  raw: RawClock,
  instruments: readonly string[],
): Clock {
  const pointer = pointerTo("/clocks", name);
  const mode = raw.mode ?? "volume";
  const clock: Clock = {
    name,
    mode,
    targetMs: reader.duration(pointerTo(pointer, "target"), raw.target, 30_000),
    maxMs: reader.duration(pointerTo(pointer, "max"), raw.max, 60_000),
    maxTrades: raw.max_trades ?? 100_000,
    bookGapMs: reader.duration(pointerTo(pointer, "book_gap"), raw.book_gap, 120_000),
    size: readSize(reader, pointerTo(pointer, "size"), raw, mode, instruments),
    ...qualityOf(readQuality(reader, pointer, raw, mode)),
    allowedLatenessMs: reader.duration(pointerTo(pointer, "allowed_lateness"), raw.allowed_lateness, 200),
  };
  for (const [key, value] of [
    ["target", clock.targetMs],
    ["max", clock.maxMs],
    ["book_gap", clock.bookGapMs],
  ] as const) {
    if (value > 0) continue;
    reader.add(
      "FS_SPEC_VALUE",
      `\`clocks.${name}.${key}\` is 0`,
      reader.file.at(pointerTo(pointer, key)),
      "Write a duration above 0.",
    );
  }
  if (clock.targetMs > clock.maxMs) {
    const at = reader.file.at(pointerTo(pointer, raw.target === undefined ? "max" : "target"));
    const message = `\`clocks.${name}\`: target (${clock.targetMs} ms) is longer than max (${clock.maxMs} ms), so no bucket can last as long as the target`;
    reader.add("FS_SPEC_VALUE", message, at, "Make `max` at least as long as `target`; twice is usual.");
  }
  return clock;
}

function readSize(
  reader: SpecReader,
  pointer: string,
  raw: RawClock,
  mode: Clock["mode"],
  instruments: readonly string[],
): Clock["size"] {
  const decimal = (at: string): string => {
    const size = reader.decimal(at);
    if ((mode === "count" || mode === "event") && !/^\d+(\.0+)?$/.test(size)) {
      const things = mode === "count" ? "trades" : "book updates";
      const message = `${size} is no whole number of ${things}, as \`mode: ${mode}\` needs`;
      reader.add(
        "FS_SPEC_VALUE",
        message,
        reader.file.at(at),
        "Write a whole number, or use `mode: volume`.",
      );
    }
    return size;
  };
  if (typeof raw.size !== "object") {
    return {
      fromBucketConfig: false,
      byInstrument: recordOf<string>([]),
      fallback: decimal(pointer),
    };
  }
  const defaults = pointerTo(pointer, "default");
  const entries: [string, string][] = [];
  let fallback = raw.size.fallback === undefined ? undefined : decimal(pointerTo(pointer, "fallback"));
  if (typeof raw.size.default === "object") {
    for (const instrument of Object.keys(raw.size.default)) {
      const at = pointerTo(defaults, instrument);
      entries.push([instrument, decimal(at)]);
      if (instruments.includes(instrument)) continue;
      const hint = didYouMean(instrument, instruments, "Add it to `instruments`.");
      reader.add(
        "FS_SPEC_UNKNOWN_REFERENCE",
        `${instrument} is none of the project's instruments`,
        reader.file.keyAt(at),
        hint,
      );
    }
  } else if (raw.size.default !== undefined) {
    const size = decimal(defaults);
    if (fallback !== undefined) {
      const message = "`default` is one size for every instrument, so `fallback` has nothing to add";
      reader.add(
        "FS_SPEC_VALUE",
        message,
        reader.file.keyAt(pointerTo(pointer, "fallback")),
        "Keep one of the two.",
      );
    }
    fallback = size;
  }
  const boundsPointer = pointerTo(pointer, "bounds");
  const bounds = Object.keys(raw.size.bounds ?? {}).map((instrument) => {
    const at = pointerTo(boundsPointer, instrument);
    const [min, max] = [decimal(`${at}/0`), decimal(`${at}/1`)];
    if (Number(min) > Number(max)) {
      const message = `the bounds of ${instrument} are ${min} and ${max}: the lower one is higher`;
      reader.add("FS_SPEC_VALUE", message, reader.file.at(at), "Write the smallest size first.");
    }
    if (!instruments.includes(instrument)) {
      const hint = didYouMean(instrument, instruments, "Add it to `instruments`.");
      const message = `${instrument} is none of the project's instruments`;
      reader.add("FS_SPEC_UNKNOWN_REFERENCE", message, reader.file.keyAt(at), hint);
    }
    return [instrument, { min, max }] as const;
  });
  return {
    fromBucketConfig: raw.size.from !== undefined,
    byInstrument: recordOf(entries),
    fallback,
    ...(bounds.length === 0 ? {} : { bounds: recordOf(bounds) }),
  };
}

const qualityOf = (quality: Clock["quality"]): Pick<Clock, "quality"> =>
  quality === undefined ? {} : { quality };

/** The score of mode `quality`; the numbers are kept in hundredths, so that the cutter compares exactly. */
function readQuality(
  reader: SpecReader,
  clockPointer: string,
  raw: RawClock,
  mode: Clock["mode"],
): Clock["quality"] {
  const pointer = pointerTo(clockPointer, "quality");
  if (mode !== "quality") {
    if (raw.quality === undefined) return undefined;
    const message = `\`quality\` belongs to \`mode: quality\`; this clock is \`mode: ${mode}\``;
    reader.add("FS_SPEC_VALUE", message, reader.file.keyAt(pointer), "Change the mode, or remove it.");
    return undefined;
  }
  const { min_trades = 20, score = 0.8, cap = 3, adaptive = {} } = raw.quality ?? {};
  const { factor = 1.5, buckets = 20 } = adaptive;
  const limits = pointerTo(pointer, "adaptive");
  const minMs = reader.duration(pointerTo(limits, "min"), adaptive.min, 30_000);
  const maxMs = reader.duration(pointerTo(limits, "max"), adaptive.max, 120_000);
  if (minMs === 0 || minMs > maxMs) {
    const message = `the adaptive time cap goes from ${minMs} ms to ${maxMs} ms`;
    reader.add("FS_SPEC_VALUE", message, reader.file.at(limits), "Write a `min` above 0 and at most `max`.");
  }
  const hundredths = (value: number): number => Math.round(value * 100);
  return {
    minTrades: min_trades,
    scorePercent: hundredths(score),
    capPercent: hundredths(cap),
    adaptive: { factorPercent: hundredths(factor), minMs, maxMs, buckets },
  };
}
