import { FeatureError } from "../../errors.js";

/** A header that is not the format's: what it has, and what was expected. */
export function headerError(
  file: string,
  found: readonly string[],
  expected: string,
  hint?: string,
): FeatureError {
  return wrongHeader(file, `${file} has the columns ${listed(found)}; expected ${expected}`, hint);
}

/** A header without columns that are needed. `of` says what needs them. */
export function missingColumnsError(
  file: string,
  found: readonly string[],
  missing: readonly (string | number)[],
  of: string,
  hint?: string,
): FeatureError {
  const columns = missing.length === 1 ? `no column ${missing[0]}` : `no columns ${missing.join(", ")}`;
  return wrongHeader(file, `${file} has ${columns}, which ${of} need; it has ${listed(found)}`, hint);
}

function wrongHeader(file: string, message: string, hint: string | undefined): FeatureError {
  const at = { file, line: 1 };
  return new FeatureError("FS_INGEST_HEADER", message, {
    object: file,
    at,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Enough to recognise a file by; a foreign one may have anything in its first line. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name));
  return names.length > shown.length
    ? `${shown.join(", ")} and ${names.length - shown.length} more`
    : shown.join(", ");
}
