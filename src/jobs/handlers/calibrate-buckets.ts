import { calibrateClock } from "../../ingest/buckets/calibrate-clock.js";
import { clockContext } from "../../ingest/buckets/clock-context.js";
import { storeSizes } from "../../ingest/buckets/store-sizes.js";
import { parseDuration } from "../../spec/duration.js";
import { sizedClocks } from "../../spec/model.js";
import type { HandlerCall } from "../handler.js";

const week = 7 * 86_400_000;

/** `buckets.calibrate`: sizes of one clock or of all, from the trades of the look-back; stored with `write: true`. */
export async function calibrateBuckets({ context, with: values, signal }: HandlerCall): Promise<string> {
  const { engine, specs, catalog, owner } = context;
  const only = values.clock === undefined ? sizedClocks(specs.project) : [String(values.clock)];
  const lookBackMs = parseDuration(String(values.look_back ?? "")) ?? week;
  let found = 0;
  let written = 0;
  for (const name of only) {
    signal.throwIfAborted();
    const clock = clockContext(engine, specs.project, catalog, name, owner);
    const result = await calibrateClock(clock, {
      lookBackMs,
      until: undefined,
      instruments: undefined,
      signal,
    });
    found += result.sizes.length;
    if (values.write !== true) continue;
    await storeSizes(clock, result.sizes);
    written += result.sizes.length;
  }
  return `sizes: ${found} found, ${written} written`;
}
