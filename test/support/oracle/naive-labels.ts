import type { LabelSpec } from "../../../src/spec/model.js";
import type { PricedBucket } from "../compute-labels.js";

/** One bucket's label, computed from its definition; undefined: its horizon is not closed. */
export interface NaiveLabel {
  readonly id: number;
  readonly raw_return: number | null;
  readonly return_per_second: number | null;
  readonly return_per_sqrt_second: number | null;
  readonly class: number | null;
  readonly label_end_ts: number | null;
  readonly duration_s: number | null;
  readonly sigma: number | null;
  readonly threshold: number | null;
}

/** Labels of buckets in order of id, of which all up to `closed` are complete, as far as their horizon is closed. */
export function naiveLabels(
  label: LabelSpec,
  buckets: readonly PricedBucket[],
  closed = Number.POSITIVE_INFINITY,
): NaiveLabel[] {
  const complete = buckets.filter(({ id }) => id <= closed);
  return complete.flatMap((bucket) => {
    const end = endOf(label, complete, bucket);
    return end === undefined ? [] : [labelOf(label, complete, bucket, end)];
  });
}

/** The label's end and the price there; undefined while it is not known. */
function endOf(
  label: LabelSpec,
  complete: readonly PricedBucket[],
  start: PricedBucket,
): { endMs: number; price: number | null } | undefined {
  const { kind, length } = label.horizon;
  const last = complete.at(-1);
  if (last === undefined) return undefined;
  if (kind === "buckets") {
    if (start.id + length > last.id) return undefined;
    const between = complete.filter(({ id }) => id >= start.id && id <= start.id + length);
    const end = between.at(-1);
    if (end?.id !== start.id + length || between.length !== length + 1)
      return { endMs: Number.NaN, price: null };
    return { endMs: end.endMs, price: valid(label, end, 0) };
  }
  const endMs = start.endMs + length * 1000;
  if (last.endMs <= endMs) return undefined;
  const end = complete.findLast((bucket) => bucket.endMs <= endMs);
  return { endMs, price: end === undefined ? null : valid(label, end, endMs - end.endMs) };
}

function valid(label: LabelSpec, { price, ageMs = 0 }: PricedBucket, laterMs: number): number | null {
  if (price === undefined || price === null || !(price > 0)) return null;
  return ageMs + laterMs <= label.price.maxAgeMs ? price : null;
}

function labelOf(
  label: LabelSpec,
  complete: readonly PricedBucket[],
  start: PricedBucket,
  end: { endMs: number; price: number | null },
): NaiveLabel {
  const price = valid(label, start, 0);
  const sigma = label.threshold?.kind === "adaptive" ? sigmaAt(label, complete, start) : null;
  const none = { id: start.id, raw_return: null, return_per_second: null, return_per_sqrt_second: null };
  if (price === null || end.price === null) {
    return { ...none, class: null, label_end_ts: null, duration_s: null, sigma, threshold: null };
  }
  const raw = Math.log(end.price / price);
  const seconds = (end.endMs - start.endMs) / 1000;
  const long = seconds > 0 && seconds * 1000 >= label.minDurationMs;
  const threshold = thresholdOf(label, sigma, seconds);
  const rate = long ? raw / seconds : null;
  return {
    id: start.id,
    raw_return: raw,
    return_per_second: rate,
    return_per_sqrt_second: long ? raw / Math.sqrt(seconds) : null,
    class: rate === null || threshold === null ? null : raw > threshold ? 1 : raw < -threshold ? -1 : 0,
    label_end_ts: end.endMs,
    duration_s: seconds,
    sigma,
    threshold,
  };
}

function thresholdOf(label: LabelSpec, sigma: number | null, seconds: number): number | null {
  const { threshold, minBps } = label;
  if (threshold === undefined) return null;
  if (threshold.kind === "bps") return Math.max(threshold.value / 1e4, minBps / 1e4);
  if (threshold.kind === "per_second") return Math.max(threshold.value * seconds, minBps / 1e4);
  return sigma === null ? null : Math.max(threshold.sigma * sigma * Math.sqrt(seconds), minBps / 1e4);
}

/** Of the last `window` returns of single buckets that ended by the label's start, within ten windows of buckets. */
function sigmaAt(label: LabelSpec, complete: readonly PricedBucket[], start: PricedBucket): number | null {
  if (label.threshold?.kind !== "adaptive") return null;
  const { window, min } = label.threshold;
  const returns = complete.flatMap((bucket, place) => {
    if (bucket.id > start.id || bucket.id <= start.id - 10 * window) return [];
    const before = complete[place - 1];
    if (before?.id !== bucket.id - 1) return [];
    const [from, to] = [valid(label, before, 0), valid(label, bucket, 0)];
    const ms = bucket.endMs - before.endMs;
    if (from === null || to === null || ms <= 0 || ms < label.minDurationMs) return [];
    return [Math.log(to / from) / Math.sqrt(ms / 1000)];
  });
  const last = returns.slice(-window);
  if (last.length < min) return null;
  return Math.sqrt(last.reduce((sum, value) => sum + value * value, 0) / last.length);
}
