/** What the engine says of a view's expressions: their types, or which of them it refuses, and why. */
import { tokenize } from "../compile/expression/tokens.js";
import type { ViewProbe } from "../compile/probe.js";
import { columnTypes, parseQueryTree, type TreeNode } from "../compile/query-tree.js";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { RowExpression } from "../spec/stream-rows.js";
import { explainRefusal } from "./explain-refusal.js";

export interface Refused {
  /** Empty when the engine accepts the view. */
  readonly findings: readonly FeatureError[];
  /** The columns that it accepts; none where it refuses rows, which they are made of. */
  readonly good: ReadonlySet<string>;
}

/**
 * What is wrong with a view that the engine refuses, column by column, each with the good ones before it: a column that uses a refused
 * one is not reported again.
 */
export async function findRefused(reader: Reader, probe: ViewProbe): Promise<Refused> {
  const { view } = probe;
  const ofRows = await checkRows(reader, probe);
  if (ofRows.length > 0) return { findings: ofRows, good: new Set() };
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
      findings.push(explainRefusal(probe, column, answer));
    }
  }
  return { findings, good };
}

/** What the view writes about a stream's rows, each with the good ones before it. */
async function checkRows(reader: Reader, probe: ViewProbe): Promise<FeatureError[]> {
  const { rows = [], selectRows } = probe;
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
      findings.push(explainRefusal(probe, expression, answer));
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
          { ...details, hint: `Write \`type: ${type}\`, cast the expression, or leave \`type:\` out.` },
        ),
      ];
    }
    if (/^(?:Nullable\()?(?:Float|U?Int|Decimal|Bool|Nothing)/.test(type)) return [];
    const hint =
      "Make a number of it: a comparison is 1 or 0, toUnixTimestamp64Milli(t) is a time, length(a) counts an array.";
    const message = `the expression gives ${type}; a feature is a number`;
    return [new FeatureError("FS_SPEC_TYPE", message, { ...details, hint })];
  });
}

function compact(type: string): string {
  return type.replace(/\s+/g, "");
}
