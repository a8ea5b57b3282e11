import { vectorColumnName } from "../compile/vector.js";
import type { ColumnValues } from "../engine/native.js";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import type { InstrumentKey } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import type { ModelVector } from "./loaded-model.js";
import { type ModelRow, packRow } from "./model-row.js";

const template = sqlTemplate(import.meta.url, "vector-rows");

/** Rows of one instrument from bucket `first` to bucket `last`, in order, in their newest version. */
export async function readVectorRows(
  reader: Reader,
  { table, features }: { readonly table: TableName } & Pick<ModelVector, "features">,
  { exchange, marketType, symbol }: InstrumentKey,
  first: number,
  last: number,
): Promise<ModelRow[]> {
  const names = features.map(({ view, column }) => vectorColumnName(view, column));
  const sql = template({ table: quoteName(table), features: names.map(quoteIdentifier).join(", ") });
  const params = { exchange, market_type: marketType, symbol, first, last };
  const rows: ModelRow[] = [];
  for await (const block of reader.blocks(sql, { params })) {
    const values = (name: string): ColumnValues => {
      const found = block.columns.find((column) => column.name === name)?.values;
      if (found === undefined) throw new FeatureError("FS_INTERNAL", `the engine returned no column ${name}`);
      return found;
    };
    const [ids, available] = ["bucket_id", "available_at"].map(values);
    const columns = names.map(values);
    for (let row = 0; row < block.rows; row++) {
      const raw = columns.map((column) => (column[row] ?? null) as number | null);
      rows.push(packRow(raw, { bucketId: Number(ids?.[row]), availableAt: Number(available?.[row]) }));
    }
  }
  return rows;
}
