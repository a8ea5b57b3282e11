/** What a view's expressions do that a feature may not do, by the engine's own resolved tree of them. */
import { leaksOf } from "../compile/leak-rules.js";
import type { ViewProbe } from "../compile/probe.js";
import { projections, type TreeNode } from "../compile/query-tree.js";
import { FeatureError } from "../errors.js";
import type { FeatureView } from "../spec/model.js";
import type { RowExpression } from "../spec/stream-rows.js";

/** A name that the compiler gives a column whose own name the stream has too (`mid__of_bucket`). */
const innerSuffix = /__(?:of_bucket|raw)$/;

/** Findings at the places of the expressions. `resolved` is the tree of all of the view's columns. */
export function checkLeaks({ view }: ViewProbe, resolved: TreeNode): FeatureError[] {
  const hasOrder = "stream" in view.from || view.asOf?.events === true;
  const overRows = hasOrder || view.overBy !== undefined;
  const found = projections(resolved);
  const findings = new Map<string, FeatureError>();
  const leaky = new Set<string>();
  for (const expression of written(view)) {
    const { name, sql, at } = expression;
    const anyOrder = view.columns.some((column) => column.name === name && column.approx !== undefined);
    for (const { expression: tree } of found.filter((item) => isOf(item.name, name, overRows))) {
      for (const leak of leaksOf(tree, { anyOrder, overStream: hasOrder })) {
        // A column that uses one with a leak has the leak in its tree as well; the first is to be mended.
        const repeated = [...leaky].some((other) => new RegExp(`\\b${other}\\b`).test(sql));
        if (repeated) continue;
        findings.set(
          `${name} ${leak.code} ${at.line}`,
          finding(view, expression, leak.code, leak.message, leak.hint),
        );
      }
    }
    const hasLeak = [...findings.keys()].some((key) => key.startsWith(`${name} `));
    if (hasLeak && name !== "where") leaky.add(name);
    if (!hasLeak && isColumn(view, expression) && /\bOVER\s*\(/i.test(sql)) {
      const hint = overRows
        ? "Windows over rows belong into `rows:`."
        : "Declare the window under `windows:`, and write OVER its name.";
      findings.set(
        name,
        finding(view, expression, "FS_SPEC_EXPRESSION", "OVER (…) names no window of this view", hint),
      );
    }
  }
  return [...findings.values()];
}

function written({ rows, columns, overBy }: FeatureView): RowExpression[] {
  const steps = rows.steps.flatMap((step) => [
    ...(step.where === undefined ? [] : [step.where]),
    ...step.columns,
  ]);
  return [
    ...(overBy?.bins ?? []),
    ...(rows.where === undefined ? [] : [rows.where]),
    ...steps,
    ...rows.by,
    ...columns,
  ];
}

function isColumn(view: FeatureView, expression: RowExpression): boolean {
  return view.columns.some((column) => column === expression);
}

/** Filters of views over views are the compiler's: they cut the rows that are read. */
function isOf(projection: string, name: string, overRows: boolean): boolean {
  if (name === "where") return overRows && projection === "WHERE";
  return projection.replace(innerSuffix, "") === name;
}

function finding(
  view: FeatureView,
  { name, at }: RowExpression,
  code: FeatureError["code"],
  message: string,
  hint: string | undefined,
): FeatureError {
  return new FeatureError(code, message, {
    object: `${view.name}.${name}`,
    at,
    ...(hint === undefined ? {} : { hint }),
  });
}
