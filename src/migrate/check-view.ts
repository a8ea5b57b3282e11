/** What the engine says of a view's expressions: their types, or which of them it refuses, and why. */
import { tokenize } from "../compile/expression/tokens.js";
import { leaksOfCall } from "../compile/leak-rules.js";
import type { ViewProbe } from "../compile/probe.js";
import { columnTypes, parseQueryTree, type TreeNode } from "../compile/query-tree.js";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { FeatureView } from "../spec/model.js";
import type { RowExpression } from "../spec/stream-rows.js";

/**
 * What is wrong with a view that the engine refuses, column by column, each with the good ones before it: a column that uses a refused
 * one is not reported again. Empty when the engine accepts it.
 */
export async function findRefused(reader: Reader, probe: ViewProbe): Promise<FeatureError[]> {
  const { view } = probe;
  const ofRows = await checkRows(reader, probe);
  if (ofRows.length > 0) return ofRows;
  const findings: FeatureError[] = [];
  const good = new Set<string>();
  const refused = new Set<string>();
  for (const column of view.columns) {
    if (tokenize(column.sql).some((token) => refused.has(token.text))) {
      refused.add(column.name);
      continue;
    }
    const answer = await refusalOf(reader, probe.select(new Set([...good, column.name])));
    if (answer === undefined) good.add(column.name);
    else {
      refused.add(column.name);
      findings.push(refusal(view, column, answer));
    }
  }
  return findings;
}

/** What the view writes about a stream's rows, each with the good ones before it. */
async function checkRows(
  reader: Reader,
  { view, rows = [], selectRows }: ViewProbe,
): Promise<FeatureError[]> {
  const findings: FeatureError[] = [];
  const good = new Set<RowExpression>();
  const refused = new Set<string>();
  for (const expression of rows) {
    if (selectRows === undefined || tokenize(expression.sql).some((token) => refused.has(token.text))) {
      refused.add(expression.name);
      continue;
    }
    const answer = await refusalOf(reader, selectRows(new Set([...good, expression])));
    if (answer === undefined) good.add(expression);
    else {
      refused.add(expression.name);
      findings.push(refusal(view, expression, answer));
    }
  }
  return findings;
}

/** Why the engine refuses a SELECT; undefined when it does not. */
async function refusalOf(reader: Reader, select: string): Promise<FeatureError | undefined> {
  try {
    await reader.rows(`DESCRIBE (${select})`);
    return undefined;
  } catch (error) {
    if (error instanceof FeatureError && error.code === "FS_ENGINE_QUERY") return error;
    throw error;
  }
}

/** The engine's resolved tree of all of a view's columns, or why it refuses the view. */
export async function resolveView(
  reader: Reader,
  { view, select }: ViewProbe,
): Promise<TreeNode | FeatureError> {
  const all = select(new Set(view.columns.map(({ name }) => name)));
  try {
    const lines = await reader.rows<{ explain: string }>(`EXPLAIN QUERY TREE ${all}`);
    return parseQueryTree(lines.map(({ explain }) => explain));
  } catch (error) {
    if (error instanceof FeatureError && error.code === "FS_ENGINE_QUERY") return error;
    throw error;
  }
}

function refusal(view: FeatureView, column: RowExpression, answer: FeatureError): FeatureError {
  // Over views there is no GROUP BY: an aggregate without a window would take all buckets at once.
  if ("views" in view.from && answer.message.includes("NOT_AN_AGGREGATE")) {
    return new FeatureError(
      "FS_LEAK_GLOBAL",
      "an aggregate without a window takes all buckets that are computed together",
      { object: `${view.name}.${column.name}`, at: column.at, cause: answer },
    );
  }
  // The engine has no such dictionary or file, or no longer such a function: there being one would not help.
  const [leak] = tokenize(column.sql).flatMap(({ kind, text }) => (kind === "name" ? leaksOfCall(text) : []));
  if (leak !== undefined) {
    const { code, message } = leak;
    return new FeatureError(code, message, {
      object: `${view.name}.${column.name}`,
      at: column.at,
      cause: answer,
    });
  }
  return new FeatureError(
    "FS_SPEC_EXPRESSION",
    `the engine refuses the expression: ${withoutScope(answer.message)}`,
    {
      object: `${view.name}.${column.name}`,
      at: column.at,
      cause: answer,
    },
  );
}

/** The engine repeats the whole SELECT, which is the compiler's and not the user's. */
function withoutScope(message: string): string {
  return message.replace(/[. ]+[iI]n scope [\s\S]*?(?=\. Maybe you meant|$)/, "");
}

/** Declared types against inferred ones, and results that are no number. `resolved` is the tree of all of the view's columns. */
export function checkTypes(probe: ViewProbe, resolved: TreeNode): FeatureError[] {
  // The expressions stand behind the bucket's own columns, in the view's order.
  const types = columnTypes(resolved).slice(-probe.view.columns.length);
  return probe.view.columns.flatMap((column, index) => {
    const type = types[index] ?? "";
    const details = { object: `${probe.view.name}.${column.name}`, at: column.at };
    if (column.type !== undefined && compact(column.type) !== compact(type)) {
      return [
        new FeatureError(
          "FS_SPEC_TYPE",
          `the column is declared ${column.type}, and the engine infers ${type}`,
          details,
        ),
      ];
    }
    if (/^(?:Nullable\()?(?:Float|U?Int|Decimal|Bool|Nothing)/.test(type)) return [];
    return [new FeatureError("FS_SPEC_TYPE", `the expression gives ${type}; a feature is a number`, details)];
  });
}

function compact(type: string): string {
  return type.replace(/\s+/g, "");
}
