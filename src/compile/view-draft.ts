/** A view's expressions, compiled: what can be said of it before the rest of the project is known. */
import { FeatureError, Findings } from "../errors.js";
import type { FeatureColumn, FeatureView, Window } from "../spec/model.js";
import { orderDependent } from "./expression/aggregates.js";
import { compileExpression, type ExactScope, mayBeInfinite } from "./expression/exact.js";
import { ExpressionError, isSymbol, tokenize } from "./expression/tokens.js";
import { type StreamUsage, streamUsage } from "./stream.js";

/** A view with its expressions compiled, before the streams' shape is known. */
export interface ViewDraft {
  readonly view: FeatureView;
  readonly expressions: readonly { readonly column: FeatureColumn; readonly sql: string }[];
  readonly usage: StreamUsage | undefined;
  readonly level: number;
}

/** Compiles a view's expressions. Throws Findings, each with its column's place, for what cannot be compiled. */
export function draftView(view: FeatureView, levelOf: (view: string) => number): ViewDraft {
  const windows = new Map(view.windows.map((window) => [window.name, window]));
  const stream = "stream" in view.from ? view.from.stream : undefined;
  const findings: FeatureError[] = [];
  const infinite = new Set<string>();
  const expressions = view.columns.flatMap((column) => {
    try {
      const scope = { hasTwins: stream === "trades", infinite: new Set(infinite) };
      const sql = compileColumn(view, column, windows, scope);
      if (mayBeInfinite(column.sql, infinite)) infinite.add(column.name);
      return [{ column, sql }];
    } catch (error) {
      if (!(error instanceof FeatureError)) throw error;
      findings.push(error);
      return [];
    }
  });
  if (findings.length > 0) throw new Findings(findings);
  return {
    view,
    expressions,
    usage:
      stream === undefined
        ? undefined
        : streamUsage(
            stream,
            expressions.map((item) => item.sql),
          ),
    level: "stream" in view.from ? 0 : 1 + Math.max(...view.from.views.map(levelOf)),
  };
}

function compileColumn(
  view: FeatureView,
  column: FeatureColumn,
  windows: ReadonlyMap<string, Window>,
  scope: ExactScope,
): string {
  const fail = (
    code: "FS_SPEC_EXPRESSION" | "FS_SPEC_ORDER_DEPENDENT",
    message: string,
    hint?: string,
  ): never => {
    throw new FeatureError(code, message, {
      object: `${view.name}.${column.name}`,
      at: column.at,
      ...(hint === undefined ? {} : { hint }),
    });
  };
  try {
    const tokens = tokenize(column.sql);
    tokens.forEach((token, index) => {
      const isCall = token.kind === "name" && isSymbol(tokens[index + 1], "(");
      const instead = isCall ? orderDependent.get(token.text.replace(/(?<=.)If$/, "")) : undefined;
      if (instead === undefined || column.approx !== undefined) return;
      fail(
        "FS_SPEC_ORDER_DEPENDENT",
        `the result of ${token.text}(…) depends on the order in which rows arrive`,
        `Write ${instead}, or declare a tolerance: approx: 1e-12.`,
      );
    });
    return compileExpression(column.sql, {
      ...scope,
      guardWindow: (call, name) => {
        const window = windows.get(name);
        if (window === undefined)
          return fail(
            "FS_SPEC_EXPRESSION",
            `OVER ${name} names no window of this view`,
            "Declare it under `windows:`.",
          );
        return `if(count() OVER ${name} >= ${window.min}, ${call}, NULL)`;
      },
    });
  } catch (error) {
    if (error instanceof ExpressionError)
      return fail("FS_SPEC_EXPRESSION", `the expression cannot be read: ${error.message}`);
    throw error;
  }
}
