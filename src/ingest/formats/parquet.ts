import type { Format } from "./format.js";
import { fileColumns, mappedReading, refuseMissing } from "./mapped-reading.js";

/** Parquet with our own column names or with those of a map. Times may be timestamps, levels may be lists. */
export const parquet: Format = {
  name: "parquet",
  wants: "parquet",
  read: async (part, context) => {
    const columns = await context.parquetColumns(part);
    const wanted = new Set([...fileColumns(context).values()].map(String));
    const used = columns.filter(({ name }) => wanted.has(name));
    const placeOf = (column: string | number): number | undefined => {
      const place = used.findIndex(({ name }) => name === String(column)) + 1;
      return place === 0 ? undefined : place;
    };
    const names = columns.map(({ name }) => name);
    refuseMissing(part.name, names, context, placeOf);
    return [
      mappedReading(
        { name: part.name, rows: { kind: "parquet", columns: used }, placeOf, firstRow: undefined },
        context,
      ),
    ];
  },
};
