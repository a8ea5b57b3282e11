/** Bounds of a size: lots, trades or updates. */
export interface SizeBounds {
  readonly min: bigint;
  readonly max: bigint | undefined;
}

export function clipSize(size: bigint, { min, max }: SizeBounds): bigint {
  if (size < min) return min;
  return max !== undefined && size > max ? max : size;
}

const step = 1.1;
const reach = 6;

/**
 * Sizes to try, in order: a geometric grid from a sixth of the lower estimate to six times the higher one, within the bounds.
 * Estimates of 0 say nothing; without any the grid is the bounds themselves.
 */
export function sizeGrid(estimates: readonly bigint[], bounds: SizeBounds): bigint[] {
  const known = estimates.filter((size) => size > 0n).map(Number);
  const sizes = new Set<bigint>();
  if (known.length === 0) {
    sizes.add(bounds.min);
    if (bounds.max !== undefined) sizes.add(bounds.max);
  } else {
    const last = Math.max(...known) * reach;
    for (let size = Math.min(...known) / reach; size <= last * step; size *= step) {
      // Three digits: a size is no more exact than that, and is easier to read.
      sizes.add(clipSize(BigInt(Math.max(1, Math.round(Number(size.toPrecision(3))))), bounds));
    }
  }
  return [...sizes].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
