/** A view's expressions, compiled: what can be said of it before the rest of the project is known. */
import { FeatureError, Findings } from "../errors.js";
import type { FeatureColumn, FeatureView, Window } from "../spec/model.js";
import type { RowExpression } from "../spec/stream-rows.js";
import { orderDependent } from "./expression/aggregates.js";
import { compileExpression, type ExactScope, mayBeInfinite } from "./expression/exact.js";
import { withFits } from "./expression/fits.js";
import { type LookupUse, withLookups } from "./expression/lookups.js";
import { canonicalCase } from "./expression/normal.js";
import { withParams } from "./expression/params.js";
import { withRowWindows } from "./expression/row-windows.js";
import { foldName, foldOf, withStates } from "./expression/scan.js";
import { withTimeWindows } from "./expression/time-windows.js";
import { ExpressionError, isSymbol, printTokens, type Token, tokenize } from "./expression/tokens.js";
import { placeColumn } from "./names.js";
import { type StreamUsage, streamUsage } from "./stream.js";
import {
  type CompiledExpression,
  type CompiledRows,
  compileRows,
  computedColumns,
  rowTexts,
} from "./stream-rows.js";

/** A view with its expressions compiled, before the streams' shape is known. */
export interface ViewDraft {
  readonly view: FeatureView;
  readonly expressions: readonly { readonly column: FeatureColumn; readonly sql: string }[];
  /** What is done with a stream's rows first; undefined for a view over views. */
  readonly rows: CompiledRows | undefined;
  /** Intermediate expressions, which come before the columns and are not stored. */
  readonly lets: readonly { readonly name: string; readonly sql: string }[];
  /** `bins:` of a view over bins, in order. */
  readonly binColumns: readonly { readonly origin: RowExpression; readonly sql: string }[];
  /** The lists of `table:` that are used. */
  readonly fitLists: readonly string[];
  readonly usage: StreamUsage | undefined;
  readonly level: number;
}

/** Compiles a view's expressions. Throws Findings, each with its column's place, for what cannot be compiled. */
export function draftView(view: FeatureView, levelOf: (view: string) => number): ViewDraft {
  const windows = new Map(view.windows.map((window) => [window.name, window]));
  const stream = "stream" in view.from ? view.from.stream : undefined;
  const findings: FeatureError[] = [];
  const infinite = new Set<string>(computedColumns(view));
  const collect = <T>(compile: () => T, otherwise: T): T => {
    try {
      return compile();
    } catch (error) {
      if (!(error instanceof FeatureError)) throw error;
      findings.push(error);
      return otherwise;
    }
  };
  const uses: LookupUse[] = [];
  const fold =
    view.scan === undefined
      ? []
      : [{ name: foldName, sql: foldOf(view.scan.states, view.params), at: view.scan.window.at }];
  const lets = [...fold, ...view.lets].flatMap((item) =>
    collect(() => {
      const scope = { hasTwins: stream !== undefined && stream !== "books", infinite: new Set(infinite) };
      const compiled = compileColumn(view, { ...item, approx: undefined }, windows, scope);
      infinite.add(item.name);
      uses.push(...compiled.uses);
      return [{ name: item.name, sql: compiled.sql }];
    }, []),
  );
  // Beneath a NULL of a stored column may lie what is not finite: nothing that is read counts as finite here.
  const read = new Set("views" in view.from ? view.from.views : []);
  const binColumns = (view.overBy?.bins ?? []).map((origin) => {
    const scope = { hasTwins: false, infinite: read };
    return {
      origin,
      ...collect(() => compileColumn(view, { ...origin, approx: undefined }, windows, scope), nothing),
    };
  });
  const expressions = view.columns.flatMap((column) =>
    collect(() => {
      // A row a bin: nothing is left to aggregate, and windows go over the bucket's bins.
      if (view.overBy?.emit === true) return [{ column, sql: compileRowExpression(view, column).sql }];
      const scope = { hasTwins: stream !== undefined && stream !== "books", infinite: new Set(infinite) };
      const compiled = compileColumn(view, column, windows, scope);
      if (mayBeInfinite(column.sql, infinite)) infinite.add(column.name);
      uses.push(...compiled.uses);
      return [{ column, sql: compiled.sql }];
    }, []),
  );
  const rows = compileRows(
    view,
    (expression) => collect(() => compileRowExpression(view, expression), nothing),
    uses,
  );
  if (findings.length > 0) throw new Findings(findings);
  return {
    view,
    expressions,
    rows,
    lets,
    binColumns,
    fitLists: fitLists(view),
    usage:
      rows?.stream === undefined
        ? undefined
        : {
            ...streamUsage(rows.stream, [
              ...rowTexts(rows),
              ...[...lets, ...expressions].map((item) => item.sql),
            ]),
            ...(view.delayMs === 0 ? {} : { aheadMs: view.delayMs }),
          },
    level:
      "stream" in view.from || view.asOf !== undefined || view.row !== undefined
        ? 0
        : 1 + Math.max(...view.from.views.map(levelOf)),
  };
}

