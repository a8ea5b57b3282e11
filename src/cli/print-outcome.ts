import type { FeatureError } from "../errors.js";
import type { Outcome } from "./outcome.js";
import { renderError } from "./render-error.js";
import { scrubSecrets } from "./scrub.js";

/** 64-bit counts are printed as decimal text: a JSON number would lose digits. */
const toJson = (value: object) =>
  JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? inner.toString() : inner));

/** The document of --json: `{ schema, ok, …result, errors? }`, or the bare array of a result that is one. */
export function outcomeText(path: string, outcome: Outcome): string {
  return toJson(toDocument(path, outcome));
}

/** What a process ends with. */
export function outcomeStatus(outcome: Outcome): number {
  return outcome.errors?.[0]?.exit ?? outcome.exit ?? 0;
}

function toDocument(path: string, { result, errors = [] }: Outcome): object {
  if (Array.isArray(result)) return result;
  return {
    schema: `feature.${path === "" ? "usage" : path.replaceAll(" ", ".")}/1`,
    ok: errors.length === 0,
    ...result,
    ...(errors.length === 0 ? {} : { errors: errors.map((error) => error.report()) }),
  };
}

/** The outcome of a command that could not return one. */
export const failedOutcome = (errors: readonly FeatureError[]): Outcome => ({
  result: {},
  text: () => "",
  errors,
});

/** Prints what a command came to (`path` is its name, such as `buckets build`) and returns the exit status. */
export function printOutcome(
  path: string,
  outcome: Outcome,
  { json, debug }: { json: boolean; debug: boolean },
): number {
  const errors = outcome.errors ?? [];
  // Results are data and stay as they are; an error's text may quote a URL or a setting.
  const clean = (text: string) => (errors.length === 0 ? text : scrubSecrets(text, process.env));
  if (json) process.stdout.write(`${clean(outcomeText(path, outcome))}\n`);
  else {
    process.stdout.write(outcome.text());
    for (const warning of outcome.warnings ?? []) process.stderr.write(`warning: ${warning}\n`);
  }
  if (!json || debug) for (const error of errors) process.stderr.write(clean(renderError(error, debug)));
  return outcomeStatus(outcome);
}
