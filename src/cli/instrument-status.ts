import type { CompiledClock } from "../compile/catalog.js";
import { type BucketStatus, bucketStatus } from "../ingest/buckets/status.js";
import type { Context } from "./context.js";

export type InstrumentStatus = BucketStatus & { readonly clock: string };

/** Of every clock, how each instrument's buckets came out and what is left to do. */
export async function instrumentStatus(
  { engine, project }: Context,
  clocks: readonly CompiledClock[],
): Promise<InstrumentStatus[]> {
  const rows: InstrumentStatus[] = [];
  for (const compiled of clocks) {
    const clock = project.clocks[compiled.name];
    if (clock === undefined) continue;
    const found = await bucketStatus({ engine, project, compiled, clock });
    rows.push(...found.map((row) => ({ ...row, clock: compiled.name })));
  }
  return rows;
}
