import { vectorColumnName } from "../../compile/vector.js";
import type { ColumnValues } from "../../engine/native.js";
import type { Reader } from "../../engine/port.js";
import { FeatureError } from "../../errors.js";
import type { TableName } from "../../schema/object.js";
import { quoteIdentifier, quoteName } from "../../schema/quote.js";
import type { InstrumentKey, VectorSpec } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import type { BucketRow } from "./training-set.js";

const template = sqlTemplate(import.meta.url, "training-rows");

/** Every bucket with a row of the vector and a class, in the order in which they became known. */
export async function readTrainingRows(
  reader: Reader,
  vector: Pick<VectorSpec, "features">,
  tables: { readonly vector: TableName; readonly label: TableName },
): Promise<BucketRow[]> {
  const names = vector.features.map(({ view, column }) => vectorColumnName(view, column));
  const sql = template({
    vector: quoteName(tables.vector),
    label: quoteName(tables.label),
    features: names.map((name) => `r.${quoteIdentifier(name)} AS ${quoteIdentifier(name)}`).join(",\n"),
  });
  const rows: BucketRow[] = [];
  for await (const block of reader.blocks(sql)) {
    const values = (name: string): ColumnValues => {
      const found = block.columns.find((column) => column.name === name)?.values;
      if (found === undefined) throw new FeatureError("FS_INTERNAL", `the engine returned no column ${name}`);
      return found;
    };
    const [available, ends, classes, returns] = ["available_at", "label_end", "class", "raw_return"].map(
      values,
    );
    const [exchange, marketType, symbol, ids] = ["exchange", "market_type", "symbol", "bucket_id"].map(
      values,
    );
    const features = names.map(values);
    for (let row = 0; row < block.rows; row++) {
      rows.push({
        instrument: {
          exchange: String(exchange?.[row]),
          marketType: String(marketType?.[row]) as InstrumentKey["marketType"],
          symbol: String(symbol?.[row]),
        },
        bucketId: Number(ids?.[row]),
        availableAt: Number(available?.[row]),
        labelEnd: Number(ends?.[row]),
        label: Number(classes?.[row]),
        rawReturn: Number(returns?.[row]),
        features: features.map((column) => (column[row] ?? null) as number | null),
      });
    }
  }
  return rows;
}
