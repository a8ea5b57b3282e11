/** Intervals by resampling blocks of neighbours, so that what overlaps stays together (Künsch 1989). */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly samples: number;
  /** Neighbours that are drawn together: at least as many as labels overlap. */
  readonly block: number;
  readonly seed: number;
  /** Share of the samples in the interval. */
  readonly level: number;
}

/**
 * The middle `level` of a statistic over resampled rows; NULL if fewer than half of the samples have a value. `statistic` is given
 * places of rows. The same seed gives the same interval.
 */
export function blockBootstrap(
  rows: number,
  statistic: (places: Uint32Array) => number | null,
  { samples, block, seed, level }: BootstrapOptions,
): Interval | null {
  if (rows < 2 || samples < 1) return null;
  const random = generator(seed);
  const length = Math.min(block, rows);
  const places = new Uint32Array(rows);
  const found: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    for (let filled = 0; filled < rows; ) {
      const start = Math.floor(random() * (rows - length + 1));
      for (let i = 0; i < length && filled < rows; i++) places[filled++] = start + i;
    }
    const value = statistic(places);
    if (value !== null && Number.isFinite(value)) found.push(value);
  }
  if (found.length < samples / 2) return null;
  found.sort((a, b) => a - b);
  const at = (p: number): number => found[Math.min(Math.floor(p * found.length), found.length - 1)] ?? 0;
  return { low: at((1 - level) / 2), high: at(1 - (1 - level) / 2) };
}

/** mulberry32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
