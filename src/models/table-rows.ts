import type { Reader } from "../engine/port.js";
import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import { type InstrumentKey, instrumentName } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import type { ModelRow } from "./model-row.js";
import type { RowSource } from "./predictor.js";
import { readVectorRows } from "./read-vector-rows.js";
import type { ServedModel } from "./served-model.js";

const newestSql = sqlTemplate(import.meta.url, "newest-buckets");

interface NewestRow {
  readonly exchange: string;
  readonly market_type: InstrumentKey["marketType"];
  readonly symbol: string;
  readonly newest: string;
}

/** The newest rows of every instrument, read once: for predictions without a service. */
export class TableRows implements RowSource {
  readonly #rows = new Map<string, readonly ModelRow[]>();
  readonly #instruments = new Set<string>();

  /** Reads what the models need. `tableOf` gives the table of a vector's version; undefined when it is not deployed. */
  static async read(
    reader: Reader,
    models: readonly ServedModel[],
    tableOf: (vector: string, fingerprint: string) => TableName | undefined,
  ): Promise<TableRows> {
    const source = new TableRows();
    for (const version of models.flatMap(({ live, candidate }) => [live, candidate?.version])) {
      if (version === undefined) continue;
      const { vector, fingerprint } = version.registered;
      const table = tableOf(vector.name, fingerprint);
      if (table === undefined) continue;
      const newest = await reader.rows<NewestRow>(newestSql({ table: quoteName(table) }));
      for (const { exchange, market_type: marketType, symbol, newest: last } of newest) {
        const instrument = { exchange, marketType, symbol };
        const first = Math.max(1, Number(last) - version.model.plan.steps + 1);
        const from = { table, features: vector.features };
        const rows = await readVectorRows(reader, from, instrument, first, Number(last));
        const key = keyOf(vector.name, fingerprint, instrumentName(instrument));
        if (rows.length >= (source.#rows.get(key)?.length ?? 0)) source.#rows.set(key, rows);
        source.#instruments.add(instrumentName(instrument));
      }
    }
    return source;
  }

  get instruments(): readonly string[] {
    return [...this.#instruments].sort();
  }

  /** Epoch ms: when the newest row of any instrument became usable; 0 where there is none. */
  get newest(): number {
    return Math.max(0, ...[...this.#rows.values()].map((rows) => rows.at(-1)?.availableAt ?? 0));
  }

  rows(vector: string, fingerprint: string, instrument: string, length: number): readonly ModelRow[] {
    return (this.#rows.get(keyOf(vector, fingerprint, instrument)) ?? []).slice(-length);
  }
}

function keyOf(vector: string, fingerprint: string, instrument: string): string {
  return `${vector} ${fingerprint} ${instrument}`;
}
