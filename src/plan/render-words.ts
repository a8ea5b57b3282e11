/** Names, lists, counts and costs as people read them. */
import type { BackfillCost } from "./change-document.js";
import type { MigrationDocument } from "./diff-document.js";
import { type StepKind, stepKinds } from "./step.js";

/** `view:vpin` as people say it. */
export function spoken(object: string): string {
  return object.replace(":", " ");
}

export function shortList(items: readonly string[]): string {
  const most = 6;
  if (items.length <= most) return items.join(", ");
  return `${items.slice(0, most).join(", ")} and ${items.length - most} more`;
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** `backfill reads …`; undefined where nothing is read or nothing is known. */
export function backfillText(cost: BackfillCost | null): string | undefined {
  if (cost === null || (cost.buckets === 0 && cost.rows === 0)) return undefined;
  // Views of rows have none.
  const buckets =
    cost.buckets === 0 ? "" : `${countText(cost.buckets)} bucket${cost.buckets === 1 ? "" : "s"}, `;
  return `backfill reads ${buckets}${countText(cost.rows)} rows, ${bytesText(cost.bytes)}`;
}

function countText(count: number): string {
  return count.toLocaleString("en-US");
}

function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${value >= 10 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

const words: Readonly<Record<StepKind, string>> = {
  create_database: "create database",
  create_table: "create table",
  alter_table: "alter table",
  create_trigger: "create trigger",
  alter_trigger: "alter trigger",
  drop_trigger: "drop trigger",
  drop_table: "drop table",
  backfill: "backfill",
  check: "check",
  switch_alias: "switch alias",
  drop_alias: "drop alias",
  comment: "comment",
};

export function stepCounts(steps: MigrationDocument["steps"]): string {
  const counts = stepKinds.flatMap((kind) => {
    const count = steps.filter((step) => step.kind === kind).length;
    return count === 0 ? [] : [`${count} ${words[kind]}`];
  });
  return counts.length === 0 ? "the registry only" : counts.join(", ");
}
