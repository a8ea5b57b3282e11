/** What is deployed, for commands that read: nothing here can change the registry. */
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { type DeployedObject, type DeployedState, stateOf, type VersionRecord } from "../plan/deployed.js";
import { quoteName } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";
import type { Pin } from "./pin.js";
import type { JournalEntry, JournalState, Revision, RevisionState } from "./revision.js";
import { type RegistryTableName, registryTable, registryTableNames } from "./tables.js";

const revisionsSql = sqlTemplate(import.meta.url, "revisions");
const versionsSql = sqlTemplate(import.meta.url, "versions");
const journalSql = sqlTemplate(import.meta.url, "journal");
const pinsSql = sqlTemplate(import.meta.url, "pins");
const existingSql = sqlTemplate(import.meta.url, "existing-tables");

/** Two texts of one object that mean the same, by their SHA-256: the statement that we give, and the one that the engine shows. */
export interface SeenDefinition {
  readonly ours: string;
  readonly live: string;
}

export interface RegistryReader {
  /** Whether the registry's tables exist. All else is empty when they do not. */
  exists(): Promise<boolean>;
  /** What is deployed, live and retired; undefined when no migration was ever applied. */
  deployed(): Promise<DeployedState | undefined>;
  /** Every version whose trigger may be at work: live, retired, and those that are being built. */
  fed(): Promise<readonly DeployedObject[]>;
  /** Rises whenever a record of a version changes: whoever kept records knows by it that they are old. "0": no records. */
  recordsVersion(): Promise<string>;
  /** The same, for callers that need it: throws FS_REGISTRY_EMPTY, which names `feature apply`. */
  required(): Promise<DeployedState>;
  /** Every record: what is being built, was dropped or was renamed included. */
  allRecords(): Promise<readonly VersionRecord[]>;
  /** The chain of revisions, oldest first. */
  revisions(): Promise<readonly Revision[]>;
  /** The last state of every step and chunk of a revision, in order. */
  journal(revision: number): Promise<readonly JournalEntry[]>;
  /** What is pinned now, in order of object, version and holder. */
  pins(): Promise<readonly Pin[]>;
  /** Definitions that were found to be ours, by `database.name`; empty in a registry that an earlier version made. */
  seen(): Promise<ReadonlyMap<string, SeenDefinition>>;
}

export function openRegistryReader(reader: Reader, database: string): RegistryReader {
  return new SqlRegistryReader(reader, database);
}

interface RevisionRow {
  readonly id: string;
  readonly parent: string;
  readonly kind: Revision["kind"];
  readonly migration: string;
  readonly live: readonly string[];
  readonly plan_hash: string;
  readonly chain: string;
  readonly state: RevisionState;
  readonly error: string;
  readonly tool_version: string;
  readonly started_at: string;
  readonly finished_at: string | null;
}

interface JournalRow {
  readonly step: number;
  readonly chunk: number;
  readonly name: string;
  readonly state: JournalState;
  readonly begun: number | boolean;
  readonly announced: number | boolean;
  readonly params: string;
  readonly error: string;
}

export class SqlRegistryReader implements RegistryReader {
  readonly #reader: Reader;
  protected readonly database: string;
  #tables: ReadonlySet<string> = new Set();

  constructor(reader: Reader, database: string) {
    this.#reader = reader;
    this.database = database;
  }

  async exists(): Promise<boolean> {
    return this.holds(["revisions", "versions", "steps"]);
  }

  async deployed(): Promise<DeployedState | undefined> {
    return deployedState(await this.revisions(), await this.allRecords());
  }

  async fed(): Promise<readonly DeployedObject[]> {
    return stateOf(await this.allRecords()).objects.filter(({ state }) => state !== "dropped");
  }

