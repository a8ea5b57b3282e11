import { FeatureError } from "../../errors.js";

/** A file that ends early or is damaged. Nothing of it was stored. */
export function brokenFile(name: string, cause: unknown): FeatureError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new FeatureError("FS_INGEST_BROKEN_FILE", `${name} cannot be read: ${words}`, {
    object: name,
    cause,
  });
}
