/** Compares what stands in the databases of a project with what the registry says is deployed. */
import { createHash } from "node:crypto";
import type { Reader } from "../engine/port.js";
import type { DeployedState, VersionRecord } from "../plan/deployed.js";
import { compareLive, type Drift, expectedObjects, foreignObject } from "../plan/drift.js";
import type { SeenDefinition } from "../registry/reader.js";
import type { TableName } from "../schema/object.js";
import { renderCreate } from "../schema/render.js";
import { sqlTemplate } from "../sql-template.js";
import { canonicalCreate } from "./canonical-create.js";

const liveSql = sqlTemplate(import.meta.url, "live-definitions");
const formatSql = sqlTemplate(import.meta.url, "format-queries");

/** Names that only we give: versions of views and vectors, and triggers. */
const versionedName = /__(?:[0-9a-f]{8}|mv)$/;

export interface DriftScope {
  /** What is deployed: live and retired. */
  readonly state: DeployedState;
  /** Every record of the registry: what is being built or was dropped is ours, too. */
  readonly records: readonly VersionRecord[];
  /** What was compared before and found equal, by `database.name`. */
  readonly seen: ReadonlyMap<string, SeenDefinition>;
  /** Names that the next apply would give. */
  readonly wanted: readonly TableName[];
}

export interface DriftFound {
  /** In the order in which objects are made. */
  readonly drift: readonly Drift[];
  /** What had to be compared and is as it should be, by `database.name`: to be kept for the next time. */
  readonly equal: ReadonlyMap<string, SeenDefinition>;
}

/**
 * All drift. Both sides are in the engine's own normal form, so that only what means something else differs. A few statements,
 * however many objects there are; texts that were found equal before are not brought into a normal form again.
 */
export async function detectDrift(
  reader: Reader,
  { state, records, seen, wanted }: DriftScope,
): Promise<DriftFound> {
  const found = await reader.rows<{ database: string; name: string; text: string }>(liveSql(), {
    params: { databases: [...state.databases] },
  });
  const live = new Map(found.map((row) => [nameOf(row), { text: row.text, hash: hashOf(row.text) }]));
  const objects = expectedObjects(state).map(({ owner, object }) => {
    const [name, text] = [nameOf(object), renderCreate(object)];
    const pair: SeenDefinition = { ours: hashOf(text), live: live.get(name)?.hash ?? "" };
    const before = seen.get(name);
    const isSeen = before !== undefined && before.ours === pair.ours && before.live === pair.live;
    return { owner, target: object, name, text, pair, isSeen };
  });
  const compared = objects.filter(({ isSeen }) => !isSeen);
  const forms = await normalForms(
    reader,
    compared.map(({ text }) => text),
  );
  const drift = compareLive(
    compared.map(({ owner, target, name }, index) => {
      const text = live.get(name)?.text;
      return {
        owner,
        target: { database: target.database, name: target.name },
        expected: forms[index] ?? "",
        found: text === undefined ? null : canonicalCreate(text),
      };
    }),
  );
  const drifted = new Set(drift.map(({ target }) => nameOf(target)));
  const claimed = new Set(wanted.map(nameOf));
  const claims = found.filter((object) => claimed.has(nameOf(object)) || versionedName.test(object.name));
  return {
    drift: [...drift, ...foreignObjects(claims, state, records)],
    equal: new Map(compared.flatMap(({ name, pair }) => (drifted.has(name) ? [] : [[name, pair]]))),
  };
}

function foreignObjects(
  found: readonly (TableName & { readonly text: string })[],
  state: DeployedState,
  records: readonly VersionRecord[],
): Drift[] {
  const known = new Set([
    ...expectedObjects(state).map(({ object }) => nameOf(object)),
    ...records.flatMap(namesOf),
  ]);
  return found
    .filter((object) => !known.has(nameOf(object)))
    .map(({ text, ...target }) => foreignObject(target, canonicalCreate(text)));
}

/** Tables and triggers: aliases of versions that are not shown are nobody's. */
function namesOf(record: VersionRecord): string[] {
  switch (record.kind) {
    case "database":
      return [];
    case "table":
      return [nameOf(record.table)];
    case "object":
      return [...record.object.tables, ...record.object.triggers].map(nameOf);
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A server refuses a bound value of more than 128 kB, once quotes and ends of lines in it are escaped. */
const charactersAtOnce = 50_000;

async function normalForms(reader: Reader, statements: readonly string[]): Promise<string[]> {
  const forms: string[] = [];
  for (const texts of portions(statements)) {
    const [row] = await reader.rows<{ texts: readonly string[] }>(formatSql(), { params: { texts } });
    forms.push(...(row?.texts ?? []).map(canonicalCreate));
  }
  return forms;
}

function* portions(texts: readonly string[]): Generator<string[]> {
  let portion: string[] = [];
  let characters = 0;
  for (const text of texts) {
    if (portion.length > 0 && characters + text.length > charactersAtOnce) {
      yield portion;
      [portion, characters] = [[], 0];
    }
    portion.push(text);
    characters += text.length;
  }
  if (portion.length > 0) yield portion;
}

function nameOf({ database, name }: TableName): string {
  return `${database}.${name}`;
}
