import type { TableDifference } from "./table-difference.js";

/** A difference of a table in a few words. */
export function describeDifference(difference: TableDifference): string {
  switch (difference.kind) {
    case "add_column":
      return `column ${difference.column.name} ${difference.column.type} is new`;
    case "add_index":
      return `index ${difference.index.name} is new`;
    case "comment_column":
      return `comment of column ${difference.column}: ${JSON.stringify(difference.to)}`;
    case "comment_table":
      return `comment: ${JSON.stringify(difference.to)}`;
    case "ttl":
      return `retention: ${ttlText(difference.from)} → ${ttlText(difference.to)}`;
    case "setting":
      return `setting ${difference.name}: ${difference.from ?? "default"} → ${difference.to ?? "default"}`;
    case "unsupported":
      return `${difference.what}: ${difference.from} → ${difference.to}`;
  }
}

/** `7d 12h`, or the expression where it is another. */
function ttlText(ttl: string | undefined): string {
  if (ttl === undefined) return "for good";
  let rest = Number(/ \+ toIntervalSecond\((\d+)\)$/.exec(ttl)?.[1]);
  if (Number.isNaN(rest)) return ttl;
  const parts = (
    [
      [86_400, "d"],
      [3_600, "h"],
      [60, "m"],
      [1, "s"],
    ] as const
  ).flatMap(([seconds, unit]) => {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    return count === 0 ? [] : [`${count}${unit}`];
  });
  return parts.length === 0 ? "0s" : parts.join(" ");
}
