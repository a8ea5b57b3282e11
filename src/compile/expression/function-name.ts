import names from "./function-names.json" with { type: "json" };

const { insensitive, aliases }: FunctionNames = names;

/** Which functions the engine finds whatever their case, and which are other names of one (scripts/function-names.ts). */
interface FunctionNames {
  /** In lower case → as the engine calls it. */
  readonly insensitive: Readonly<Record<string, string>>;
  /** Another name, case and all → as the engine calls it. */
  readonly aliases: Readonly<Record<string, string>>;
}

/** The function in its own case: `SUM` and `Sum` are `sum`, `VAR_POP` is `var_pop`. What is unknown stays as it is. */
export function functionCase(written: string): string {
  const lower = written.toLowerCase();
  const name = Object.hasOwn(insensitive, lower) ? insensitive[lower] : undefined;
  if (name === undefined) return written;
  return name.toLowerCase() === lower ? name : lower;
}

/** The one name of a function: `SUM`, `Sum` and `sum` are `sum`, `VAR_POP` is `varPop`. What is unknown stays as it is. */
export function functionName(written: string): string {
  const lower = written.toLowerCase();
  if (Object.hasOwn(aliases, written)) return aliases[written] ?? written;
  return Object.hasOwn(insensitive, lower) ? (insensitive[lower] ?? written) : written;
}
