/** The plan for people: what changes and why, what hangs on it, what it reads, how it is taken back; one screen. */
import type { Cause } from "./cause.js";
import type { BackfillCost, ChangeDocument } from "./change-document.js";
import type { DiffDocument, DriftDocument, MigrationDocument } from "./diff-document.js";
import { type StepKind, stepKinds } from "./step.js";

const marks: Readonly<Record<ChangeDocument["kind"], string>> = {
  create_database: "+",
  create_table: "+",
  alter_table: "~",
  create: "+",
  replace: "~",
  alter: "~",
  retire: "-",
};

/** More entries of one sort than this are counted, not listed. */
const listed = { tables: 3, created: 12, alike: 5, drift: 12, lines: 4 };

export interface RenderDiffOptions {
  /** Adds every statement. */
  readonly sql?: boolean;
}

export function renderDiffText(document: DiffDocument, options: RenderDiffOptions = {}): string {
  const { pending, migrations, drift } = document;
  const against = document.target ?? "registry/deployed.json";
  const lines: string[] = [];
  for (const { name, class: gravity, steps } of pending)
    lines.push(`Pending: ${name} (${gravity}), ${counted(steps, "step")}`);
  for (const migration of migrations) lines.push(...migrationLines(migration, document.offline));
  if (migrations.length + pending.length === 0)
    lines.push(`Nothing to do: ${against} is what the specs say.`);
  else if ((document.backfill?.buckets ?? 0) > 0 && document.backfill !== null)
    lines.push(`Backfill reads ${costText(document.backfill)} in all.`);
  lines.push(...driftLines(drift));
  if (options.sql === true) {
    for (const { steps } of migrations)
      for (const step of steps) lines.push("", `-- ${step.name}`, `${step.sql};`);
  }
  return `${lines.join("\n")}\n`;
}

function migrationLines(
  { slug, class: gravity, changes, steps }: MigrationDocument,
  offline: boolean,
): string[] {
  const ofKind = (...kinds: ChangeDocument["kind"][]) => changes.filter(({ kind }) => kinds.includes(kind));
  const [following, own] = split(ofKind("replace", "alter", "retire"), isFollowing);
  const [alike, single] = split(grouped(own), (group) => group.length > listed.alike);
  return [
    `Migration ${slug} (${gravity})`,
    ...ofKind("create_database").map(({ object }) => `  + ${spoken(object)}`),
    ...createdTables(ofKind("create_table")),
    ...alteredTables(ofKind("alter_table")),
    ...createdObjects(ofKind("create")),
    ...alike.flatMap(alikeLines),
    ...single.flat().flatMap((change) => changeLines(change, offline)),
    ...followingLines(following),
    `  ${counted(steps.length, "step")}: ${stepCounts(steps)}`,
  ];
}

/** Changes only because of what it reads. */
function isFollowing({ kind, class: gravity, causes }: ChangeDocument): boolean {
  return kind === "replace" && gravity === "rebuild" && causes.every((cause) => cause.kind === "upstream");
}

/** Changes by class and cause; one change of the clock changes everything that is built on it. */
function grouped(changes: readonly ChangeDocument[]): ChangeDocument[][] {
  const groups = new Map<string, ChangeDocument[]>();
  for (const change of changes) {
    const { kind, class: gravity, rollback, details } = change;
    const causes = change.causes.filter((cause) => cause.kind !== "upstream");
    const key = JSON.stringify([kind, gravity, rollback, causes, details]);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()];
}

function alikeLines(changes: readonly ChangeDocument[]): string[] {
  const [first] = changes;
  if (first === undefined) return [];
  return [
    `  ${marks[first.kind]} ${changes.length} objects ${gravityText(first)}: ${shortList(changes.map(({ object }) => spoken(object)))}`,
    ...first.causes.filter((cause) => cause.kind !== "upstream").flatMap(causeLines),
    ...first.details.map((line) => `      ${line}`),
  ];
}

function createdTables(changes: readonly ChangeDocument[]): string[] {
  const byDatabase = new Map<string, string[]>();
  for (const { object } of changes) {
    const [database = "", name = ""] = object.slice("table:".length).split(".");
    byDatabase.set(database, [...(byDatabase.get(database) ?? []), name]);
  }
  return [...byDatabase].flatMap(([database, names]) =>
    names.length > listed.tables
      ? [`  + ${names.length} tables in ${database}`]
      : names.map((name) => `  + table ${database}.${name}`),
  );
}

/** Tables that change in the same way are one entry: retention is a line of features.yaml, and many tables. */
function alteredTables(changes: readonly ChangeDocument[]): string[] {
  const groups = new Map<string, ChangeDocument[]>();
  for (const change of changes) {
    const how = change.details.map((line) => `      ${line}`).join("\n");
    groups.set(how, [...(groups.get(how) ?? []), change]);
  }
  return [...groups].flatMap(([how, [first, ...more]]) => {
    if (first === undefined) return [];
    const others = more.length === 0 ? "" : ` and ${counted(more.length, "more table")}`;
    return [`  ~ ${spoken(first.object)}${others} ${gravityText(first)}`, ...how.split("\n")];
  });
}

function createdObjects(changes: readonly ChangeDocument[]): string[] {
  const stored = changes.filter(({ to }) => to !== null);
  const others = changes.filter(({ to }) => to === null);
  const more = stored.length - listed.created;
  return [
    ...others.map(({ object }) => `  + ${spoken(object)}`),
    ...stored.slice(0, listed.created).map(({ object, to, backfill }) => {
      const cost =
        backfill === null || backfill.buckets === 0 ? "" : `; backfill reads ${costText(backfill)}`;
      return `  + ${spoken(object)} (${to})${cost}`;
    }),
    ...(more > 0 ? [`  + ${more} more`] : []),
  ];
}

