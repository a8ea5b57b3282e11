import { quoteName } from "../../schema/quote.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import { ofInstruments, type StoreContext } from "./store-context.js";

const template = sqlTemplate(import.meta.url, "watermarks");

interface WatermarkRow {
  readonly exchange: string;
  readonly market_type: InstrumentKey["marketType"];
  readonly symbol: string;
  readonly until: string;
}

/**
 * How far each instrument was cut, in epoch ms, in the order of the instrument table; -1 where nothing was. A trade below it is late.
 * With several clocks the furthest counts: a trade is in the buckets of all clocks or of none.
 */
export async function readWatermarks(context: StoreContext): Promise<number[]> {
  const { engine, project, instruments } = context;
  const rows = await engine.rows<WatermarkRow>(
    template({
      state: quoteName({ database: project.databases.features, name: "bucket_state" }),
      of_instruments: ofInstruments,
    }),
    {
      params: {
        ...instruments.keyParams,
        clocks: Object.values(project.clocks)
          .filter(({ mode }) => mode !== "event")
          .map(({ name }) => name),
      },
    },
  );
  const known = new Map(
    rows.map(({ exchange, market_type: marketType, symbol, until }) => [
      instrumentName({ exchange, marketType, symbol }),
      Number(until),
    ]),
  );
  return instruments.instruments.map((instrument) => known.get(instrumentName(instrument)) ?? -1);
}
