/** Compares what stands in the databases of a project with what the registry says is deployed. */
import type { Reader } from "../engine/port.js";
import { type DeployedState, recordsOf, type VersionRecord } from "../plan/deployed.js";
import { compareLive, type Drift, type ExpectedObject, expectedObjects } from "../plan/drift.js";
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
  /** Names that the next apply would give. */
  readonly wanted: readonly TableName[];
}

/**
 * All drift, in the order in which objects are made. Both sides are in the engine's own normal form, so that only what means
 * something else differs. A few statements, however many objects there are.
 */
export async function detectDrift(reader: Reader, { state, records, wanted }: DriftScope): Promise<Drift[]> {
  const expected = expectedObjects(state);
  const found = await reader.rows<{ database: string; name: string; text: string }>(liveSql(), {
    params: { databases: [...state.databases] },
  });
  const texts = await normalForms(reader, expected);
  const known = new Set(
    [...recordsOf(state), ...records].flatMap((record) =>
      record.kind === "object"
        ? [...record.object.tables, ...record.object.triggers].map(nameOf)
        : record.kind === "table"
          ? [nameOf(record.table)]
          : [],
    ),
  );
  const claimed = new Set(wanted.map(nameOf));
  return compareLive(
    expected.map(({ owner, object }, index) => ({ owner, target: object, text: texts[index] ?? "" })),
    found.map(({ database, name, text }) => ({ target: { database, name }, text: canonicalCreate(text) })),
    (target) =>
      !known.has(nameOf(target)) && (claimed.has(nameOf(target)) || versionedName.test(target.name)),
  );
}

/** A server refuses a bound value of more than 128 kB, once quotes and ends of lines in it are escaped. */
const charactersAtOnce = 50_000;

async function normalForms(reader: Reader, expected: readonly ExpectedObject[]): Promise<string[]> {
  const forms: string[] = [];
  for (const texts of portions(expected.map(({ object }) => renderCreate(object)))) {
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
