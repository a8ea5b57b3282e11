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
  mode: "volume" | "count",
  instruments: readonly string[],
): Clock["size"] {
  const decimal = (at: string): string => {
    const size = reader.decimal(at);
    if (mode === "count" && !/^\d+(\.0+)?$/.test(size)) {
      const message = `${size} is no whole number of trades, as \`mode: count\` needs`;
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
    return { fromBucketConfig: false, byInstrument: recordOf<string>([]), fallback: decimal(pointer) };
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
  return { fromBucketConfig: raw.size.from !== undefined, byInstrument: recordOf(entries), fallback };
}
