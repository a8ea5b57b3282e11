/** The registry for those who change it: revisions, the journal of steps, and what is deployed. */
import { createHash } from "node:crypto";
import type { NativeColumn } from "../engine/native.js";
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { recordKey, stateOf, type VersionRecord } from "../plan/deployed.js";
import { liveVersions } from "../plan/rollback.js";
import type { Step } from "../plan/step.js";
import { quoteIdentifier } from "../schema/quote.js";
import { renderCreate } from "../schema/render.js";
import { sqlTemplate } from "../sql-template.js";
import type { Pin } from "./pin.js";
import { type RegistryReader, type SeenDefinition, SqlRegistryReader } from "./reader.js";
import type { JournalState, Revision } from "./revision.js";
import { type RegistryTableName, registryTable, registryTableNames, registryTables } from "./tables.js";

const putPinSql = sqlTemplate(import.meta.url, "put-pin");

export interface NewRevision {
  readonly kind: Revision["kind"];
  readonly migration: string;
  /** Of a rollback: what it leads to. */
  readonly live?: readonly string[];
  readonly planHash: string;
  readonly toolVersion: string;
}

export interface JournalLine {
  readonly revision: number;
  /** From 1. */
  readonly number: number;
  /** 0: the step itself. */
  readonly chunk: number;
  readonly step: Step;
  readonly state: JournalState;
  readonly executed: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly error?: string;
}

/** One writer at a time: the caller holds the lock. Every call but `putJournal` is stored when it returns. */
export interface RegistryWriter extends RegistryReader {
  /** Creates the registry where there is none. */
  bootstrap(): Promise<void>;
  /** The unfinished revision of this migration, if there is one with the same content; else a new one. */
  begin(revision: NewRevision): Promise<Revision>;
  finish(revision: Revision, state: "applied" | "failed" | "abandoned", error?: string): Promise<void>;
  /**
   * Lines before something is sent to the engine, and about a failure, are stored when this returns; others, which say how something
   * ended, wait for the next ones, two seconds at most while lines come. Lost in a crash, they cost a second look at a step.
   */
  putJournal(lines: readonly JournalLine[]): Promise<void>;
  /** Keeps what was compared and found equal, by `database.name`, so that nobody compares it again. */
  putSeen(seen: ReadonlyMap<string, SeenDefinition>): Promise<void>;
  /** Stores records; each replaces the one with its key. */
  putRecords(revision: number, records: readonly VersionRecord[]): Promise<void>;
  /**
   * Holds a version for `holder`; needs no lock. Throws FS_REGISTRY_NO_VERSION, and holds nothing, when the target has no
   * such version, or when it is being dropped at this moment.
   */
  pin(pin: Pin): Promise<void>;
  /** Lets go what `holder` holds: one version, or all of them. Needs no lock. */
  release(holder: string, only?: Pick<Pin, "object" | "version">): Promise<void>;
}

export function openRegistryWriter(engine: Engine, database: string): RegistryWriter {
  return new SqlRegistryWriter(engine, database);
}

class SqlRegistryWriter extends SqlRegistryReader implements RegistryWriter {
  readonly #engine: Engine;
  readonly #unwritten: JournalLine[] = [];
  #waitingSince = 0;
  #sequence: bigint | undefined;

  constructor(engine: Engine, database: string) {
    super(engine, database);
    this.#engine = engine;
  }

