/** The plan for people: what changes and why, what hangs on it, what it reads, how it is taken back; one screen. */
import type { ChangeDocument } from "./change-document.js";
import type { DiffDocument, DriftDocument, MigrationDocument } from "./diff-document.js";
import { causeLines } from "./render-cause.js";
import { backfillText, counted, shortList, spoken, stepCounts } from "./render-words.js";

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
const listed = { tables: 3, created: 12, alike: 5, drift: 12 };

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
    lines.push(
      drift.length === 0
        ? `Nothing to do: ${against} is what the specs say.`
        : `The specs need no migration of ${against}.`,
    );
  else {
    const reads = backfillText(document.backfill);
    if (reads !== undefined) lines.push(`${reads.replace("b", "B")} in all.`);
  }
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
      const reads = backfillText(backfill);
      return `  + ${spoken(object)} (${to})${reads === undefined ? "" : `; ${reads}`}`;
    }),
    ...(more > 0 ? [`  + ${more} more`] : []),
  ];
}

function changeLines(change: ChangeDocument, offline: boolean): string[] {
  const head = `  ${marks[change.kind]} ${spoken(change.object)} ${gravityText(change)}${tablesText(change)}`;
  const { causes, details, downstream, backfill } = change;
  const reads = backfillText(backfill);
  return [
    head,
    ...causes.flatMap(causeLines),
    ...details.map((line) => `      ${line}`),
    ...(downstream.length === 0 ? [] : [`      downstream: ${shortList(downstream.map(spoken))}`]),
    ...(change.kind !== "replace" || change.class === "additive" || change.from === change.to
      ? []
      : [
          ...(backfill === null && offline ? ["      backfill: not estimated offline"] : []),
          ...(reads === undefined ? [] : [`      ${reads}`]),
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
      const cost = backfillText(change.backfill);
      return [head, `      reads ${reads(change)}${cost === undefined ? "" : `; ${cost}`}`];
    });
  }
  return [
    `  ~ ${changes.length} objects change only because of what they read (rebuild): ${shortList(changes.map(({ object }) => spoken(object)))}`,
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

function split<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
