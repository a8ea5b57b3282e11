import type { Engine } from "../../src/engine/port.js";

/** What a statement of a process that is gone would have thrown, if anyone could still hear it. */
export class Crash extends Error {
  override readonly name = "Crash";
}

export interface CrashingEngine {
  readonly engine: Engine;
  /** The statements that were let through and whose result outlives the process, shortened. */
  readonly written: readonly string[];
}

/**
 * Staging tables are a command's own: the next one drops them unread. That merges are stopped ends with the process: to die behind
 * such a statement is to die behind the one before it.
 */
function isOwn(text: string): boolean {
  return text.includes("`staging_") || text.startsWith("SYSTEM ");
}

function shortened(sql: string): string {
  return sql
    .replace(/^--.*\n/gm, "")
    .replace(/\s+/g, " ")
    .slice(0, 100);
}

/**
 * The same engine for a process that dies after `writes` writing statements: from then on every statement fails and does
 * nothing. What was in memory is lost as soon as the caller gives up; what was written stays.
 */
export function crashingEngine(engine: Engine, writes: number): CrashingEngine {
  const written: string[] = [];
  let isDead = false;
  const alive = (): void => {
    if (isDead) throw new Crash("the process is gone");
  };
  const write = async (sql: string, run: () => Promise<void>): Promise<void> => {
    alive();
    const text = shortened(sql);
    if (!isOwn(text)) {
      isDead = written.length === writes;
      alive();
      written.push(text);
    }
    await run();
  };
  return {
    written,
    engine: {
      kind: engine.kind,
      rows: async (sql, options) => {
        alive();
        return engine.rows(sql, options);
      },
      blocks: (sql, options) => {
        alive();
        return engine.blocks(sql, options);
      },
      exportTo: (path, format, sql, options) => {
        alive();
        return engine.exportTo(path, format, sql, options);
      },
      execute: (sql, options) => write(sql, () => engine.execute(sql, options)),
      insert: (table, block, settings) =>
        write(`INSERT INTO ${table.name}`, () => engine.insert(table, block, settings)),
      load: (sql, file, options) => write(sql, () => engine.load(sql, file, options)),
      close: () => engine.close(),
    },
  };
}