  async bootstrap(): Promise<void> {
    if (await this.holds(registryTableNames)) return;
    await this.#engine.execute(
      `CREATE DATABASE IF NOT EXISTS ${quoteIdentifier(this.database)} ENGINE = Atomic`,
    );
    for (const table of registryTables(this.database))
      await this.#engine.execute(renderCreate(table, { ifNotExists: true }));
  }

  async begin(wanted: NewRevision): Promise<Revision> {
    const revisions = await this.revisions();
    const open = revisions.find(
      (revision) =>
        revision.kind === wanted.kind &&
        revision.migration === wanted.migration &&
        revision.planHash === wanted.planHash &&
        (revision.state === "running" || revision.state === "failed"),
    );
    const parent = revisions.findLast((revision) => revision.state === "applied");
    const revision: Revision = open ?? {
      ...wanted,
      live: wanted.live ?? [],
      id: Math.max(0, ...revisions.map(({ id }) => id)) + 1,
      parent: parent?.id ?? 0,
      chain: chain(parent?.chain ?? "", wanted.planHash),
      state: "running",
      error: "",
      startedAt: await this.#now(),
      finishedAt: null,
    };
    const running: Revision = { ...revision, state: "running", error: "", finishedAt: null };
    await this.#putRevision(running);
    return running;
  }

  async finish(revision: Revision, state: "applied" | "failed" | "abandoned", error = ""): Promise<void> {
    const live = liveVersions(stateOf(await this.allRecords()));
    await this.#putRevision({ ...revision, live, state, error, finishedAt: await this.#now() });
  }

  async putJournal(lines: readonly JournalLine[]): Promise<void> {
    if (this.#unwritten.length === 0) this.#waitingSince = performance.now();
    this.#unwritten.push(...lines);
    const isLate = performance.now() - this.#waitingSince > longestWaitMs;
    if (isLate || lines.some(cannotWait)) await this.#flush();
  }

  async #flush(): Promise<void> {
    const lines = this.#unwritten.splice(0);
    if (lines.length === 0) return;
    const sequence: bigint[] = [];
    for (const _ of lines) sequence.push(await this.#next());
    const each = <T>(value: (line: JournalLine) => T): T[] => lines.map(value);
    await this.#insert("steps", [
      ["revision", "UInt64", each((line) => line.revision)],
      ["step", "UInt32", each((line) => line.number)],
      ["chunk", "UInt32", each((line) => line.chunk)],
      ["seq", "UInt64", sequence],
      ["name", "String", each((line) => line.step.name)],
      ["kind", "String", each((line) => line.step.kind)],
      ["object", "String", each((line) => line.step.object)],
      ["state", "String", each((line) => line.state)],
      ["executed", "String", each((line) => line.executed)],
      ["params", "String", each((line) => (line.params === undefined ? "" : JSON.stringify(line.params)))],
      ["error", "String", each((line) => line.error ?? "")],
    ]);
  }

  async putRecords(revision: number, records: readonly VersionRecord[]): Promise<void> {
    await this.#flush();
    if (records.length === 0) return;
    const version = await this.#next();
    const rows = records.map((record) => ({ ...recordKey(record), record, object: objectOf(record) }));
    const strings = (name: string, value: (row: (typeof rows)[number]) => string): Values => [
      name,
      "String",
      rows.map(value),
    ];
    await this.#insert("versions", [
      strings("kind", (row) => row.kind),
      strings("name", (row) => row.name),
      strings("version", (row) => row.version),
      strings("state", (row) => row.object?.state ?? "live"),
      strings("data_hash", (row) => row.object?.dataHash ?? ""),
      strings("metadata_hash", (row) => row.object?.metadataHash ?? ""),
      strings("table", ({ object }) => {
        const table = object?.storage?.table;
        return table === undefined ? "" : `${table.database}.${table.name}`;
      }),
      strings("column_prefix", (row) => row.object?.storage?.columnPrefix ?? ""),
      strings("clock", (row) => row.object?.clock ?? ""),
      strings("path", (row) => row.object?.path ?? ""),
      ["level", "UInt8", rows.map((row) => row.object?.level ?? 0)],
      [
        "columns",
        "Array(String)",
        rows.map((row) => (row.object?.columns ?? []).map((column) => `${column.name} ${column.type}`)),
      ],
      ["upstream", "Array(String)", rows.map((row) => row.object?.upstream ?? [])],
      strings("record", (row) => JSON.stringify(row.record)),
      ["revision", "UInt64", rows.map(() => revision)],
      ["v", "UInt64", rows.map(() => version)],
    ]);
  }

  async putSeen(seen: ReadonlyMap<string, SeenDefinition>): Promise<void> {
    if (seen.size === 0) return;
    const rows = [...seen];
    const version = await this.#next();
    await this.#insert("seen", [
      ["object", "String", rows.map(([object]) => object)],
      ["ours", "String", rows.map(([, { ours }]) => ours)],
      ["live", "String", rows.map(([, { live }]) => live)],
      ["v", "UInt64", rows.map(() => version)],
    ]);
  }

  async pin(pin: Pin): Promise<void> {
    await this.#putPin(pin, "pinned");
    // Only now: whoever drops a version first says so in the records and then looks at the pins. One of the two sees the other.
    const { objects } = stateOf(await this.allRecords());
    const isThere = objects.some(
      ({ kind, name, dataHash, state }) =>
        `${kind}:${name}` === pin.object &&
        dataHash === pin.version &&
        (state === "live" || state === "retired"),
    );
    if (isThere) return;
    await this.#putPin(pin, "released");
    throw new FeatureError(
      "FS_REGISTRY_NO_VERSION",
      `${pin.object} has no version ${pin.version} on this target`,
      {
        object: pin.object,
      },
    );
  }

  async release(holder: string, only?: Pick<Pin, "object" | "version">): Promise<void> {
    for (const pin of await this.pins()) {
      const isMeant = only === undefined || (pin.object === only.object && pin.version === only.version);
      if (pin.holder === holder && isMeant) await this.#putPin(pin, "released");
    }
  }

  async #putPin({ holder, object, version }: Pin, state: "pinned" | "released"): Promise<void> {
    await this.#engine.execute(putPinSql({ pins: this.table("pins") }), {
      params: { holder, object, version, state },
    });
  }

  async #putRevision(revision: Revision): Promise<void> {
    await this.#flush();
    await this.#insert("revisions", [
      ["id", "UInt64", [revision.id]],
      ["parent", "UInt64", [revision.parent]],
      ["kind", "String", [revision.kind]],
      ["migration", "String", [revision.migration]],
      ["live", "Array(String)", [revision.live]],
      ["plan_hash", "String", [revision.planHash]],
      ["chain", "String", [revision.chain]],
      ["state", "String", [revision.state]],
      ["error", "String", [revision.error]],
      ["tool_version", "String", [revision.toolVersion]],
      ["started_at", "String", [revision.startedAt]],
      ["finished_at", "Nullable(String)", [revision.finishedAt]],
      ["v", "UInt64", [await this.#next()]],
    ]);
  }

  /** One counter for all that the registry orders: greater than all that was ever stored, whatever the clock says. */
  async #next(): Promise<bigint> {
    if (this.#sequence === undefined) {
      const [row] = await this.#engine.rows<{ last: string }>(
        `SELECT greatest(
           (SELECT max(v) FROM ${this.table("revisions")}),
           (SELECT max(v) FROM ${this.table("versions")}),
           (SELECT max(seq) FROM ${this.table("steps")})
         ) AS last`,
      );
      this.#sequence = BigInt(row?.last ?? 0);
    }
    this.#sequence += 1n;
    return this.#sequence;
  }

  async #now(): Promise<string> {
    const [row] = await this.#engine.rows<{ now: string }>("SELECT toString(now64(3, 'UTC')) AS now");
    return row?.now ?? "";
  }

  async #insert(table: RegistryTableName, values: readonly Values[]): Promise<void> {
    const columns = values.map(([name, type, list]): NativeColumn => ({ name, type, values: list }));
    const rows = values[0]?.[2].length ?? 0;
    await this.#engine.insert(registryTable(this.database, table), { rows, columns });
  }
}

const longestWaitMs = 2000;

/** A check only reads, and a backfill sends its chunks, each with a line of its own. */
function cannotWait({ state, step, chunk }: JournalLine): boolean {
  if (state !== "started") return state === "announced" || state === "failed";
  return chunk > 0 || (step.kind !== "check" && step.kind !== "backfill");
}

type Values = readonly [name: string, type: string, values: readonly unknown[]];

function objectOf(record: VersionRecord) {
  return record.kind === "object" ? record.object : undefined;
}

function chain(parent: string, planHash: string): string {
  return createHash("sha256").update(`${parent}\n${planHash}\n`).digest("hex");
}
