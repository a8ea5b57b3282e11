import type { FootprintCell, FootprintPoc } from "./footprint.js";

/** What is known of one bucket of the window. */
export interface FootprintBar {
  readonly end: number;
  readonly cells: readonly FootprintCell[];
  readonly poc: FootprintPoc;
  /** Return of the minute after it, whenever that was known. */
  readonly forward: number | null;
}

export interface FootprintLevel {
  readonly px_bin: number;
  readonly level_volume: number;
  readonly level_delta: number;
  readonly level_lean: number | null;
  readonly level_range_bps: number | null;
  readonly level_forward_return: number | null;
  readonly seen_ago_ms: number;
  readonly volume_threshold: number;
  readonly is_absorption: 0 | 1;
  readonly is_exhaustion: 0 | 1;
}

type Numbers = Readonly<Record<string, number | null>>;
const [quantile, maxRange, maxLean, minLean] = [0.8, 8, 0.2, 0.7];

/** @param bars the last 30 buckets, the current one last */
export function naiveFootprintLevels(bars: readonly FootprintBar[]): FootprintLevel[] {
  const now = bars.at(-1)?.end ?? 0;
  const bins = [...new Set(bars.flatMap(({ cells }) => cells.map((cell) => cell.px_bin)))].sort(
    (a, b) => a - b,
  );
  const levels = bins.map((bin) => {
    const parts = bars.flatMap((bar) =>
      bar.cells.filter((cell) => cell.px_bin === bin).map((cell) => ({ bar, cell })),
    );
    const mean = (of: (bar: FootprintBar) => number | null): number | null => {
      const known = parts.flatMap(({ bar, cell }) => {
        const value = of(bar);
        return value === null ? [] : [{ value, weight: cell.bin_volume }];
      });
      const weight = known.reduce((sum, item) => sum + item.weight, 0);
      return weight === 0 ? null : known.reduce((sum, item) => sum + item.value * item.weight, 0) / weight;
    };
    const volume = parts.reduce((sum, { cell }) => sum + cell.bin_volume, 0);
    const delta = parts.reduce((sum, { cell }) => sum + cell.bin_delta, 0);
    return {
      px_bin: bin,
      level_volume: volume,
      level_delta: delta,
      level_lean: volume === 0 ? null : Math.abs(delta) / volume,
      level_range_bps: mean(({ poc }) => poc.range_bps),
      level_forward_return: mean(({ end, forward }) => (end + 60_000 <= now ? forward : null)),
      seen_ago_ms: Math.min(...parts.map(({ bar }) => now - bar.end)),
    };
  });
  const threshold = interpolated(levels.map((level) => level.level_volume));
  return levels.map((level) => {
    const { level_volume, level_delta, level_lean, level_range_bps, level_forward_return } = level;
    const isLevel = level_volume >= threshold;
    const absorbs =
      isLevel &&
      level_range_bps !== null &&
      level_range_bps <= maxRange &&
      level_lean !== null &&
      level_lean <= maxLean;
    const exhausts =
      isLevel &&
      !absorbs &&
      level_lean !== null &&
      level_lean >= minLean &&
      level_forward_return !== null &&
      level_forward_return * level_delta < 0;
    return {
      ...level,
      volume_threshold: threshold,
      is_absorption: absorbs ? 1 : 0,
      is_exhaustion: exhausts ? 1 : 0,
    };
  });
}

/** @param poc the point of control of the current bucket */
export function naiveFootprintMarks(levels: readonly FootprintLevel[], poc: number): Numbers {
  const sum = (list: readonly FootprintLevel[], of: (level: FootprintLevel) => number): number =>
    list.reduce((total, level) => total + of(level), 0);
  const volumeOf = (level: FootprintLevel): number => level.level_volume;
  const absorbing = levels.filter((level) => level.is_absorption === 1);
  const exhausted = levels.filter((level) => level.is_exhaustion === 1);
  const all = sum(levels, volumeOf);
  const nearest = absorbing.toSorted(
    (a, b) =>
      Math.abs(a.px_bin - poc) - Math.abs(b.px_bin - poc) ||
      b.level_volume - a.level_volume ||
      a.px_bin - b.px_bin,
  )[0];
  const exhaustedVolume = sum(exhausted, volumeOf);
  return {
    levels: levels.length,
    absorption_levels: absorbing.length,
    exhaustion_levels: exhausted.length,
    absorption_share: all === 0 ? null : sum(absorbing, volumeOf) / all,
    exhaustion_share: all === 0 ? null : exhaustedVolume / all,
    exhaustion_side:
      exhaustedVolume === 0
        ? null
        : sum(exhausted, (level) => Math.sign(level.level_delta) * level.level_volume) / exhaustedVolume,
    bins_to_absorption: nearest === undefined ? null : nearest.px_bin - poc,
  };
}

/** The quantile between neighbours, as numpy's default. */
function interpolated(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * quantile;
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return low + (high - low) * (place - Math.floor(place));
}
