/**
 * A note of what an embedded target held when the engine was last open and nothing had drifted: records, pins, sizes. As long as nothing
 * in its directory was made, altered, dropped, inserted or taken out since, a diff of changed specs needs no engine.
 */
import { directoryState, rowsState } from "../engine/directory-state.js";
import { assertFree } from "../engine/embedded-open.js";
import type { Reader } from "../engine/port.js";
import { type DeployedState, nothingDeployed, type VersionRecord } from "../plan/deployed.js";
import type { Pin } from "../registry/pin.js";
import { deployedState, openRegistryReader } from "../registry/reader.js";
import type { Revision } from "../registry/revision.js";
import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import { detectDrift } from "./detect-drift.js";
import { tablesRead } from "./estimate-backfill.js";
import { forgetNoted, readNoted, writeNoted } from "./noted-file.js";
import type { SealedTarget } from "./seal.js";
import { type ClockSizes, readSizes, type SizedClock } from "./stored-sizes.js";

/** Changes with what is noted: a note of another format is none. */
const format = 3;

export interface TargetNote extends SealedTarget, NotedSizes {
  readonly format: typeof format;
  /** Of the directory's definitions and of the registry's rows. */
  readonly directory: string;
  /** Those whose sizes are noted. */
  readonly clocks: readonly SizedClock[];
  /** The same. */
  readonly tables: readonly TableName[];
  readonly revisions: readonly Revision[];
  readonly records: readonly VersionRecord[];
  readonly pins: readonly Pin[];
}

/** What rows change, and nothing else. */
interface NotedSizes {
  /** Of the rows of the tables whose sizes these are. */
  readonly rows: string;
  /** By clock; of views of rows under "". */
  readonly sizes: Readonly<Record<string, ClockSizes>>;
}

/** To be called while the engine is held, when nothing has drifted. It saves time only, so failing to write fails nothing. */
export async function writeNote(
  reader: Reader,
  root: string,
  sealed: SealedTarget,
  { clocks }: { readonly clocks: readonly SizedClock[] },
): Promise<void> {
  const directory = directoryState(sealed.path, sealed.registry);
  if (directory !== undefined) await noteAll(reader, root, sealed, clocks, directory);
}

/**
 * To be called while the engine is held by a command that may have written: where there is a note it is brought up to date, so that the next
 * diff needs no engine either. What was changed outside this tool ends it. Failing to do so fails nothing.
 */
export async function renewNote(reader: Reader, root: string, sealed: SealedTarget): Promise<void> {
  const note = parseNote(root, sealed);
  const directory = note && directoryState(sealed.path, sealed.registry);
  if (note === undefined || directory === undefined) return;
  if (directory !== note.directory) {
    if (await hasDrifted(reader, sealed)) forgetNoted(root, noteName(sealed));
    else await noteAll(reader, root, sealed, note.clocks, directory);
    return;
  }
  if (rowsState(sealed.path, note.tables) === note.rows) return;
  const measured = await measure(reader, sealed, note.clocks, note.tables);
  if (measured !== undefined) writeNoted(root, noteName(sealed), { ...note, ...measured });
}

/**
 * Undefined when there is no note, and when something was made, altered or dropped since, or a record was added.
 * @throws FeatureError FS_ENGINE_LOCKED when somebody holds the directory
 */
export function readNote(root: string, sealed: SealedTarget): TargetNote | undefined {
  const note = parseNote(root, sealed);
  if (note === undefined) return undefined;
  assertFree(sealed.path);
  return directoryState(sealed.path, sealed.registry) === note.directory ? note : undefined;
}

/** Whether the noted sizes are those of today. */
export function holdsSizes({ path, tables, rows }: TargetNote): boolean {
  return rowsState(path, tables) === rows;
}

function parseNote(root: string, sealed: SealedTarget): TargetNote | undefined {
  const { path, registry } = sealed;
  const note = readNoted(root, noteName(sealed)) as TargetNote | null | undefined;
  return note?.format === format && note.path === path && note.registry === registry ? note : undefined;
}

function noteName({ target }: SealedTarget): string {
  return `${target}.target`;
}

/** `directory` is what it was before anything is read: what changes meanwhile ends the note, it is not missed by it. */
async function noteAll(
  reader: Reader,
  root: string,
  sealed: SealedTarget,
  clocks: readonly SizedClock[],
  directory: string,
): Promise<void> {
  const registry = openRegistryReader(reader, sealed.registry);
  const revisions = await registry.revisions();
  const records = await registry.allRecords();
  const pins = await registry.pins();
  const tables = sizedTables(deployedState(revisions, records) ?? nothingDeployed);
  const sized = clocks.map(({ name, buckets }) => ({ name, buckets: tableName(buckets) }));
  const measured = await measure(reader, sealed, sized, tables);
  if (measured === undefined) return;
  const known = { directory, clocks: sized, tables, revisions, records, pins };
  const note: TargetNote = { ...sealed, ...measured, ...known, format };
  writeNoted(root, noteName(sealed), note);
}

/** The same is true of rows. */
async function measure(
  reader: Reader,
  { path }: SealedTarget,
  clocks: readonly SizedClock[],
  tables: readonly TableName[],
): Promise<NotedSizes | undefined> {
  const rows = rowsState(path, tables);
  if (rows === undefined) return undefined;
  const sizes: Record<string, ClockSizes> = {};
  for (const clock of [...clocks, undefined]) {
    const known = await readSizes(reader)(clock, tables);
    if (known !== undefined) sizes[clock?.name ?? ""] = known;
  }
  return { rows, sizes };
}

async function hasDrifted(reader: Reader, sealed: SealedTarget): Promise<boolean> {
  const registry = openRegistryReader(reader, sealed.registry);
  const records = await registry.allRecords();
  const state = deployedState(await registry.revisions(), records) ?? nothingDeployed;
  const { drift } = await detectDrift(reader, { state, records, seen: await registry.seen(), wanted: [] });
  return drift.length > 0;
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
  return sized.map(tableName);
}

function tableName({ database, name }: TableName): TableName {
  return { database, name };
}
