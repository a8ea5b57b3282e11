/** Which family is computed by what. A family is a file under families/ and a line here. */
import type { Adapter } from "./adapter.js";
import { amihud } from "./families/amihud.js";
import { bookShape } from "./families/book-shape.js";
import { bucketsHybrid } from "./families/buckets-hybrid.js";
import { corwinSchultz } from "./families/corwin-schultz.js";
import { evaluationMetrics } from "./families/evaluation-metrics.js";
import { flowCvdVwap } from "./families/flow-cvd-vwap.js";
import { footprint } from "./families/footprint.js";
import { fundingShock } from "./families/funding-shock.js";
import { ivRvSpread } from "./families/iv-rv-spread.js";
import { kyleLambda } from "./families/kyle-lambda.js";
import { labelsNextBucket } from "./families/labels-next-bucket.js";
import { leeMykland } from "./families/lee-mykland.js";
import { liquidationCascade } from "./families/liquidation-cascade.js";
import { lobAddCancel } from "./families/lob-add-cancel.js";
import { micropriceStoikov } from "./families/microprice-stoikov.js";
import { multiResolution } from "./families/multi-resolution.js";
import { ofi } from "./families/ofi.js";
import { oiLobSqueeze } from "./families/oi-lob-squeeze.js";
import { purgedSplits } from "./families/purged-splits.js";
import { qBucketCalibration } from "./families/q-bucket-calibration.js";
import { regimeGating } from "./families/regime-gating.js";
import { rollSpread } from "./families/roll-spread.js";
import { rvBvJump } from "./families/rv-bv-jump.js";
import { spreads } from "./families/spreads.js";
import { trendStateRule } from "./families/trend-state-rule.js";
import { vpinBvc } from "./families/vpin-bvc.js";
import { vpinSides } from "./families/vpin-sides.js";
import { waveletEnergy } from "./families/wavelet-energy.js";

export const adapters: Readonly<Record<string, Adapter>> = {
  amihud,
  corwin_schultz: corwinSchultz,
  flow_cvd_vwap: flowCvdVwap,
  kyle_lambda: kyleLambda,
  lee_mykland: leeMykland,
  microprice_stoikov: micropriceStoikov,
  multi_resolution: multiResolution,
  roll_spread: rollSpread,
  rv_bv_jump: rvBvJump,
  book_shape: bookShape,
  buckets_hybrid: bucketsHybrid,
  evaluation_metrics: evaluationMetrics,
  footprint,
  funding_shock: fundingShock,
  iv_rv_spread: ivRvSpread,
  labels_next_bucket: labelsNextBucket,
  liquidation_cascade: liquidationCascade,
  lob_add_cancel: lobAddCancel,
  ofi,
  oi_lob_squeeze: oiLobSqueeze,
  purged_splits: purgedSplits,
  q_bucket_calibration: qBucketCalibration,
  regime_gating: regimeGating,
  spreads,
  trend_state_rule: trendStateRule,
  vpin_bvc: vpinBvc,
  vpin_sides: vpinSides,
  wavelet_energy: waveletEnergy,
};
