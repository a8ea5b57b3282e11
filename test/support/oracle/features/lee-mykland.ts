import { type BucketRow, bucketKeyOf, type FeatureRow } from "../rows.js";

export type LeeMykland = Readonly<Record<string, number | null>>;

/** Seconds of the window, and K of the paper. */
const tests = [
  [60, 16],
  [300, 60],
] as const;

/** @param returnsOf the bucket's returns of the last so many seconds */
export function naiveLeeMykland(
  bucket: BucketRow,
  returnsOf: (seconds: number) => number[],
): FeatureRow<LeeMykland> {
  const cells = tests.flatMap(([seconds, k]) => {
    const returns = returnsOf(seconds);
    const tested = returns.at(-1);
    const before = returns.slice(-k, -1).map(Math.abs);
    const products = before.slice(1).map((size, index) => size * (before[index] ?? Number.NaN));
    const sigma =
      returns.length < k ? null : Math.sqrt(products.reduce((sum, product) => sum + product, 0) / (k - 2));
    const lm = sigma === null || sigma === 0 || tested === undefined ? null : tested / sigma;
    const c = Math.sqrt(2 / Math.PI);
    const root = Math.sqrt(2 * Math.log(seconds));
    const cn = root / c - (Math.log(Math.PI) + Math.log(Math.log(seconds))) / (2 * c * root);
    const critical = cn + -Math.log(-Math.log(0.99)) / (c * root);
    return [
      [`local_sigma_${seconds}`, sigma],
      [`lm_${seconds}`, lm],
      [`lm_centre_${seconds}`, cn],
      [`lm_scale_${seconds}`, 1 / (c * root)],
      [`lm_critical_${seconds}`, critical],
      [`is_jump_${seconds}`, lm === null ? null : Number(Math.abs(lm) > critical)],
    ];
  });
  return { ...bucketKeyOf(bucket), ...Object.fromEntries(cells) };
}
