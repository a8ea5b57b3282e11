import { countText, plural } from "../count-text.js";
import type { Printed } from "./child-command.js";

/** The documents of the commands, as far as a line about them needs. */
interface Documents {
  readonly init: { readonly files: readonly string[] };
  readonly validate: {
    readonly views: readonly string[];
    readonly columns: number;
    readonly vectors: readonly string[];
  };
  readonly apply: { readonly migrations: readonly { readonly name: string; readonly done: number }[] };
  readonly ingest: {
    readonly read: number;
    readonly stored: number;
    readonly rejected: number;
    readonly bucketsClosed: number;
    readonly bucketsRecomputed: number;
    readonly rowsPerSecond: number;
  };
  readonly status: {
    readonly upToDate: boolean;
    readonly instruments: readonly { readonly buckets: number; readonly pending: number }[];
  };
  readonly labels: { readonly labels: readonly { readonly label: string; readonly stored: number }[] };
  readonly "models train": {
    readonly usedRows: number;
    readonly folds: readonly unknown[];
    readonly overall: {
      readonly rows: number;
      readonly logLoss: number;
      readonly baseLogLoss: number;
      readonly accuracy: number;
      readonly ece: number;
      readonly rankIc: number | null;
    };
    readonly exportError: number;
  };
  readonly "models check": { readonly models: readonly { readonly sampled: number }[] };
  readonly "models register": {
    readonly version: number;
    readonly vector: string;
    readonly fingerprint: string;
  };
  readonly "models promote": { readonly version: number; readonly stage: string };
  readonly "models predict": {
    readonly predictions: readonly { readonly latency: { readonly totalUs: number } }[];
  };
  readonly fetch: { readonly rows: number; readonly out: { readonly path: string } };
}

const lines: { readonly [Name in keyof Documents]: (document: Documents[Name]) => string } = {
  init: ({ files }) => `wrote ${plural(files.length, "file")}: specs to edit, schemas for the editor`,
  validate: ({ views, columns, vectors }) =>
    `${plural(views.length, "view")} with ${plural(columns, "column")} and ${plural(vectors.length, "vector")}: every type inferred, a smoke close passed`,
  apply: ({ migrations }) =>
    migrations.map(({ name, done }) => `${name} (${plural(done, "step")})`).join(", ") || "nothing to do",
  ingest: ({ read, stored, rejected, bucketsClosed, bucketsRecomputed, rowsPerSecond }) =>
    `${countText(read)} rows read, ${countText(stored)} stored, ${countText(rejected)} rejected, ` +
    `${countText(rowsPerSecond)} rows/s; ${plural(bucketsClosed, "bucket")} closed with all their features` +
    (bucketsRecomputed === 0
      ? ""
      : `,\n  ${countText(bucketsRecomputed)} recomputed, because their books arrived after they had closed`),
  status: ({ upToDate, instruments }) => {
    const sum = (name: "buckets" | "pending") => instruments.reduce((total, one) => total + one[name], 0);
    return `${upToDate ? "up to date" : "behind the specs"}; ${plural(instruments.length, "instrument")}, ${plural(sum("buckets"), "bucket")}, ${countText(sum("pending"))} pending`;
  },
  labels: ({ labels }) =>
    labels
      .map(
        ({ label, stored }) =>
          `${label}: ${plural(stored, "label")}, each usable only once its horizon has passed`,
      )
      .join("; "),
  "models train": ({ usedRows, folds, overall, exportError }) =>
    `fitted to ${plural(usedRows, "row")}; walk-forward over ${folds.length} stretches: ` +
    `log loss ${overall.logLoss.toFixed(3)}, class prior ${overall.baseLogLoss.toFixed(3)}: ` +
    `${skill(overall)};\n  accuracy ${overall.accuracy.toFixed(2)}, calibration error ${overall.ece.toFixed(2)}, rank IC ${overall.rankIc?.toFixed(2) ?? "none"}; ` +
    `ONNX Runtime reproduces the fit to ${exportError.toExponential(0)}`,
  "models check": ({ models }) =>
    `contract, file, vector and ${plural(models[0]?.sampled ?? 0, "sampled answer")} agree`,
  "models register": ({ version, vector, fingerprint }) =>
    `version ${version}, pinned to version ${fingerprint.slice(0, 8)} of ${vector}`,
  "models promote": ({ version, stage }) => `version ${version} is ${stage}`,
  "models predict": ({ predictions }) =>
    `${plural(predictions.length, "instrument")} in one run, ${Math.round(predictions[0]?.latency.totalUs ?? 0)} µs for the first, a cold start`,
  fetch: ({ rows, out }) => `${plural(rows, "row")} in ${out.path}: one per bucket, as known at its close`,
};

/** What the losses say. Simulated prices promise nothing to learn, and a model that finds something must say so, too. */
function skill({ logLoss, baseLogLoss }: { readonly logLoss: number; readonly baseLogLoss: number }): string {
  return logLoss < baseLogLoss
    ? "some skill, on simulated prices only"
    : "no skill, as expected on simulated prices";
}

/** What a command did, in a line or two. */
export function describeStep(command: string, printed: Printed): string {
  const line = (lines as unknown as Readonly<Record<string, (document: Printed) => string>>)[command];
  return line?.(printed) ?? "done";
}
