/** Ordered folds (`scan:`): the states of a view as one array fold over paths of what they read. */
import type { ScanState } from "../../spec/scan.js";
import { scanWindow } from "../../spec/scan.js";
import { isSymbol, printTokens, type Token, tokenize } from "./tokens.js";

/** The intermediate expression that holds all states behind the current bucket. */
export const foldName = "scan__state";

/** Words of expressions that are no columns. */
const words = new Set(
  "AND OR NOT IN LIKE BETWEEN IS NULL CASE WHEN THEN ELSE END AS DIV MOD INTERVAL TRUE FALSE".split(" "),
);

/**
 * The fold, in the language of specs: `path(x) OVER scan` of every column that a state reads, zipped, and folded with all states at
 * once. What is no state and no parameter is a column of the views that are read.
 */
export function foldOf(states: readonly ScanState[], params: Readonly<Record<string, number>>): string {
  const inputs: string[] = [];
  const known = new Map(states.map(({ name }, index) => [name, index + 1]));
  const next = states.map((state) => printTokens(withInputs(tokenize(state.next), known, params, inputs)));
  const type = `'Tuple(${states.map(() => "Nullable(Float64)").join(", ")})'`;
  const paths = inputs.map((name) => `path(${name}) OVER ${scanWindow}`);
  // Without anything to read there are still buckets to count.
  const zipped = `arrayZip(${paths.length === 0 ? `path(1) OVER ${scanWindow}` : paths.join(", ")})`;
  const start = states.map((state) => (state.start === undefined ? "NULL" : `(${state.start})`));
  return `arrayFold((s__, x__) -> CAST(tuple(${next.join(", ")}), ${type}), ${zipped}, CAST(tuple(${start.join(", ")}), ${type}))`;
}

/** States as elements of the accumulator, columns as elements of the bucket's tuple. */
function withInputs(
  tokens: readonly Token[],
  states: ReadonlyMap<string, number>,
  params: Readonly<Record<string, number>>,
  inputs: string[],
): Token[] {
  const result: Token[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    const isColumn =
      (token.kind === "name" || token.kind === "quoted") &&
      !isSymbol(tokens[index + 1], "(") &&
      !words.has(token.text.toUpperCase()) &&
      !Object.hasOwn(params, token.text);
    if (!isColumn) {
      result.push(token);
      continue;
    }
    const state = states.get(token.text);
    if (state !== undefined) {
      result.push(element("s__", state));
      continue;
    }
    const isQualified = isSymbol(tokens[index + 1], ".");
    const name = isQualified ? `${token.text}.${tokens[index + 2]?.text ?? ""}` : token.text;
    if (isQualified) index += 2;
    if (!inputs.includes(name)) inputs.push(name);
    result.push(element("x__", inputs.indexOf(name) + 1));
  }
  return result;
}

/** In the view's other expressions, the name of a state is its value behind the current bucket. */
export function withStates(tokens: readonly Token[], states: readonly ScanState[]): Token[] {
  return tokens.map((token, index) => {
    const place = token.kind === "name" ? states.findIndex(({ name }) => name === token.text) : -1;
    const isOther = isSymbol(tokens[index + 1], "(") || isSymbol(tokens[index - 1], ".");
    return place < 0 || isOther ? token : element(foldName, place + 1);
  });
}

function element(tuple: string, place: number): Token {
  return { kind: "name", text: `tupleElement(${tuple}, ${place})` };
}
