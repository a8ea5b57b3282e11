import type { Format } from "./format.js";
import { fileColumns, mappedReading } from "./mapped-reading.js";

/** One JSON object a line, with our own keys or with those of a map. Keys that a row does not have are empty. */
export const ndjson: Format = {
  name: "ndjson",
  wants: "text",
  read: async (part, context) => {
    const keys = [...new Set([...fileColumns(context).values()].map(String))];
    const first = firstObject(part.head?.lines ?? []);
    return [
      mappedReading(
        {
          name: part.name,
          rows: { kind: "json", keys, hasByteOrderMark: part.head?.hasByteOrderMark ?? false },
          placeOf: (column) => {
            const place = keys.indexOf(String(column)) + 1;
            return place === 0 ? undefined : place;
          },
          firstRow: first === undefined ? undefined : keys.map((key) => textOf(first[key])),
        },
        context,
      ),
    ];
  },
};

function firstObject(lines: readonly string[]): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(lines.find((line) => line.trim() !== "") ?? "");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}
