/** What a training set is made of, as JSON beside its file: enough to know it again and to make it again. */
import { createHash } from "node:crypto";
import { createReadStream, renameSync, writeFileSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { FetchSummary } from "./fetch-summary.js";
import type { TrainingSet } from "./training-set.js";

/** Where the rows come from. */
export type ManifestSpine =
  | { readonly kind: "file"; readonly path: string; readonly sha256: string; readonly rowsHash: string }
  | { readonly kind: "sql"; readonly sql: string; readonly rowsHash: string }
  | { readonly kind: "every_bucket"; readonly rowsHash: string };

export interface Manifest {
  readonly schema: "feature.manifest/1";
  readonly file: { readonly name: string; readonly format: string; readonly sha256: string };
  readonly rows: number;
  readonly excluded: number;
  /** Of `ts`, or of `available_at` without a spine: the first and the last, UTC; NULL without rows. */
  readonly timeRange: { readonly from: string; readonly to: string } | null;
  readonly spine: ManifestSpine;
  readonly outages: { readonly path: string; readonly sha256: string } | null;
  readonly revision: number | null;
  readonly vectors: readonly {
    readonly name: string;
    readonly clock: string;
    readonly table: string;
    readonly signature: string | null;
    readonly fingerprint: string;
    readonly lagMs: number;
    readonly maxAgeMs: number;
    readonly features: readonly string[];
    readonly matched: number;
    readonly missing: number;
    readonly stale: number;
  }[];
  readonly labels: readonly {
    readonly name: string;
    readonly clock: string;
    readonly table: string;
    readonly fingerprint: string;
    readonly outputs: readonly string[];
  }[];
  /** Column → share of rows where it is NULL. */
  readonly nullShares: Readonly<Record<string, number>>;
}

export function manifestPath(out: string): string {
  return `${out}.manifest.json`;
}

/** The manifest of a file that is written. */
export async function manifestOf(
  set: TrainingSet,
  summary: FetchSummary,
  more: Pick<Manifest, "spine" | "timeRange" | "revision"> & { readonly outages: string | undefined },
): Promise<Manifest> {
  const { out, rows, excluded, vectors, nullShares } = summary;
  return {
    schema: "feature.manifest/1",
    file: { name: out.path.replace(/^.*[\\/]/, ""), format: out.format, sha256: await fileHash(out.path) },
    rows,
    excluded,
    timeRange: more.timeRange,
    spine: more.spine,
    outages: more.outages === undefined ? null : { path: more.outages, sha256: await fileHash(more.outages) },
    revision: more.revision,
    vectors: set.vectors.map(
      ({ name, clock, table, signature, fingerprint, lagMs, maxAgeMs, features }, place) => ({
        name,
        clock,
        table: table.name,
        signature,
        fingerprint,
        lagMs,
        maxAgeMs,
        features,
        matched: vectors[place]?.matched ?? 0,
        missing: vectors[place]?.missing ?? 0,
        stale: vectors[place]?.stale ?? 0,
      }),
    ),
    labels: set.labels.map(({ name, clock, table, fingerprint, outputs }) => ({
      name,
      clock,
      table: table.name,
      fingerprint,
      outputs: outputs.map((output) => output.name),
    })),
    nullShares,
  };
}

/** It appears when it is complete, and replaces what was there. */
export function writeManifest(path: string, manifest: Manifest): void {
  writeFileSync(`${path}.tmp`, `${JSON.stringify(manifest, null, 2)}\n`);
  renameSync(`${path}.tmp`, path);
}

/** SHA-256 of a file, read in pieces. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
