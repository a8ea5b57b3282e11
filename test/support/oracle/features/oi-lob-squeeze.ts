import { type BucketKey, type BucketRow, bucketKeyOf } from "../rows.js";
import { trailingRows } from "../trailing-rows.js";
import { zScore } from "../z-score.js";

type Values = Readonly<Record<string, number | null>>;
type Interest = BucketKey & { readonly open_interest: number | null };

/** The change of the open interest against the bucket before; null for an instrument's first one. */
export function naiveOiChange(
  bucket: BucketRow,
  interests: readonly Interest[],
): BucketKey & { oi_change: number | null } {
  const now = trailingRows(bucket, interests, 1)[0]?.open_interest ?? null;
  const before = trailingRows(bucket, interests, 1, false)[0]?.open_interest ?? null;
  const isKnown = now !== null && before !== null && now > 0 && before > 0;
  return { ...bucketKeyOf(bucket), oi_change: isKnown ? Math.log(now / before) : null };
}

export interface SqueezeInput extends BucketKey {
  readonly oi_change: number | null;
  readonly imbalance: number | null;
  readonly spread_bps: number | null;
}

/** sign(z_imb) * max(z_dOI, 0) * |z_imb| * max(z_invspread, 0), z against the 20 buckets before. */
export function naiveOiLobSqueeze(bucket: BucketRow, inputs: readonly SqueezeInput[]): Values {
  const before = trailingRows(bucket, inputs, 20, false);
  const [own] = trailingRows(bucket, inputs, 1);
  const z = (of: (input: SqueezeInput) => number | null): number | null =>
    own === undefined ? null : zScore(of(own), before.map(of), 10);
  const tightness = ({ spread_bps }: SqueezeInput): number | null =>
    spread_bps === null || spread_bps <= 0 ? null : 1 / spread_bps;
  const [building, imbalance, tight] = [z((one) => one.oi_change), z((one) => one.imbalance), z(tightness)];
  const isKnown = building !== null && imbalance !== null && tight !== null;
  return {
    oi_change_z_20: building,
    imbalance_z_20: imbalance,
    tightness_z_20: tight,
    squeeze_score: isKnown
      ? Math.sign(imbalance) * Math.max(building, 0) * Math.abs(imbalance) * Math.max(tight, 0)
      : null,
    squeeze_product: isKnown ? imbalance * building * tight : null,
  };
}
