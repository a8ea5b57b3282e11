import { formatLots, parseLots } from "../clock/decimal.js";
import type { Engine } from "../engine/port.js";
import { quoteName } from "../schema/quote.js";
import type { Instrument, Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";

const instrumentsSql = sqlTemplate(import.meta.url, "instruments");

interface InstrumentRow {
  readonly exchange: string;
  readonly market_type: string;
  readonly symbol: string;
  readonly tick_size: string;
  readonly lot_size: string;
  readonly contract_size: string | null;
  readonly base: string;
  readonly quote: string;
  readonly declared: boolean;
}

/**
 * Brings the table `instruments` in step with features.yaml; what is no longer there is marked, not deleted. Gives the
 * number of rows written.
 */
export async function syncInstruments(engine: Engine, project: Project): Promise<number> {
  const table = { database: project.databases.raw, name: "instruments" };
  const stored = await engine.rows<InstrumentRow>(instrumentsSql({ instruments: quoteName(table) }));
  const before = new Map(stored.map((row) => [keyOf(row), contentOf(row)]));
  const wanted = project.instruments.map(rowOf);
  const keys = new Set(wanted.map(keyOf));
  const rows = [
    ...wanted.filter((row) => before.get(keyOf(row)) !== contentOf(row)),
    ...stored
      .filter((row) => row.declared && !keys.has(keyOf(row)))
      .map((row) => ({ ...row, declared: false })),
  ];
  if (rows.length === 0) return 0;
  const strings = (name: keyof InstrumentRow, type = "String") => ({
    name,
    type,
    values: rows.map((row) => row[name]),
  });
  await engine.insert(table, {
    rows: rows.length,
    columns: [
      strings("exchange"),
      strings("market_type"),
      strings("symbol"),
      strings("tick_size"),
      strings("lot_size"),
      strings("contract_size", "Nullable(String)"),
      strings("base"),
      strings("quote"),
      { name: "declared", type: "Bool", values: Uint8Array.from(rows.map((row) => (row.declared ? 1 : 0))) },
    ],
  });
  return rows.length;
}

function rowOf(instrument: Instrument): InstrumentRow {
  return {
    exchange: instrument.exchange,
    market_type: instrument.marketType,
    symbol: instrument.symbol,
    tick_size: plain(instrument.tickSize),
    lot_size: plain(instrument.lotSize),
    contract_size: instrument.contractSize === undefined ? null : plain(instrument.contractSize),
    base: instrument.base,
    quote: instrument.quote,
    declared: true,
  };
}

function keyOf(row: InstrumentRow): string {
  return JSON.stringify([row.exchange, row.market_type, row.symbol]);
}

/** A decimal in the shortest form, as the engine writes it. */
function plain(decimal: string): string {
  return formatLots(parseLots(decimal));
}

function contentOf(row: InstrumentRow): string {
  const { tick_size, lot_size, contract_size, base, quote, declared } = row;
  return JSON.stringify([tick_size, lot_size, contract_size, base, quote, declared]);
}
