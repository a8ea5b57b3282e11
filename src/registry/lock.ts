/** One run at a time changes a target. */
import { engineErrorType } from "../engine/failure.js";
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { quoteName, quoteString } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";

const listSql = sqlTemplate(import.meta.url, "locks");
const prefix = "apply_lock_";

export interface LockOptions {
  /** For people: `name@host, pid 123`. */
  readonly owner: string;
  /** The same for all runs of one process, and for no other process. */
  readonly process: string;
  /** How long a holder that says nothing counts as alive, in milliseconds. */
  readonly leaseMs?: number;
}

export interface HeldLock {
  /** Throws FS_REGISTRY_LOCK_LOST when another run took over, because the lease had run out. */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

interface Note {
  readonly owner: string;
  readonly process: string;
  /** UTC, ISO 8601. */
  readonly since: string;
  /** Milliseconds since 1970 by the server's clock, the only clock that all runs share; 0: released. */
  readonly until: number;
}

interface Lock extends Note {
  readonly epoch: number;
}

/**
 * Takes the lock, or throws FS_REGISTRY_LOCKED naming the holder. The mutex is an atomic CREATE TABLE: the lock is the
 * table with the highest epoch, its comment says who holds it until when. Whoever finds it free or expired creates the
 * next epoch; of two that try, one is told that the table exists. Epochs never come back, so a holder that was taken over
 * cannot touch the lock of the next one. An embedded engine's directory belongs to one process, so the lock of another
 * process is that of a dead one.
 */
export async function takeLock(engine: Engine, database: string, options: LockOptions): Promise<HeldLock> {
  const leaseMs = options.leaseMs ?? 60_000;
  const { locks, now } = await readLocks(engine, database);
  const top = locks.at(-1);
  if (top !== undefined && isAlive(top, now, engine, options)) throw locked(top);
  const epoch = (top?.epoch ?? 0) + 1;
  const { owner, process } = options;
  const since = new Date(now).toISOString();
  const note = (until: number): string =>
    quoteString(JSON.stringify({ owner, process, since, until } satisfies Note));
  const table = lockTable(database, epoch);
  try {
    await engine.execute(
      `CREATE TABLE ${table} (nothing UInt8) ENGINE = Null COMMENT ${note(now + leaseMs)}`,
    );
  } catch (error) {
    if (engineErrorType(error) !== "TABLE_ALREADY_EXISTS") throw error;
    throw locked((await readLocks(engine, database)).locks.at(-1));
  }
  for (const old of locks) await engine.execute(`DROP TABLE IF EXISTS ${lockTable(database, old.epoch)}`);

  const say = async (until: number): Promise<void> => {
    try {
      await engine.execute(`ALTER TABLE ${table} MODIFY COMMENT ${note(until)}`);
    } catch (error) {
      // Taken over: assertHeld says so. What else there is, the next statement of the run will say.
      if (engineErrorType(error) !== "UNKNOWN_TABLE") throw error;
    }
  };
  const renewal =
    engine.kind === "embedded"
      ? undefined
      : renewing(leaseMs / 4, async () => {
          await say((await readLocks(engine, database)).now + leaseMs);
        });
  return {
    assertHeld: async () => {
      // Only this process has the directory, and of its runs only one gets the lock.
      if (engine.kind === "embedded") return;
      const found = (await readLocks(engine, database)).locks.at(-1);
      if (found?.epoch === epoch) return;
      throw new FeatureError("FS_REGISTRY_LOCK_LOST", `the lock is now held by ${found?.owner ?? "nobody"}`, {
        object: database,
      });
    },
    release: async () => {
      await renewal?.stop();
      await say(released);
    },
  };
}

const released = 0;

function lockTable(database: string, epoch: number): string {
  return quoteName({ database, name: `${prefix}${epoch}` });
}

/** Does something again and again, one at a time, without keeping the process alive. */
function renewing(everyMs: number, renew: () => Promise<void>): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    timer = setTimeout(() => {
      // A renewal that fails is made up for by the next one, or noticed by assertHeld.
      running = renew()
        .catch(() => {})
        .then(next);
    }, everyMs);
    timer.unref();
  };
  next();
  return {
    stop: async () => {
      // What runs now sets the next timer when it ends.
      await running;
      clearTimeout(timer);
    },
  };
}

function isAlive(lock: Lock, now: number, engine: Engine, options: LockOptions): boolean {
  if (lock.until === released) return false;
  return engine.kind === "embedded" ? lock.process === options.process : now < lock.until;
}

function locked(holder: Lock | undefined): FeatureError {
  const who = holder === undefined ? "another run" : `${holder.owner}, since ${holder.since}`;
  return new FeatureError("FS_REGISTRY_LOCKED", `the target is held by ${who}`);
}

/** Locks in the order of their epochs, and the server's time. */
async function readLocks(engine: Engine, database: string): Promise<{ locks: Lock[]; now: number }> {
  const rows = await engine.rows<{ name: string | null; comment: string | null; now: string }>(listSql(), {
    params: { database, prefix },
  });
  const locks = rows.flatMap(({ name, comment }): Lock[] => {
    const epoch = Number(name?.slice(prefix.length));
    return name === null || !Number.isInteger(epoch) ? [] : [{ ...parseNote(comment ?? ""), epoch }];
  });
  return { locks: locks.sort((a, b) => a.epoch - b.epoch), now: Number(rows[0]?.now ?? 0) };
}

function parseNote(comment: string): Note {
  try {
    return JSON.parse(comment) as Note;
  } catch {
    return {
      owner: "an unknown run",
      process: "",
      since: "an unknown time",
      until: Number.POSITIVE_INFINITY,
    };
  }
}
