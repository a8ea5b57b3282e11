import type { Prediction } from "../models/prediction.js";
import { renderTable } from "./render-table.js";

/** A line an instrument: who answered, what it said, what was decided, and how long it took. */
export function describePredictions(predictions: readonly Prediction[]): string {
  if (predictions.length === 0) return "No instrument has a row of the model's vector yet.\n";
  const classes = predictions.find(({ probabilities }) => probabilities !== null)?.probabilities ?? [];
  const header = [
    "instrument",
    "bucket",
    "answered by",
    ...classes.map((one) => `p(${one.class})`),
    ...(predictions.some(({ decision }) => decision !== null) ? ["decision"] : []),
    "µs",
  ];
  const rows = predictions.map((one) => [
    one.instrument,
    one.bucketId,
    one.model === null ? `nobody: ${one.fallbackReason}` : `${one.model} ${one.version} (${one.role})`,
    ...classes.map((_, place) => one.probabilities?.[place]?.probability.toFixed(4) ?? null),
    ...(header.includes("decision") ? [decisionText(one)] : []),
    Math.round(one.latency.totalUs),
  ]);
  return renderTable(header, rows);
}

function decisionText({ decision }: Prediction): string {
  if (decision === null) return "none";
  if (decision.act) return `${decision.side > 0 ? "buy" : "sell"} ${decision.size.toPrecision(3)}`;
  const why = decision.reasons.filter(({ ok }) => !ok).map(({ check }) => check);
  return `nothing: ${why.join(", ")}`;
}