function fitLists({ fit, lets, columns }: FeatureView): string[] {
  if (fit === undefined) return [];
  const lists = [...lets, ...columns].flatMap(({ sql }) => withFits(tokenize(sql), fit).lists);
  return [...new Set(lists)].sort();
}

const nothing: CompiledExpression = { sql: "NULL", uses: [] };

/** A filter, or a column of a stream's row: windows of the bucket's rows are allowed. */
function compileRowExpression(view: FeatureView, expression: RowExpression): CompiledExpression {
  // Rows stand in their order within a window: no function over them depends on how they arrived.
  return compileAt(view, expression, true, (tokens) =>
    compileExpression(printTokens(withRowWindows(tokens)), {
      hasTwins: "stream" in view.from && view.from.stream !== "books",
      infinite: computedColumns(view),
    }),
  );
}

function compileColumn(
  view: FeatureView,
  column: Pick<FeatureColumn, "name" | "sql" | "at" | "approx">,
  windows: ReadonlyMap<string, Window>,
  scope: ExactScope,
): CompiledExpression {
  return compileAt(view, column, column.approx !== undefined, (tokens) =>
    compileExpression(printTokens(tokens), {
      ...scope,
      guardWindow: (call, name) => {
        // The check on the engine refuses it, and knows what it would leak.
        if (name.startsWith("(")) return call;
        const window = windows.get(name);
        if (window === undefined)
          throw failure(
            view,
            column,
            "FS_SPEC_EXPRESSION",
            `OVER ${name} names no window of this view`,
            "Declare it under `windows:`.",
          );
        return `if(count() OVER ${name} >= ${window.min}, ${call}, NULL)`;
      },
    }),
  );
}

function compileAt(
  view: FeatureView,
  expression: RowExpression,
  anyOrder: boolean,
  compile: (tokens: readonly Token[]) => string,
): CompiledExpression {
  try {
    const written = withStates(canonicalCase(tokenize(expression.sql)), view.scan?.states ?? []);
    const plain = withParams(written, view.params);
    const { tokens: fitted } = withFits(plain, view.fit);
    const tokens = view.time === undefined ? fitted : withTimeWindows(fitted, view.time);
    if (tokens.some((token) => token.kind === "name" && /^select$/i.test(token.text))) {
      throw failure(view, expression, "FS_LEAK_SUBSELECT", "the expression holds a sub-select");
    }
    if (tokens.some((token) => token.text.replaceAll("`", "") === placeColumn)) {
      const message = `${placeColumn} says how a bucket was inserted, not what happened in it`;
      throw failure(view, expression, "FS_LEAK_INPUT", message);
    }
    tokens.forEach((token, index) => {
      const isCall = token.kind === "name" && isSymbol(tokens[index + 1], "(");
      const instead = isCall ? orderDependent.get(token.text.replace(/(?<=.)If$/, "")) : undefined;
      if (instead === undefined || anyOrder) return;
      throw failure(
        view,
        expression,
        "FS_SPEC_ORDER_DEPENDENT",
        `the result of ${token.text}(…) depends on the order in which rows arrive`,
        `Write ${instead}, or declare a tolerance: approx: 1e-12.`,
      );
    });
    const looked = withLookups(tokens, new Set(view.rows.lookups.map(({ name }) => name)));
    return { sql: compile(looked.tokens), uses: looked.uses };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw failure(view, expression, "FS_SPEC_EXPRESSION", `the expression cannot be read: ${error.message}`);
  }
}

function failure(
  view: FeatureView,
  { name, at }: RowExpression,
  code: "FS_SPEC_EXPRESSION" | "FS_SPEC_ORDER_DEPENDENT" | "FS_LEAK_INPUT" | "FS_LEAK_SUBSELECT",
  message: string,
  hint?: string,
): FeatureError {
  return new FeatureError(code, message, {
    object: `${view.name}.${name}`,
    at,
    ...(hint === undefined ? {} : { hint }),
  });
}
