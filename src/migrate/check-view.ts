/** Finds which of a view's expressions the engine refuses, and why. */
import { tokenize } from "../compile/expression/tokens.js";
import type { ViewProbe } from "../compile/probe.js";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { FeatureView } from "../spec/model.js";
import type { RowExpression } from "../spec/stream-rows.js";

interface Described {
  readonly name: string;
  readonly type: string;
}

/**
 * The engine is asked for the whole view first; only if it refuses, column by column, each with the good ones before it. A
 * column that uses a refused one is not reported again.
 */
export async function checkView(reader: Reader, probe: ViewProbe): Promise<FeatureError[]> {
  const { view } = probe;
  const all = new Set(view.columns.map((column) => column.name));
  const whole = await describe(reader, probe, all);
  if (Array.isArray(whole)) return typeFindings(probe, whole);
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
    const answer = await describe(reader, probe, new Set([...good, column.name]));
    if (Array.isArray(answer)) good.add(column.name);
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
    const usesRefused = tokenize(expression.sql).some((token) => refused.has(token.text));
    const answer =
      usesRefused || selectRows === undefined
        ? undefined
        : await describeSelect(reader, selectRows(new Set([...good, expression])));
    if (Array.isArray(answer)) good.add(expression);
    else {
      refused.add(expression.name);
      if (answer !== undefined) findings.push(refusal(view, expression, answer));
    }
  }
  return findings;
}

function describe(
  reader: Reader,
  probe: ViewProbe,
  columns: ReadonlySet<string>,
): Promise<Described[] | FeatureError> {
  return describeSelect(reader, probe.select(columns));
}

async function describeSelect(reader: Reader, select: string): Promise<Described[] | FeatureError> {
  try {
    return await reader.rows<Described>(`DESCRIBE (${select})`);
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

/** Declared types against inferred ones, and results that are no number. */
function typeFindings(probe: ViewProbe, described: readonly Described[]): FeatureError[] {
  // The expressions stand behind the bucket's own columns, in the view's order.
  const types = described.slice(-probe.view.columns.length);
  return probe.view.columns.flatMap((column, index) => {
    const type = types[index]?.type ?? "";
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
