import { compileProject } from "../compile/compile-project.js";
import { type BucketStatus, bucketStatus } from "../ingest/buckets/status.js";
import type { Context } from "./context.js";

/** Of every clock, how each instrument's buckets came out and what is left to do. */
export async function instrumentStatus({ engine, project, specs }: Context) {
  const rows: (BucketStatus & { readonly clock: string })[] = [];
  for (const compiled of compileProject(specs).clocks) {
    const clock = project.clocks[compiled.name];
    if (clock === undefined) continue;
    const found = await bucketStatus({ engine, project, compiled, clock });
    rows.push(...found.map((row) => ({ ...row, clock: compiled.name })));
  }
  return rows;
}
