import { normal } from "../normal.js";
import { type BucketRow, bucketKeyOf, type FeatureRow } from "../rows.js";

export type RealisedVolatility = Readonly<Record<string, number | null>>;

const mu43 = 0.8308609250295592;

/** @param returnsOf the bucket's returns of the last so many seconds */
export function naiveRealisedVolatility(
  bucket: BucketRow,
  returnsOf: (seconds: number) => number[],
): FeatureRow<RealisedVolatility> {
  const measured = [60, 300].flatMap((seconds) =>
    Object.entries(measures(returnsOf(seconds))).map(([name, value]) => [`${name}_${seconds}`, value]),
  );
  return { ...bucketKeyOf(bucket), ...Object.fromEntries(measured) };
}

export function measures(returns: readonly number[]): Record<string, number | null> {
  const n = returns.length;
  const sizes = returns.map(Math.abs);
  const rv = n === 0 ? null : sum(returns.map((r) => r * r));
  const known = n >= 3;
  const bv = known
    ? (Math.PI / 2) * (n / (n - 1)) * sum(sizes.slice(1).map((a, i) => a * at(sizes, i)))
    : null;
  const triples = sizes.slice(2).map((a, i) => [at(sizes, i), at(sizes, i + 1), a] as const);
  const tripower = known
    ? n * mu43 ** -3 * (n / (n - 2)) * sum(triples.map(([a, b, c]) => (a * b * c) ** (4 / 3)))
    : null;
  const medrv = known
    ? (Math.PI / (6 - 4 * Math.sqrt(3) + Math.PI)) * (n / (n - 2)) * sum(triples.map((t) => median(t) ** 2))
    : null;
  const z =
    rv === null || bv === null || tripower === null || rv === 0 || bv === 0
      ? null
      : (rv - bv) / rv / Math.sqrt(((Math.PI ** 2 / 4 + Math.PI - 5) / n) * Math.max(1, tripower / bv ** 2));
  const raw = rv === null || bv === null ? null : Math.max(rv - bv, 0);
  const jump = raw === null ? null : z !== null && z > 2.3263478740408408 ? raw : 0;
  return {
    returns: n,
    nonzero_share: n === 0 ? null : returns.filter((r) => r !== 0).length / n,
    rv,
    rvol: rv === null ? null : Math.sqrt(rv),
    bv,
    tripower,
    medrv,
    rs_up: n === 0 ? null : sum(returns.map((r) => (r > 0 ? r * r : 0))),
    rs_down: n === 0 ? null : sum(returns.map((r) => (r < 0 ? r * r : 0))),
    jump_z: z,
    jump_p: z === null ? null : 1 - normal(z),
    jump_raw: raw,
    jump_share: raw === null || rv === null || rv === 0 ? null : raw / rv,
    jump,
    continuous: rv === null || jump === null ? null : rv - jump,
  };
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[1] ?? Number.NaN;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
