/** Rows of a point-in-time read as JSON text, from the engine's blocks. */
import type { ColumnValues, NativeBlock } from "../../engine/native.js";
import { FeatureError } from "../../errors.js";
import type { ServedVector } from "../../online/served-vector.js";
import { numberJson } from "./row-json.js";

/** One text for each row of a block: `{"instrument":…,"ts":…,"bucket_id":…,…,"features":{…} or null}`. */
export function momentRows(vector: ServedVector, block: NativeBlock): string[] {
  const columns = new Map(block.columns.map(({ name, values }) => [name, values]));
  const of = (name: string): ColumnValues => {
    const found = columns.get(name);
    if (found === undefined) throw new FeatureError("FS_INTERNAL", `the engine returned no column ${name}`);
    return found;
  };
  const [exchange, marketType, symbol, ts] = ["exchange", "market_type", "symbol", "ts"].map(of);
  const [bucketId, end, available, age] = ["bucket_id", "bucket_ts_end", "available_at", "age_s"].map(of);
  const features = vector.features.map((name) => [`${JSON.stringify(name)}:`, of(name)] as const);
  return Array.from({ length: block.rows }, (_, row) => {
    const id = bucketId?.[row] ?? null;
    const cells = features.map(([label, values]) => label + numberJson(values[row] as number | null));
    const instrument = `${exchange?.[row]}/${marketType?.[row]}/${symbol?.[row]}`;
    return (
      `{"instrument":${JSON.stringify(instrument)},"ts":${ts?.[row]},"bucket_id":${id},` +
      `"bucket_ts_end":${end?.[row] ?? null},"available_at":${available?.[row] ?? null},` +
      `"age_s":${numberJson((age?.[row] as number | null) ?? null)},` +
      `"features":${id === null ? "null" : `{${cells.join(",")}}`}}`
    );
  });
}
