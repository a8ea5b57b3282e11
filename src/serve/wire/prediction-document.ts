import type { Prediction } from "../../models/prediction.js";

/** A prediction as it is answered. What is no number (a model may say NaN) is null, as JSON has it. */
export function predictionDocument(prediction: Prediction) {
  const { decision, latency, probabilities, ageMs } = prediction;
  return {
    request_id: prediction.requestId,
    instrument: prediction.instrument,
    model: prediction.model,
    version: prediction.version,
    stage: prediction.role,
    vector: prediction.vector,
    signature: prediction.signature,
    fingerprint: prediction.fingerprint,
    bucket_id: prediction.bucketId,
    available_at: prediction.availableAt,
    age_s: ageMs === null ? null : ageMs / 1000,
    inputs_hash: prediction.inputsHash,
    probabilities:
      probabilities?.map((one) => ({ class: one.class, probability: finite(one.probability) })) ?? null,
    value: finite(prediction.value),
    decision: decision && {
      act: decision.act,
      side: decision.side,
      probability: finite(decision.probability),
      size: finite(decision.size),
      reward_bps: finite(decision.rewardBps),
      cost_bps: decision.costBps,
      reasons: decision.reasons.map((reason) => ({ ...reason, found: finite(reason.found) })),
    },
    fallback_reason: prediction.fallbackReason,
    latency_us: {
      assemble: tenths(latency.assembleUs),
      run: tenths(latency.runUs),
      decide: tenths(latency.decideUs),
      total: tenths(latency.totalUs),
    },
  };
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** The clock's own steps are no finer. */
function tenths(us: number): number {
  return Math.round(us * 10) / 10;
}
