/**
 * The third binding of a view's one SELECT text: a sample of stored buckets, whose rows are computed again and compared with
 * what is stored. The text is the backfill's, so every kind of view that can be backfilled can be verified.
 */
import { FeatureError } from "../errors.js";
import { quoteName } from "../schema/quote.js";
import { type CompiledObject, chunkMark } from "./catalog.js";
import type { TableCut } from "./cut-relations.js";
import { cutRelations } from "./cut-relations.js";
import { withMoments } from "./moments.js";

export interface Recompute {
  /** `WHERE …` over the clock's bucket table: the buckets to compute. */
  readonly where: string;
  /** Tables that are read as they were at moments: symbols are those of `symbolAt`. */
  readonly cuts?: readonly TableCut[];
}

/** A SELECT that gives the object's rows as its backfill would store them; undefined for what stores nothing. */
export function recomputeSelect(object: CompiledObject, { where, cuts }: Recompute): string | undefined {
  if (object.backfill === undefined || object.storage === undefined) return undefined;
  const table = quoteName(object.storage.table);
  const end = object.backfill.indexOf("\n");
  if (!object.backfill.startsWith(`INSERT INTO ${table} (`) || end < 0) {
    throw new FeatureError("FS_INTERNAL", `the backfill of ${object.name} does not begin with its INSERT`);
  }
  const parts = object.backfill.slice(end + 1).split(chunkMark);
  if (parts.length !== 2) {
    throw new FeatureError(
      "FS_INTERNAL",
      `the backfill of ${object.name} has ${parts.length - 1} chunk marks`,
    );
  }
  const text = parts.join(where);
  return cuts === undefined ? text : withMoments(cutRelations(text, cuts));
}
