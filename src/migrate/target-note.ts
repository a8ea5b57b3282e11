/**
 * A note of what an embedded target held when the engine was last open and nothing had drifted: records, pins, sizes. As long as nothing
 * in its directory was made, altered, dropped, inserted or taken out since, a diff of changed specs needs no engine.
 */
import type { Catalog } from "../compile/catalog.js";
import { directoryState, isTaken, rowsState } from "../engine/directory-state.js";
import { assertFree } from "../engine/embedded-open.js";
import type { Reader } from "../engine/port.js";
import { type DeployedState, nothingDeployed, type VersionRecord } from "../plan/deployed.js";
import type { DiffDocument } from "../plan/diff-document.js";
import { stepName } from "../plan/step.js";
import type { Pin } from "../registry/pin.js";
import { deployedState, openRegistryReader } from "../registry/reader.js";
import type { Revision } from "../registry/revision.js";
import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import { tablesRead } from "./estimate-backfill.js";
import { readNoted, writeNoted } from "./noted-file.js";
import { planFrom } from "./plan-apply.js";
import { catalogOf, type DiffPlace, type DiffRequest, diffAt } from "./plan-diff.js";
import type { SealedTarget } from "./seal.js";
import { type ClockSizes, type ReadSizes, readSizes } from "./stored-sizes.js";

/** Changes with what is noted: a note of another format is none. */
const format = 1;

interface TargetNote extends SealedTarget {
  readonly format: typeof format;
  /** Of the directory's definitions and of the registry's rows. */
  readonly directory: string;
  /** Of the rows of `tables`. */
  readonly rows: string;
  /** Those whose sizes are noted. */
  readonly tables: readonly TableName[];
  readonly revisions: readonly Revision[];
  readonly records: readonly VersionRecord[];
  readonly pins: readonly Pin[];
  /** By clock. */
  readonly sizes: Readonly<Record<string, ClockSizes>>;
}

/**
 * Specs against what is noted of a target. Undefined when there is no note, when it no longer holds, and when it does not say all that
 * this diff needs: then the engine has to be asked.
 * @throws FeatureError FS_ENGINE_LOCKED when somebody holds the directory, and what planning throws
 */
export async function diffNoted(
  root: string,
  sealed: SealedTarget,
  request: DiffRequest,
): Promise<DiffDocument | undefined> {
  const note = readNote(root, sealed);
  if (note === undefined) return undefined;
  const { project } = request.specs;
  const planned = await planFrom(
    { revisions: async () => note.revisions, allRecords: async () => note.records },
    project,
    catalogOf(request.specs),
  );
  const place: DiffPlace = {
    target: sealed.target,
    pins: async () => note.pins,
    sizes: notedSizes(note, planned.catalog),
    drift: async ({ wanted }) =>
      wanted.some((name) => !/^\w+$/.test(name.name) || isTaken(sealed.path, name)) ? undefined : [],
  };
  return diffAt(place, planned, request);
}

/** To be called while the engine is held, when nothing has drifted. It saves time only, so failing to write fails nothing. */
export async function writeNote(
  reader: Reader,
  root: string,
  sealed: SealedTarget,
  { clocks }: Pick<Catalog, "clocks">,
): Promise<void> {
  const registry = openRegistryReader(reader, sealed.registry);
  const [revisions, records, pins] = [
    await registry.revisions(),
    await registry.allRecords(),
    await registry.pins(),
  ];
  const tables = sizedTables(deployedState(revisions, records) ?? nothingDeployed);
  const sizes: Record<string, ClockSizes> = {};
  for (const clock of clocks) {
    const known = await readSizes(reader)(clock, tables);
    if (known !== undefined) sizes[clock.name] = known;
  }
  const directory = directoryState(sealed.path, sealed.registry);
  const rows = rowsState(sealed.path, tables);
  if (directory === undefined || rows === undefined) return;
  const note: TargetNote = { ...sealed, format, directory, rows, tables, revisions, records, pins, sizes };
  writeNoted(root, "target", note);
}

function readNote(root: string, { path, registry }: SealedTarget): TargetNote | undefined {
  const note = readNoted(root, "target") as TargetNote | null | undefined;
  if (note?.format !== format || note.path !== path || note.registry !== registry) return undefined;
  assertFree(path);
  const isSame =
    directoryState(path, registry) === note.directory && rowsState(path, note.tables) === note.rows;
  return isSame ? note : undefined;
}

/** Deployed tables that backfills read, and those that a view may come to read. */
function sizedTables({ tables, objects }: DeployedState): TableName[] {
  const read = new Set(tablesRead(objects).map(quoteName));
  const deployed = [...tables, ...objects.flatMap((object) => object.tables)];
  const sized = deployed.filter(
    (table) =>
      table.engine !== "Null" &&
      (read.has(quoteName(table)) || table.columns.some(({ name }) => name === "available_at")),
  );
  return sized.map(({ database, name }) => ({ database, name }));
}

/** What is noted of tables that are there, nothing of those that the catalog adds, and no answer about those of others. */
function notedSizes(note: TargetNote, catalog: Catalog): ReadSizes {
  const noted = new Set(note.tables.map(stepName));
  const deployed = new Set(
    note.records.flatMap((record) => (record.kind === "object" ? record.object.tables.map(stepName) : [])),
  );
  const added = new Set(
    catalog.objects.flatMap(({ tables }) => tables.map(stepName)).filter((name) => !deployed.has(name)),
  );
  return async ({ name }, tables) => {
    const areKnown = tables.map(stepName).every((table) => noted.has(table) || added.has(table));
    return areKnown ? note.sizes[name] : undefined;
  };
}
