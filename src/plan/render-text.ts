/** A plan as text for people: one line a change, causes below it, and how many statements of each kind. */
import { type Change, changeObject, type TriggerChange } from "./change.js";
import { isInPlace } from "./deployed.js";
import type { Plan } from "./plan.js";
import { type StepKind, stepKinds } from "./step.js";
import type { TableDifference } from "./table-difference.js";

const marks: Readonly<Record<Change["kind"], string>> = {
  create_database: "+",
  create_table: "+",
  alter_table: "~",
  create: "+",
  replace: "~",
  alter: "~",
  retire: "-",
};

/** More tables of one database than this are counted, not listed. */
const listedTables = 3;

export interface RenderPlanOptions {
  /** Adds every statement. */
  readonly sql?: boolean;
}

/** The plans as `feature apply` and `feature diff` show them. */
export function renderPlanText(plans: readonly Plan[], options: RenderPlanOptions = {}): string {
  if (plans.length === 0) return "Nothing to do: what is deployed is what the specs say.\n";
  return `${plans.map((plan) => renderPlan(plan, options)).join("\n")}`;
}

function renderPlan(plan: Plan, options: RenderPlanOptions): string {
  const lines = [
    `Migration ${plan.slug}`,
    ...plan.changes.flatMap((change) => (change.kind === "create_database" ? changeLines(change) : [])),
    ...tableLines(plan.changes),
    ...alteredTableLines(plan.changes),
    ...plan.changes.flatMap((change) =>
      change.kind === "create_database" || change.kind === "alter_table" ? [] : changeLines(change),
    ),
    `  ${counted(plan.steps.length, "step")}: ${stepCounts(plan)}`,
  ];
  if (options.sql === true) {
    for (const step of plan.steps) lines.push("", `-- ${step.name}`, `${step.sql};`);
  }
  return `${lines.join("\n")}\n`;
}

function tableLines(changes: readonly Change[]): string[] {
  const byDatabase = new Map<string, string[]>();
  for (const change of changes) {
    if (change.kind !== "create_table") continue;
    const { database, name } = change.table;
    byDatabase.set(database, [...(byDatabase.get(database) ?? []), name]);
  }
  return [...byDatabase].flatMap(([database, names]) =>
    names.length > listedTables
      ? [`  + ${names.length} tables in ${database}`]
      : names.map((name) => `  + table ${database}.${name}`),
  );
}

/** Tables that change in the same way are one entry: retention is a line of features.yaml, and many tables. */
function alteredTableLines(changes: readonly Change[]): string[] {
  const groups = new Map<string, Extract<Change, { kind: "alter_table" }>[]>();
  for (const change of changes) {
    if (change.kind !== "alter_table") continue;
    const how = change.differences.map((item) => `      ${describe(item)}`).join("\n");
    groups.set(how, [...(groups.get(how) ?? []), change]);
  }
  return [...groups].flatMap(([how, [first, ...more]]) => {
    if (first === undefined) return [];
    const name = changeObject(first).replace(":", " ");
    const others = more.length === 0 ? "" : ` and ${counted(more.length, "more table")}`;
    return [`  ~ ${name}${others} (${first.class})`, ...how.split("\n")];
  });
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function changeLines(change: Change): string[] {
  const head = `  ${marks[change.kind]} ${changeObject(change).replace(":", " ")}`;
  switch (change.kind) {
    case "create_table":
    case "alter_table":
      return [];
    case "create_database":
      return [head];
    case "create": {
      const { columns, kind } = change.object;
      return [isInPlace(kind) ? head : `${head}, ${counted(columns.length, "column")}`];
    }
    case "replace": {
      const from = change.previous.storage?.table.name ?? "none";
      const to = change.object.storage?.table.name ?? "none";
      const how = change.reuse === undefined ? `${change.class}: ${from} → ${to}` : `back to ${to}`;
      return [`${head} (${how})`, ...change.causes.map((cause) => `      ${cause}`)];
    }
    case "alter":
      return [
        `${head} (${change.class})`,
        ...change.newTables.map((table) => `      table ${table.name} is new`),
        ...change.tables.flatMap((table) => table.differences.map((item) => `      ${describe(item)}`)),
        ...change.triggers.map((item) => `      trigger ${triggerText(item)}`),
        ...(change.alias === undefined || change.alias.commentOnly ? [] : ["      alias has another query"]),
      ];
    case "retire":
      return [`${head} (${change.class}): its alias goes, its rows stay until they are pruned`];
  }
}

function triggerText(item: TriggerChange): string {
  switch (item.kind) {
    case "create":
      return `${item.trigger.name} is new`;
    case "alter":
      return `${item.trigger.name} has another query`;
    case "drop":
      return `${item.previous.name} goes`;
  }
}

function describe(difference: TableDifference): string {
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

const words: Readonly<Record<StepKind, string>> = {
  create_database: "create database",
  create_table: "create table",
  alter_table: "alter table",
  create_trigger: "create trigger",
  alter_trigger: "alter trigger",
  drop_trigger: "drop trigger",
  backfill: "backfill",
  check: "check",
  switch_alias: "switch alias",
  drop_alias: "drop alias",
  comment: "comment",
};

function stepCounts(plan: Plan): string {
  const counts = stepKinds.flatMap((kind) => {
    const count = plan.steps.filter((step) => step.kind === kind).length;
    return count === 0 ? [] : [`${count} ${words[kind]}`];
  });
  return counts.length === 0 ? "the registry only" : counts.join(", ");
}
