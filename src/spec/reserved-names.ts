/** Names that no view may bear: readers find streams and the product's own tables under them. */
import type { SpecReader } from "./spec-reader.js";

/** What stands beside the aliases of views in the database of features. */
const names: ReadonlySet<string> = new Set([
  ...["trades", "books", "events"],
  ...["unified_buckets", "bucket_state", "bucket_config", "bucket_cuts", "closes", "dirty", "leases"],
  ...["expect_breaches", "fetches", "fits", "inference_audit", "job_runs"],
]);
const prefix = /^(vector|label|buckets|lease)_/;

export function checkViewName(reader: SpecReader, name: string): void {
  if (!names.has(name) && !prefix.test(name)) return;
  const message = `the name ${name} is taken by a stream or table of the product`;
  reader.add("FS_SPEC_NAME", message, reader.file.at("/view"), "Choose another name for the view.");
}
