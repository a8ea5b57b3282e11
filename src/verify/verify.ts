/** `feature verify`: whether what is stored is what can be computed again, and only from what was known. Reads only. */
import type { Catalog } from "../compile/catalog.js";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { ProjectSpecs } from "../spec/model.js";
import type { Check, CheckResult, VerifiedClock, VerifyContext, VerifyOptions } from "./check.js";
import { recomputing } from "./recomputed.js";
import { sampleBuckets } from "./sample.js";

export interface VerifyRequest {
  readonly engine: Reader;
  readonly specs: ProjectSpecs;
  /** Compiled from `specs`, and deployed. */
  readonly catalog: Catalog;
  readonly checks: readonly Check[];
  readonly options: VerifyOptions;
  readonly onProgress?: VerifyContext["onProgress"];
}

export interface NamedResult extends CheckResult {
  readonly check: string;
  /** Nothing failed, and nothing was beyond recomputing. */
  readonly ok: boolean;
}

export interface Verification {
  /** Complete buckets that were sampled, of all clocks. */
  readonly buckets: number;
  readonly checks: readonly NamedResult[];
}

/** @throws FeatureError FS_VERIFY_NOTHING when no bucket is sampled: an empty check would be green. */
export async function verify(request: VerifyRequest): Promise<Verification> {
  const { engine, specs, catalog, options } = request;
  const clocks: VerifiedClock[] = [];
  for (const compiled of catalog.clocks) {
    const clock = specs.project.clocks[compiled.name];
    if (clock === undefined) continue;
    clocks.push({
      clock,
      compiled,
      objects: catalog.objects.filter(
        // A label looks forward: what is known of it at a bucket's close is nothing. A shared table is looked at view by view.
        ({ kind, clock: own, storage }) =>
          own === clock.name && storage !== undefined && kind !== "label" && kind !== "fused",
      ),
      sample: await sampleBuckets(engine, specs.project, clock, compiled, options),
    });
  }
  const buckets = clocks.reduce((sum, { sample }) => sum + sample.length, 0);
  if (buckets === 0) {
    throw new FeatureError("FS_VERIFY_NOTHING", "No complete bucket is in the range that was asked for.");
  }
  const context: VerifyContext = {
    engine,
    specs,
    project: specs.project,
    catalog,
    clocks,
    options,
    recomputed: recomputing(engine, buckets),
    onProgress: request.onProgress ?? (() => {}),
  };
  const results: NamedResult[] = [];
  for (const check of request.checks) {
    const result = await check.run(context);
    results.push({ check: check.name, ok: result.failed === 0 && result.notRecomputable === 0, ...result });
  }
  return { buckets, checks: results };
}