  async recordsVersion(): Promise<string> {
    if (!(await this.exists())) return "0";
    const [row] = await this.#reader.rows<{ version: string }>(
      `SELECT toString(max(v)) AS version FROM ${this.table("versions")}`,
    );
    return row?.version ?? "0";
  }

  async required(): Promise<DeployedState> {
    const deployed = await this.deployed();
    if (deployed === undefined) {
      throw new FeatureError("FS_REGISTRY_EMPTY", "this project was never applied to this target", {
        object: this.database,
      });
    }
    return deployed;
  }

  async revisions(): Promise<readonly Revision[]> {
    if (!(await this.exists())) return [];
    const rows = await this.#reader.rows<RevisionRow>(revisionsSql({ revisions: this.table("revisions") }));
    return rows.map((row) => ({
      id: Number(row.id),
      parent: Number(row.parent),
      kind: row.kind,
      migration: row.migration,
      live: row.live,
      planHash: row.plan_hash,
      chain: row.chain,
      state: row.state,
      error: row.error,
      toolVersion: row.tool_version,
      startedAt: row.started_at,
      finishedAt: row.finished_at,
    }));
  }

  async journal(revision: number): Promise<readonly JournalEntry[]> {
    if (!(await this.exists())) return [];
    const rows = await this.#reader.rows<JournalRow>(journalSql({ steps: this.table("steps") }), {
      params: { revision },
    });
    return rows.map(({ step, chunk, name, state, begun, announced, params, error }) => ({
      step: Number(step),
      chunk: Number(chunk),
      name,
      state,
      begun: Boolean(begun),
      announced: Boolean(announced),
      params: params === "" ? {} : parsed<Record<string, string>>(params, name),
      error,
    }));
  }

  async pins(): Promise<readonly Pin[]> {
    // A registry that an earlier version made has none yet.
    if (!(await this.holds(["pins"]))) return [];
    return this.#reader.rows<Pin>(pinsSql({ pins: this.table("pins") }));
  }

  async seen(): Promise<ReadonlyMap<string, SeenDefinition>> {
    if (!(await this.holds(["seen"]))) return new Map();
    const rows = await this.#reader.rows<SeenDefinition & { object: string }>(
      `SELECT object, ours, live FROM ${this.table("seen")} FINAL`,
    );
    return new Map(rows.map(({ object, ours, live }) => [object, { ours, live }]));
  }

  async allRecords(): Promise<readonly VersionRecord[]> {
    if (!(await this.exists())) return [];
    const rows = await this.#reader.rows<{ record: string }>(
      versionsSql({ versions: this.table("versions") }),
    );
    return rows.map(({ record }) => parsed<VersionRecord>(record, "versions"));
  }

  /** Whether these tables are there. Those that are stay there. */
  protected async holds(names: readonly RegistryTableName[]): Promise<boolean> {
    if (!names.every((name) => this.#tables.has(name))) {
      const rows = await this.#reader.rows<{ name: string }>(existingSql(), {
        params: { database: this.database, names: registryTableNames },
      });
      this.#tables = new Set(rows.map(({ name }) => name));
    }
    return names.every((name) => this.#tables.has(name));
  }

  protected table(name: RegistryTableName): string {
    return quoteName(registryTable(this.database, name));
  }
}

/** What revisions and records say is deployed, live and retired; undefined when no migration was ever applied. */
export function deployedState(
  revisions: readonly Revision[],
  records: readonly VersionRecord[],
): DeployedState | undefined {
  if (!revisions.some((revision) => revision.state === "applied")) return undefined;
  const { objects, ...rest } = stateOf(records);
  const isThere = ({ state }: DeployedObject): boolean => state === "live" || state === "retired";
  return { ...rest, objects: objects.filter(isThere) };
}

function parsed<T>(json: string, object: string): T {
  try {
    return JSON.parse(json) as T;
  } catch (cause) {
    throw new FeatureError("FS_REGISTRY_UNREADABLE", "a record of the registry is no JSON", {
      object,
      cause,
    });
  }
}
