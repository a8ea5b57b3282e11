import type { Engine } from "../../src/engine/port.js";

/**
 * An engine that stops answering after `statements` writes, like a process that is killed between two of them: whatever
 * would have come after, clean-up included, does not happen. The engine behind it lives on. `onWrite` hears of every write.
 */
export function dyingEngine(engine: Engine, statements: number, onWrite: () => void = () => {}): Engine {
  let left = statements;
  const dead = () => new Error("killed");
  const write = async (run: () => Promise<void>): Promise<void> => {
    if (left <= 0) throw dead();
    left -= 1;
    onWrite();
    await run();
  };
  return {
    kind: engine.kind,
    rows: async (sql, options) => {
      if (left <= 0) throw dead();
      return engine.rows(sql, options);
    },
    blocks: (sql, options) => engine.blocks(sql, options),
    exportTo: (path, format, sql, options) => engine.exportTo(path, format, sql, options),
    execute: (sql, options) => write(() => engine.execute(sql, options)),
    insert: (table, block, settings) => write(() => engine.insert(table, block, settings)),
    load: (sql, file, options) => write(() => engine.load(sql, file, options)),
    close: () => engine.close(),
  };
}

/** A run in this process stands for one in another that was killed: its lock is that of a dead process. */
export async function bury(engine: Engine, registry: string): Promise<void> {
  const locks = await engine.rows<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = {registry:String} AND startsWith(name, 'apply_lock_')",
    { params: { registry } },
  );
  for (const { name } of locks) await engine.execute(`DROP TABLE ${registry}.${name}`);
}
