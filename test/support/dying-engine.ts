import type { Engine } from "../../src/engine/port.js";

/**
 * An engine that stops answering after `statements` writes, like a process that is killed between two of them: whatever
 * would have come after, clean-up included, does not happen. The engine behind it lives on.
 */
export function dyingEngine(engine: Engine, statements: number): Engine {
  let left = statements;
  const dead = () => new Error("killed");
  const write = async (run: () => Promise<void>): Promise<void> => {
    if (left <= 0) throw dead();
    left -= 1;
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
