import { FeatureError } from "../errors.js";
import { suggest } from "../spec/suggest.js";
import type { Check, VerifyOptions } from "../verify/check.js";
import { checks as storedChecks } from "../verify/checks.js";
import { served } from "./served-check.js";
import { timeArgument } from "./time-argument.js";
import { instrumentArgument } from "./writing.js";

/** Checks of what is stored, and of what was served from it. */
const checks: readonly Check[] = [...storedChecks, served];

/** The checks that were named, in the order in which they run; all of them when none was. */
export function chosenChecks(names: readonly string[]): readonly Check[] {
  for (const name of names) {
    if (checks.some((check) => check.name === name)) continue;
    const known = checks.map((check) => check.name);
    const near = suggest(name, known);
    throw new FeatureError("FS_CLI_USAGE", `There is no check ${name}.`, {
      object: name,
      hint: near === undefined ? `Checks: ${known.join(", ")}.` : `Did you mean ${near}?`,
    });
  }
  return names.length === 0 ? checks : checks.filter(({ name }) => names.includes(name));
}

export function verifyOptions(options: {
  readonly sample: string;
  readonly seed: string;
  readonly from?: string;
  readonly to?: string;
  readonly instrument?: readonly string[];
}): VerifyOptions {
  const from = options.from === undefined ? undefined : timeArgument("--from", options.from);
  const to = options.to === undefined ? undefined : timeArgument("--to", options.to);
  if (from !== undefined && to !== undefined && from >= to) {
    throw new FeatureError("FS_CLI_USAGE", "--from is not before --to.");
  }
  return {
    sample: options.sample === "all" ? undefined : wholeNumber("--sample", options.sample, 1),
    seed: wholeNumber("--seed", options.seed, 0),
    from,
    to,
    instruments: options.instrument?.map(instrumentArgument),
  };
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least) return value;
  throw new FeatureError("FS_CLI_USAGE", `${option} ${text} is no whole number of at least ${least}.`);
}
