import type { Catalog, CompiledObject } from "../../src/compile/catalog.js";
import { compileProject } from "../../src/compile/compile-project.js";
import type { Engine } from "../../src/engine/port.js";
import { parseProject } from "../../src/spec/parse-project.js";

const project = `
project: small
engine: embedded
targets: { embedded: { engine: embedded, path: db } }
databases: { raw: raw, cold: cold, features: features, registry: registry }
instruments: { binance/spot/A: { tick_size: 0.01, lot_size: 1, base: A, quote: USD } }
clocks: { ubt: { size: 5 } }
`;

/** Adds a view of rows over the raw trades to a catalog of small-catalog.ts; another factor is another version. */
export function withRows(catalog: Catalog, factor: number): Catalog {
  const view = `view: trade_rows\nrow: trades\ncolumns:\n  value: { sql: "price * quantity * ${factor}" }\n`;
  const files = [
    { path: "features.yaml", text: project },
    { path: "features/trade_rows.yaml", text: view },
  ];
  const rows = compileProject(parseProject(files, {}, "/")).objects.filter(
    ({ rowOf }: CompiledObject) => rowOf !== undefined,
  );
  return { ...catalog, objects: [...catalog.objects, ...rows] };
}

/** 30 trades on three days, numbered from `first`. The same numbers again are the same rows. */
export async function insertSmallTrades(engine: Engine, first: number): Promise<void> {
  await engine.execute(
    `INSERT INTO raw.trades (exchange, market_type, symbol, timestamp, available_at, trade_seq, trade_id, price, quantity, side)
     SELECT 'binance', 'spot', 'A', at, at, n, toString(n), 100 + n % 7, 1 + n % 3, 'buy'
     FROM (
       SELECT {first:UInt64} + number AS n, toDateTime64('2024-05-01 00:00:00', 3, 'UTC') + toIntervalHour(number % 3 * 24) + toIntervalSecond(n) AS at
       FROM numbers(30)
     )`,
    { params: { first } },
  );
}
