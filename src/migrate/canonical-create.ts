import { functionName } from "../compile/expression/function-name.js";

/**
 * A CREATE statement in a form in which what we write and what the engine shows are equal. Both come formatted by the
 * engine; what is left are parts that it adds by itself.
 */
export function canonicalCreate(text: string): string {
  const plain = text
    .replace(/^CREATE OR REPLACE /, "CREATE ")
    .replace(/^(CREATE [A-Z ]+?)IF NOT EXISTS /, "$1")
    // The width of a codec follows from the column's type.
    .replace(/\bCODEC\((?:[^()]|\([^()]*\))*\)/g, (codec) =>
      codec.replace(/\b(Delta|DoubleDelta|Gorilla)\(\d+\)/g, "$1"),
    )
    .replace(/, index_granularity = 8192\b/, "")
    .replace(/ SETTINGS index_granularity = 8192\b/, "");
  return withFunctionNames(withoutRepeatedWith(withoutViewColumns(plain)));
}

/** The engine stores a query with its functions' own names: `first_value` becomes `any`. What is quoted changes alike on both sides. */
function withFunctionNames(text: string): string {
  if (!/^CREATE (?:MATERIALIZED )?VIEW /.test(text)) return text;
  return text.replace(/(?<![\w.`])[A-Za-z_]\w*(?=\()/g, functionName);
}

const identifier = "(?:`(?:\\\\.|[^`\\\\])*`|\\w+)";
const viewHead = new RegExp(
  `^CREATE (?:MATERIALIZED )?VIEW ${identifier}\\.${identifier}(?: TO ${identifier}\\.${identifier})?(?= \\()`,
);

/** A view's column list is what its SELECT gives. */
function withoutViewColumns(text: string): string {
  const head = viewHead.exec(text)?.[0];
  if (head === undefined) return text;
  for (const at of outside(text, head.length + 1)) {
    if (text[at] === ")") return head + text.slice(at + 1);
  }
  return text;
}

/** The engine repeats the WITH of the first part of a UNION in the parts behind it. */
function withoutRepeatedWith(text: string): string {
  let kept = text;
  for (const union of [...text.matchAll(/\bUNION (?:ALL|DISTINCT) (?=WITH )/g)].reverse()) {
    const from = union.index + union[0].length;
    const to = endOfWith(kept, from);
    const clause = kept.slice(from, to);
    if (clause !== "" && kept.slice(0, from).includes(clause)) kept = kept.slice(0, from) + kept.slice(to);
  }
  return kept;
}

/** Where the SELECT begins that a WITH belongs to. */
function endOfWith(text: string, from: number): number {
  for (const at of outside(text, from)) {
    if (text.startsWith(" SELECT ", at)) return at + 1;
  }
  return from;
}

/** Places from `start` on that are in no quotes and in no bracket that opens behind it; a bracket at `start` closes last. */
function* outside(text: string, start: number): Generator<number> {
  let depth = 0;
  let quote = "";
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? "";
    if (quote !== "") {
      if (character === "\\") at++;
      else if (character === quote) quote = "";
    } else if (character === "'" || character === "`") quote = character;
    else if (character === "(") depth++;
    else if (character === ")") {
      depth--;
      if (depth <= 0) yield at;
    } else if (depth <= 0) yield at;
  }
}
