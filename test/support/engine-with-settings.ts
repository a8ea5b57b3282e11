import type { Engine, Settings } from "../../src/engine/port.js";

/** The same engine; its `INSERT … SELECT` statements and streamed reads get `settings` beside those of their caller. */
export function engineWithSettings(engine: Engine, settings: Settings): Engine {
  return {
    kind: engine.kind,
    rows: (sql, options) => engine.rows(sql, options),
    blocks: (sql, options = {}) =>
      engine.blocks(sql, { ...options, settings: { ...settings, ...options.settings } }),
    exportTo: (path, format, sql, options) => engine.exportTo(path, format, sql, options),
    execute: (sql, options = {}) =>
      engine.execute(
        sql,
        /^INSERT[\s\S]*\bSELECT\b/.test(sql)
          ? { ...options, settings: { ...settings, ...options.settings } }
          : options,
      ),
    insert: (table, block, own) => engine.insert(table, block, own),
    load: (sql, file, options) => engine.load(sql, file, options),
    close: () => engine.close(),
  };
}
