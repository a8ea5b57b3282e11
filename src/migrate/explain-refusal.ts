/** Why the engine refuses an expression, in the words of whoever wrote it: what they can read, and what to write in its place. */
import { tokenize } from "../compile/expression/tokens.js";
import { leaksOfCall } from "../compile/leak-rules.js";
import type { ViewProbe } from "../compile/probe.js";
import { FeatureError } from "../errors.js";
import type { FeatureView } from "../spec/model.js";
import type { RowExpression } from "../spec/stream-rows.js";
import { didYouMean } from "../spec/suggest.js";

/** So many columns are listed; a name that is near one is proposed in their place. */
const listed = 24;

type Reason = Pick<FeatureError, "code" | "message"> & { readonly hint?: string };

/** `answer` is the engine's error for the expression. */
export function explainRefusal(
  { view, readable }: Pick<ViewProbe, "view" | "readable">,
  expression: RowExpression,
  answer: FeatureError,
): FeatureError {
  const { code, message, hint } =
    unaggregated(view, answer.message) ??
    leak(expression.sql) ??
    unknownName(view, above(view, readable, expression), answer.message) ??
    unknownFunction(view, answer.message) ??
    notOne(answer.message) ??
    ({
      code: "FS_SPEC_EXPRESSION",
      message: `the engine refuses the expression: ${withoutScope(answer.message)}`,
    } as const);
  return new FeatureError(code, message, {
    object: `${view.name}.${expression.name}`,
    at: expression.at,
    cause: answer,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Without the column itself and those below it. */
function above({ columns }: FeatureView, readable: readonly string[], { name }: RowExpression): string[] {
  const at = columns.findIndex((column) => column.name === name);
  const below = new Set(at === -1 ? [] : columns.slice(at).map((column) => column.name));
  return readable.filter((known) => !below.has(known));
}

/** A column beside an aggregate, or an aggregate where there is one row. */
function unaggregated({ from, row, asOf }: FeatureView, answer: string): Reason | undefined {
  if (!answer.includes("NOT_AN_AGGREGATE")) return undefined;
  if ("views" in from && asOf?.events !== true) {
    const message = "an aggregate without a window takes all buckets that are computed together";
    const code = "FS_LEAK_GLOBAL";
    if (row !== undefined) {
      return { code, message, hint: "A view with `row:` sees one row: aggregate in a view with `from:`." };
    }
    if (asOf === undefined) return { code, message };
    const hint = "Write `events: true` to aggregate all rows that a bucket knows, or a view over this one.";
    return { code, message, hint };
  }
  const column = /Column '?(?:[\w`]+\.)*`?(\w+)`?'? is not under aggregate/.exec(answer)?.[1];
  if (column === undefined) return undefined;
  return {
    code: "FS_SPEC_EXPRESSION",
    message: `${column} stands outside of an aggregate, and a bucket has many rows`,
    hint: `Write an aggregate of it, for example argMax(${column}, ord) for the last one.`,
  };
}

/** The engine has no such dictionary or file, or no longer such a function: there being one would not help. */
function leak(sql: string): Reason | undefined {
  return tokenize(sql).flatMap(({ kind, text }) => (kind === "name" ? leaksOfCall(text) : []))[0];
}

function unknownName(view: FeatureView, readable: readonly string[], answer: string): Reason | undefined {
  const name = /UNKNOWN_IDENTIFIER.*?[Uu]nknown [a-z ]*identifiers? `([^`]+)`/.exec(answer)?.[1];
  if (name === undefined) return undefined;
  const message = `${name} is nothing that view ${view.name} can read`;
  const [owner = "", ...rest] = name.split(".");
  if (rest.length > 0 && !readable.some((known) => known.startsWith(`${owner}.`))) {
    const hint = `Declare ${owner} under \`from:\` (a view), \`lookup:\` (books) or \`table:\` (what a job fits).`;
    return { code: "FS_SPEC_EXPRESSION", message, hint };
  }
  const qualified = readable.find((known) => known.endsWith(`.${name}`));
  const list = readable.slice(0, listed).join(", ");
  const hint =
    qualified === undefined
      ? didYouMean(name, readable, `It can read ${list}${readable.length > listed ? ", …" : "."}`)
      : `Write ${qualified}.`;
  return { code: "FS_SPEC_EXPRESSION", message, hint };
}

/** Functions of this language, where it does not have them. */
function unknownFunction(view: FeatureView, answer: string): Reason | undefined {
  const [, name = "", near] =
    /UNKNOWN_FUNCTION.*?Function with name `(\w+)` does not exist(?:.*?Maybe you meant: \['(\w+)')?/.exec(
      answer,
    ) ?? [];
  if (name === "") return undefined;
  const code = "FS_SPEC_EXPRESSION";
  if (name === "prev" || name === "next") {
    const hint =
      view.row === undefined
        ? `Write a step of \`rows:\`, for example \`change: "price - ${name}(price)"\`, and aggregate that.`
        : "Compare rows in a view with `from:` and `rows:`.";
    return { code, message: `${name}(…) is for steps of \`rows:\`: only there are rows neighbours`, hint };
  }
  if (name === "path") {
    const message = "path(…) is for windows of buckets, or of time over the grid of books";
    return { code, message, hint: "Write it in a view over views with `windows:`, as path(x) OVER w." };
  }
  const message = `the engine has no function ${name}`;
  return near === undefined ? { code, message } : { code, message, hint: `Did you mean \`${near}\`?` };
}

/** Where the engine stops reading is often in the compiler's own text, which says nothing to anybody. */
function notOne(answer: string): Reason | undefined {
  const code = "FS_SPEC_EXPRESSION";
  if (answer.includes("SYNTAX_ERROR"))
    return { code, message: "the engine cannot read it as one expression" };
  if (!answer.includes("ILLEGAL_AGGREGATION")) return undefined;
  const message = "an aggregate stands in a filter, or within another aggregate";
  return { code, message, hint: "Compute it in a step of `rows:`, OVER bucket, and use that column." };
}

/** The engine repeats the whole SELECT, which is the compiler's and not the user's. */
function withoutScope(message: string): string {
  return message.replace(/[. ]+[iI]n (?:scope|query) [\s\S]*?(?=\. Maybe you meant|$)/, "");
}