function changeLines(change: ChangeDocument, offline: boolean): string[] {
  const head = `  ${marks[change.kind]} ${spoken(change.object)} ${gravityText(change)}${tablesText(change)}`;
  const { causes, details, downstream, backfill } = change;
  return [
    head,
    ...causes.flatMap(causeLines),
    ...details.map((line) => `      ${line}`),
    ...(downstream.length === 0 ? [] : [`      downstream: ${shortList(downstream.map(spoken))}`]),
    ...(change.kind !== "replace" || change.class === "additive" || change.from === change.to
      ? []
      : [
          ...(backfill === null && offline ? ["      backfill: not estimated offline"] : []),
          ...((backfill?.buckets ?? 0) > 0 && backfill !== null
            ? [`      backfill reads ${costText(backfill)}`]
            : []),
        ]),
    ...(change.kind === "retire" ? ["      its alias goes; its rows stay until they are pruned"] : []),
  ];
}

function gravityText({ class: gravity, rollback }: ChangeDocument): string {
  return `(${gravity}; rollback: ${rollback})`;
}

function tablesText({ kind, from, to }: ChangeDocument): string {
  if (kind !== "replace" || from === null || to === null) return "";
  return from === to ? ` in ${to}` : `: ${from} → ${to}`;
}

function followingLines(changes: readonly ChangeDocument[]): string[] {
  if (changes.length === 0) return [];
  const reads = (change: ChangeDocument): string => shortList(change.causes.map(({ name }) => spoken(name)));
  if (changes.length <= listed.created) {
    return changes.flatMap((change) => {
      const head = `  ${marks[change.kind]} ${spoken(change.object)} ${gravityText(change)}${tablesText(change)}`;
      const cost =
        change.backfill === null || change.backfill.buckets === 0
          ? ""
          : `; backfill reads ${costText(change.backfill)}`;
      return [head, `      reads ${reads(change)}${cost}`];
    });
  }
  return [
    `  ~ ${changes.length} objects change only because of what they read (rebuild): ${shortList(changes.map(({ object }) => spoken(object)))}`,
  ];
}

function causeLines({ kind, name, from, to }: Cause): string[] {
  const both = (label: string): string[] => [
    `      ${label}`,
    ...textLines("-", from),
    ...textLines("+", to),
  ];
  switch (kind) {
    case "expression":
      return both(`column ${name}:`);
    case "column_added":
      return both(`column ${name} is new:`);
    case "column_removed":
      return both(`column ${name} goes:`);
    case "column_renamed":
      return [`      column ${from} is renamed to ${name}`];
    case "renamed":
      return [`      ${from} is renamed to ${to}`];
    case "upstream":
      return [`      reads ${spoken(name)}, which changes: ${to}`];
    case "compiled":
      return ["      this version of the tool makes another statement of the same text"];
    case "unrecorded":
      return ["      its definition changed; the version that deployed it kept no texts to compare"];
    case "definition":
    case "metadata":
      if ([from, to].some((text) => text !== null && text.length > 40)) return both(`${name}:`);
      return [`      ${name}: ${from || "none"} → ${to || "none"}`];
  }
}

function textLines(mark: string, text: string | null): string[] {
  if (text === null) return [];
  const lines = text.split("\n").map((line) => line.trim());
  const kept = lines.filter((line) => line !== "");
  const more = kept.length - listed.lines;
  return [
    ...kept.slice(0, listed.lines).map((line) => `        ${mark} ${line}`),
    ...(more > 0 ? [`        ${mark} … ${counted(more, "more line")}`] : []),
  ];
}

function driftLines(drift: readonly DriftDocument[]): string[] {
  if (drift.length === 0) return [];
  const line = ({ kind, object, name }: DriftDocument): string => {
    const owner = object === `table:${name}` ? "" : ` of ${spoken(object)}`;
    if (kind === "foreign")
      return `  ! ${name} is foreign: it has a place in our databases, and is not deployed`;
    return `  ! ${name}${owner} is ${kind === "missing" ? "missing" : "another than was deployed"}`;
  };
  const more = drift.length - listed.drift;
  return [
    "Drift: the database is not what was deployed; `feature apply --repair` restores what is ours.",
    ...drift.slice(0, listed.drift).map(line),
    ...(more > 0 ? [`  ! ${more} more`] : []),
  ];
}

/** `view:vpin` as people say it. */
function spoken(object: string): string {
  return object.replace(":", " ");
}

function shortList(items: readonly string[]): string {
  const most = 6;
  if (items.length <= most) return items.join(", ");
  return `${items.slice(0, most).join(", ")} and ${items.length - most} more`;
}

function split<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function costText({ buckets, rows, bytes }: BackfillCost): string {
  return `${countText(buckets)} bucket${buckets === 1 ? "" : "s"}, ${countText(rows)} rows, ${bytesText(bytes)}`;
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

function stepCounts(steps: MigrationDocument["steps"]): string {
  const counts = stepKinds.flatMap((kind) => {
    const count = steps.filter((step) => step.kind === kind).length;
    return count === 0 ? [] : [`${count} ${words[kind]}`];
  });
  return counts.length === 0 ? "the registry only" : counts.join(", ");
}
