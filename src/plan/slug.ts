import type { Change } from "./change.js";
import { type DeployedState, isInPlace } from "./deployed.js";

/** A short name for a migration: `raw_schema`, `initial`, `add_vpin`, `change_order_flow_and_2_more`, … */
export function slugOf(changes: readonly Change[], actual: DeployedState): string {
  const named = (kind: Change["kind"]): string[] =>
    changes.flatMap((change) => {
      if (change.kind !== kind) return [];
      if (change.kind === "create" || change.kind === "replace" || change.kind === "alter")
        return isInPlace(change.object.kind) ? [] : [change.object.name];
      return change.kind === "retire" ? [change.previous.name] : [];
    });
  const created = named("create");
  if (actual.objects.length === 0) {
    if (created.length > 0) return "initial";
    if (actual.tables.length === 0) return "raw_schema";
  }
  const renamed = changes.flatMap((change) =>
    change.kind === "replace" && change.renamedFrom !== undefined
      ? [`${change.renamedFrom.name}_to_${change.object.name}`]
      : [],
  );
  for (const [verb, names] of [
    ["rename", renamed],
    ["change", named("replace")],
    ["add", created],
    ["remove", named("retire")],
    ["describe", named("alter")],
  ] as const) {
    const [first] = names;
    if (first === undefined) continue;
    return `${verb}_${first}${names.length > 1 ? `_and_${names.length - 1}_more` : ""}`;
  }
  return changes.some((change) => change.kind === "alter") ? "alter_streams" : "alter_tables";
}
