import { splitLine } from "../files/split-line.js";
import type { Format } from "./format.js";
import { mappedReading, refuseMissing } from "./mapped-reading.js";

/** Any csv: with a map of `sources/`, or with our own column names. Cells may be quoted; a quoted cell ends in its line. */
export const csv: Format = {
  name: "csv",
  wants: "text",
  read: async (part, context) => {
    const { map } = context.options;
    const delimiter = map?.delimiter ?? ",";
    const hasHeader = map?.header ?? true;
    const rows = (part.head?.lines ?? [])
      .filter((line) => line !== "")
      .map((line) => splitLine(line, delimiter).map((cell) => cell.trim()));
    const header = hasHeader ? (rows[0] ?? []) : [];
    const firstRow = rows[hasHeader ? 1 : 0] ?? [];
    const width = hasHeader ? header.length : firstRow.length;
    const placeOf = (column: string | number): number | undefined => {
      const place = typeof column === "number" ? column : header.indexOf(column) + 1;
      return place >= 1 && place <= width ? place : undefined;
    };
    const found = hasHeader ? header : firstRow.map((_, place) => String(place + 1));
    refuseMissing(part.name, found, context, placeOf);
    return [
      mappedReading(
        {
          name: part.name,
          rows: {
            kind: "delimited",
            delimiter,
            width,
            headerLines: hasHeader ? 1 : 0,
            hasByteOrderMark: part.head?.hasByteOrderMark ?? false,
            isLoose: true,
          },
          placeOf,
          firstRow,
        },
        context,
      ),
    ];
  },
};
