/** `feature diff` of a server that has not changed since the last look: against what was noted then. */
import type { Reader } from "../engine/port.js";
import { serverPlace } from "../engine/server-address.js";
import type { VersionRecord } from "../plan/deployed.js";
import type { DiffDocument } from "../plan/diff-document.js";
import type { Pin } from "../registry/pin.js";
import { openRegistryReader } from "../registry/reader.js";
import type { Revision } from "../registry/revision.js";
import type { Databases, Target } from "../spec/model.js";
import { readNoted, writeNoted } from "./noted-file.js";
import { planApply, planFrom } from "./plan-apply.js";
import { catalogOf, type DiffPlace, type DiffRequest, diffAt, diffPlanned } from "./plan-diff.js";
import { areNamesTaken } from "./probe.js";
import { readServerState } from "./server-state.js";
import { readSizes } from "./stored-sizes.js";

/** Changes with what is noted: a note of another format is none. */
const format = 1;

type Server = Extract<Target, { kind: "server" | "cluster" }>;

/** What the registry held when nothing had drifted. */
interface ServerNote {
  readonly format: typeof format;
  /** Which server, as whom. */
  readonly place: string;
  readonly databases: Databases;
  readonly state: string;
  readonly revisions: readonly Revision[];
  readonly records: readonly VersionRecord[];
  readonly pins: readonly Pin[];
}

export interface ServerDiff {
  readonly document: DiffDocument;
  /** What the server was before the document was made; undefined when a change of it could not be seen. */
  readonly state: string | undefined;
}

/**
 * The document that `diffTarget` gives. Where the server is what it was when nothing had drifted, neither definitions nor records are read
 * again; otherwise they are, and what is found is noted beside the project.
 */
export async function diffServer(reader: Reader, target: Server, request: DiffRequest): Promise<ServerDiff> {
  const { root, databases } = request.specs.project;
  const now = await readServerState(reader, databases);
  const note = readServerNote(root, target, databases);
  if (now !== undefined && note !== undefined && note.state === now) {
    const document = await diffNote(reader, target, note, request);
    if (document !== undefined) return { document, state: now };
  }
  return look(reader, target, request, now);
}

/** Undefined when a name that the next apply would give is taken: what has it has to be looked at. */
async function diffNote(
  reader: Reader,
  target: Server,
  note: ServerNote,
  request: DiffRequest,
): Promise<DiffDocument | undefined> {
  const registry = { revisions: async () => note.revisions, allRecords: async () => note.records };
  const planned = await planFrom(registry, request.specs.project, catalogOf(request.specs));
  const place: DiffPlace = {
    target: target.name,
    pins: async () => note.pins,
    sizes: readSizes(reader),
    drift: async ({ wanted }) => ((await areNamesTaken(reader, wanted)) ? undefined : []),
  };
  return diffAt(place, planned, request);
}

/** `now` is what the server was before anything is read: what changes meanwhile ends the note, it is not missed by it. */
async function look(
  reader: Reader,
  target: Server,
  request: DiffRequest,
  now: string | undefined,
): Promise<ServerDiff> {
  const { project } = request.specs;
  const { root, databases } = project;
  const planned = await planApply(reader, project, catalogOf(request.specs));
  const document = await diffPlanned(reader, target.name, planned, request);
  const watched = new Set(Object.values(databases));
  const sees = planned.deployed.databases.every((database) => watched.has(database));
  const state = sees ? now : undefined;
  if (state !== undefined && document.drift.length === 0) {
    const { revisions, records } = planned;
    const place = serverPlace(target);
    const pins = await openRegistryReader(reader, databases.registry).pins();
    const note: ServerNote = { format, place, databases, state, revisions, records, pins };
    writeNoted(root, noteName(target), note);
  }
  return { document, state };
}

function readServerNote(root: string, target: Server, databases: Databases): ServerNote | undefined {
  const note = readNoted(root, noteName(target)) as ServerNote | null | undefined;
  const isOf =
    note?.format === format &&
    note.place === serverPlace(target) &&
    JSON.stringify(note.databases) === JSON.stringify(databases);
  return isOf ? note : undefined;
}

function noteName({ name }: Server): string {
  return `${name}.target`;
}
