import type { Change } from "./change.js";

/**
 * - `instant`: the other version is there and fed, or nothing but text changes: one statement takes it back.
 * - `rebuild`: what is taken away is not kept; it can be computed again from raw rows, as far as these are kept.
 * - `impossible`: rows go that nothing can compute again.
 */
export type RollbackClass = "instant" | "rebuild" | "impossible";

/** How a change is taken back. `keptVersions` counts the live one: with 1, a replaced version may be pruned at once. */
export function rollbackClass(change: Change, keptVersions: number): RollbackClass {
  switch (change.kind) {
    case "alter_table":
      return shortens(change.differences) ? "impossible" : "instant";
    case "alter":
      return change.tables.some((table) => shortens(table.differences)) ? "impossible" : "instant";
    case "replace": {
      const isSame = change.previous.dataHash === change.object.dataHash;
      return isSame || keptVersions > 1 ? "instant" : "rebuild";
    }
    case "retire":
      return keptVersions > 1 ? "instant" : "rebuild";
    case "create":
    case "create_table":
    case "create_database":
      return "instant";
  }
}

function shortens(differences: Extract<Change, { kind: "alter_table" }>["differences"]): boolean {
  return differences.some((difference) => difference.kind === "ttl" && difference.shortens);
}
